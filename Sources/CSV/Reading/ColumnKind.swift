/// What the cells of a column have been seen to hold.
package struct ColumnKind: Sendable, Hashable {
    let kind: CellKind
    /// Whether some of them were empty.
    let mayBeEmpty: Bool

    init(_ kind: CellKind, mayBeEmpty: Bool) {
        self.kind = kind
        self.mayBeEmpty = mayBeEmpty
    }

    /// As `date`, or `date?` where cells may be empty.
    package var name: String { kind.rawValue + (mayBeEmpty ? "?" : "") }

    /// The kind of that name; nil if there is none.
    package init?(named name: String) {
        let mayBeEmpty = name.last == "?"
        guard let kind = CellKind(rawValue: mayBeEmpty ? String(name.dropLast()) : name), kind != .empty else {
            return nil
        }
        self.init(kind, mayBeEmpty: mayBeEmpty)
    }

    /// Whether a cell, which is only made if that matters, is of the kind; an empty one is of any.
    func takes(_ cell: () -> ArraySlice<UInt8>) -> Bool {
        guard kind != .text else { return true }
        return switch CellKind(cell()) {
        case .empty: true
        case .integer: kind == .integer || kind == .decimal
        case let found: kind == found
        }
    }
}
