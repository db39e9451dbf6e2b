import Foundation
import TestSupport
import Testing

extension CommandTests {
    @Suite("Projections of one's own", .timeLimit(.minutes(60)))
    struct FurtherProjectionTests {
        private static let file = """
            -- projection: setting_changes
            -- version: 1
            -- mode: inline
            -- events: setting.changed
            -- key: aggregate
            -- @schema
            CREATE TABLE setting_changes (
                tenant_id uuid   NOT NULL,
                key       text   COLLATE "C" NOT NULL,
                changes   bigint NOT NULL,
                PRIMARY KEY (tenant_id, key)
            );
            -- @fold
            INSERT INTO setting_changes AS s (tenant_id, key, changes)
            SELECT tenant_id, payload->>'key', count(*) FROM events GROUP BY 1, 2
            ON CONFLICT (tenant_id, key) DO UPDATE SET changes = s.changes + excluded.changes;
            """

        private struct CheckAnswer: Decodable {
            struct Found: Decodable {
                var line: Int
                var column: Int?
                var severity: String
                var message: String
            }
            struct Sample: Decodable {
                var events: Int
                var equal: Bool
            }
            var name: String?
            var ok: Bool
            var findings: [Found]
            var sample: Sample?
        }

        /// A home with a folder of projections, which every command is told of.
        private func home() async throws -> (home: Home, environment: [String: String]) {
            let home = try await Home.prepared()
            try FileManager.default.createDirectory(atPath: home.folder + "/own", withIntermediateDirectories: true)
            return (home, ["ATLAS2_PROJECTIONS": home.folder + "/own"])
        }

        private func changes(_ home: Home) async throws -> [String] {
            try await home.sql("SELECT changes FROM setting_changes WHERE key = 'max_file_size'")
        }

        @Test("a higher version is built by the worker beside the old one and put in place; undone, it is left alone")
        func versions() async throws {
            let (home, environment) = try await home()
            try home.write("own/setting_changes.sql", Self.file)
            _ = try await home.run("projections", "status", environment: environment)
            #expect(try await changes(home) == ["1"])
            let newer = Self.file.replacing("version: 1", with: "version: 2")
                .replacing("changes   bigint NOT NULL,", with: "changes   bigint NOT NULL, doubled bigint NOT NULL,")
                .replacing("(tenant_id, key, changes)", with: "(tenant_id, key, changes, doubled)")
                .replacing("count(*) FROM", with: "count(*), 2 * count(*) FROM")
                .replacing("excluded.changes;", with: "excluded.changes, doubled = s.doubled + excluded.doubled;")
            try home.write("own/setting_changes.sql", newer)
            var sets = 1
            func set() async throws {
                sets += 1
                let size = String(104_857_600 + sets)
                let set = try await home.run("settings", "set", "max_file_size", size, environment: environment)
                #expect(set.code == 0, "\(set)")
            }
            let worker = try home.start(["work"], environment: environment)
            try await poll(within: .seconds(60)) {
                try await set()
                return try worker.text("errors").contains("setting_changes is live")
            }
            try await set()
            #expect(try await changes(home) == [String(sets)])
            let doubled = try await home.sql("SELECT doubled FROM setting_changes WHERE key = 'max_file_size'")
            #expect(doubled == [String(2 * sets)])
            let verified = try await home.run("projections", "verify", environment: environment)
            #expect(verified.code == 0, "\(verified)")

            let undone = try await home.run("projections", "undo", "setting_changes", environment: environment)
            #expect(undone.code == 0, "\(undone)")
            // Longer than the worker takes to look again.
            try await Task.sleep(for: .seconds(8))
            try await set()
            #expect(try await changes(home) == [String(sets)])
            let columns = try await home.sql(
                """
                SELECT count(*) FROM pg_attribute WHERE attrelid = 'setting_changes'::regclass AND attname = 'doubled'
                """)
            #expect(columns == ["0"])
            worker.send(SIGTERM)
            let ended = try await worker.end()
            #expect(ended.code == 0, "\(ended)")
        }

        @Test("dropped into the folder it is checked, installed, filled and followed")
        func installed() async throws {
            let (home, environment) = try await home()
            try home.write("own/setting_changes.sql", Self.file)
            let check = try await home.run("projections", "check", "own/setting_changes.sql", "--json")
            let answer: CheckAnswer = try check.json()
            #expect(
                check.code == 0 && answer.ok && answer.sample?.equal == true && (answer.sample?.events ?? 0) > 3,
                "\(check)")
            #expect(answer.findings.allSatisfy { $0.severity == "hint" })
            let status = try await home.run("projections", "status", environment: environment)
            #expect(status.code == 0 && status.errors.contains("installed: setting_changes"), "\(status)")
            #expect(try await changes(home) == ["1"])
            let set = try await home.run("settings", "set", "max_file_size", "104857600", environment: environment)
            #expect(set.code == 0 && set.errors.isEmpty, "\(set)")
            #expect(try await changes(home) == ["2"])
            let verify = try await home.run("projections", "verify", "setting_changes", environment: environment)
            #expect(verify.code == 0, "\(verify)")
        }

        @Test("a faulty file is named and left out by every command; what was installed from it goes on")
        func faulty() async throws {
            let (home, environment) = try await home()
            try home.write("own/setting_changes.sql", Self.file)
            _ = try await home.run("projections", "status", environment: environment)
            try home.write("own/setting_changes.sql", Self.file.replacing("count(*)", with: "random()"))
            let set = try await home.run("settings", "set", "max_file_size", "104857600", environment: environment)
            #expect(set.code == 0, "\(set)")
            #expect(
                set.errors.contains(
                    "warning: the projection setting_changes is left out: setting_changes.sql:15:36: random() gives another value each time"
                ), "\(set)")
            #expect(try await changes(home) == ["2"])
            let status = try await home.run("projections", "status", environment: environment)
            #expect(
                status.output.split(separator: "\n").contains {
                    $0.hasPrefix("setting_changes") && $0.contains("faulty file")
                }, "\(status)")
            let verify = try await home.run("projections", "verify", environment: environment)
            #expect(verify.code == 0, "\(verify)")
            let doctor = try await home.run("doctor", environment: environment)
            #expect(doctor.output.contains("setting_changes.sql:15:36"), "\(doctor)")
            let check = try await home.run("projections", "check", "--json", environment: environment)
            let answer: CheckAnswer = try check.json()
            #expect(
                check.code == 1 && !answer.ok && answer.findings.contains { $0.line == 15 && $0.column == 36 },
                "\(check)")
            let rebuild = try await home.run("projections", "rebuild", "setting_changes", environment: environment)
            #expect(rebuild.code == 1 && rebuild.errors.contains("the file of setting_changes is faulty"), "\(rebuild)")
        }

        @Test("one that only the database can refuse stops nothing either, new or changed")
        func refusedByDatabase() async throws {
            let (home, environment) = try await home()
            let faulty = Self.file.replacing("payload->>'key', count(*)", with: "payload->>'key', nobody")
            try home.write("own/setting_changes.sql", faulty)
            for command in [
                ["settings", "list"], ["projections", "status"], ["projections", "verify"], ["projections", "rebuild"],
            ] {
                let ended = try await home.start(command, environment: environment).end()
                #expect(ended.code == 0, "\(command): \(ended)")
                #expect(
                    ended.errors.contains("setting_changes.sql:15:36: column \"nobody\" does not exist"),
                    "\(command): \(ended)")
            }
            #expect(try await home.sql("SELECT to_regclass('setting_changes') IS NULL") == ["t"])
            try home.write("own/setting_changes.sql", Self.file)
            _ = try await home.run("settings", "list", environment: environment)
            #expect(try await changes(home) == ["1"])
            try home.write("own/setting_changes.sql", faulty)
            let verify = try await home.run("projections", "verify", environment: environment)
            #expect(verify.code == 0 && verify.errors.contains("nobody"), "\(verify)")
            _ = try await home.run("settings", "set", "max_file_size", "104857600", environment: environment)
            #expect(try await changes(home) == ["2"])
        }

        @Test(
            "removing one needs its file gone, an admin and, where a view reads it, --cascade; its file brings it back")
        func removed() async throws {
            let (home, environment) = try await home()
            try home.write("own/setting_changes.sql", Self.file)
            let early = try await home.run("projections", "remove", "setting_changes", environment: environment)
            #expect(early.code == 1 && early.errors.contains("take it away first"), "\(early)")
            try await home.run("users", "add", "use@example.com", expecting: 0)
            let user = try await home.run("projections", "remove", "setting_changes", "--as", "use@example.com")
            #expect(user.code == 1 && user.errors.contains("only an admin may remove projections"), "\(user)")
            _ = try await home.sql("CREATE VIEW mine AS SELECT * FROM setting_changes")
            let stopped = try await home.run("projections", "remove", "setting_changes")
            #expect(
                stopped.code == 1 && stopped.errors.contains("the view mine depends on setting_changes"), "\(stopped)")
            try await home.run("projections", "remove", "setting_changes", "--cascade", expecting: 0)
            #expect(
                try await home.sql("SELECT to_regclass('setting_changes') IS NULL AND to_regclass('mine') IS NULL") == [
                    "t"
                ])
            let events = try await home.run("events", "--type", "projection.removed")
            #expect(events.output.contains("\"name\":\"setting_changes\""), "\(events)")
            try await home.run("settings", "set", "max_file_size", "104857600", expecting: 0)
            _ = try await home.run("settings", "list", environment: environment)
            #expect(try await changes(home) == ["2"])
        }
    }
}
