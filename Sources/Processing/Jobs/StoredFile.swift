import AuditLog
import Foundation
import Postgres

/// A job's file as the log holds it, read piece by piece.
struct StoredFile: Sendable {
    private let log: EventLog
    private let scope: Scope
    private let job: UUID

    /// Reads in Atlas2's own name: a job's events may be those of several users.
    init(ofJob job: UUID, tenant: UUID?, _ log: EventLog) {
        self.job = job
        self.log = log
        scope = Scope(tenant: tenant, role: .system)
    }

    /// How much of the file is in the log.
    struct Extent: Sendable {
        var chunks: Int
        var bytes: Int64
        /// The last row that has a result; 0 where none has.
        var lastRow: Int
        /// Rows with a result that were rejected.
        var rejected: Int
        /// Those that the mapping leaves out.
        var skipped: Int
        /// Version of the job's stream.
        var version: Int64
        var isStarted: Bool

        /// Of a job that was only just made.
        static let none = Extent(chunks: 0, bytes: 0, lastRow: 0, rejected: 0, skipped: 0, version: 1, isStarted: false)
    }

    func extent() async throws -> Extent {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT count(*) FILTER (WHERE event_type = 'job.file_chunk_stored'),
                       coalesce(sum((payload->>'size')::bigint) FILTER (WHERE event_type = 'job.file_chunk_stored'), 0)::bigint,
                       coalesce(max((payload->>'last_row')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0),
                       coalesce(sum((payload->>'rejected')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0)::bigint,
                       coalesce(sum((payload->>'skipped')::bigint) FILTER (WHERE event_type = 'job.rows_processed'), 0)::bigint,
                       coalesce(max(stream_version), 0), count(*) FILTER (WHERE event_type = 'job.started') > 0
                FROM audit_logs WHERE tenant_id = \(scope.tenant) AND stream_type = 'job' AND stream_id = \(job)
                """
            ) {
                Extent(
                    chunks: try $0.decode(0), bytes: try $0.decode(1), lastRow: try $0.decode(2),
                    rejected: try $0.decode(3), skipped: try $0.decode(4), version: try $0.decode(5),
                    isStarted: try $0.decode(6))
            } ?? .none
        }
    }

    /// What was said when the job was made: how the file is read, the lookup tables, and, unless something of it was
    /// erased, which file it is.
    func creation() async throws -> (source: JobSource, lookups: [JobLookup], file: JobCreated.Personal?) {
        let filter = EventFilter(streamType: "job", streamID: job, type: JobCreated.type, isUpcast: true)
        guard let event = try await log.read(filter, limit: 1, as: scope).first else {
            throw Failure(.unknown, "the log has no job \(job.text)")
        }
        // Of a file that lost a row, the hash is gone: what is left is no description of a file.
        let file = (try? event.personal(of: JobCreated.self)) ?? nil
        let details = try event.payload(of: JobCreated.self).second
        return (details.source, details.lookups ?? [], file)
    }

    /// The names of the file's columns; nil once they were erased.
    func columns() async throws -> [String]? {
        /// What is left of it when a row was erased, too.
        struct Names: Decodable {
            var columns: [String]?
        }
        let filter = EventFilter(streamType: "job", streamID: job, type: JobCreated.type, isUpcast: true)
        let event = try await log.read(filter, limit: 1, as: scope).first
        return try event?.personal.flatMap { try JSONDecoder().decode(Names.self, from: Data($0.bytes)).columns }
    }

    /// The next pieces, up to four, decompressed; none behind the last.
    ///
    /// - Parameter last: the version of the last piece read, 0 to begin with.
    /// - Returns: the pieces, and the version of the last of them.
    func pieces(after last: Int64) async throws -> (pieces: [[UInt8]], version: Int64) {
        let rows: [(Int64, [UInt8])] = try await log.database.transaction(scope.transaction(readOnly: true)) {
            session in
            try session.query(
                """
                SELECT stream_version, attachment FROM audit_logs
                WHERE tenant_id = \(scope.tenant) AND stream_type = 'job' AND stream_id = \(job)
                  AND stream_version > \(last) AND event_type = 'job.file_chunk_stored'
                ORDER BY stream_version LIMIT 4
                """
            ) { row in
                guard let attachment = try row.decode(1, as: [UInt8]?.self) else {
                    throw Failure(
                        .file, "a part of the file of the job \(job.text) was erased: its rows cannot be read again")
                }
                return (try row.decode(0), attachment)
            }
        }
        var opener = try PieceOpener()
        var pieces: [[UInt8]] = []
        for (_, attachment) in rows { pieces.append(try opener.content(of: attachment)) }
        return (pieces, rows.last?.0 ?? last)
    }
}
