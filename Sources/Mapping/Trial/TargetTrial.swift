import CSV

/// What became of one target in the records of a trial.
package struct TargetTrial: Sendable {
    /// Cells and what they became.
    package struct Sample: Sendable {
        package enum Result: Sendable {
            /// As JSON; `null` for a blank.
            case value([UInt8])
            case refused(Rejection)
        }

        package let row: Int
        package let line: Int
        /// The cells that the target reads, as they stood, in the order of `columns`.
        package let before: [String]
        package let after: Result
    }

    package let name: String
    /// The indexes of the columns that the target reads.
    package let columns: [Int]
    /// Rows in which it has a value, and in which it is blank.
    package private(set) var accepted = 0
    package private(set) var blank = 0
    /// Rows in which it was refused, by the first reason.
    package private(set) var failures = FailureCounts()

    /// Changes with how much they change, the greatest first; each shape once.
    private var changes: [(difference: Int, sample: Sample)] = []
    private var refusals: [Sample] = []
    private var shapes: Set<[UInt8]> = []

    private static let mostChanges = 2
    private static let mostRefusals = 3
    /// Shapes that are told apart; no column of real data has as many.
    private static let mostShapes = 1_000

    init(name: String, columns: [Int]) {
        self.name = name
        self.columns = columns
    }

    /// The changes that differ most, then each reason to refuse a value once.
    package var samples: [Sample] { changes.map(\.sample) + refusals }

    mutating func addFailure(_ rejection: Rejection, _ record: borrowing Record) {
        let known = failures.entries.count
        failures.add(rule: rejection.rule, code: rejection.code)
        guard failures.entries.count > known, refusals.count < Self.mostRefusals else { return }
        refusals.append(sample(record, .refused(rejection)))
    }

    mutating func add(_ value: Bytes, _ record: borrowing Record) {
        let isBlank = value.first == UInt8(ascii: "n")
        if isBlank { blank += 1 } else { accepted += 1 }
        guard !columns.isEmpty, shapes.count < Self.mostShapes else { return }
        let before = before(record)
        let text = before.joined(separator: ", ")
        if isBlank, text.allSatisfy({ $0 == "," || $0 == " " }) { return }
        // A text without its quotes; escapes are rare, and differ anyway.
        let after = value.first == UInt8(ascii: "\"") ? Bytes(rebasing: value.dropFirst().dropLast()) : value
        // All that stay as they are have one shape.
        let isSame = text.utf8.elementsEqual(after)
        let shape: [UInt8] = isSame ? [] : TextShape.bytes(of: text.utf8) + [0] + TextShape.bytes(of: after)
        guard shapes.insert(shape).inserted else { return }
        let difference = isSame ? 0 : Self.difference(text, String(decoding: after, as: UTF8.self))
        let place = changes.firstIndex { $0.difference < difference } ?? changes.count
        guard place < Self.mostChanges else { return }
        changes.insert((difference, sample(record, .value(Array(value)))), at: place)
        if changes.count > Self.mostChanges { changes.removeLast() }
    }

    private func before(_ record: borrowing Record) -> [String] {
        var cells: [String] = []
        for column in columns { cells.append(column < record.count ? record.text(column) : "") }
        return cells
    }

    private func sample(_ record: borrowing Record, _ after: Sample.Result) -> Sample {
        Sample(row: record.number, line: record.line, before: before(record), after: after)
    }

    /// How much of the longer text was typed anew, in thousandths.
    private static func difference(_ before: String, _ after: String) -> Int {
        let (left, right) = (before.unicodeScalars.prefix(100), after.unicodeScalars.prefix(100))
        return Suggestion.distance(Array(left), Array(right)) * 1_000 / max(left.count, right.count, 1)
    }
}

/// Texts that are written alike: `31/12/2019` and `1/7/2020`.
enum TextShape {
    private static let longest = 64

    /// A byte for each run of small letters, of large ones, of digits, of spaces and of other characters beyond ASCII; all
    /// else as it stands.
    static func bytes(of text: some Sequence<UInt8>) -> [UInt8] {
        var shape: [UInt8] = []
        for scalar in String(decoding: Array(text), as: UTF8.self).unicodeScalars {
            let kind = kind(of: scalar)
            if kind != shape.last { shape.append(kind) }
            if shape.count == longest { break }
        }
        return shape
    }

    private static func kind(of scalar: Unicode.Scalar) -> UInt8 {
        switch scalar {
        case "a"..."z": return UInt8(ascii: "a")
        case "A"..."Z": return UInt8(ascii: "A")
        case "0"..."9": return UInt8(ascii: "9")
        case _ where isBlankScalar(scalar.value): return UInt8(ascii: " ")
        case _ where scalar.isASCII: return UInt8(scalar.value)
        default:
            let properties = scalar.properties
            if properties.isUppercase { return UInt8(ascii: "A") }
            return properties.isAlphabetic ? UInt8(ascii: "a") : 0x80
        }
    }
}
