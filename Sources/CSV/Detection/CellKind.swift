/// What the text of a cell looks like.
enum CellKind: String, Sendable, Hashable {
    /// Nothing, or a usual spelling of a missing value.
    case empty
    case integer
    case decimal
    case date
    case time
    case boolean
    case email
    case text

    /// Whether such cells follow a rule that a column's name would break.
    var isTyped: Bool { self != .empty && self != .text }

    private static let missing: Set<[UInt8]> = Set(
        ["\\n", "null", "na", "n/a", "nan", "-"].map { Array($0.utf8) })
    private static let truths: Set<[UInt8]> = Set(
        ["true", "false", "yes", "no", "t", "f", "y", "n"].map { Array($0.utf8) })

    init(_ cell: ArraySlice<UInt8>) {
        let cell = Self.trimmed(cell)
        guard let first = cell.first else {
            self = .empty
            return
        }
        if cell.count <= 5 {
            let lower = cell.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            if Self.missing.contains(lower) {
                self = .empty
                return
            }
            if Self.truths.contains(lower) {
                self = .boolean
                return
            }
        }
        let mayBeNumeric = Self.isDigit(first) || "+-.($".utf8.contains(first) || first >= 0x80
        if mayBeNumeric, let kind = Self.number(cell) ?? Self.dateOrTime(cell) {
            self = kind
        } else {
            self = Self.isEmail(cell) ? .email : .text
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func trimmed(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var cell = cell
        while let first = cell.first, first == 0x20 || first == 0x09 { cell.removeFirst() }
        while let last = cell.last, last == 0x20 || last == 0x09 { cell.removeLast() }
        return cell
    }

    /// `-12`, `1.234,56`, `$5`, `3 €`, `7%`, `(12)`, `6.02e23`.
    private static func number(_ cell: ArraySlice<UInt8>) -> CellKind? {
        var rest = cell
        for sign in ["(", "+", "-", "$", "€", "£"] where rest.starts(with: sign.utf8) {
            rest.removeFirst(sign.utf8.count)
        }
        for unit in [")", "%", "€", "£"] where rest.reversed().starts(with: unit.utf8.reversed()) {
            rest = trimmed(rest.dropLast(unit.utf8.count))
        }
        if let exponent = rest.lastIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            let power = rest[(exponent + 1)...]
            let hasSign = power.first == UInt8(ascii: "-") || power.first == UInt8(ascii: "+")
            let digits = power.dropFirst(hasSign ? 1 : 0)
            guard !digits.isEmpty, digits.allSatisfy(isDigit), rest.first.map(isDigit) == true else { return nil }
            rest = rest[..<exponent]
        }
        let groups = rest.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
        guard groups.contains(where: { !$0.isEmpty }), groups.allSatisfy({ $0.allSatisfy(isDigit) }) else { return nil }
        // With several separators, all but the last group of digits mark thousands.
        guard groups.count <= 2 || groups.dropFirst().dropLast().allSatisfy({ $0.count == 3 }) else { return nil }
        return groups.count == 1 ? .integer : .decimal
    }

    /// `2024-05-31`, `31.5.24`, `2024-05-31T10:00:00Z`, `10:30`, `10:30:15.5`.
    private static func dateOrTime(_ cell: ArraySlice<UInt8>) -> CellKind? {
        let parts = cell.split(maxSplits: 1) { $0 == 0x20 || $0 == UInt8(ascii: "T") }
        guard let first = parts.first else { return nil }
        if parts.count == 1, isTime(first) { return .time }
        for separator in "-/.".utf8 {
            let groups = first.split(separator: separator, omittingEmptySubsequences: false)
            if groups.count == 3, groups.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(isDigit) }) {
                return parts.count == 1 || isTime(parts[1]) ? .date : nil
            }
        }
        return nil
    }

    private static func isTime(_ cell: ArraySlice<UInt8>) -> Bool {
        let groups = cell.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...4).contains(groups.count), groups[0].count <= 2, groups[1].count >= 2 else { return false }
        return cell.allSatisfy { isDigit($0) || ":.+-Z".utf8.contains($0) }
            && groups.allSatisfy { $0.first.map(isDigit) == true }
    }

    private static func isEmail(_ cell: ArraySlice<UInt8>) -> Bool {
        guard let at = cell.firstIndex(of: UInt8(ascii: "@")), at > cell.startIndex else { return false }
        let domain = cell[(at + 1)...]
        guard let dot = domain.lastIndex(of: UInt8(ascii: ".")), dot > domain.startIndex else { return false }
        return dot < domain.endIndex - 1 && !cell.contains { $0 <= 0x20 || ",;".utf8.contains($0) }
    }
}
