/// Formats of dates as one list of bytes, run for each cell without allocating or counting references.
///
/// Each format is two bytes for its length, then its steps: an operation, two bytes for it, and the bytes of a literal.
struct DateProgram: Sendable {
    enum Operation: UInt8 {
        /// `DateFormat.Component`, the fewest digits ‖ 4 bits, the most
        case number
        /// 1 for the full name, else its first three letters
        case monthName, weekdayName
        case halfDay
        /// the width, 1 where UTC is written `Z`
        case zone
        /// how many bytes follow
        case literal
        /// how many are written
        case spaces
    }

    static let stepSize = 3
    let code: [UInt8]
    /// The most bytes that writing by the first format takes.
    let capacity: Int

    init(_ formats: [DateFormat]) {
        var code: [UInt8] = []
        var capacity = 0
        for format in formats {
            var steps: [UInt8] = []
            var written = 0
            for part in format.parts { written += Self.append(part, to: &steps) }
            code += [UInt8(steps.count >> 8), UInt8(steps.count & 0xFF)] + steps
            if capacity == 0 { capacity = written }
        }
        self.code = code
        self.capacity = capacity
    }

    /// Whether there are no formats.
    var isEmpty: Bool { code.isEmpty }

    /// Returns the most bytes that the part is written in.
    private static func append(_ part: DateFormat.Part, to steps: inout [UInt8]) -> Int {
        func add(_ operation: Operation, _ first: Int = 0, _ second: Int = 0) {
            steps += [operation.rawValue, UInt8(first), UInt8(second)]
        }
        switch part {
        case .number(let component, let least, let most):
            add(.number, Int(component.rawValue), least << 4 | most)
            return most
        case .monthName(let isFull):
            add(.monthName, isFull ? 1 : 0)
            return EnglishNames.width
        case .weekdayName(let isFull):
            add(.weekdayName, isFull ? 1 : 0)
            return EnglishNames.width
        case .halfDay:
            add(.halfDay)
            return 2
        case .zone(let width, let writesZ):
            add(.zone, width, writesZ ? 1 : 0)
            return 6
        case .spaces(let count):
            add(.spaces, min(count, 255))
            return min(count, 255)
        case .literal(let bytes):
            for start in stride(from: 0, to: bytes.count, by: 255) {
                let piece = bytes[start..<min(start + 255, bytes.count)]
                add(.literal, piece.count)
                steps += piece
            }
            return bytes.count
        }
    }
}

/// The names of months and weekdays, small letters, each padded to nine bytes.
enum EnglishNames {
    static let width = 9
    static let months: StaticString =
        "january  february march    april    may      june     july     august   septemberoctober  november december "
    static let weekdays: StaticString = "monday   tuesday  wednesdaythursday friday   saturday sunday   "

    /// How many letters of a name there are.
    static func length(_ name: UnsafePointer<UInt8>, isFull: Bool) -> Int {
        var count = 3
        while isFull, count < width, name[count] != UInt8(ascii: " ") { count += 1 }
        return count
    }
}
