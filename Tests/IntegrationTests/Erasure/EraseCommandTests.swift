import Foundation
import Testing

extension ErasureTests {
    @Suite("atlas2 erase and atlas2 hold", .timeLimit(.minutes(20)))
    struct EraseCommandTests {
        private static let file =
            "Id,Name\r\n1,Ada Lovelace\r\n2,\"Grace\r\nHopper\"\r\nx,Katherine Johnson\r\n4,Ada Lovelace\r\n"
        private static let why = ["--basis", "gdpr-17", "--reason", "on request"]

        private struct Answer: Decodable {
            struct Event: Decodable {
                var position: Int
                var stream: String
                var emptied: Int
                var redacted: Int
            }
            var emptiedEvents: Int
            var redactedEvents: Int
            var rows: Int
            var logins: Int
            var erasureEvents: [Event]
        }

        private struct Row: Decodable {
            var row: Int
            var status: String
        }

        private func homeWithJob() async throws -> (home: Home, run: RunAnswer) {
            let home = try await Home.prepared()
            try home.write("people.csv", Self.file)
            try home.write("people.yaml", ErasureTests.mapping)
            let run: RunAnswer = try await home.run("run", "people.csv", "--mapping", "people.yaml", "--json").json()
            #expect(run.accepted == 3 && run.rejected == 1)
            return (home, run)
        }

        private func erase(_ home: Home, _ arguments: String...) async throws -> Ended {
            try await home.start(["erase"] + arguments + Self.why).end()
        }

        /// The log is sound with so many erased and redacted events, and the projections equal a replay of it.
        private func expectSound(_ home: Home, erased: Int, redacted: Int) async throws {
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0, "\(log)")
            let counts = try await home.run("log", "verify", "--json").output
            // Of job.created the file's name stays, which nothing proves.
            let unproved = redacted > 0 ? 1 : 0
            #expect(
                counts.contains("\"unproved\":\(unproved),") && counts.contains("\"redacted\":\(redacted),"),
                "\(counts)")
            let projections: VerifyAnswer = try await home.run("projections", "verify", "--json").json()
            #expect(projections.equal, "\(projections)")
        }

        @Test("a row goes from the results and from the file; the others stay, with their lines, offsets and proofs")
        func rows() async throws {
            let (home, run) = try await homeWithJob()
            let shown = try await home.run("jobs", "show", run.jobId, "--json").output
            let answer: Answer = try await erase(
                home, "--job", run.jobId, "--row", "2", "--row", "3", "--yes", "--json"
            ).json()
            #expect(answer.rows == 2 && answer.emptiedEvents == 0 && answer.redactedEvents == 3)
            #expect(answer.erasureEvents.map(\.redacted) == [3])
            let file = String(decoding: try await home.storedFile(run.jobId), as: UTF8.self)
            #expect(
                file
                    == "Id,Name\r\n1,Ada Lovelace\r\n\"xxxxxxx\r\nxxxxxx\"\r\nxxxxxxxxxxxxxxxxxxx\r\n4,Ada Lovelace\r\n"
            )
            let results = try await home.run("jobs", "results", run.jobId, "--json")
            #expect(try results.lines(Row.self).map(\.status) == ["accepted", "erased", "erased", "accepted"])
            #expect(!results.output.contains("Grace") && results.errors.contains("2 rows erased"))
            #expect(try await home.run("jobs", "errors", run.jobId, "--json").output == "")
            #expect(
                try await home.sql(#"SELECT "row", status, output->>'name' FROM processing_results"#)
                    == ["1|accepted|Ada Lovelace", "2|erased|", "3|erased|", "4|accepted|Ada Lovelace"])
            #expect(try await home.sql("SELECT count(*) FROM processing_errors") == ["0"])
            // Counts and name stay; only the file's hash has to go.
            let after = try await home.run("jobs", "show", run.jobId, "--json").output
            #expect(
                after.replacing(/"file_sha256":[^,]*/, with: "") == shown.replacing(/"file_sha256":[^,]*/, with: ""))
            #expect(after.contains(#""file_sha256":null"#))
            #expect(
                try await home.sql("SELECT count(*) FROM audit_trail WHERE erasure = 'redacted'") == ["3"])
            try await expectSound(home, erased: 0, redacted: 3)

            // One more row of the same chunk and file, and the same again.
            try await #expect(erase(home, "--job", run.jobId, "--row", "1", "--yes").code == 0)
            #expect(
                String(decoding: try await home.storedFile(run.jobId), as: UTF8.self)
                    == "Id,Name\r\nxxxxxxxxxxxxxx\r\n\"xxxxxxx\r\nxxxxxx\"\r\nxxxxxxxxxxxxxxxxxxx\r\n4,Ada Lovelace\r\n"
            )
            let size = try await home.logSize()
            let again = try await erase(home, "--job", run.jobId, "--row", "1", "--row", "3", "--yes")
            #expect(again.code == 0 && again.output == "there is nothing to erase\n", "\(again)")
            #expect(try await home.logSize() == size)
            try await expectSound(home, erased: 0, redacted: 3)
            let unknown = try await erase(home, "--job", run.jobId, "--row", "5", "--yes")
            #expect(unknown.code == 1 && unknown.errors.contains("has no row 5: its rows are 1 to 4"), "\(unknown)")
            // The file is no longer known: it is a new job, and there is nothing to resume of the old one.
            let second: RunAnswer = try await home.run("run", "people.csv", "--mapping", "people.yaml", "--json").json()
            #expect(second.jobId != run.jobId && second.status == "completed")
            let resumed = try await home.run("jobs", "resume", run.jobId)
            #expect(resumed.code == 1 && resumed.errors.contains("there is nothing to resume"), "\(resumed)")
        }

        @Test("a job that can still go on is not erased until it is at its end")
        func openJob() async throws {
            let (home, _) = try await homeWithJob()
            try home.write("more.csv", "Id,Name\n9,Mary Jackson\n")
            try await home.run("settings", "set", "job_timeout", "1", expecting: 0)
            // As a process that died would leave it.
            _ = try await home.sql(
                """
                BEGIN; SELECT set_config('atlas2.tenant_id', tenant_id::text, true) FROM tenants;
                SELECT audit_append(t.tenant_id, ARRAY[ROW(1, gen_random_uuid(), 'job', gen_random_uuid(), 0, 'job.created', 1,
                    j.user_id, NULL, NULL, json_build_object('owner_id', j.user_id, 'mapping_id', j.mapping_id,
                    'mapping_version', 1, 'file_size', 3, 'source', j.source), '{"file_name":"more.csv"}', NULL, NULL)::audit_append_event])
                FROM tenants t JOIN processing_jobs j USING (tenant_id); COMMIT
                """)
            let refused = try await erase(home, "--job", "last", "--yes")
            #expect(
                refused.code == 1 && refused.errors.contains("is created: let it come to its end first"), "\(refused)")
            try await home.run("jobs", "cancel", "last", expecting: 0)
            try await #expect(erase(home, "--job", "last", "--yes").code == 0)
            try await expectSound(home, erased: 2, redacted: 0)
        }

        @Test("a job goes whole: its file, results, names and messages; that there was one, and how many rows, stays")
        func job() async throws {
            let (home, run) = try await homeWithJob()
            let marker = "Grace"
            let dry = try await erase(home, "--job", run.jobId, "--dry-run")
            #expect(dry.code == 0 && dry.output.hasPrefix("to be erased: everything personal of"), "\(dry)")
            #expect(dry.output.contains("stays: the mapping with the names of the file's columns (at "), "\(dry)")
            for (basis, reason, words) in [
                ("Ada asked", "r", "is no code"), ("gdpr-17", " ", "needs a reason in words"),
                ("gdpr-17", "", "needs a reason in words"),
            ] {
                let refused = try await home.run(
                    "erase", "--job", run.jobId, "--dry-run", "--basis", basis, "--reason", reason)
                #expect(refused.code == 1 && refused.errors.contains(words), "\(refused)")
            }
            let json = try await erase(home, "--job", run.jobId, "--row", "2", "--row", "1", "--dry-run", "--json")
            #expect(
                json.output.hasPrefix(#"{"dry_run":true,"target":{"stream":"job/\#(run.jobId)","rows":[1,2]},"#),
                "\(json)")
            let refused = try await erase(home, "--job", run.jobId)
            #expect(refused.code == 1 && refused.errors.contains("If that is meant, say --yes"), "\(refused)")
            #expect(try await home.sql("SELECT count(*) FROM audit_logs WHERE salt IS NULL") == ["0"])
            let erased = try await erase(home, "--job", run.jobId, "--yes", "--thorough")
            #expect(erased.code == 0 && erased.output.contains("rewrote"), "\(erased)")
            let job: JobAnswer = try await home.run("jobs", "show", run.jobId, "--json").json()
            #expect(job.fileName == nil && job.rows == 4 && job.rejected == 1 && job.status == "completed")
            #expect(try await home.run("jobs", "show", run.jobId).output.hasPrefix("(erased)"))
            let rows = try await home.run("jobs", "results", run.jobId, "--json").lines(Row.self)
            #expect(rows.map(\.status) == ["erased", "erased", "erased", "erased"])
            #expect(try await home.sql("SELECT file_name IS NULL AND sha256 IS NULL FROM file_data") == ["t"])
            let history = try await home.run("history", "job", run.jobId)
            #expect(history.code == 0 && history.output.contains("job.erased"), "\(history)")
            #expect(try await home.run("events", "--stream", "job/\(run.jobId)").output.contains("(erased)"))
            let events = Int(try await home.sql("SELECT count(*) FROM audit_logs WHERE salt IS NULL")[0]) ?? 0
            try await expectSound(home, erased: events, redacted: 0)
            let reasons = try await home.run("jobs", "errors", run.jobId)
            #expect(reasons.output.contains("erased"), "\(reasons)")
            let erasures = try await home.run("events", "--type", "*.erased", "--json")
            #expect(erasures.output.contains(#""type":"job.erased""#), "\(erasures)")
            // Not a byte of it is left in the tables' files, once they are written out.
            _ = try await home.sql("CHECKPOINT")
            let tables = try await home.start(program: ["/bin/grep", "-rlaF", marker, "\(home.path)/data/base"]).end()
            #expect(tables.output == "", "\(tables)")
        }

        @Test("a user goes, and is deactivated; what they did stays, without their login")
        func user() async throws {
            let home = try await Home.prepared()
            try await home.run(
                "users", "add", "eve@example.com", "--name", "Eve Example", "--role", "admin", expecting: 0)
            try await home.run("settings", "set", "jobs_retention_days", "99", "--as", "eve@example.com", expecting: 0)
            try await home.run(
                "users", "add", "bob@example.com", "--name", "Bob", "--as", "eve@example.com", expecting: 0)
            let own = try await home.start(
                ["erase", "--stream", "user/eve@example.com", "--as", "eve@example.com", "--yes"] + Self.why
            ).end()
            #expect(own.code == 1 && own.errors.contains("nobody can erase themselves"), "\(own)")
            let auditor = try await home.start(
                ["erase", "--stream", "user/eve@example.com", "--as", "bob@example.com", "--yes"] + Self.why
            ).end()
            #expect(auditor.code == 1 && auditor.errors.contains("only an admin may erase"), "\(auditor)")
            let eve = try await home.sql("SELECT id FROM users WHERE email = 'eve@example.com'")[0]
            // What stays, and names her all the same.
            try await home.run(
                "hold", "add", "--stream", "user/eve@example.com", "--reason", "claim of Eve", expecting: 0)
            let held = try await home.sql("SELECT max(position) FROM audit_logs")[0]
            try await home.run("hold", "release", "", "--reason", "x", expecting: 1)
            let hold = try await home.sql("SELECT id FROM legal_holds")[0]
            try await home.run("hold", "release", hold, "--reason", "Eve agreed", expecting: 0)
            let released = try await home.sql("SELECT max(position) FROM audit_logs")[0]
            let dry = try await erase(home, "--stream", "user/eve@example.com", "--dry-run")
            #expect(
                dry.output.wholeMatch(
                    of:
                        /to be erased: everything personal of [0-9]+ events? \([0-9]+ bytes\), and the login in 2 events that they caused elsewhere\ndeactivated first: eve@example.com\nstays: the reasons of legal holds on it \(at ([0-9, ]+)\), which may name people: atlas2 erase --position\n/
                )?.1 == "\(held), \(released)", "\(dry)")
            let answer: Answer = try await erase(home, "--stream", "user/eve@example.com", "--yes", "--json").json()
            #expect(answer.logins == 2, "\(answer)")
            #expect(
                try await home.sql("SELECT email IS NULL, name IS NULL, role, status FROM users WHERE id = '\(eve)'")
                    == ["t|t|admin|inactive"])
            #expect(
                try await home.sql(
                    "SELECT count(*) FROM audit_logs WHERE actor_id = '\(eve)' AND personal::jsonb ? 'login'") == ["0"])
            #expect(try await home.sql("SELECT name FROM users WHERE email = 'bob@example.com'") == ["Bob"])
            let list = try await home.run("users", "list")
            #expect(list.output.contains("(erased)") && !list.output.contains("Eve"), "\(list)")
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound, "\(log)")
            let projections: VerifyAnswer = try await home.run("projections", "verify", "--json").json()
            #expect(projections.equal, "\(projections)")
            // The address may be somebody else's now.
            try await home.run("users", "add", "eve@example.com", expecting: 0)
            let last = try await erase(home, "--stream", "user/\(Home.admin)", "--yes", "--as", Home.admin)
            #expect(last.code == 1)
        }

        @Test("a hold refuses erasures until it is released, and is listed meanwhile")
        func holds() async throws {
            let (home, run) = try await homeWithJob()
            struct Hold: Decodable {
                var id: String
                var stream: String?
                var matter: String?
                var releasedAt: String?
                var releasedBy: String?
                var releaseReason: String?
            }
            let hold: Hold = try await home.run(
                "hold", "add", "--job", "last", "--matter", "2026-17", "--reason", "claim of Ada", "--json"
            ).json()
            #expect(hold.stream == "job/\(run.jobId)" && hold.matter == "2026-17")
            let refused = try await erase(home, "--job", "last", "--row", "1", "--yes")
            #expect(
                refused.code == 1 && refused.errors.contains("the legal hold \(hold.id) (2026-17) refuses"),
                "\(refused)")
            #expect(try await home.run("hold", "list").output.contains("claim of Ada"))
            let words = try await home.run("hold", "add", "--all", "--matter", "claim of Ada", "--reason", "x")
            #expect(words.code == 1 && words.errors.contains("is no code"), "\(words)")
            try await home.run("hold", "add", "--reason", "x", expecting: 64)
            try await home.run("hold", "release", hold.id, expecting: 64)
            for command in [["add", "--all"], ["release", hold.id]] {
                let empty = try await home.start(["hold"] + command + ["--reason", " "]).end()
                #expect(empty.code == 1 && empty.errors.contains("needs a reason in words"), "\(empty)")
            }
            try await home.run("hold", "release", String(hold.id.prefix(8)), "--reason", "settled", expecting: 0)
            #expect(
                try await home.run("hold", "release", hold.id, "--reason", "x").errors.contains("was released already"))
            #expect(try await home.run("hold", "list").output == "nothing is held\n")
            let all = try await home.run("hold", "list", "--released", "--json").lines(Hold.self)
            #expect(all.count == 1 && all[0].releasedAt != nil)
            #expect(all[0].releasedBy == Home.admin && all[0].releaseReason == "settled")
            #expect(try await home.run("hold", "list", "--released").output.contains("settled"))
            try await #expect(erase(home, "--job", "last", "--row", "1", "--yes").code == 0)
            try await expectSound(home, erased: 0, redacted: 3)
        }
    }
}
