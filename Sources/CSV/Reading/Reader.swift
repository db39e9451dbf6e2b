/// Reads a CSV file piece by piece: feed it bytes, take records until it needs more.
///
/// ```swift
/// var reader = Reader(dialect)
/// var record = Record()
/// for piece in pieces {
///     reader.feed(piece)
///     while reader.next(into: &record) { … }
/// }
/// reader.finish()
/// while reader.next(into: &record) { … }
/// ```
///
/// The records are the same however the file is cut into pieces; pieces of 64 KiB to 1 MiB read fastest. Memory is
/// bounded by the limits and the largest piece, whatever the file holds. Only the table that the dialect's layout tells
/// is read: lines above it are skipped, what stands below it is not looked at. Header rows are numbered 0. A record ends
/// at LF, CRLF or CR outside quotes, in any mixture; the last needs no line break. Empty lines are no records: they are
/// skipped and counted. A byte order mark is skipped. Offsets are those of the file, also in UTF-16. A quote inside a
/// cell that does not start with one is text. What is wrong with a record stands in its ``Record/fault``, and reading
/// goes on. Source: RFC 4180.
package struct Reader: Sendable {
    package let dialect: Dialect
    package let limits: Limits
    /// The cells each record must have: what was given, else the count of the first record that could be counted.
    package private(set) var columns: Int?
    /// Where the record after the last one delivered starts, and what a reader needs to go on from there.
    package private(set) var position: Position

    private var scanner: Scanner
    /// For a file whose bytes are not those that the scanner reads.
    private var transcoding: Transcoding?
    /// The piece being read, and how much of it has been.
    private var input: [UInt8] = []
    private var consumed = 0
    /// The offset in the file of the piece's first byte.
    private var base: Int
    private var delivered: Int
    private var headerRowsPending: Int
    /// Lines of the preamble that were not skipped yet.
    private var preamblePending: Int
    private var isFinished = false
    private var isAtStart: Bool
    private var isRefused = false

    /// A reader at the start of a file, with the dialect's limits unless others are given. `columns` fixes the number of
    /// cells that each record must have.
    package init(_ dialect: Dialect, limits: Limits? = nil, columns: Int? = nil) {
        self.init(
            dialect, limits: limits,
            resumingAt: Position(columns: columns, headerRowsPending: dialect.layout.headerRows))
    }

    /// A reader that goes on where another one, of the same dialect and limits, stood; its pieces start at the
    /// position's offset.
    package init(_ dialect: Dialect, limits: Limits? = nil, resumingAt position: Position) {
        self.dialect = dialect
        let limits = limits ?? dialect.limits
        self.limits = limits
        self.position = position
        columns = position.columns
        base = position.offset
        delivered = position.record
        headerRowsPending = position.headerRowsPending
        isAtStart = position.offset == 0
        preamblePending = isAtStart ? dialect.layout.preambleLines : 0
        scanner = Scanner(dialect, limits: limits, resumingAt: position)
        transcoding = Transcoding(dialect.encoding, from: position.offset)
    }

    /// The empty lines skipped so far.
    package var blankLines: Int { scanner.machine.blankLines }

    /// How the records so far ended.
    package var recordEnds: RecordEnds { scanner.machine.recordEnds }

    /// Hands over the next piece of the file. No bytes are copied if every record of the last piece was taken.
    package mutating func feed(_ bytes: [UInt8]) {
        let end = dialect.layout.endOffset
        if let text = transcoding?.decode(bytes, until: end) {
            take(text, until: nil)
        } else {
            take(bytes, until: end)
        }
    }

    private mutating func take(_ bytes: [UInt8], until end: Int?) {
        if consumed < input.count {
            input.removeSubrange(..<consumed)
            input.append(contentsOf: bytes)
        } else {
            input = bytes
        }
        base += consumed
        consumed = 0
        if let end, base + input.count > end {
            input.removeLast(base + input.count - max(base, end))
        }
    }

    /// Says that the file ends behind what was fed.
    package mutating func finish() {
        isFinished = true
        if let rest = transcoding?.finish() { input += rest }
    }

    /// Fills `record` with the next record, and returns true; or returns false, if more bytes are needed, or after
    /// ``finish()`` if there are no more records. The record's cells do not count then.
    package mutating func next(into record: inout Record) -> Bool {
        if isAtStart {
            guard isFinished || !ByteOrderMark.mayContinue(input[consumed...]) else { return false }
            isAtStart = false
            switch ByteOrderMark(input[consumed...]) {
            case .utf8: skip(3)
            case .utf16LE, .utf16BE: return refuse(&record)
            case nil where transcoding != nil && ByteOrderMark.isReversed(input[consumed...]): return refuse(&record)
            case nil: break
            }
        }
        guard !isRefused else {
            consumed = input.count
            return false
        }
        while preamblePending > 0 {
            guard consumed < input.count else { return false }
            if scanner.machine.skipPreamble(input[consumed], at: base + consumed) { preamblePending -= 1 }
            skip(1)
        }
        if headerRowsPending == 0, let columns, scanPlain(columns, into: &record) { return true }
        guard scan() else { return false }
        deliver(into: &record)
        return true
    }

    /// Reads a record that takes nothing but a look at each byte; returns false where it is none.
    private mutating func scanPlain(_ columns: Int, into record: inout Record) -> Bool {
        guard
            input.withUnsafeBufferPointer({
                scanner.scanPlain($0, from: &consumed, base: base, columns: columns, into: &record)
            })
        else { return false }
        delivered += 1
        record.number = delivered
        position = Position(
            offset: base + consumed, line: scanner.machine.line, record: delivered, columns: columns,
            headerRowsPending: 0, afterCarriageReturn: false, blankLines: blankLines)
        return true
    }

    /// Goes on over bytes that are no part of a record.
    private mutating func skip(_ count: Int) {
        transcoding?.skip(input[consumed..<consumed + count])
        consumed += count
    }

    /// Whether a whole record now stands in the scanner.
    private mutating func scan() -> Bool {
        let start = consumed
        var isWhole = input.withUnsafeBufferPointer { scanner.scan($0, from: &consumed, base: base) }
        transcoding?.advance(over: input[start..<consumed], scanner.machine)
        if !isWhole, isFinished {
            isWhole = scanner.finish()
            transcoding?.advance(over: [], scanner.machine)
        }
        return isWhole
    }

    private mutating func deliver(into record: inout Record) {
        if headerRowsPending > 0 {
            headerRowsPending -= 1
            record.number = 0
        } else {
            delivered += 1
            record.number = delivered
        }
        scanner.deliver(into: &record, columns: &columns)
        transcoding?.place(&record)
        position = Position(
            offset: transcoding?.offset ?? base + consumed, line: scanner.machine.line, record: delivered,
            columns: columns, headerRowsPending: headerRowsPending,
            afterCarriageReturn: scanner.machine.lastCarriageReturn == base + consumed - 1, blankLines: blankLines)
    }

    private mutating func refuse(_ record: inout Record) -> Bool {
        isRefused = true
        record.removeAll()
        record.number = headerRowsPending > 0 ? 0 : 1
        record.line = 1
        record.offset = 0
        record.fault = Fault(code: .unsupportedEncoding, record: record.number, line: 1, offset: 0)
        return true
    }
}
