import FoundationEssentials
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import AuditLog

/// A log that is verified in several slices: what is done to a later one is found there.
@Suite("Drills: a log of three slices", .timeLimit(.minutes(20)))
struct LongLogTests {
    /// Positions 0 and 1 are the tenant's own; the others are made by SQL, a hundred in a stream.
    private static let made: Int64 = 2 * Session.positionsPerSlice + 300

    /// The log, made and sealed once; each test gets a copy.
    private static let original = Mutex<SealedLog?>(nil)
    private static let template = TestTemplate("template_long_log", from: .schema) { database in
        let log = try await SealedLog(database)
        try await log.seal()
        let first = try await database.log.size(as: log.scope)
        let size = first + made
        try await log.tamper(
            """
            INSERT INTO audit_logs
            SELECT h.tenant_id, p, i.id, h.recorded_at, 'probe', s.id, v.version, 'probe.seen', 1, NULL, NULL, NULL,
                   b.payload, NULL, NULL, b.salt, e.hash, c.hash,
                   sha256('\\x00'::bytea || convert_to(audit_entry(h.tenant_id, p, i.id, audit_time(h.recorded_at), 'probe', s.id, v.version,
                       'probe.seen', 1, NULL, NULL, NULL, c.hash), 'UTF8'))
            FROM audit_log_heads h, generate_series(\(first), \(size - 1)) p,
                 LATERAL (SELECT md5('stream ' || p / 100)::uuid) s (id),
                 LATERAL (SELECT p - greatest(p / 100 * 100, \(first)) + 1) v (version),
                 LATERAL (SELECT md5('event ' || p)::uuid) i (id),
                 LATERAL (SELECT json_build_object('number', p), uuid_send(md5('salt ' || p)::uuid) OFFSET 0) b (payload, salt),
                 LATERAL (SELECT audit_erasable_hash(b.salt, NULL, NULL) OFFSET 0) e (hash),
                 LATERAL (SELECT audit_commitment(b.payload, e.hash) OFFSET 0) c (hash)
            WHERE h.tenant_id = '\(log.tenant.text)';
            INSERT INTO audit_streams SELECT tenant_id, stream_type, stream_id, max(stream_version) FROM mine
                WHERE stream_type = 'probe' GROUP BY 1, 2, 3;
            UPDATE audit_log_heads SET size = \(size) WHERE tenant_id = '\(log.tenant.text)'
            """)
        try await log.seal()
        original.withLock { $0 = log }
    }

    static func withLog(_ body: (SealedLog, Int64) async throws -> Void) async throws {
        try await template.withCopy { database in
            let log = try SealedLog(database, copyOf: #require(original.withLock { $0 }))
            try await body(log, log.state().size)
        }
    }

    private static func problems(_ log: SealedLog) async throws -> [String] {
        var evidence = Evidence()
        evidence.keys = [try LogKeys(log.folder).current.verifier]
        let found = try await log.database.log.verify(as: log.scope, against: evidence)
        #expect(found.problemCount == Int64(found.problems.count))
        return found.problems.map { "\($0.position) \($0.verdict)" }
    }

    @Test("what is tampered with in a later slice is named at its position, and nothing else is")
    func slices() async throws {
        try await Self.withLog { log, size in
            #expect(try await Self.problems(log) == [])
            let second = Session.positionsPerSlice
            // Also the last event of a slice, and the first of the next.
            let drills: [(sql: String, position: Int64, verdict: String)] = [
                ("UPDATE mine SET actor_id = gen_random_uuid() WHERE position = \(second)", second, "modified"),
                (#"UPDATE mine SET payload = '{"number":9}' WHERE position = 70000"#, 70_000, "modified"),
                (
                    "UPDATE mine SET payload = '{}' WHERE position = \(2 * second - 1); "
                        + Rogue.rehash("position = \(2 * second - 1)"), 2 * second - 1, "modified"
                ),
                ("DELETE FROM mine WHERE position = \(2 * second)", 2 * second, "missing"),
                ("UPDATE mine SET salt = NULL WHERE position = \(size - 1)", size - 1, "modified"),
            ]
            try await log.tamper(drills.map(\.sql).joined(separator: "; "))
            #expect(try await Self.problems(log) == drills.map { "\($0.position) \($0.verdict)" })
        }
    }

    @Test("a whole slice that is gone is missing event by event, and what is behind it stays proved")
    func sliceMissing() async throws {
        try await Self.withLog { log, size in
            let (first, end) = (Session.positionsPerSlice, 2 * Session.positionsPerSlice)
            try await log.tamper("DELETE FROM mine WHERE position BETWEEN \(first) AND \(end - 1)")
            let found = try await log.database.log.verify(as: log.scope)
            #expect(found.missing == end - first && found.problemCount == end - first)
            #expect(found.problems.first?.position == first)
            #expect(found.sealedSize == size && found.verified == size - (end - first))
        }
    }

    @Test("stored tiles that are missing, cut short or changed are named by what they cover; the events are right")
    func tiles() async throws {
        try await Self.withLog { log, size in
            let last = (size - 1) / 256
            let drills: [(sql: String, position: Int64)] = [
                ("UPDATE log_tiles SET hashes = set_byte(hashes, 40, 7 # get_byte(hashes, 40)) WHERE level = 2", 0),
                ("UPDATE log_tiles SET hashes = substr(hashes, 1, 3200) WHERE level = 0 AND index = 5", 1280),
                ("DELETE FROM log_tiles WHERE level = 1 AND index = 1", 65_536),
                ("DELETE FROM log_tiles WHERE level = 0 AND index = 300", 300 * 256),
                (
                    "UPDATE log_tiles SET hashes = set_byte(hashes, 100, 7 # get_byte(hashes, 100)) WHERE level = 0 AND index = 400",
                    400 * 256 + 3
                ),
                ("DELETE FROM log_tiles WHERE level = 0 AND index = \(last)", last * 256),
            ]
            try await log.tamper(drills.map(\.sql).joined(separator: "; "))
            let found = try await Self.problems(log)
            #expect(found == drills.map { "\($0.position) tile" })
            try await log.seal(.all)
            #expect(try await Self.problems(log) == [])
        }
    }
}
