/// The type of an expression, known before the first row.
package enum ValueType: String, Sendable, CaseIterable {
    case text, integer, decimal, boolean, date, datetime
    /// JSON of one of the two kinds.
    case object, array
    /// Always blank, such as the literal `null`.
    case null
    /// Known only when the row is there, such as `if … then 1 else "none"`.
    case any

    /// Whether a value of this type can become one of `target`, at least for some values.
    ///
    /// Text becomes any type when it is written in that type's canonical form (`12`, `12.5`, `true`, `2024-02-29`), or
    /// is JSON of its kind; each type has a text. A date is not a datetime: which zone it means would be a guess.
    package func converts(to target: ValueType) -> Bool {
        if self == target { return true }
        return switch (self, target) {
        case (.any, _), (.null, _), (_, .any), (.text, _), (_, .text): true
        case (.integer, .decimal), (.decimal, .integer): true
        default: false
        }
    }

    /// The type that holds both, or `nil` where they have nothing in common.
    func joined(with other: ValueType) -> ValueType? {
        if self == other { return self }
        return switch (self, other) {
        case (.null, let type), (let type, .null): type
        case (.integer, .decimal), (.decimal, .integer): .decimal
        case (.any, _), (_, .any): .any
        default: nil
        }
    }
}
