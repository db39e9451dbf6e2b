import AuditLog
import CSV

/// The rows of a file of corrections: what ``CorrectionWriter`` wrote, and somebody corrected.
///
/// Its bytes are held in memory, and where each row stands in them.
struct CorrectedFile {
    struct Row {
        /// The row's number in the job.
        var number: Int
        /// The line of the file where it stands.
        var line: Int
        /// Where it stands in the file's bytes.
        fileprivate var range: Range<Int>
    }

    /// By number, each once.
    let rows: [Row]
    let dialect: Dialect
    private let bytes: [UInt8]
    /// Of the job's file.
    private let columns: Int
    /// A spreadsheet made all rows as long as the longest, the header too.
    private let isPadded: Bool

    /// - Parameters:
    ///   - source: how the job's file is read.
    ///   - columns: of the job's file.
    /// - Throws: `Failure` that names the line, for a file that has other columns, cannot be read in a place, or names a row
    ///   twice or not at all.
    init(_ bytes: [UInt8], name: String, _ source: JobSource, columns: [String]) throws {
        let expected = CorrectionWriter.columns + columns
        // Those of the job; the columns in front are further ones.
        var limits = try source.dialect().limits
        limits.columns += CorrectionWriter.columns.count
        var found: [String] = []
        for dialect in try Self.dialects(bytes, source).map({ $0.with(limits) }) {
            found = Self.header(bytes, dialect)
            guard Self.isHeader(found, expected) else { continue }
            self.bytes = bytes
            self.dialect = dialect
            self.columns = columns.count
            isPadded = found.count > expected.count
            rows = try Self.rows(bytes, name, dialect)
            return
        }
        throw Failure(
            .file,
            "\(name) has the columns \(found.joined(separator: ", ")), and not \(expected.joined(separator: ", ")):"
                + " take the file that atlas2 jobs errors --to csv writes, and change only cells behind _error")
    }

    /// As it was written, or as a spreadsheet may have saved it.
    private static func dialects(_ bytes: [UInt8], _ source: JobSource) throws -> [Dialect] {
        let written = try CorrectionWriter(source).dialect
        let fixed = Detection.Fixed(header: true, preambleLines: 0, headerRows: 1, footerLines: 0)
        guard let found = try? Detection.detect(bytes, isWholeFile: true, fixed: fixed).dialect else {
            return [written]
        }
        // Every line is a row, whatever the last ones look like, and none is repaired: what stands there was meant.
        let detected = try Dialect(
            delimiter: found.delimiter, quote: found.quote, escape: found.escape, encoding: found.encoding)
        // What is UTF-8 says so by itself, unless it is ASCII; of the single-byte encodings one looks like the other.
        guard bytes.contains(where: { $0 >= 0x80 }), (detected.encoding == .utf8) != (written.encoding == .utf8) else {
            return [written, detected]
        }
        let saved = try Dialect(
            delimiter: written.delimiter, quote: written.quote, escape: written.escape, encoding: detected.encoding)
        return [saved, written, detected]
    }

    private static func header(_ bytes: [UInt8], _ dialect: Dialect) -> [String] {
        var reader = Reader(dialect)
        reader.feed(bytes)
        var record = Record()
        if !reader.next(into: &record) {
            reader.finish()
            guard reader.next(into: &record) else { return [] }
        }
        return (0..<record.count).map(record.text)
    }

    /// Whether these are the columns, and behind them blank ones at most.
    private static func isHeader(_ found: [String], _ expected: [String]) -> Bool {
        found.count >= expected.count && found.dropFirst(expected.count).allSatisfy(\.isEmpty)
            && zip(found, expected).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    private static func rows(_ bytes: [UInt8], _ name: String, _ dialect: Dialect) throws -> [Row] {
        var reader = Reader(dialect)
        reader.feed(bytes)
        reader.finish()
        var record = Record()
        var lines: [Int: Int] = [:]
        var rows: [Row] = []
        while reader.next(into: &record) {
            // Spreadsheets leave rows without a value at the end.
            let isBlank = record.ends.last == 0 && (record.fault == nil || record.fault?.code == .wrongCellCount)
            guard record.number > 0, !isBlank else { continue }
            let range = record.offset..<reader.position.offset
            if let fault = fault(of: record, bytes[range], dialect) {
                throw Failure(.file, "\(name):\(fault.line): \(fault.message)")
            }
            guard record.count > 0, let number = Int(record.text(0)), number > 0 else {
                throw Failure(
                    .file, "\(name):\(record.line): _row is no number of a row: leave it as it was written")
            }
            if let first = lines.updateValue(record.line, forKey: number) {
                throw Failure(
                    .file,
                    "\(name):\(record.line): row \(number) stands on line \(first) already: take one of the two out")
            }
            rows.append(Row(number: number, line: record.line, range: range))
        }
        return rows.sorted { $0.number < $1.number }
    }

    /// What is wrong with a record besides the number of its cells.
    private static func fault(of record: Record, _ bytes: ArraySlice<UInt8>, _ dialect: Dialect) -> Fault? {
        guard let fault = record.fault, fault.code == .wrongCellCount else { return record.fault }
        guard var hidden = Self.record(bytes, dialect, columns: nil)?.fault else { return nil }
        hidden.record = record.number
        hidden.line += record.line - 1
        hidden.offset += record.offset
        return hidden
    }

    /// The only record of some bytes.
    private static func record(_ bytes: ArraySlice<UInt8>, _ dialect: Dialect, columns: Int?) -> Record? {
        var reader = Reader(dialect.with(header: false), columns: columns)
        reader.feed(Array(bytes))
        reader.finish()
        var record = Record()
        return reader.next(into: &record) ? record : nil
    }

    /// The job's own cells of a row. A wrong number of them is the record's fault.
    ///
    /// - Parameter line: where the row stands in the job's file.
    func record(of row: Row, line: Int) throws -> Record {
        let front = CorrectionWriter.columns.count
        guard let record = Self.record(bytes[row.range], dialect, columns: front + columns) else {
            throw Failure(.file, "row \(row.number) (line \(row.line)) cannot be read again")
        }
        var count = record.count
        if isPadded {
            while count > front + columns, record.range(count - 1).isEmpty { count -= 1 }
        }
        var own = Record()
        for cell in front..<max(front, count) { own.append(record.text(cell), quoted: record.quoted[cell]) }
        own.number = row.number
        own.line = line
        if own.count != columns, var fault = record.fault {
            (fault.record, fault.line) = (row.number, line)
            (fault.found, fault.expected) = (own.count, columns)
            own.fault = fault
        }
        return own
    }
}
