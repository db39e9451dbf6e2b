import AuditLog
import Foundation
import Glibc
import Postgres
import Processing
import TestSupport
import Testing

extension CommandTests {
    /// Who knows a former key alone follows the log to the present one by what the export says: so somebody else says it.
    @Suite("Forged changes of keys", .timeLimit(.minutes(60)))
    struct ForgedKeyChangeTests {
        private static func key(of home: Home) async throws -> KeyAnswer {
            try await home.run("log", "key", "show", "--json", expecting: 0).json()
        }

        /// What somebody does to the one file in `key-changes`.
        struct Forgery: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// Gets its path, the checkpoint that it holds, one that the former key signed before, and a stranger's key.
            var apply: @Sendable (_ path: String, SignedCheckpoint, SignedCheckpoint, NoteSigner) throws -> Void
        }

        private static func write(_ checkpoint: SignedCheckpoint, _ path: String) throws {
            try checkpoint.encoded.write(toFile: path, atomically: false, encoding: .utf8)
        }

        static let forgeries = [
            Forgery(testDescription: "signed by a stranger's key alone") { path, real, _, stranger in
                var forged = try SignedCheckpoint(real.checkpoint)
                try forged.sign(with: stranger)
                try write(forged, path)
            },
            Forgery(testDescription: "without the former key's signature") { path, real, old, _ in
                let former = try #require(old.note.signatures.first).keyID
                var forged = try SignedCheckpoint(real.checkpoint)
                for signature in real.note.signatures where signature.keyID != former { forged.add(signature) }
                #expect(forged.note.signatures.count == 1)
                try write(forged, path)
            },
            Forgery(testDescription: "with the former key's signature of another checkpoint") { path, real, old, _ in
                var forged = real
                forged.add(try #require(old.note.signatures.first))
                #expect(forged != real)
                try write(forged, path)
            },
            Forgery(testDescription: "under the name of another size") { path, real, _, _ in
                let other = URL(fileURLWithPath: path).deletingLastPathComponent().path
                #expect(rename(path, "\(other)/\(real.checkpoint.size + 1)") == 0)
            },
            Forgery(testDescription: "a link to what has no end") { path, _, _, _ in
                #expect(unlink(path) == 0 && symlink("/dev/zero", path) == 0)
            },
            Forgery(testDescription: "a pipe that nobody writes to") { path, _, _, _ in
                #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
            },
            Forgery(testDescription: "a file with a hole of a terabyte") { path, _, _, _ in
                #expect(truncate(path, 1 << 40) == 0)
            },
        ]

        @Test("no forged change leads from the former key to another")
        func changes() async throws {
            let home = try await Home.prepared()
            try await home.run("log", "seal", expecting: 0)
            let old = try await home.checkpoint()
            let former = try await Self.key(of: home)
            try await home.run("log", "key", "rotate", expecting: 0)
            try await home.append(3)
            try await home.run("log", "seal", expecting: 0)
            try await home.run("log", "export", "exported", expecting: 0)
            try await home.run("log", "verify", "--from", "exported", "--key", former.key, expecting: 0)
            let size = try #require(
                try FileManager.default.contentsOfDirectory(atPath: "\(home.folder)/exported/key-changes").first)
            let real = try SignedCheckpoint(
                parsing: String(contentsOfFile: "\(home.folder)/exported/key-changes/\(size)", encoding: .utf8))
            #expect(real.note.signatures.count == 2)
            let stranger = try NoteSigner(name: former.origin)
            for forgery in Self.forgeries {
                try await home.run(program: ["/bin/cp", "-a", "exported", "forged"])
                try forgery.apply("\(home.folder)/forged/key-changes/\(size)", real, old, stranger)
                let refused = try await home.run("log", "verify", "--from", "forged", "--key", former.key)
                #expect(refused.code == 1, "\(forgery.testDescription): \(refused)")
                #expect(!refused.output.contains("is sound"), "\(forgery.testDescription): \(refused)")
                try await home.run(program: ["/bin/rm", "-r", "forged"])
            }
        }

        @Test("another log under the same name, which says that its key took the former one's place, is not followed")
        func anotherLog() async throws {
            let home = try await Home.prepared()
            try await home.run("log", "seal", expecting: 0)
            let (old, former) = (try await home.checkpoint(), try await Self.key(of: home))
            let tenant = Tenants.id(of: Tenants.defaultSlug)
            let forger = try Home()
            let folder = SealerFolder(root: "\(forger.path)/sealer", tenant: tenant)
            let own = try await LogKeys.create(in: folder, origin: former.origin, slug: Tenants.defaultSlug)
            try await forger.run("init", "--email", Home.admin, expecting: 0)
            let announced = try await forger.sql(
                """
                SET SESSION AUTHORIZATION atlas2_app; SET atlas2.tenant_id = '\(tenant.text)'; SET atlas2.role = 'system';
                SELECT outcome FROM audit_append('\(tenant.text)', ARRAY(
                    SELECT jsonb_populate_record(NULL::audit_append_event, jsonb_build_object(
                        'append', n, 'event_id', gen_random_uuid(), 'stream_type', 'log', 'schema_version', 1,
                        'stream_id', '\(LogKeyAdded.streamID(tenant: tenant).text)', 'correlation_id', gen_random_uuid(),
                        'event_type', 'log.key_added', 'payload', payload))
                    FROM (VALUES
                        (1, json_build_object('key', '\(former.key)')),
                        (2, json_build_object('key', '\(own.current.verifier.vkey)', 'replaces', '\(former.key)'))) e (n, payload)))
                """)
            #expect(announced == ["appended", "appended"])
            try await forger.run("log", "seal", expecting: 0)
            var forged = try await forger.checkpoint()
            // The former key's signature is there, of another text.
            forged.add(try #require(old.note.signatures.first))
            try await forger.run("log", "export", "exported", expecting: 0)
            try await forger.run(program: ["/bin/mkdir", "-p", "exported/key-changes"])
            try forger.write("exported/key-changes/\(forged.checkpoint.size)", forged.encoded)
            try await forger.run("settings", "set", "job_timeout", "60", expecting: 0)
            try await forger.run("log", "export", "exported", expecting: 0)
            try forger.write("exported/key-changes/\(forged.checkpoint.size)", forged.encoded)
            let refused = try await home.run(
                "log", "verify", "--from", "\(forger.folder)/exported", "--key", former.key)
            #expect(refused.code == 1 && refused.output.contains("NOT sound"), "\(refused)")
            // It is a log, of the forger's.
            let sound = try await home.run(
                "log", "verify", "--from", "\(forger.folder)/exported", "--key", own.current.verifier.vkey)
            #expect(sound.code == 0, "\(sound)")
        }
    }
}
