import FoundationEssentials
import Postgres
import TestSupport
import Testing

@testable import AuditLog

/// What docs/drills.md promises: each tampering, what finds it, and where.
@Suite("Drills: an administrator with full rights", .timeLimit(.minutes(20)))
struct DrillTests {
    struct Drill: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var tamper: @Sendable (Rogue) async throws -> Void
        /// What `log verify` says that has the log's key and nothing else from outside the database.
        var database: [String]
        /// What it says besides with the sealer's record.
        var sealer: [String] = []
        /// What it says besides with the checkpoint that somebody kept.
        var kept: [String] = []
        /// What a witness answers to the present log, signed with the stolen key.
        var witness: Int

        init(
            _ name: String, database: [String], sealer: [String] = [], kept: [String] = [], witness: Int,
            _ tamper: @escaping @Sendable (Rogue) async throws -> Void
        ) {
            testDescription = name
            self.tamper = tamper
            self.database = database
            self.sealer = sealer
            self.kept = kept
            self.witness = witness
        }

        init(
            _ name: String, sql: String, database: [String], sealer: [String] = [], kept: [String] = [], witness: Int
        ) {
            self.init(name, database: database, sealer: sealer, kept: kept, witness: witness) { try await $0.run(sql) }
        }
    }

    static let edit =
        #"UPDATE mine SET payload = '{"number":9}' WHERE position = 203; "# + Rogue.rehash("position = 203")

    static let drills: [Drill] = [
        Drill("nothing", sql: "SELECT 1", database: [], witness: 200),
        Drill(
            "edit a payload", sql: #"UPDATE mine SET payload = '{"number":9}' WHERE position = 203"#,
            database: ["203 modified"], witness: 200),
        Drill(
            "edit a header column", sql: "UPDATE mine SET actor_id = gen_random_uuid() WHERE position = 203",
            database: ["203 modified"], witness: 422),
        Drill(
            "edit, and compute the row's hashes anew", sql: edit, database: ["203 modified"], witness: 422),
        Drill("delete a row", sql: "DELETE FROM mine WHERE position = 203", database: ["203 missing"], witness: 422),
        Drill(
            "insert a row in the past, move all behind it, and compute their hashes anew",
            sql: """
                UPDATE mine SET position = position + 100000 WHERE position >= 203;
                UPDATE mine SET position = position - 99999 WHERE position >= 100000;
                INSERT INTO audit_logs SELECT tenant_id, 203, gen_random_uuid(), recorded_at, stream_type, gen_random_uuid(), 1,
                    event_type, schema_version, actor_id, correlation_id, causation_id, payload, personal, attachment, salt,
                    erasable_hash, commitment, leaf_hash FROM mine WHERE position = 202;
                INSERT INTO audit_streams SELECT tenant_id, stream_type, stream_id, 1 FROM mine WHERE position = 203;
                UPDATE audit_log_heads h SET size = size + 1 FROM mine m WHERE h.tenant_id = m.tenant_id AND m.position = 0;
                \(Rogue.rehash("position >= 203"))
                """,
            database: ["203-1001 modified"], witness: 422),
        Drill(
            "swap two events and compute their hashes anew",
            sql: """
                UPDATE mine SET position = 100000 + position WHERE position IN (203, 204);
                UPDATE mine SET position = 100407 - (position - 100000) - 100000, stream_version = stream_version + CASE WHEN position = 100203 THEN 1 ELSE -1 END
                    WHERE position >= 100000;
                \(Rogue.rehash("position IN (203, 204)"))
                """,
            database: ["203-204 modified"], witness: 422),
        Drill(
            "cut the tail and set the head back",
            sql: """
                UPDATE audit_log_heads h SET size = 900, recorded_at = m.recorded_at FROM mine m
                    WHERE h.tenant_id = m.tenant_id AND m.position = 899;
                DELETE FROM mine WHERE position >= 900;
                UPDATE audit_streams s SET version = (SELECT max(stream_version) FROM mine m WHERE m.stream_id = s.stream_id)
                    WHERE stream_type = 'probe'
                """,
            database: ["900 missing"], sealer: ["900 missing"], witness: 409),
        Drill(
            "restore yesterday's backup, of every table", sql: Rogue.restore, database: [], sealer: ["402 missing"],
            kept: ["402 missing"], witness: 409),
        Drill(
            "cut, and let other events grow behind", database: [], sealer: ["402 contradicted"],
            kept: ["402 contradicted"], witness: 422
        ) { rogue in
            try await rogue.run(Rogue.restore)
            try await rogue.log.append(800)
        },
        Drill(
            "edit, and compute hashes and tiles anew; the checkpoints stay", database: ["0 contradicted"],
            sealer: ["0 contradicted"], kept: ["0 contradicted"], witness: 422
        ) { rogue in
            try await rogue.run("CREATE TABLE yesterday.signed AS TABLE log_checkpoints")
            try await rogue.run(edit)
            try await rogue.forgeTiles(size: 1002, signer: nil)
            try await rogue.run("INSERT INTO log_checkpoints TABLE yesterday.signed")
        },
        Drill(
            "edit, compute hashes and tiles anew, remove the checkpoints", database: [], sealer: ["0 contradicted"],
            kept: ["0 contradicted"], witness: 422
        ) { rogue in
            try await rogue.run(edit)
            try await rogue.forgeTiles(size: 1002, signer: nil)
        },
        Drill(
            "change a stored tile",
            sql:
                "UPDATE log_tiles SET hashes = set_byte(hashes, 100, 7 # get_byte(hashes, 100)) WHERE level = 0 AND index = 1",
            database: ["259 tile"], witness: 200),
        Drill(
            "remove a stored tile", sql: "DELETE FROM log_tiles WHERE level = 0 AND index = 1", database: ["256 tile"],
            witness: 200),
        Drill(
            "empty a personal part without an erasure event",
            sql: "UPDATE mine SET personal = NULL, salt = NULL WHERE position = 203", database: ["203 modified"],
            witness: 200),
        Drill(
            "edit, compute everything anew, and sign with the stolen key", database: [], sealer: ["0 contradicted"],
            kept: ["0 contradicted"], witness: 422
        ) { rogue in
            try await rogue.run(edit)
            try await rogue.forgeTiles(size: 1002, signer: LogKeys(rogue.log.folder).current)
        },
        Drill(
            "run a second log under the same name, with a key of its own",
            database: ["0 unsigned", "401 unsigned", "801 unsigned", "1001 unsigned", "1500 unsigned"],
            sealer: ["0 contradicted"], kept: ["0 contradicted"], witness: 422
        ) { rogue in
            let tenant = rogue.log.tenant.text
            let signer = try NoteSigner(name: "example.com/log")
            try await rogue.run(
                """
                DELETE FROM audit_logs; DELETE FROM audit_streams; DELETE FROM log_checkpoints; DELETE FROM log_tiles;
                UPDATE audit_log_heads SET size = 0 WHERE tenant_id = '\(tenant)'
                """)
            let scope = rogue.log.scope
            try await rogue.log.database.log.append(
                [
                    try Command(scope: scope).event(
                        LogKeyAdded(key: signer.verifier.vkey, replaces: nil),
                        on: LogKeyAdded.streamID(tenant: rogue.log.tenant))
                ], as: scope)
            try await rogue.log.append(1500)
            try await rogue.forgeTiles(size: 1501, signer: signer)
        },
    ]

    @Test("verify names what was done, and says what it takes to see it", arguments: drills)
    func drill(drill: Drill) async throws {
        try await TestTemplate.schema.withCopy { database in
            let rogue = try await Rogue(database)
            // Taken before: what is outside the database does not change with it.
            let state = try rogue.log.state()
            let signer = try LogKeys(rogue.log.folder).current
            try await drill.tamper(rogue)

            var evidence = Evidence()
            evidence.keys = [signer.verifier]
            #expect(try await rogue.verify(evidence) == drill.database, "the database and the key")
            evidence.sealer = (state.size, state.edge.tree.root)
            #expect(try await rogue.verify(evidence) == Self.union(drill.database, drill.sealer), "the sealer's record")
            evidence.sealer = nil
            evidence.checkpoints = [KeptCheckpoint(name: "kept.txt", checkpoint: rogue.kept)]
            #expect(try await rogue.verify(evidence) == Self.union(drill.database, drill.kept), "a checkpoint kept")
            #expect(try await rogue.askWitness(signer: signer) == drill.witness, "the witness")

            // The sealer itself signs none of it; what it cannot see is what was never sealed.
            let isSealed = !(drill.sealer + drill.database).filter { !$0.hasSuffix("tile") }.isEmpty
            #expect((try await rogue.log.refusal(.all) != nil) == isSealed, "the sealer")
        }
    }

    /// Both lists as one verification gives them: in order of position and verdict, each once.
    private static func union(_ left: [String], _ right: [String]) -> [String] {
        func position(_ text: String) -> Int { Int(text.prefix { $0.isNumber }) ?? 0 }
        return Set(left + right).sorted { (position($0), $0) < (position($1), $1) }
    }
}
