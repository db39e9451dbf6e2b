import FoundationEssentials
import Postgres
import TestSupport
import Testing

@testable import AuditLog

/// What an administrator does, whom nothing stops in the database.
@Suite("What a sealer refuses to sign", .timeLimit(.minutes(20)))
struct RefusalTests {
    struct Tampering: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The tenant's events are `mine`; 700 were sealed, and 5 are new.
        var sql: String
        var code: SealRefusal.Code
        var position: Int64?
        var patrol = Sealer.Patrol.slice(0)
    }

    /// Writes leaf hashes and commitments that fit what the row says now.
    private static let rehash = """
        UPDATE mine SET commitment = audit_commitment(payload, erasable_hash) WHERE %;
        UPDATE mine SET leaf_hash = sha256('\\x00'::bytea || convert_to(audit_entry(tenant_id, position, event_id,
            audit_time(recorded_at), stream_type, stream_id, stream_version, event_type, schema_version, actor_id, correlation_id, causation_id,
            commitment), 'UTF8')) WHERE %
        """

    private static func edit(_ position: Int64) -> String {
        "UPDATE mine SET payload = '{}' WHERE position = \(position); "
            + rehash.replacing("%", with: "position = \(position)")
    }

    @Test(
        "is named with its position, nothing is signed, and it goes on when the events are back",
        arguments: [
            Tampering(
                testDescription: "the tail cut off",
                sql: "UPDATE audit_log_heads SET size = 600 WHERE tenant_id = TENANT",
                code: .shrank, position: 600),
            Tampering(
                testDescription: "the tail cut off and grown again, hashes and all", sql: edit(699), code: .changed,
                position: 699),
            Tampering(
                testDescription: "the whole last part rewritten, hashes and all",
                sql: "UPDATE mine SET payload = '[]' WHERE position >= 300 AND false; "
                    + (300..<310).map { edit($0) }.joined(separator: ";") + ";" + edit(690), code: .changed,
                position: 300),
            Tampering(
                testDescription: "the last sealed event deleted", sql: "DELETE FROM mine WHERE position = 699",
                code: .changed, position: 699),
            Tampering(
                testDescription: "a new event edited before it is sealed",
                sql: "UPDATE mine SET payload = '{}' WHERE position = 702", code: .unsound, position: 702),
            Tampering(
                testDescription: "a new event's personal part edited",
                sql: #"UPDATE mine SET personal = '{"name":"Eve"}' WHERE position = 702"#, code: .unsound, position: 702
            ),
            Tampering(
                testDescription: "a new event emptied without an erasure event",
                sql: "UPDATE mine SET personal = NULL, salt = NULL WHERE position = 703", code: .unsound, position: 703),
            Tampering(
                testDescription: "a new event deleted", sql: "DELETE FROM mine WHERE position = 702", code: .unsound,
                position: 702),
            Tampering(
                testDescription: "a new event's leaf hash changed",
                sql: "UPDATE mine SET leaf_hash = sha256('') WHERE position = 702", code: .unsound, position: 702),
            Tampering(
                testDescription: "an old event edited", sql: "UPDATE mine SET payload = '{}' WHERE position = 10",
                code: .changed, position: 10, patrol: .slice(64)),
            Tampering(
                testDescription: "an old event edited, hashes and all", sql: edit(10), code: .changed, position: 10,
                patrol: .slice(64)),
            Tampering(
                testDescription: "an old event emptied without an erasure event",
                sql: "UPDATE mine SET personal = NULL, salt = NULL WHERE position = 11", code: .changed, position: 11,
                patrol: .slice(64)),
            Tampering(
                testDescription: "an old event deleted", sql: "DELETE FROM mine WHERE position = 12", code: .changed,
                position: 12, patrol: .slice(64)),
            Tampering(
                testDescription: "an old event edited together with its tile",
                sql: edit(10)
                    + "; UPDATE log_tiles SET hashes = overlay(hashes PLACING (SELECT leaf_hash FROM mine WHERE "
                    + "position = 10) FROM 321) WHERE tenant_id = TENANT AND level = 0 AND index = 0",
                code: .changed, position: 0, patrol: .slice(64)),
        ])
    func refused(_ tampering: Tampering) async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(698)
            try await log.seal()
            #expect(try log.state().size == 700)
            try await log.append(5)
            try await database.tamper(
                "CREATE TABLE kept AS SELECT * FROM audit_logs; CREATE TABLE kept_tiles AS SELECT * FROM log_tiles; CREATE TABLE kept_points AS SELECT * FROM log_checkpoints; CREATE TABLE kept_heads AS SELECT * FROM audit_log_heads"
            )
            try await log.tamper(tampering.sql.replacing("TENANT", with: "'\(log.tenant.text)'"))
            let before = try log.state()
            for _ in 0..<2 {
                let refusal = try #require(try await log.refusal(tampering.patrol))
                #expect(refusal.code == tampering.code, "\(refusal)")
                #expect(refusal.position == tampering.position, "\(refusal)")
                #expect(SealRefusal.Record(log.folder)?.refusal == refusal)
            }
            #expect(try log.state() == before)
            try await database.tamper(
                """
                TRUNCATE audit_logs, audit_log_heads, log_tiles, log_checkpoints;
                INSERT INTO audit_logs SELECT * FROM kept; INSERT INTO audit_log_heads SELECT * FROM kept_heads;
                INSERT INTO log_tiles SELECT * FROM kept_tiles; INSERT INTO log_checkpoints SELECT * FROM kept_points
                """)
            #expect(try await log.refusal(.all) == nil)
            #expect(try log.state().size == 705)
            #expect(SealRefusal.Record(log.folder) == nil)
        }
    }

    @Test("what compares everything does so before it signs: a log whose past was edited gets no further checkpoint")
    func comparesFirst() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(600)
            try await log.seal()
            let before = try log.state()
            try await log.append(5)
            try await log.tamper("UPDATE audit_logs SET payload = '{}' WHERE position = 3")
            #expect(try await log.refusal(.all)?.position == 3)
            #expect(try log.state() == before)
            #expect(try await log.checkpoint()?.size == before.size)
        }
    }

    @Test("where the tiles were changed with the events, the hash above says between which positions")
    func range() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(698)
            try await log.seal()
            try await log.tamper(
                Self.edit(300) + "; " + Self.edit(699)
                    + "; UPDATE log_tiles SET hashes = sha256('') || substr(hashes, 33) WHERE level = 0 AND index = 1")
            let refusal = try #require(try await log.refusal())
            #expect(refusal.code == .changed && refusal.position == 256)
            #expect(refusal.description.contains("from position 256 to 511"))
        }
    }

    /// What an erasure says of positions 3 (emptied) and 4 (replaced by these parts under this salt).
    private static let erasure = """
        UPDATE mine SET personal = NULL, attachment = NULL, salt = NULL WHERE position = 3;
        UPDATE mine SET personal = '{"name":null}', salt = '\\x000102030405060708090a0b0c0d0e0f' WHERE position = 4
        """

    @Test(
        "what was erased is sealed, and stands the patrol, where an erasure event later in the log says so",
        arguments: [
            (#"{"positions":[[2,3]],"replaced":[{"position":4,"erasable_hash":"HASH"}]}"#, nil),
            (#"{"positions":[[1,2]],"replaced":[{"position":4,"erasable_hash":"HASH"}]}"#, 3),
            (#"{"positions":[[3,3]],"replaced":[{"position":4,"erasable_hash":"00"}]}"#, 4),
            (#"{"positions":[[3]],"replaced":"HASH"}"#, 3),
        ] as [(String, Int64?)])
    func erased(payload: String, position: Int64?) async throws {
        try await TestTemplate.schema.withCopy { database in
            for isSealedBefore in [false, true] {
                let tenant = try await database.createTenant("erased-\(isSealedBefore)")
                let log = try await SealedLog(database, tenant: tenant)
                try await log.append(10)
                if isSealedBefore { try await log.seal() }
                try await log.tamper(Self.erasure)
                let parts = Hashes.erasable(
                    salt: Array(0..<16), personal: JSON(#"{"name":null}"#), attachment: nil)
                let event = Probe.event(
                    stream: UUID(named: "probe", "0"), type: "probe.erased",
                    payload: payload.replacing("HASH", with: parts.hexadecimal))
                try await log.forge(event)
                let refusal = try await log.refusal(isSealedBefore ? .slice(8) : .slice(0))
                #expect(refusal?.position == position, "\(String(describing: refusal))")
            }
        }
    }

    @Test("an edit anywhere in the past stops the signing within one round of the patrol")
    func patrol() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(1000)
            try await log.seal()
            try await log.tamper("UPDATE mine SET payload = '{}' WHERE position = 777")
            var rounds = 0
            while try await log.refusal(.slice(100)) == nil, rounds < 12 {
                rounds += 1
                try await log.append(1)
            }
            #expect(rounds <= 8)
            let signed = try log.state().size
            try await log.append(1)
            #expect(try await log.refusal(.slice(100))?.position == 777)
            #expect(try log.state().size == signed)
        }
    }

    @Test(
        "tiles that are not those of the tree are made again from the events, which are",
        arguments: [
            "DELETE FROM log_tiles", "DELETE FROM log_tiles WHERE level = 0 AND index = 0",
            "DELETE FROM log_tiles WHERE level = 1",
            "UPDATE log_tiles SET hashes = sha256('') || substr(hashes, 33)",
            "UPDATE log_tiles SET hashes = substr(hashes, 1, 32) WHERE level = 0",
            "DELETE FROM log_tiles; DELETE FROM log_checkpoints",
            "DELETE FROM log_checkpoints WHERE size > 100",
            "DELETE FROM log_tiles WHERE index = 2; DELETE FROM log_checkpoints WHERE size > 100",
        ])
    func tiles(_ damage: String) async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            for count in [98, 500, 300] {
                try await log.append(count)
                try await log.seal()
            }
            try await database.tamper(damage)
            for _ in 0..<2 {
                try await log.append(3)
                try await log.seal(.all)
            }
            #expect(try await log.tiles().root == (try await log.verifiedRoot()))
            #expect(try await log.seal(.all)?.repairs == [])
        }
    }
}
