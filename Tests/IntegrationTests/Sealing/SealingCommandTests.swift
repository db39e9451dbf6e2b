import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@testable import AuditLog

extension CommandTests {
    /// What the program does about sealing, as its users see it.
    @Suite("Sealing", .timeLimit(.minutes(60)))
    struct SealingCommandTests {
        private static let defaultTenant = UUID(named: "tenant", "default")

        private func folder(_ home: Home, _ tenant: UUID = defaultTenant) -> SealerFolder {
            SealerFolder(root: "\(home.path)/sealer", tenant: tenant)
        }

        /// The latest checkpoint, once its signature is checked with the key that `log key show` prints.
        private func checkpoint(_ home: Home, _ arguments: String...) async throws -> AuditLog.Checkpoint {
            let note = try await home.start(["log", "checkpoint"] + arguments).end()
            let key: KeyAnswer = try await home.start(["log", "key", "show", "--json"] + arguments).end().json()
            return try SignedCheckpoint(parsing: note.output).verify(
                key: NoteVerifier(vkey: key.key), origin: key.origin)
        }

        private struct KeyAnswer: Decodable {
            var origin: String
            var key: String
        }

        @Test(
            "a log that was removed whole, with its tenant, is missed by who has sealed it, and by nobody who has not")
        func vanished() async throws {
            let home = try await Home.prepared()
            try await home.run("tenants", "add", "acme", "--email", "a@acme.example", expecting: 0)
            try await home.run("settings", "set", "job_timeout", "60", "--tenant", "acme", expecting: 0)
            let key: KeyAnswer = try await home.run("log", "key", "show", "--tenant", "acme", "--json").json()
            let acme = "tenant_id = (SELECT tenant_id FROM gone)"
            let tables = [
                "audit_logs", "audit_log_heads", "audit_streams", "log_tiles", "log_checkpoints",
                "projection_checkpoints", "tenants",
            ]
            _ = try await home.sql(
                """
                SET session_replication_role = replica;
                CREATE TEMPORARY TABLE gone AS SELECT tenant_id FROM tenants WHERE slug = 'acme';
                \(tables.map { "DELETE FROM \($0) WHERE \(acme)" }.joined(separator: "; "))
                """)
            let sealed = try await home.run("log", "seal")
            #expect(sealed.code == 1 && sealed.errors.contains("\(key.origin): the log shrank"), "\(sealed)")
            #expect(sealed.output.contains("default: "), "\(sealed)")
            let doctor = try await home.run("doctor")
            #expect(doctor.code == 1 && doctor.output.contains("log \(key.origin)"), "\(doctor)")
            let elsewhere = ["ATLAS2_SEALER": "\(home.folder)/nowhere"]
            let other = try await home.run("doctor", environment: elsewhere)
            #expect(!other.output.contains(key.origin), "\(other)")
            let worker = try home.start(["work"])
            try await poll(within: .seconds(20)) { try worker.text("errors").contains("the log shrank") }
            try await home.expectOrderlyEnd(of: worker)
        }

        @Test("the embedded database's logs get a key by themselves, and each command seals what it did")
        func embedded() async throws {
            let home = try await Home.prepared()
            #expect(try await checkpoint(home).size == Int64(home.logSize()))
            try await home.run("settings", "set", "job_timeout", "1800", expecting: 0)
            #expect(try await checkpoint(home).size == Int64(home.logSize()))
            try await home.run("tenants", "add", "acme", "--email", "ann@acme.example", expecting: 0)
            #expect(try await checkpoint(home, "--tenant", "acme").size > 0)
            var status = stat()
            #expect(stat(folder(home).path(.key), &status) == 0 && status.st_mode & 0o7777 == 0o600)
            let doctor = try await home.run("doctor", "--json")
            #expect(doctor.output.contains("seal of default"), "\(doctor)")
            let secret = try #require(try folder(home).read(.key)).dropLast()
            for command in [["log", "key", "show"], ["log", "key", "show", "--json"], ["doctor"]] {
                #expect(!(try await home.start(command).end().output.contains(secret)))
            }
        }

        @Test("work seals an append within a second, whoever appended")
        func work() async throws {
            let home = try await Home.prepared()
            let work = try home.start(["work"])
            defer { work.send(SIGTERM) }
            // Appended by one who has no key.
            for value in 1801...1803 {
                let set = try await home.run(
                    "settings", "set", "job_timeout", String(value), environment: ["ATLAS2_SEALER": "/nowhere"])
                #expect(set.code == 0 && !set.errors.contains("sealed"), "\(set)")
                let size = try await home.logSize()
                let deadline = ContinuousClock.now + .seconds(20)
                while try await checkpoint(home).size < size, ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect(try await checkpoint(home).size == size)
            }
            // By the database's own clock: within a second, and a second more for a busy machine.
            let late = try await home.sql(
                """
                SELECT count(*) FROM audit_logs l WHERE event_type = 'setting.changed' AND position > 9
                  AND (SELECT min(sealed_at) FROM log_checkpoints c WHERE c.tenant_id = l.tenant_id AND c.size > l.position)
                      > l.recorded_at + interval '2 seconds'
                """)
            #expect(late == ["0"])
        }

        @Test(
            "a log that must not be signed is a loud warning, which fails nothing and stands in doctor until it is right"
        )
        func warning() async throws {
            let home = try await Home.prepared()
            let edit = { (value: String) in
                """
                SET session_replication_role = replica;
                UPDATE audit_logs SET payload = \(value) WHERE position = 3 AND tenant_id = '\(Self.defaultTenant.text)'
                """
            }
            _ = try await home.sql("CREATE TABLE kept AS SELECT * FROM audit_logs")
            _ = try await home.sql(edit("'{}'"))
            let set = try await home.run("settings", "set", "job_timeout", "1800")
            #expect(set.code == 0 && set.output.contains("1800"), "\(set)")
            #expect(set.errors.contains("WARNING") && set.errors.contains("position 3"), "\(set)")
            #expect(try await home.run("log", "seal").code == 1)
            let doctor = try await home.run("doctor")
            #expect(doctor.code == 1 && doctor.output.contains("position 3"), "\(doctor)")
            _ = try await home.sql(
                edit("(SELECT k.payload FROM kept k WHERE k.position = 3 AND k.tenant_id = audit_logs.tenant_id)"))
            try await home.run("log", "seal", "--all", expecting: 0)
            try await home.run("doctor", expecting: 0)
        }

        @Test("on a server, a key is made by name only, and another user than those who append can seal")
        func server() async throws {
            let home = try Home(["DATABASE_URL": try TestCluster.shared.get().createDatabase()])
            try await home.run("init", expecting: 0)
            try await home.run("settings", "set", "job_timeout", "1800", expecting: 0)
            #expect(access(folder(home).path, F_OK) != 0)
            #expect(try await home.run("log", "checkpoint").errors.contains("log key create"))
            let sealer = "\(home.folder)/sealer"
            let created = try await home.run(
                "log", "key", "create", "--origin", "example.com/logs/one", environment: ["ATLAS2_SEALER": sealer])
            #expect(created.code == 0, "\(created)")
            #expect(try await checkpoint(home).origin == "example.com/logs/one")
            try await home.run("settings", "set", "job_timeout", "1801", expecting: 0)
            let size = try await home.logSize()
            #expect(try await checkpoint(home).size == Int64(size) - 1)
            let sealed = try await home.run("log", "seal", "--json", environment: ["ATLAS2_SEALER": sealer])
            #expect(sealed.code == 0 && sealed.output.contains("\"size\":\(size)"), "\(sealed)")
            #expect(try await checkpoint(home).size == size)
            // Whoever has no key is told where keys are looked for.
            #expect(try await home.run("log", "seal").errors.contains("ATLAS2_SEALER"))
            let again = try await home.run("log", "key", "create")
            #expect(again.code == 1 && again.errors.contains("--replace"), "\(again)")
            let replaced = try await home.run("log", "key", "create", "--replace")
            #expect(replaced.code == 0 && replaced.output.contains("example.com/logs/one"), "\(replaced)")
            #expect(try await checkpoint(home).size == size + 1)
        }

        @Test("a key that the log says was replaced rotates no more, and one that is gone is missed aloud")
        func replacedKey() async throws {
            let home = try await Home.prepared()
            try await home.run(program: ["/bin/cp", "-a", "\(home.path)/sealer", "other"])
            try await home.run("log", "key", "rotate", expecting: 0)
            let other = ["ATLAS2_SEALER": "\(home.folder)/other"]
            let rotated = try await home.run("log", "key", "rotate", environment: other)
            #expect(rotated.code == 1 && rotated.errors.contains("another key replaces this one"), "\(rotated)")
            #expect(try await home.run("log", "verify").code == 0)
            try FileManager.default.removeItem(atPath: folder(home).path(.key))
            let set = try await home.run("settings", "set", "job_timeout", "1801")
            #expect(set.code == 0 && set.errors.contains("NOT sealed any more"), "\(set)")
        }

        @Test("sealers that are killed at random moments leave a log that is sealed right by the next")
        func kills() async throws {
            let seed = UInt64(ProcessInfo.processInfo.environment["ATLAS2_TEST_SEED"] ?? "") ?? .random(in: 0...9999)
            print("ATLAS2_TEST_SEED=\(seed)")
            var random = SplitMix64(seed: seed)
            let url = try TestCluster.shared.get().createDatabase()
            let home = try Home(["DATABASE_URL": url])
            try await home.run("init", expecting: 0)
            try await home.run("log", "key", "create", expecting: 0)
            let database = Database(PostgresConfiguration(conninfo: url), logger: .quiet)
            let (log, scope) = (EventLog(database), Scope.system(Self.defaultTenant))
            var killed = 0
            for round in 0..<24 {
                let events = (0..<Int.random(in: 1...700, using: &random)).map { _ in Probe.event(stream: UUID()) }
                try await log.append(events, as: scope)
                if round % 8 == 4 { _ = try await LogKeys.rotateIfDone(in: folder(home)) }
                let programs = try (0..<2).map { _ in try home.start(["log", "seal"]) }
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...350, using: &random)))
                for program in programs where program.isRunning {
                    program.send(SIGKILL)
                    killed += 1
                }
                for program in programs { _ = try await program.end() }
            }
            #expect(killed > 0)
            let end = try await home.run("log", "seal", "--all", "--json")
            #expect(end.code == 0 && end.output.contains("\"repairs\":[]"), "\(end)")
            let size = try await log.size(as: scope)
            let latest = try await checkpoint(home)
            #expect(latest.size == size)
            #expect(latest.root == (try await log.verify(as: scope).root))
            #expect(access(folder(home).path(.previousKey), F_OK) != 0)
            await database.close()
        }
    }
}

extension LogKeys {
    /// Rotates, where the change before is signed.
    fileprivate static func rotateIfDone(in folder: SealerFolder) async throws -> Bool {
        guard access(folder.path(.previousKey), F_OK) != 0 else { return false }
        _ = try await rotate(in: folder)
        return true
    }
}
