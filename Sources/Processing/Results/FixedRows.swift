import AuditLog
import FoundationEssentials
import Mapping

/// The last results of a job's rows that were fixed. Memory holds which event has which row, and the content of a few.
struct FixedRows {
    struct Row: Sendable {
        var result: ResultRow.Result
        /// What was given, as JSON; nil where the row is rejected, whose result has it.
        var given: ArraySlice<UInt8>?
        var fields: [String]
    }

    /// Where the row stands in the job's file, and what its cells were corrected to.
    struct Given: Decodable {
        var line: Int
        var cells: [String]
    }

    /// The rows of one event, by their numbers in the job.
    private struct Content {
        var position: Int64
        var rows: [Int: Row]
        var bytes: Int
    }

    private let log: EventLog
    private let scope: Scope
    /// For each row the position of the event that holds its last result.
    private var positions: [Int: Int64] = [:]
    /// What was read last, up to so many bytes; the newest at the end.
    private var contents: [Content] = []
    private static let maxBytes = 16 << 20

    init(ofJob job: UUID, tenant: UUID?, _ log: EventLog) async throws {
        self.log = log
        scope = Scope(tenant: tenant, role: .system)
        var positions: [Int: Int64] = [:]
        let filter = EventFilter(
            streamType: "job", streamID: job, type: JobRowsFixed.type, attachments: false, isUpcast: true)
        try await log.forEach(filter, pageSize: 100, as: scope) { event in
            for row in try event.payload(of: JobRowsFixed.self).second.of { positions[row] = event.position }
        }
        self.positions = positions
    }

    var isEmpty: Bool { positions.isEmpty }

    /// Those among some rows of the job.
    mutating func results(of rows: ClosedRange<Int>) async throws -> [Int: Row] {
        guard !isEmpty else { return [:] }
        var wanted: [Int64: [Int]] = [:]
        for row in rows {
            if let position = positions[row] { wanted[position, default: []].append(row) }
        }
        var results: [Int: Row] = [:]
        for (position, numbers) in wanted.sorted(by: { $0.key < $1.key }) {
            let content = try await content(at: position)
            for number in numbers {
                results[number] = content[number] ?? Row(result: .erased, given: nil, fields: [])
            }
        }
        return results
    }

    private mutating func content(at position: Int64) async throws -> [Int: Row] {
        if let known = contents.first(where: { $0.position == position }) { return known.rows }
        var content = Content(position: position, rows: [:], bytes: 0)
        let filter = EventFilter(from: position, to: position + 1, isUpcast: true)
        if let event = try await log.read(filter, as: scope).first, let attachment = event.attachment {
            let details = try event.payload(of: JobRowsFixed.self).second
            var chunk = try ResultChunkReader(attachment, firstRow: details.firstRow)
            while let row = try chunk.next() {
                let index = row.number - details.firstRow
                guard details.of.indices.contains(index) else { break }
                content.rows[details.of[index]] = Row(result: row.result, given: row.fixed, fields: chunk.fields)
            }
            content.bytes = attachment.count
        }
        contents.append(content)
        while contents.count > 1, contents.reduce(0, { $0 + $1.bytes }) > Self.maxBytes { contents.removeFirst() }
        return content.rows
    }
}
