import Foundation
import Testing

extension CommandTests {
    @Suite("atlas2 replay, as-of, history and diff", .timeLimit(.minutes(60)))
    struct LookBackCommandTests {
        private struct Version: Decodable {
            struct Cause: Decodable {
                var position: Int
                var action: String
            }
            var version: Int
            var position: Int
            var when: String
            var who: String
            var action: String
            var erasure: String?
            var erased: [String]
            var correlationId: String?
            var cause: Cause?
        }

        private struct Difference: Decodable {
            struct Event: Decodable {
                var version: Int
                var action: String
            }
            struct Change: Decodable {
                var table: String
                var field: String
                var erased: Bool
                var event: Event
            }
            var stream: String
            var changes: [Change]
        }

        private struct Replay: Decodable {
            struct Tenant: Decodable {
                var tenant: String
                var events: Int
                var erased: Int
            }
            var schema: String
            var at: String?
            var tenants: [Tenant]
        }

        private static let people = "Id,Name\n1,Ada Lovelace\n2,Grace Hopper\nx,Katherine Johnson\n"

        @Test("a look back from every side: before and after, by versions, positions and times")
        func tour() async throws {
            let home = try await Home.prepared()
            try await home.run("users", "add", "bob@example.com", "--name", "Bob", expecting: 0)
            try await home.run("users", "role", "bob@example.com", "auditor", expecting: 0)
            let versions = try await home.run("history", "user", "bob@example.com", "--json").lines(Version.self)
            #expect(versions.map(\.action) == ["user.created", "user.role_changed"])
            #expect(versions.allSatisfy { $0.correlationId != nil && $0.erasure == nil && $0.cause == nil })
            let created = versions[0]
            try await home.run("settings", "set", "max_file_size", "1000000", expecting: 0)

            // The moment between the two.
            for moment in ["\(created.position)", created.when] {
                let asked = try await home.run(
                    "as-of", moment, "SELECT email, role FROM users WHERE name = 'Bob'", "--csv")
                #expect(asked.code == 0 && asked.output == "email,role\nbob@example.com,user\n", "\(asked)")
                #expect(
                    asked.errors.contains("\(created.position + 1) events, the last at position \(created.position)"),
                    "\(asked)")
                let then = try await home.run("history", "user", "bob@example.com", "--at", moment, "--json").lines(
                    Version.self)
                #expect(then.map(\.version) == [1])
                let difference: Difference = try await home.run(
                    "diff", "user", "bob@example.com", "--from", moment, "--json"
                ).json()
                #expect(difference.changes.map(\.field) == ["role", "updated_at"], "\(difference)")
                #expect(
                    difference.changes[0].event.version == 2
                        && difference.changes[0].event.action == "user.role_changed")
            }
            let table = try await home.run(
                "as-of", "\(created.position)",
                "SELECT u.role, n.role AS now FROM users u JOIN public.users n USING (id) WHERE u.name = 'Bob'")
            #expect(table.output == "ROLE  NOW\nuser  auditor\n", "\(table)")
            let object = try await home.run(
                "as-of", "\(created.position)", "SELECT count(*) AS users FROM users", "--json")
            #expect(object.output == "{\"users\":2}\n", "\(object)")
            let shown = try await home.run("diff", "user", "bob@example.com", "--from", "v1", "--to", "v2")
            #expect(shown.output.contains("user.role_changed\n    users role: user → auditor\n"), "\(shown)")
            let none = try await home.run("diff", "user", "bob@example.com", "--from", "v2")
            #expect(none.code == 0 && none.output.hasPrefix("nothing changed on user/"), "\(none)")
            let setting = try await home.run("diff", "setting", "max_file_size", "--from", "v0")
            #expect(setting.output.contains("value: (none) → 1000000"), "\(setting)")

            let replay: Replay = try await home.run(
                "replay", "--at", "\(created.position)", "--into", "before", "--json"
            ).json()
            #expect(
                replay.tenants.map(\.events) == [created.position + 1] && replay.at == nil && replay.schema == "before")
            #expect(try await home.sql("SELECT role FROM before.users WHERE name = 'Bob'") == ["user"])
            #expect(try await home.sql("SELECT count(*) FROM before.audit_trail") == ["\(created.position + 1)"])
            let listed = try await home.run("replay", "--list")
            #expect(
                listed.output.contains("before  position \(created.position)") && listed.output.contains(Home.admin),
                "\(listed)")
            let again = try await home.run("replay", "--at", created.when, "--into", "before")
            #expect(again.code == 1 && again.errors.contains("atlas2 replay --drop before"), "\(again)")
            let size = try await home.logSize()
            let projections: VerifyAnswer = try await home.run("projections", "verify", "--json").json()
            #expect(projections.equal)

            // What is erased now is gone from the log and from later replays, and is copied in this one.
            try await home.run("users", "deactivate", "bob@example.com", expecting: 0)
            let erase = ["erase", "--stream", "user/bob@example.com", "--basis", "gdpr-17", "--reason", "asked"]
            let dry = try await home.start(erase + ["--dry-run"]).end()
            #expect(
                dry.output.contains(
                    "copies are in the replay before, which no erasure reaches: atlas2 replay --drop before"), "\(dry)")
            let erased = try await home.start(erase + ["--yes"]).end()
            #expect(erased.code == 0 && erased.output.contains("atlas2 replay --drop before"), "\(erased)")
            let id = try await home.sql("SELECT id FROM users WHERE email IS NULL")[0]
            let forgotten = try await home.run("history", "user", id, "--json").lines(Version.self)
            #expect(
                forgotten.first?.erasure == "erased"
                    && Set(forgotten.first?.erased ?? []).isSuperset(of: ["email", "name"]), "\(forgotten)")
            let words = try await home.run("history", "user", id)
            #expect(words.output.contains("    email: (erased)\n") && !words.output.contains("Bob"), "\(words)")
            let gone = try await home.run("diff", "user", id, "--from", "v0")
            #expect(
                !gone.output.contains("bob@") && gone.output.contains("lost what was personal to erasures"), "\(gone)")
            try await home.run("replay", "--drop", "before", expecting: 0)
            let after: Replay = try await home.run(
                "replay", "--at", "\(created.position)", "--into", "before", "--json"
            ).json()
            #expect(after.tenants.map(\.erased) == [1])
            #expect(try await home.sql("SELECT email IS NULL, role FROM before.users WHERE id = '\(id)'") == ["t|user"])
            try await home.run("replay", "--drop", "before", expecting: 0)
            #expect(try await home.run("replay", "--list").output == "there is no replay\n")
            #expect(try await home.logSize() > size, "looking back appends nothing, erasing does")
        }

        @Test("mappings are compared by their text, APIs by their fields, jobs by their row; the newest job is last")
        func resources() async throws {
            let home = try await Home.prepared()
            try home.write("people.csv", Self.people)
            try home.write("people.yaml", ErasureTests.mapping)
            let run: RunAnswer = try await home.run("run", "people.csv", "--mapping", "people.yaml", "--json").json()
            try home.write("people.yaml", ErasureTests.mapping.replacing("name: $Name", with: "name: $Name | trim"))
            try home.write("more.csv", Self.people.replacing("Ada", with: "Eva"))
            let second: RunAnswer = try await home.run("run", "more.csv", "--mapping", "people.yaml", "--json").json()
            let last = try await home.run("history", "job", "last", "--json").lines(Version.self)
            let named = try await home.run("history", "job", second.jobId, "--json").lines(Version.self)
            #expect(last.map(\.position) == named.map(\.position) && last.first?.action == "job.created")
            try await home.run("history", "job", String(run.jobId.prefix(8)), expecting: 0)

            let mapping = try await home.run("diff", "mapping", "people", "--from", "v1", "--to", "v2")
            #expect(mapping.output.contains("      -  name: $Name\n      +  name: $Name | trim\n"), "\(mapping)")
            #expect(mapping.output.contains("mapping_configurations version: 1 → 2"), "\(mapping)")
            let job: Difference = try await home.run("diff", "job", "last", "--from", "v0", "--json").json()
            #expect(Set(job.changes.map(\.table)) == ["processing_jobs", "file_data"])
            #expect(job.changes.contains { $0.field == "status" && $0.event.action == "job.completed" }, "\(job)")
            let api = try await home.run("diff", "api", "crm", "--from", "v0")
            #expect(api.output.contains("api_fields {\"name\": \"id\"} type: (none) → integer"), "\(api)")
            for type in [
                "tenant default", "setting max_file_size", "projection users", "log log", "mapping people", "api crm",
            ] {
                let parts = type.split(separator: " ").map(String.init)
                let shown = try await home.start(["history"] + parts).end()
                // Nothing was rebuilt here.
                #expect(shown.code == (parts[0] == "projection" ? 1 : 0), "\(shown)")
            }
        }

        @Test(
            "what cannot be is refused with what to do",
            arguments: [
                Refusal("history user nobody@example.com", "there is no user nobody@example.com"),
                Refusal(
                    "history widget 4be7", "there is no widget in this tenant's log, which knows of: ",
                    "setting, tenant, user"),
                Refusal(
                    "history user 00000000-0000-0000-0000-000000000000",
                    "there is no user/00000000-0000-0000-0000-000000000000"),
                Refusal("history job last", "there is no job in this tenant's log"),
                Refusal("history user ann@example.com --at tomorrow", "--at is \"tomorrow\"", code: 64),
                Refusal("diff user ann@example.com", "Missing expected argument '--from", code: 64),
                Refusal("diff user ann@example.com --from vx", "a version is written as in v3", code: 64),
                Refusal("diff user ann@example.com --from v9", "has no version 9: the last is v1"),
                Refusal("diff user ann@example.com --from v1 --to v0", "exchange them"),
                Refusal("diff log log --from v0", "so there is nothing to compare: atlas2 history log log"),
                Refusal("replay --at 3", "a replay needs both", code: 64),
                Refusal("replay", "say what to do", code: 64),
                Refusal("replay --list --drop x", "say what to do", code: 64),
                Refusal("replay --list users", "leave projections", code: 64),
                Refusal("replay --at yesterday --into x", "--at is \"yesterday\"", code: 64),
                Refusal("replay --at 2999-01-01 --into x", "is in the future"),
                Refusal("replay --at 99999 --into x", "there is no position 99999: the log has "),
                Refusal("replay --at 1 --into public", "choose another"),
                Refusal("replay --drop public", "there is no replay public"),
                Refusal("replay --at 1 --into x nothing", "there is no projection nothing: atlas2 projections list"),
                Refusal("replay --at 1 --into x --tenant nobody", "there is no tenant nobody"),
                Refusal("as-of 1", "Missing expected argument '<sql>'", code: 64),
                Refusal("as-of soon TABLE", "the moment is \"soon\"", code: 64),
                Refusal(
                    "as-of 1 COMMIT",
                    "the question cannot be answered: syntax error at or near "),
                Refusal("as-of 99999 SELECT", "there is no position 99999"),
            ])
        func refusals(refusal: Refusal) async throws {
            let home = try await Self.shared.value
            try await refusal.check(in: home, logSize: home.logSize())
        }

        private static let shared = Task {
            let home = try await Home.prepared()
            // The first command makes the log's key, which is an event.
            try await home.run("settings", "set", "max_file_size", "1000000", expecting: 0)
            return home
        }

        @Test("a user who is no admin makes no replay, and asks and compares within what is their own")
        func users() async throws {
            let home = try await Home.prepared()
            try await home.run("users", "add", "bob@example.com", "--role", "user", expecting: 0)
            let bob = ["--as", "bob@example.com"]
            let replay = try await home.start(["replay", "--at", "1", "--into", "x"] + bob).end()
            #expect(replay.code == 1 && replay.errors.contains("only an admin may make replays"), "\(replay)")
            let position = try await home.logSize() - 1
            let own = try await home.start(
                ["as-of", "\(position)", "SELECT email FROM users UNION ALL SELECT email FROM public.users", "--csv"]
                    + bob
            ).end()
            #expect(own.output == "email\nbob@example.com\nbob@example.com\n", "\(own)")
            for command in ["history", "diff"] {
                let hidden = try await home.start(
                    [command, "user", Home.admin] + (command == "diff" ? ["--from", "v0"] : []) + bob
                ).end()
                #expect(hidden.code == 1, "\(hidden)")
            }
        }

        @Test("a question that takes too long is ended; the schema that a killed one leaves goes with the next")
        func killed() async throws {
            let home = try await Home.prepared()
            let endless = ["as-of", "1", "SELECT count(*) FROM generate_series(1, 1000000000000)"]
            let late = try await home.start(endless, environment: ["DATABASE_TIMEOUT": "500"]).end()
            #expect(late.code == 1 && late.errors.contains("DATABASE_TIMEOUT"), "\(late)")
            func schemas() async throws -> [String] {
                try await home.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'atlas2\\_asof\\_%'")
            }
            #expect(try await schemas() == [])
            let program = try home.start(endless)
            while try await schemas().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            program.send(SIGKILL)
            _ = try await program.end()
            #expect(try await schemas().count == 1)
            // A spreadsheet runs no formula of what is written.
            let next = try await home.run("as-of", "1", "SELECT 1 AS one, '=1+1' AS two", "--csv")
            #expect(next.output == "one,two\n1,'=1+1\n", "\(next)")
            #expect(try await schemas() == [])
        }
    }
}
