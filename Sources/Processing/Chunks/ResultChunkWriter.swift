import AuditLog
package import CSV
package import Mapping

/// Collects the results of rows into result chunks, one after the other.
///
/// Rows are numbered without gaps; each appended row is the next one. Appending allocates nothing once the buffers have
/// grown, and hashes nothing: that is left to ``ResultChunk/rowsRoot``.
package struct ResultChunkWriter: Sendable {
    private let fields: [String]
    /// What every body begins with.
    private let head: [UInt8]
    private var body: [UInt8] = []
    /// Where each row begins in the body; it ends a byte (the comma) before the next.
    private var starts: [Int] = []
    private var firstRow: Int
    private var accepted = 0
    private var skipped = 0
    private var errors: [ErrorKey: Int] = [:]

    /// - Parameters:
    ///   - fields: Target fields, dotted where nested, in the order of an accepted row's values.
    ///   - firstRow: Number of the first row to come.
    package init(fields: [String], firstRow: Int) {
        var head = Array(#"{"fields":["#.utf8)
        for (index, field) in fields.enumerated() {
            if index > 0 { head.append(UInt8(ascii: ",")) }
            JSONWriter.append(field, to: &head)
        }
        head += #"],"rows":["#.utf8
        self.fields = fields
        self.head = head
        self.firstRow = firstRow
        starts.reserveCapacity(ResultChunk.maxRows)
        body = head
    }

    /// Number of the row that is appended next.
    package var nextRow: Int { firstRow + starts.count }
    /// Rows in the chunk so far.
    package var count: Int { starts.count }
    package var isEmpty: Bool { starts.isEmpty }

    /// Whether the chunk takes no more rows: call ``finish(salt:)``.
    package var isFull: Bool {
        starts.count >= ResultChunk.maxRows || body.count >= ResultChunk.maxBytes
    }

    /// Appends an accepted row: `write` appends one JSON array, the row's values by position.
    package mutating func appendAccepted(_ write: (inout [UInt8]) -> Void) {
        if !starts.isEmpty { body.append(UInt8(ascii: ",")) }
        starts.append(body.count)
        write(&body)
        accepted += 1
    }

    /// Says what was refused in the accepted row that was just appended, and left blank, or repaired.
    package mutating func addWarnings(_ rejections: [Rejection], line: Int) {
        guard let start = starts.last, !rejections.isEmpty else { return }
        RejectedRow.appendWarnings(rejections, line: line, to: &body, from: start)
        for rejection in rejections { errors[ErrorKey(rejection), default: 0] += 1 }
    }

    /// Appends a rejected row: its line and cells as they stood, and every reason.
    package mutating func appendRejected(_ record: borrowing Record, _ rejections: [Rejection]) {
        if !starts.isEmpty { body.append(UInt8(ascii: ",")) }
        starts.append(body.count)
        RejectedRow.append(record, rejections, to: &body)
        for rejection in rejections { errors[ErrorKey(rejection), default: 0] += 1 }
    }

    /// Says what the cells were corrected to, of which the accepted or skipped row came that was just appended.
    package mutating func addFixed(_ record: borrowing Record) {
        guard let start = starts.last else { return }
        var head = Array(#"{"fixed":{"line":\#(record.line),"cells":"#.utf8)
        RejectedRow.appendCells(record, to: &head)
        head += #"},"result":"#.utf8
        body.insert(contentsOf: head, at: start)
        body.append(UInt8(ascii: "}"))
    }

    /// Appends a row that the mapping leaves out, by the expression of a target field or, for nil, a rule on the row.
    package mutating func appendSkipped(line: Int, field: String?) {
        if !starts.isEmpty { body.append(UInt8(ascii: ",")) }
        starts.append(body.count)
        RejectedRow.appendSkipped(line: line, field: field, to: &body)
        skipped += 1
    }

    /// Closes the chunk and begins the next one; nil when it has no rows.
    ///
    /// - Parameter salt: 16 bytes that nobody can guess.
    package mutating func finish(salt: [UInt8] = ResultChunk.randomSalt()) -> ResultChunk? {
        guard !starts.isEmpty else { return nil }
        let end = body.count
        body += "]}".utf8
        let chunk = ResultChunk(
            body: body, rows: firstRow...(nextRow - 1), accepted: accepted, skipped: skipped, errors: errors.rejections,
            starts: starts, end: end, fields: fields, salt: salt)
        firstRow = nextRow
        starts = []
        starts.reserveCapacity(ResultChunk.maxRows)
        accepted = 0
        skipped = 0
        errors.removeAll(keepingCapacity: true)
        body = []
        body.reserveCapacity(end + end / 8)
        body += head
        return chunk
    }
}
