import Foundation
import Glibc
import Testing

extension ReportTests {
    @Suite("What leaves the log is said in the log", .timeLimit(.minutes(20)))
    struct DisclosureTests {
        private static let file = "Id,Name\n1,Ada Lovelace\n2,\"=HYPERLINK(\"\"http://x\"\")\"\nx,Katherine Johnson\n"

        private func homeWithJob() async throws -> (home: Home, job: String) {
            let home = try await Home.prepared()
            try home.write("people.csv", Self.file)
            try home.write("people.yaml", ErasureTests.mapping)
            let run: RunAnswer = try await home.run("run", "people.csv", "--mapping", "people.yaml", "--json").json()
            #expect(run.accepted == 2 && run.rejected == 1)
            return (home, run.jobId)
        }

        private struct Disclosure: Decodable {
            var type: String
            var payload: Payload
            var personal: Personal?
            struct Payload: Decodable {
                var kind: String?
                var what: String?
                var format: String?
                var stream: String?
                var only: String?
                var limit: Int?
                var head: Int?
                var rows: Int?
                var bytes: Int?
                var reason: String?
            }
            struct Personal: Decodable {
                var fileName: String?
                var sha256: String?
            }
        }

        private func disclosures(_ home: Home) async throws -> [Disclosure] {
            try await home.run("events", "--type", "disclosure.*", "--json").lines()
        }

        private func hash(_ home: Home, _ name: String) async throws -> String {
            let ended = try await home.start(program: ["/usr/bin/sha256sum", "\(home.folder)/\(name)"]).end()
            return String(ended.output.prefix(64))
        }

        private func read(_ home: Home, _ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/\(name)")), as: UTF8.self)
        }

        @Test("each export and report is begun and completed in the log, with what identifies the file")
        func events() async throws {
            let (home, job) = try await homeWithJob()
            let size = try await home.logSize()
            let commands: [(arguments: [String], file: String, what: String, rows: Int)] = [
                (["jobs", "results", job, "--out", "results.csv"], "results.csv", "results", 3),
                (
                    ["jobs", "results", "last", "--status", "accepted", "--out", "accepted.txt", "--format", "json"],
                    "accepted.txt", "results", 2
                ),
                (["jobs", "errors", job, "--out", "errors.json", "--limit", "5"], "errors.json", "errors", 1),
                (["events", "--type", "job.*", "--out", "events.csv"], "events.csv", "events", 5),
                (["report", "audit", "--out", "audit.html"], "audit.html", "audit", size + 8),
                (["report", "jobs", "--out", "jobs.csv"], "jobs.csv", "jobs", 1),
            ]
            for (number, command) in commands.enumerated() {
                let ended = try await home.start(command.arguments).end()
                #expect(ended.code == 0, "\(command.arguments): \(ended)")
                #expect(try await home.logSize() == size + 2 * (number + 1))
                let (made, completed) = try #require(
                    try await disclosures(home).suffix(2).withExactlyTwo, "\(command.arguments)")
                #expect(made.type == "disclosure.made" && completed.type == "disclosure.completed")
                #expect(made.payload.what == command.what && made.payload.head == size + 2 * number)
                #expect(made.payload.kind == (command.arguments[0] == "report" ? "report" : "export"))
                #expect(made.personal?.fileName == command.file)
                #expect(completed.payload.rows == command.rows, "\(command.arguments)")
                #expect(completed.personal?.sha256 == (try await hash(home, command.file)))
                var status = stat()
                #expect(stat("\(home.folder)/\(command.file)", &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600 && Int(status.st_size) == completed.payload.bytes)
            }
            #expect(
                try await disclosures(home).filter { $0.type == "disclosure.made" }.map(\.payload.only)
                    == [nil, "accepted", nil, "job.*", nil, nil])
            let rows = try await home.sql(
                "SELECT count(*), count(sha256), count(*) FILTER (WHERE status = 'completed') FROM disclosures")
            #expect(rows == ["6|6|6"])
            let left = try FileManager.default.contentsOfDirectory(atPath: home.folder)
            #expect(!left.contains { $0.hasSuffix(".partial") })
            #expect(try read(home, "jobs.csv.about.json").contains(try await hash(home, "jobs.csv")))
            try await home.expectSoundness(of: [])
        }

        @Test(
            "reading on the screen or through a pipe leaves no event; a report on standard output does, with its hash")
        func screen() async throws {
            let (home, job) = try await homeWithJob()
            let size = try await home.logSize()
            try await home.run("jobs", "results", job, "--json", expecting: 0)
            try await home.run("jobs", "errors", job, expecting: 0)
            try await home.run("events", "--json", expecting: 0)
            #expect(try await home.logSize() == size)
            let ended = try await home.run("report", "access", "--format", "json")
            #expect(ended.code == 0)
            try home.write("seen", ended.output)
            let seen = try await disclosures(home)
            #expect(seen.map(\.type) == ["disclosure.made", "disclosure.completed"])
            #expect(seen.first?.personal?.fileName == nil && seen.last?.payload.bytes == ended.output.utf8.count)
            #expect(seen.last?.personal?.sha256 == (try await hash(home, "seen")))
        }

        @Test("where the log does not take the event nothing is given, not a byte and not a file")
        func failClosed() async throws {
            let (home, job) = try await homeWithJob()
            _ = try await home.sql(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
                CREATE TRIGGER refuse BEFORE INSERT ON audit_logs FOR EACH ROW WHEN (NEW.event_type = 'disclosure.made')
                    EXECUTE FUNCTION refuse()
                """)
            let size = try await home.logSize()
            for arguments in [
                ["jobs", "results", job, "--out", "out.csv"], ["jobs", "errors", job, "--out", "out.json"],
                ["events", "--out", "out.csv"], ["report", "audit", "--out", "out.html"],
                ["report", "access", "--format", "json"], ["report", "jobs", "--format", "csv"],
            ] {
                let ended = try await home.start(arguments).end()
                #expect(ended.code == 1 && ended.output == "", "\(arguments): \(ended)")
                #expect(ended.errors.contains("nothing was given") && ended.errors.contains("not today"), "\(ended)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: home.folder)
            #expect(!left.contains { $0.hasPrefix("out.") || $0.hasSuffix(".partial") }, "\(left)")
            #expect(try await home.logSize() == size)
        }

        @Test("a file has its name only when the log says that it is complete")
        func noCompletion() async throws {
            let (home, job) = try await homeWithJob()
            _ = try await home.sql(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
                CREATE TRIGGER refuse BEFORE INSERT ON audit_logs FOR EACH ROW WHEN (NEW.event_type = 'disclosure.completed')
                    EXECUTE FUNCTION refuse()
                """)
            let ended = try await home.run("jobs", "results", job, "--out", "out.csv")
            #expect(ended.code == 1 && ended.errors.contains("not today"), "\(ended)")
            let left = try FileManager.default.contentsOfDirectory(atPath: home.folder)
            #expect(!left.contains { $0.hasPrefix("out.") || $0.hasSuffix(".partial") }, "\(left)")
            #expect(try await disclosures(home).map(\.type) == ["disclosure.made", "disclosure.failed"])
            #expect(try await disclosures(home).last?.payload.reason == "error")
        }

        @Test("a reader that goes away, and an interruption, are said; a kill leaves a beginning without an end")
        func broken() async throws {
            let home = try await Home.prepared()
            try await home.fill(settings: 10_000)
            let head = try await home.start(
                program: ["/bin/sh", "-c", "\(Home.program) report audit --format json | head -c 100000 >/dev/null"]
            ).end()
            #expect(head.code == 0, "\(head)")
            var seen = try await disclosures(home)
            #expect(seen.map(\.type) == ["disclosure.made", "disclosure.failed"])
            #expect(seen.last?.payload.reason == "reader_gone" && seen.last?.payload.bytes ?? 0 >= 100_000)

            for signal in [SIGINT, SIGKILL] {
                let program = try home.start(["report", "audit", "--out", "audit.html"])
                while try !FileManager.default.contentsOfDirectory(atPath: home.folder).contains(where: {
                    $0.hasSuffix(".partial") && Home.size("\(home.folder)/\($0)") > 100_000
                }) {
                    try #require(program.isRunning)
                    try await Task.sleep(for: .milliseconds(2))
                }
                program.send(signal)
                #expect(try await program.end().code == 128 + signal)
                #expect(access("\(home.folder)/audit.html", F_OK) != 0)
                seen = try await disclosures(home)
                #expect(
                    seen.suffix(2).map(\.type)
                        == (signal == SIGINT
                            ? ["disclosure.made", "disclosure.failed"] : ["disclosure.failed", "disclosure.made"]))
            }
            let outcomes = try await home.sql("SELECT status, reason FROM disclosures ORDER BY position")
            #expect(outcomes == ["failed|reader_gone", "failed|interrupted", "made|"])
            let report = try await home.run("report", "access", "--format", "csv", expecting: 0)
            #expect(report.output.contains(",made,"), "\(report.output)")
        }

        @Test(
            "a file that is there is not replaced without --force; what cannot be a file is refused before anything is said"
        )
        func files() async throws {
            let (home, job) = try await homeWithJob()
            let size = try await home.logSize()
            try home.write("there.csv", "mine")
            mkdir("\(home.folder)/folder.csv", 0o755)
            symlink("there.csv", "\(home.folder)/link.csv")
            for refusal in [
                Refusal("jobs results \(job) --out there.csv", "there.csv is there already", "--force"),
                Refusal("report audit --out there.csv", "there.csv is there already"),
                Refusal("jobs errors \(job) --out folder.csv --force", "is a folder"),
                Refusal("jobs errors \(job) --out link.csv --force", "no regular file"),
                Refusal("events --out nowhere/x.csv", "cannot be made"),
                Refusal("events --out x", "--format", code: 64), Refusal("events --format csv", "--out", code: 64),
                Refusal("events --out x.csv --follow", "--follow", code: 64),
                Refusal("report audit", "--format", code: 64),
                Refusal("report nothing --format csv", "audit", code: 64),
                Refusal("report audit --format csv --from yesterday", "is no time", code: 64),
                Refusal("report jobs --format csv --resource user/x", "a job or a mapping", code: 64),
                Refusal("events --out x.csv --type ann@example.com", "event type", code: 64),
            ] { try await refusal.check(in: home, logSize: size) }
            #expect(try read(home, "there.csv") == "mine")
            try await home.run("jobs", "results", job, "--out", "there.csv", "--force", expecting: 0)
            #expect(try read(home, "there.csv").hasPrefix("row,status,output,errors,cells,skipped\r\n"))
        }

        @Test("erasing what names the file leaves the rest, in the table and in the report")
        func erased() async throws {
            let (home, job) = try await homeWithJob()
            try await home.run("jobs", "results", job, "--out", "ada-lovelace.csv", expecting: 0)
            let stays = try await home.run(
                "erase", "--job", job, "--basis", "gdpr-17", "--reason", "r", "--dry-run", expecting: 0)
            #expect(stays.output.contains("names and hashes of files that reports and exports"), "\(stays)")
            let stream = try #require(try await home.sql("SELECT id FROM disclosures").first)
            try await home.run(
                "erase", "--stream", "disclosure/\(stream)", "--basis", "gdpr-17", "--reason", "r", "--yes",
                expecting: 0)
            #expect(
                try await home.sql("SELECT file_name, sha256, login, status, rows FROM disclosures") == [
                    "|||completed|3"
                ])
            let report = try await home.run("report", "access", "--format", "json", expecting: 0)
            #expect(!report.output.contains("ada-lovelace"))
            try await home.expectSoundness(of: [])
        }
    }
}

extension ArraySlice {
    /// Both, where there are two.
    fileprivate var withExactlyTwo: (Element, Element)? {
        count == 2 ? (self[startIndex], self[startIndex + 1]) : nil
    }
}

extension Home {
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Lengthens the log by changes of settings, made by the first user.
    func fill(settings count: Int) async throws {
        _ = try await sql(
            """
            SET atlas2.role = 'system';
            SELECT set_config('atlas2.tenant_id', tenant_id::text, false) FROM tenants;
            SELECT count(*) FROM tenants t, users u, generate_series(1, \(count / 1000)) page, LATERAL (
                SELECT count(*) FROM audit_append(t.tenant_id, (
                    SELECT array_agg(ROW(1, gen_random_uuid(), 'setting', md5('setting ' || n % 10)::uuid, NULL, 'setting.changed',
                        1, u.id, NULL, NULL, json_build_object('key', 'setting_' || n % 10, 'value', page * 1000 + n),
                        '{"login":"filler@host"}', NULL, NULL)::audit_append_event)
                    FROM generate_series(1, 1000) n))) a
            """)
    }
}
