import AuditLog
import Foundation
import Postgres
import TestSupport
import Testing

extension CommandTests {
    /// What the program says of keys and checkpoints.
    @Suite("Keys and checkpoints", .timeLimit(.minutes(60)))
    struct KeyCommandTests {
        private struct KeyAnswer: Decodable {
            var origin: String
            var key: String
            var former: [String]
        }

        @Test("a rotation says who did it, what to publish and where, and the former key is shown")
        func rotation() async throws {
            let home = try await Home.prepared()
            let old: KeyAnswer = try await home.run("log", "key", "show", "--json").json()
            let witness = try NoteSigner(name: "witness.example/w1", kind: .cosignature).verifier
            try await home.run("log", "witness", "add", "http://127.0.0.1:1", witness.vkey, expecting: 0)
            try await home.run("users", "add", "bob@example.com", "--name", "Bob", "--role", "user", expecting: 0)
            let refused = try await home.run("log", "key", "rotate", "--as", "bob@example.com")
            #expect(refused.code == 1 && refused.errors.contains("only an admin"), "\(refused)")
            let rotated = try await home.run("log", "key", "rotate", "--as", Home.admin, expecting: 0)
            let new: KeyAnswer = try await home.run("log", "key", "show", "--json").json()
            #expect(new.key != old.key && new.former == [old.key])
            for text in [new.key, old.key, "Publish", "operators of witness.example/w1", "--key FORMER"] {
                #expect(rotated.output.contains(text), "\(text): \(rotated)")
            }
            let actors = try await home.sql(
                """
                SELECT u.email FROM audit_logs l JOIN users u ON u.tenant_id = l.tenant_id AND u.id = l.actor_id
                WHERE event_type = 'log.key_added' ORDER BY position
                """)
            #expect(actors.last == Home.admin)
        }

        @Test("checkpoints are listed, the latest first, and the latest says since when all was compared")
        func list() async throws {
            struct Line: Decodable {
                var size: Int64
            }
            struct Latest: Decodable {
                var size: Int64
                var comparedSince: String?
            }
            let home = try await Home.prepared()
            for value in 1801...1803 {
                try await home.run("settings", "set", "job_timeout", "\(value)", expecting: 0)
            }
            let lines = try await home.run("log", "checkpoint", "--list", "--json").lines(Line.self).map(\.size)
            #expect(lines.count >= 4 && lines == lines.sorted(by: >))
            let two = try await home.run("log", "checkpoint", "--list", "--limit", "2", "--json").lines(Line.self)
            #expect(two.map(\.size) == Array(lines.prefix(2)))
            #expect(try await home.checkpoint("--size", "\(lines[1])").checkpoint.size == lines[1])
            #expect(try await home.run("log", "checkpoint", "--list").output.contains("SIGNED"))
            let latest: Latest = try await home.run("log", "checkpoint", "--json").json()
            #expect(latest.size == lines[0] && latest.comparedSince != nil)
            let elsewhere: Latest = try await home.run(
                "log", "checkpoint", "--json", environment: ["ATLAS2_SEALER": "/nowhere"]
            ).json()
            #expect(elsewhere.comparedSince == nil)
        }

        @Test("a key that somebody else announces shows in doctor and beside the checkpoint, and the log stays sound")
        func foreignKey() async throws {
            let home = try await Home.prepared()
            let old: KeyAnswer = try await home.run("log", "key", "show", "--json").json()
            let stranger = try NoteSigner(name: old.origin).verifier.vkey
            let tenant = UUID(named: "tenant", "default").text
            let event = """
                SET SESSION AUTHORIZATION atlas2_app; SET atlas2.tenant_id = '\(tenant)'; SET atlas2.role = 'system';
                SELECT outcome FROM audit_append('\(tenant)', ARRAY[jsonb_populate_record(NULL::audit_append_event, jsonb_build_object(
                    'append', 1, 'event_id', gen_random_uuid(), 'stream_type', 'log', 'stream_id', '\(UUID(named: "log", tenant).text)',
                    'event_type', 'log.key_added', 'schema_version', 1, 'correlation_id', gen_random_uuid(),
                    'payload', json_build_object('key', '\(stranger)', 'replaces', '\(old.key)')))])
                """
            #expect(try await home.sql(event) == ["appended"])
            // A worker says whose log it is, and so does who seals at the end of a command.
            let worker = try home.start(["work"])
            let name = "default (\(old.origin))"
            try await poll(within: .seconds(20)) {
                let text = try worker.text("errors")
                return text.contains(stranger) && text.contains(name)
            }
            try await home.expectOrderlyEnd(of: worker)
            #expect(try await home.sql(event) == ["appended"])
            let set = try await home.run("settings", "set", "job_timeout", "1801", expecting: 0)
            #expect(set.errors.contains(stranger), "\(set)")
            #expect(try await home.checkpoint().checkpoint.size == Int64(home.logSize()))
            let printed = try await home.run("log", "checkpoint", expecting: 0)
            #expect(printed.errors.contains("vouched for"), "\(printed)")
            let doctor = try await home.run("doctor")
            #expect(doctor.code == 0 && doctor.output.contains("keys of default"), "\(doctor)")
            for keys in [[], ["--key", old.key]] {
                let verified = try await home.start(["log", "verify"] + keys).end()
                #expect(verified.code == 0 && verified.output.contains("vouched for"), "\(verified)")
            }
            let shown: KeyAnswer = try await home.run("log", "key", "show", "--json").json()
            #expect(shown.key == old.key && shown.former == [])
        }

        @Test("a witness that is removed is missed aloud where the quorum needs it")
        func quorum() async throws {
            let home = try await Home.prepared()
            for name in ["w1", "w2"] {
                let key = try NoteSigner(name: "witness.example/\(name)", kind: .cosignature).verifier.vkey
                try await home.run("log", "witness", "add", "http://127.0.0.1:1", key, expecting: 0)
            }
            try await home.run("settings", "set", "witness_quorum", "1", expecting: 0)
            let first = try await home.run("log", "witness", "remove", "witness.example/w1", expecting: 0)
            #expect(!first.errors.contains("witness_quorum"), "\(first)")
            let last = try await home.run("log", "witness", "remove", "witness.example/w2", "--json", expecting: 0)
            #expect(last.errors.contains("settings set witness_quorum 0"), "\(last)")
            #expect(last.output.contains("\"quorum_reachable\":false"), "\(last)")
        }

        @Test("the embedded server ends who sleeps inside a transaction")
        func sleepers() async throws {
            let home = try await Home.prepared()
            #expect(try await home.sql("SHOW idle_in_transaction_session_timeout") == ["5min"])
        }
    }
}
