import Foundation
import TestSupport
import Testing

extension CommandTests {
    /// What a new user, an administrator and an auditor do on their first day.
    @Suite("Tour", .timeLimit(.minutes(60)))
    struct TourTests {
        private static let example = [
            "\(ProjectFolder.path)/examples/customers.csv", "--mapping",
            "\(ProjectFolder.path)/examples/customers.yaml",
        ]

        @Test("rows changed behind the log's back are named value by value, and a rebuild puts them right")
        func corruption() async throws {
            let home = try await Home.prepared()
            try await home.run("users", "add", "bob@example.com", "--name", "Bob", expecting: 0)
            let run: RunAnswer = try await home.start(["run"] + Self.example + ["--json"]).end().json()
            let users = try await home.run("users", "list", "--json").lines(UserAnswer.self)
            let bob = try #require(users.first { $0.email == "bob@example.com" })
            let tenant = try #require(try await home.run("tenants", "list", "--json").lines(TenantAnswer.self).first)
            try await home.run("projections", "verify", expecting: 0)

            _ = try await home.sql(
                "UPDATE processing_jobs SET status = 'failed', accepted_rows = 0, skipped_rows = 260")
            _ = try await home.sql("DELETE FROM users WHERE email = 'bob@example.com'")
            let wrong = try await home.run("projections", "verify", "--json", expecting: 1)
            let found: VerifyAnswer = try wrong.json()
            #expect(!found.equal)
            #expect(found.projections.filter { !$0.equal }.map(\.name).sorted() == ["processing_jobs", "users"])
            let differences = found.projections.flatMap(\.differences)
            #expect(differences.allSatisfy { $0.key.tenantId == tenant.id })
            let job = differences.filter { $0.table == "processing_jobs" }
            #expect(job.allSatisfy { $0.key.id == run.jobId && $0.kind == "changed" }, "\(job)")
            #expect(job.map(\.column).sorted { $0 ?? "" < $1 ?? "" } == ["accepted_rows", "skipped_rows", "status"])
            #expect(job.first { $0.column == "status" }?.expected == .text("completed"))
            #expect(job.first { $0.column == "status" }?.found == .text("failed"))
            #expect(job.first { $0.column == "accepted_rows" }?.expected == .number(260))
            #expect(job.first { $0.column == "accepted_rows" }?.found == .number(0))
            let user = differences.filter { $0.table == "users" }
            #expect(user.map(\.kind) == ["missing"] && user.map(\.key.id) == [bob.id], "\(user)")
            let words = try await home.run("projections", "verify", expecting: 1)
            #expect(words.output.contains("accepted_rows: expected 260, found 0"), "\(words)")
            #expect(words.output.contains("atlas2 projections repair processing_jobs users"), "\(words)")

            try await home.run("projections", "rebuild", expecting: 0)
            let right: VerifyAnswer = try await home.run("projections", "verify", "--json", expecting: 0).json()
            #expect(right.equal && right.projections.allSatisfy { $0.equal && $0.differences.isEmpty })
            #expect(try await home.run("users", "list", "--json").lines(UserAnswer.self) == users)
            try await home.expectSoundness(of: [run])
        }

        @Test(
            "a checkpoint beyond the log's end is named by doctor, status and refusals; the audit trail says who repaired it"
        )
        func misplaced() async throws {
            let home = try await Home.prepared()
            _ = try await home.sql(
                "UPDATE projection_checkpoints SET position = position + 5 WHERE projection = 'users'")
            _ = try await home.sql("UPDATE users SET name = 'Eve'")
            let doctor = try await home.run("doctor", expecting: 1)
            let advice = "its checkpoint is 5 events beyond the end of the log: atlas2 projections repair users"
            #expect(doctor.output.contains(advice), "\(doctor)")
            let status = try await home.run("projections", "status")
            #expect(status.output.contains("ahead of the log: repair"), "\(status)")
            let refused = try await home.run("users", "add", "bob@example.com", expecting: 1)
            #expect(refused.errors.contains("the checkpoint of the projection users"), "\(refused)")
            #expect(refused.errors.contains("is beyond the end of the log"), "\(refused)")

            try await home.run("projections", "repair", "users", expecting: 0)
            try await home.run("users", "add", "bob@example.com", expecting: 0)
            try await home.run("projections", "verify", expecting: 0)
            let trail = try await home.run("report", "audit", "--format", "csv", expecting: 0)
            let sentence = "Ann Admin corrected 2 rows of users, which were not what the log says"
            #expect(trail.output.contains(sentence), "\(trail)")
        }

        @Test("a changed event is found by log verify, which says where")
        func tampering() async throws {
            let home = try await Home.prepared()
            try await home.run("log", "verify", expecting: 0)
            _ = try await home.sql(
                """
                SET session_replication_role = replica;
                UPDATE audit_logs SET payload = replace(payload::text, 'admin', 'owner')::json WHERE event_type = 'user.created'
                """)
            let ended = try await home.run("log", "verify", "--json", expecting: 1)
            let found: LogAnswer = try ended.json()
            #expect(!found.sound && found.problemCount == 1, "\(ended)")
        }

        @Test("init may be run twice; tenants, users and settings are made, changed, and found in the history")
        func administration() async throws {
            let home = try await Home.prepared()
            let size = try await home.logSize()
            let again = try await home.run("init", expecting: 0)
            #expect(again.output.contains("the database was ready already"), "\(again)")
            #expect(try await home.logSize() == size)

            try await home.run(
                "tenants", "add", "acme", "--name", "Acme Ltd", "--email", "a@acme.example", expecting: 0)
            #expect(
                try await home.run("tenants", "list", "--json").lines(TenantAnswer.self).map(\.slug) == [
                    "acme", "default",
                ])
            let others = try await home.run("users", "list", "--tenant", "acme", "--json").lines(UserAnswer.self)
            #expect(others.map(\.email) == ["a@acme.example"])

            try await home.run("users", "add", "bob@example.com", "--name", "Bob", "--role", "auditor", expecting: 0)
            try await home.run("users", "add", "Bob@Example.com", expecting: 1)
            try await home.run("users", "role", "bob@example.com", "user", expecting: 0)
            try await home.run("users", "deactivate", "bob@example.com", expecting: 0)
            let bob: UserAnswer = try await home.run("users", "show", "bob@example.com", "--json").json()
            #expect(bob.role == "user" && bob.status == "inactive" && bob.name == "Bob")
            let history = try await home.run("history", "user", "bob@example.com", "--json").lines(HistoryAnswer.self)
            #expect(history.map(\.version) == [1, 2, 3] && history.allSatisfy { $0.who == Home.admin }, "\(history)")
            #expect(history.map(\.action).first == "user.created", "\(history)")

            try await home.run("settings", "set", "job_timeout", "60", expecting: 0)
            #expect(try await home.run("settings", "get", "job_timeout").output == "60\n")
            let events = try await home.run("events", "--json").lines(EventAnswer.self)
            #expect(events.map(\.position) == Array(0..<events.count))
            #expect(events.last?.type == "setting.changed" && events.last?.stream.hasPrefix("setting/") == true)
            let two = try await home.run("events", "--json", "--from", "1", "--limit", "2").lines(EventAnswer.self)
            #expect(two.map(\.position) == [1, 2])
            try await home.expectSoundness(of: [])
        }

        @Test("mappings, jobs, results and errors are shown with the keys that scripts rely on")
        func looking() async throws {
            let home = try await Home.prepared()
            let checked = try await home.run(
                "map", "check", Self.example[2], "--file", Self.example[0], "--json", expecting: 0)
            #expect(checked.output.hasPrefix(#"{"ok":true,"name":"customers","#), "\(checked)")
            let ended = try await home.start(["run"] + Self.example + ["--json"]).end()
            let run: RunAnswer = try ended.json()
            #expect(ended.code == 2 && run.mapping == "customers@1" && run.seconds > 0)
            #expect(try await home.logSize() == run.logSize)
            #expect(run.errors.reduce(0) { $0 + $1.count } >= run.rejected)

            let document = try String(contentsOfFile: Self.example[2], encoding: .utf8)
            #expect(try await home.run("map", "show", "customers@1").output == document)
            #expect(try await home.run("map", "list").output.contains("customers"))
            let jobs = try await home.run("jobs", "list", "--json", "--status", "completed").lines(JobAnswer.self)
            #expect(jobs.map(\.id) == [run.jobId] && jobs.map(\.totals) == [run.totals])
            let shown: JobAnswer = try await home.run("jobs", "show", String(run.jobId.prefix(8)), "--json").json()
            #expect(shown.fileName == "customers.csv" && shown.mapping == "customers" && shown.mappingVersion == 1)

            let accepted = try await home.run("jobs", "results", "last", "--status", "accepted", "--json")
            let outputs = try accepted.lines(ResultAnswer.self)
            #expect(outputs.count == 260 && outputs.allSatisfy { $0.status == "accepted" && $0.errors.isEmpty })
            let rejected = try await home.run("jobs", "results", "last", "--status", "rejected", "--json")
            let results = try rejected.lines(ResultAnswer.self)
            #expect(results.count == 40 && results.allSatisfy { !$0.errors.isEmpty })
            let errors = try await home.run("jobs", "errors", "last", "--json").lines(ErrorAnswer.self)
            #expect(errors == results.flatMap(\.errors))
            let five = try await home.run("jobs", "errors", "last", "--limit", "5")
            #expect(five.errors.contains("35 more rows were rejected"), "\(five)")

            let detected = try await home.run("csv", "detect", Self.example[0])
            #expect(detected.code == 0 && detected.output.contains("delimiter"), "\(detected)")
            let read = try await home.run("csv", "read", Self.example[0], "--to", "json")
            #expect(read.code == 2 && read.output.split(separator: "\n").count == 296, "\(read.errors)")
        }

        @Test("csv read gives the rows that a job reads, also below a header that has too few names")
        func shortHeader() async throws {
            let home = try await Home.prepared()
            try home.write("short.csv", "id,name\n1,Ann,x\n2,Bob,y\n3,Cid,z\n")
            let read = try await home.run("csv", "read", "short.csv")
            #expect(read.code == 0 && read.output == "id,name,column_3\n1,Ann,x\n2,Bob,y\n3,Cid,z\n", "\(read)")
            try home.write(
                "short.yaml", "name: short\napi: {name: s, fields: [{name: id, type: integer}]}\nmappings: {id: $id}\n")
            let run: RunAnswer = try await home.run("run", "short.csv", "-m", "short.yaml", "--json").json()
            #expect(run.rows == 3 && run.rejected == 0, "\(run)")
        }

        @Test("doctor finds a new installation well, psql answers, and stop leaves nothing running")
        func running() async throws {
            let home = try await Home.prepared()
            let doctor = try await home.run("doctor", "--json", expecting: 0)
            #expect(doctor.output.hasPrefix(#"{"ok":true,"checks":["#), "\(doctor)")
            #expect(try await home.run("psql", "-At", "-c", "SELECT 6 * 7").output == "42\n")
            #expect(try await home.run("psql", "-c", "SELECT nothing").code == 1)
            #expect(try await home.run("stop").output == "it does not run\n")
            #expect(home.postmaster == nil)

            let work = try home.start(["work"])
            while work.isRunning, try !work.text("errors").contains("working") {
                try await Task.sleep(for: .milliseconds(20))
            }
            let refused = try await home.run("stop", expecting: 1)
            #expect(refused.errors.contains("these processes use it: \(work.process)"), "\(refused)")
            work.send(SIGTERM)
            #expect(try await work.end().code == 0)
            #expect(home.postmaster == nil)
        }

        @Test(
            "an ordinary user runs the main job in a home of their own",
            .enabled(if: geteuid() == 0, "changes the user"))
        func ordinaryUser() async throws {
            let home = try Home()
            chmod(home.folder, 0o777)
            let nobody = ["/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", Home.program]
            let ended = try await home.start(program: nobody + ["run"] + Self.example + ["--json"]).end()
            #expect(ended.code == 2, "\(ended)")
            #expect(try ended.json(RunAnswer.self).totals == Totals(rows: 300, accepted: 260, rejected: 40))
            let verified = try await home.start(program: nobody + ["projections", "verify"]).end()
            #expect(verified.code == 0, "\(verified)")

            chmod(home.folder, 0o755)
            let refused = try await home.start(
                program: nobody + ["jobs", "list"], environment: ["ATLAS2_HOME": "\(home.folder)/other"]
            ).end()
            #expect(refused.code == 1, "\(refused)")
            #expect(
                refused.errors.contains("cannot make the folder") && refused.errors.contains("ATLAS2_HOME"),
                "\(refused)")
        }

        private static let commands = [
            "", "init", "migrate", "migrate up", "migrate down", "migrate status", "doctor", "psql", "stop", "users",
            "users add", "users list", "users show", "users role", "users deactivate", "users reactivate", "tenants",
            "tenants add", "tenants list", "settings", "settings list", "settings get", "settings set", "run", "jobs",
            "jobs list", "jobs show", "jobs results", "jobs errors", "jobs pause", "jobs resume", "jobs cancel", "map",
            "map suggest", "map check", "map test", "map list", "map show", "map functions", "map checks", "apis",
            "apis import", "apis list", "apis show", "csv", "csv detect", "csv read", "events", "history",
            "log",
            "log verify", "log prove", "log export", "projections", "projections list", "projections status",
            "projections verify",
            "projections rebuild", "projections repair", "projections undo", "projections abort", "projections check",
            "projections remove", "work",
        ]

        @Test("every command explains itself and needs no database for that; the completion script knows them")
        func help() async throws {
            let home = try Home()
            for command in Self.commands {
                let ended = try await home.start(command.split(separator: " ").map(String.init) + ["--help"]).end()
                #expect(ended.code == 0 && ended.output.contains("USAGE: atlas2 \(command)"), "\(command): \(ended)")
            }
            #expect(access(home.path, F_OK) != 0, "help must not make a cluster")
            for shell in ["bash", "zsh", "fish"] {
                let script = try await home.run("--generate-completion-script", shell)
                #expect(script.code == 0 && script.output.contains("deactivate"), "\(shell): \(script.errors)")
            }
            #expect(try await home.run("--version").output.contains("."))
        }
    }
}
