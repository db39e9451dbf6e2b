import AuditLog
import FoundationEssentials
import Postgres
import TestSupport

/// Erases something of a tenant's history, in one of the ways in which that can be done.
struct EraseAtRandom {
    let database: TestDatabase
    let log: EventLog
    let tenant: UUID

    private var scope: Scope { Scope(tenant: tenant, role: .system, login: "eraser@host") }

    /// What the tests of the laws change by hand stays whole: positions that end on 00 to 03, and the first ones.
    private static let candidates: SQL = "position >= 20 AND position % 100 > 3 AND salt IS NOT NULL"

    func once(using random: inout SplitMix64) async throws {
        let erasures: [EventErasure]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: erasures = try await some("true", limit: Int.random(in: 1...3, using: &random), &random)
        case 1: erasures = try await stream(&random)
        case 2: erasures = try await withoutLogin(&random)
        case 3: erasures = try await withoutLines(&random)
        default: erasures = try await withoutRows(&random)
        }
        do {
            _ = try await log.erase(
                erasures, command: random.uuid(), basis: "gdpr-17", reason: "Änne 🙂 asked", as: scope)
        } catch let error as PostgresError where error.sqlstate == "23001" {
            // A legal hold stands against it: nothing was erased.
        }
    }

    private func read<T: Sendable>(_ sql: SQL, _ row: @escaping @Sendable (borrowing Row) throws -> T) async throws
        -> [T]
    {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT position, stream_type, stream_id, salt, personal FROM audit_logs
                WHERE tenant_id = \(tenant) AND \(sql: Self.candidates) AND \(sql: sql)
                """, row)
        }
    }

    private func some(_ condition: SQL, limit: Int, _ random: inout SplitMix64) async throws -> [EventErasure] {
        var positions = try await read("\(sql: condition) ORDER BY position") { try $0.decode(0, as: Int64.self) }
        positions.shuffle(using: &random)
        return positions.prefix(limit).map { EventErasure($0) }
    }

    /// All of one stream.
    private func stream(_ random: inout SplitMix64) async throws -> [EventErasure] {
        let streams = try await read("stream_type IN ('user', 'job', 'hold', 'disclosure') ORDER BY position") {
            StreamID(type: try $0.decode(1), id: try $0.decode(2))
        }
        guard let stream = streams.randomElement(using: &random) else { return [] }
        return try await some("stream_type = \(stream.type) AND stream_id = \(stream.id)", limit: 1000, &random)
    }

    /// What a user did, without the login; once in a while without the file's hash.
    private func withoutLogin(_ random: inout SplitMix64) async throws -> [EventErasure] {
        let member = random.chance(70) ? "login" : "file_sha256"
        let found: [(Int64, [UInt8], JSON)] = try await read(
            "personal::jsonb ? \(member) AND event_type NOT IN ('job.rows_processed', 'job.rows_fixed', 'job.file_chunk_stored') ORDER BY position"
        ) { (try $0.decode(0), try $0.decode(3), try $0.decode(4)) }
        var erasures: [EventErasure] = []
        for (position, salt, personal) in found where random.chance(10) {
            let rest = try await log.database.session { session in
                try session.first("SELECT (\(personal)::jsonb - \(member))::text") { try $0.decode(0, as: String.self) }
            }
            erasures.append(
                EventErasure(
                    position,
                    keeping: .init(
                        replacing: salt, salt: Array(Hashes.sha256(salt).prefix(16)), personal: rest.map { JSON($0) },
                        keepsAttachment: true)))
        }
        return erasures
    }

    /// A piece of a file without some of its lines.
    private func withoutLines(_ random: inout SplitMix64) async throws -> [EventErasure] {
        let pieces = try await some(
            "event_type = 'job.file_chunk_stored' AND attachment IS NOT NULL", limit: 1, &random)
        guard let position = pieces.first?.position,
            let event = try await log.read(EventFilter(from: position), limit: 1, as: scope).first,
            let salt = event.salt, let attachment = event.attachment
        else { return [] }
        var lines = HistoryPiece.lines(attachment, salt: salt)
        let blank = Array("xxxxxxx".utf8)
        for line in lines.lines where random.chance(40) {
            lines.blank(line.range.lowerBound..<(line.range.lowerBound + blank.count), with: blank[...])
        }
        return [
            EventErasure(
                position,
                keeping: .init(
                    replacing: salt, salt: Array(Hashes.sha256(salt).prefix(16)), personal: event.personal,
                    attachment: lines.attachment))
        ]
    }

    /// A chunk of results without some of its rows.
    private func withoutRows(_ random: inout SplitMix64) async throws -> [EventErasure] {
        let chunks = try await some(
            "event_type IN ('job.rows_processed', 'job.rows_fixed') AND attachment IS NOT NULL", limit: 1, &random)
        guard let position = chunks.first?.position,
            let event = try await log.read(EventFilter(from: position), limit: 1, as: scope).first,
            let salt = event.salt, let chunk = event.attachment.flatMap({ ResultRows($0) })
        else { return [] }
        let first = try event.resultChunkStatement().firstRow
        let erased = Set((0..<chunk.rows.count).filter { _ in random.chance(40) }.map { first + $0 })
        return [
            EventErasure(
                position,
                keeping: .init(
                    replacing: salt, salt: Array(Hashes.sha256(salt).prefix(16)), personal: event.personal,
                    attachment: chunk.redacted(erasing: erased, salt: salt, firstRow: first)))
        ]
    }
}
