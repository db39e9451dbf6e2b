/// Decides whether the first record names the columns, by comparing it with the records below.
struct HeaderDetection {
    /// For and against, from the first record itself and from each column: above zero is for a header.
    private var weight = 0.3
    private var different = 0
    private var alike = 0
    private var recurring = 0
    private var numeric = 0
    private var known = 0
    private var columns = 0

    /// Reads the answer out of the first record and some below it.
    static func detect(_ first: Record, _ body: [Record]) -> Detection.Property<Bool> {
        let names = (0..<first.count).map { Array(first.bytes[first.range($0)]) }
        guard !body.isEmpty else { return headerOnly(names) }
        var detection = HeaderDetection()
        detection.columns = names.count
        for (column, name) in names.enumerated() {
            detection.compare(name, body.compactMap { $0.count > column ? $0.bytes[$0.range(column)] : nil })
        }
        let filled = names.filter { !$0.isEmpty }
        if Set(filled).count < filled.count { detection.weight -= 0.3 }
        if filled.count < names.count { detection.weight -= 0.3 }
        return detection.answer
    }

    private static func headerOnly(_ names: [[UInt8]]) -> Detection.Property<Bool> {
        let areNames = names.allSatisfy { CellKind($0[...]) == .text } && Set(names).count == names.count
        return Detection.Property(
            value: areNames, confidence: 0.6,
            evidence: areNames
                ? "there is only one record, and its cells are different texts, as names are"
                : "there is only one record, and not all of its cells could be names",
            runnerUp: !areNames)
    }

    private mutating func compare(_ name: [UInt8], _ cells: [ArraySlice<UInt8>]) {
        let nameKind = CellKind(name[...])
        if Self.isYear(name[...]), cells.count(where: Self.isYear) * 2 < cells.count {
            different += 1
            weight += 0.5
            return
        }
        if nameKind == .integer || nameKind == .decimal {
            numeric += 1
            weight -= 0.5
        }
        if Self.isKnown(name) {
            known += 1
            weight += 0.3
        }
        let filled = cells.filter { CellKind($0) != .empty }
        guard !filled.isEmpty, !name.isEmpty else { return }
        let typed = filled.count { CellKind($0).isTyped }
        if typed * 5 >= filled.count * 4 {
            if nameKind == .text {
                different += 1
                weight += 1
            } else {
                alike += 1
                weight -= 1
            }
        } else {
            compareText(name, filled)
        }
    }

    private mutating func compareText(_ name: [UInt8], _ cells: [ArraySlice<UInt8>]) {
        if cells.contains(where: { $0.elementsEqual(name) }) {
            recurring += 1
            weight -= 0.6
            return
        }
        let isRepetitive = cells.count >= 8 && Set(cells).count * 2 < cells.count
        let lengths = Set(cells.map(\.count))
        let breaksLength = cells.count >= 3 && lengths.count == 1 && !lengths.contains(name.count)
        if isRepetitive || breaksLength {
            different += 1
            weight += 0.4
        } else if lengths.count == 1 && lengths.contains(name.count) {
            alike += 1
            weight -= 0.2
        }
    }

    /// `1900` … `2099`: a number that may well name a column.
    static func isYear(_ cell: ArraySlice<UInt8>) -> Bool {
        cell.count == 4 && (cell.starts(with: "19".utf8) || cell.starts(with: "20".utf8))
            && cell.allSatisfy { $0 &- 0x30 < 10 }
    }

    private static let knownNames: Set<String> = [
        "id", "name", "email", "e-mail", "date", "time", "city", "country", "state", "address", "phone", "zip", "code",
        "type", "status", "title", "description", "price", "amount", "quantity", "value", "total", "gender", "age",
        "first name", "last name", "street", "region", "company", "category", "url", "comment", "note", "notes",
    ]

    /// A word that often names a column, or one put together with underscores.
    private static func isKnown(_ name: [UInt8]) -> Bool {
        let isSnake =
            name.contains(UInt8(ascii: "_"))
            && name.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        return isSnake || knownNames.contains(String(decoding: name, as: UTF8.self).lowercased())
    }

    private var answer: Detection.Property<Bool> {
        var reasons: [String] = []
        if different > 0 { reasons.append("differs from the cells below it in \(different) of \(columns) columns") }
        if alike > 0 { reasons.append("looks like the cells below it in \(alike) of \(columns) columns") }
        if recurring > 0 { reasons.append("has \(recurring) values that occur again below") }
        if numeric > 0 { reasons.append("has \(numeric) numbers") }
        if known > 0 { reasons.append("has \(known) usual column names") }
        let strength = abs(weight) / (1 + abs(weight))
        return Detection.Property(
            value: weight > 0, confidence: 0.5 + 0.5 * strength,
            evidence: reasons.isEmpty
                ? "nothing tells the first record from those below; most files have a header"
                : "the first record " + reasons.joined(separator: ", "),
            runnerUp: weight <= 0)
    }
}
