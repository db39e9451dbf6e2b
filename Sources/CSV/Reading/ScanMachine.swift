/// Finds where cells and records end. Its state is whole after any byte, so it can stop and go on anywhere.
struct ScanMachine: Sendable {
    enum Phase: UInt8 {
        case recordStart
        case cellStart
        case unquoted
        case quoted
        /// Behind a backslash in a quoted cell.
        case escaped
        /// Behind a quote in a quoted cell: its end, or the first half of a doubled quote.
        case quoteInQuoted
        /// Behind the first byte of a delimiter of two: in an unquoted cell, and behind a quote in a quoted one.
        case halfDelimiter
        case halfDelimiterBehindQuote
        /// Behind a limit: the rest of the line does not count.
        case skipping
    }

    /// Where the cells of the record in progress go.
    struct Cells {
        let output: UnsafeMutablePointer<UInt8>
        /// Room for as many cells as the limit allows.
        let ends: UnsafeMutablePointer<Int>
        let quoted: UnsafeMutablePointer<Bool>
    }

    /// Words of eight bytes are written whole, so this much room must follow the bytes that count.
    static let slack = 16

    let delimiter: UInt8
    /// The second byte of the delimiter, where it has two.
    let delimiterTail: UInt8
    let hasPair: Bool
    /// The quote, or a value that no byte has.
    let quote: UInt16
    /// The byte that makes the next one text in a quoted cell, or the quote where there is none.
    let escape: UInt8
    let hasBackslash: Bool
    /// Whether two quotes in a quoted cell stand for one.
    let doublesQuotes: Bool
    let maximumCount: Int

    var phase = Phase.recordStart
    /// The bytes and cells of the record so far.
    var length = 0
    var count = 0
    /// Where in the output the cell in progress starts, and whether it is quoted.
    var cellStart = 0
    var isCellQuoted = false
    /// Cells beyond the limit, which are not kept.
    var surplus = 0
    /// The bytes so far, or-ed together, and perhaps some that follow: its top bits tell if all of them are ASCII.
    var seen: UInt64 = 0
    /// The lengths of the output at which one byte of the file, a quote or a backslash, was left out.
    var omissions: [Int] = []

    var line: Int
    /// The offset of the last carriage return, so that a line feed right behind it counts with it.
    var lastCarriageReturn: Int
    /// The offset of the carriage return that ended the last record, if one did.
    var recordCarriageReturn = -2
    /// Where the record and the cell in progress start in the file.
    var start = Place()
    var cell = Place()
    /// Where the first byte of a delimiter stands whose second byte is not known yet.
    var halfOffset = 0

    var blankLines: Int
    var recordEnds = RecordEnds()
    /// What is wrong with the record's quoting or size, and its first NUL byte.
    var fault: Fault?
    var nul: Fault?

    struct Place: Sendable {
        var line = 1
        var offset = 0
    }

    init(_ dialect: Dialect, limits: Limits, resumingAt position: Position) {
        delimiter = dialect.delimiter.first
        delimiterTail = dialect.delimiter.second ?? 0
        hasPair = dialect.delimiter.second != nil
        quote = dialect.quote.map(UInt16.init) ?? .max
        hasBackslash = dialect.escape == .backslash
        doublesQuotes = dialect.escape != .noEscape
        escape = hasBackslash ? UInt8(ascii: "\\") : dialect.quote ?? 0
        maximumCount = limits.columns
        line = position.line
        lastCarriageReturn = position.afterCarriageReturn ? position.offset - 1 : -2
        blankLines = position.blankLines
    }

    /// How many bytes the cell in progress may still grow; negative behind a limit.
    func room(in limits: Limits) -> Int {
        phase == .skipping ? .max : min(limits.cellBytes - (length - cellStart), limits.recordBytes - length)
    }

    /// The most bytes that may be taken before ``room(in:)`` must be asked again: a limit is then noticed right behind
    /// the first byte that exceeds it, however the file is cut.
    func reach(_ room: Int) -> Int {
        let pending = phase == .quoteInQuoted ? 1 : pendingAtEnd
        return room == .max ? room : max(1, room + 1 - pending)
    }

    /// The bytes that were taken and are text if nothing follows.
    var pendingAtEnd: Int {
        switch phase {
        case .escaped, .halfDelimiter: 1
        case .halfDelimiterBehindQuote: 2
        default: 0
        }
    }

    /// Drops the cell that exceeds a limit, and the rest of the line with it.
    mutating func skipRest(_ limits: Limits, pending: Int = 0) {
        let isCellTooLong = length + pending - cellStart > limits.cellBytes
        length = cellStart
        phase = .skipping
        fault =
            fault
            ?? Fault(
                code: isCellTooLong ? .cellTooLong : .recordTooLong, record: 0, line: cell.line, offset: cell.offset,
                cell: count + surplus + 1, expected: isCellTooLong ? limits.cellBytes : limits.recordBytes)
    }

    /// Takes a byte above the table; returns whether a line ends with it.
    mutating func skipPreamble(_ byte: UInt8, at offset: Int) -> Bool {
        switch byte {
        case 0x0D:
            lastCarriageReturn = offset
        case 0x0A where lastCarriageReturn != offset - 1:
            break
        default:
            return false
        }
        line += 1
        return true
    }

    /// Makes ready for the next record.
    mutating func reset() {
        phase = .recordStart
        length = 0
        count = 0
        cellStart = 0
        surplus = 0
        seen = 0
        if !omissions.isEmpty { omissions.removeAll(keepingCapacity: true) }
        fault = nil
        nul = nil
    }
}
