import CSV

/// A record as tests compare it.
struct Row: Equatable, CustomStringConvertible {
    var cells: [String]
    var quoted: [Bool]
    var number: Int
    var line: Int
    var offset: Int
    var fault: Fault?

    init(_ record: Record) {
        cells = (0..<record.count).map(record.text)
        quoted = record.quoted
        number = record.number
        line = record.line
        offset = record.offset
        fault = record.fault
    }

    var description: String { "\(number)@\(line):\(offset) \(cells) \(fault?.description ?? "")" }
}

/// Reads the pieces of a file to its end.
func read(_ pieces: [[UInt8]], with reader: inout Reader) -> [Row] {
    var rows: [Row] = []
    var record = Record()
    for piece in pieces {
        reader.feed(piece)
        while reader.next(into: &record) { rows.append(Row(record)) }
    }
    reader.finish()
    while reader.next(into: &record) { rows.append(Row(record)) }
    return rows
}

func read(_ bytes: [UInt8], _ dialect: Dialect, limits: Limits = Limits()) -> [Row] {
    var reader = Reader(dialect, limits: limits)
    return read([bytes], with: &reader)
}

func read(_ text: String, _ dialect: Dialect = plain, limits: Limits = Limits()) -> [Row] {
    read(Array(text.utf8), dialect, limits: limits)
}

/// RFC 4180 without a header.
let plain = Dialect.rfc4180.with(header: false)

/// A small generator whose numbers are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
