import Foundation
import Testing

extension CommandTests.CorrectionFileTests {
    @Suite("Odd files and jobs whose rows come back", .timeLimit(.minutes(30)))
    struct OddFixTests {
        private static func mapping(_ onReject: String = "skip") -> String {
            """
            name: members
            api:
              name: members-api
              type: rest_api
              base_url: https://example.com/v1
              auth_type: none
              fields:
                - {name: id, type: integer, required: true}
                - {name: name, type: string}
                - {name: age, type: integer}
            mappings:
              id: $id | to_integer
              name: $name
              age: $age | to_integer
            checks:
              - unique: [id]
            on_reject: \(onReject)
            """
        }
        private static let head = "_row,_field,_error,id,name,age\n"

        private static func home(
            _ rows: some Sequence<UInt8>, onReject: String = "skip", expecting code: Int32 = 2
        ) async throws -> Home {
            let home = try await Home.prepared()
            try home.write("rows.csv", rows)
            try home.write("rows.yaml", mapping(onReject))
            try await home.run("run", "rows.csv", "--mapping", "rows.yaml", expecting: code)
            return home
        }

        private static func statuses(_ home: Home) async throws -> [String] {
            let read = try await home.run("jobs", "results", "last", "--json").lines(ResultAnswer.self).map(\.status)
            #expect(try await home.sql("SELECT status FROM processing_results ORDER BY row") == read)
            return read
        }

        @Test(
            "in UTF-16 as in other encodings the file goes out, is corrected, and comes back",
            arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian, .isoLatin1, .utf8])
        func encodings(_ encoding: String.Encoding) async throws {
            let text = "id;name;age\n1;Zoë;4\nx2;Jörg;5\n3;Ann;six\n"
            let data = try #require(text.data(using: encoding))
            let mark: [UInt8] = encoding == .utf16LittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]
            let isUTF16 = encoding != .isoLatin1 && encoding != .utf8
            let home = try await Self.home((isUTF16 ? mark : []) + data)
            try await home.run("jobs", "errors", "last", "--to", "csv", "--out", "rejected.csv", expecting: 0)
            let written = try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/rejected.csv"))
            let words = try #require(String(data: isUTF16 ? written.dropFirst(2) : written, encoding: encoding))
            let corrected = words.replacing(";x2;", with: ";2;").replacing(";six", with: ";6")
            try home.write("fixed.csv", (isUTF16 ? mark : []) + (try #require(corrected.data(using: encoding))))
            try await home.run("jobs", "fix", "last", "fixed.csv", expecting: 0)
            #expect(try await Self.statuses(home) == ["accepted", "accepted", "accepted"])
            let names = "SELECT output->>'name', output->>'age' FROM processing_results ORDER BY row"
            #expect(try await home.sql(names) == ["Zoë|4", "Jörg|5", "Ann|6"])
            try await home.run("jobs", "fix", "last", "rejected.csv", expecting: 1)
        }

        @Test("a row with a wrong number of cells is fixed when it has the right one, and else stays as it is")
        func ragged() async throws {
            let home = try await Self.home(
                "id,name,age\n1,Ann,1\n2,Bob\n3,C,i,3\n4,D,4,\n5,E,5\n6,F,6\n7,G,7\n8,H,8\n".utf8)
            try await home.run("jobs", "errors", "last", "--to", "csv", "--out", "rejected.csv", expecting: 0)
            let same = try await home.run("jobs", "fix", "last", "rejected.csv", expecting: 0)
            #expect(same.output.hasPrefix("3 rows given: 0 accepted, 0 rejected again, 0 skipped, 3 unchanged\n"))
            try home.write("fixed.csv", Self.head + "2,,,2,Bob,2\n3,,,3,\"C,i\",3\n4,,,4,D,4,,\n")
            let ended = try await home.run("jobs", "fix", "last", "fixed.csv", expecting: 2)
            #expect(ended.output.hasPrefix("3 rows given: 2 accepted, 1 rejected again, 0 skipped, 0 unchanged\n"))
            #expect(ended.output.contains("8 = 7 accepted + 1 rejected + 0 skipped"), "\(ended)")
            #expect(
                try await Self.statuses(home).prefix(5) == ["accepted", "accepted", "accepted", "rejected", "accepted"])
            let errors = try await home.run("jobs", "errors", "last", "--json").lines(ErrorAnswer.self)
            #expect(errors.map(\.code) == ["wrong_cell_count"])
            #expect(errors.first?.message.hasPrefix("record 4, line 5: has 5 cells where 3 are expected") == true)
        }

        @Test("what is refused in a fixed row and left blank stands beside its output")
        func warnings() async throws {
            let home = try await Self.home("id,name,age\n1,Ann,1\n1,Bob,2\n".utf8, onReject: "null_value")
            try home.write("fixed.csv", Self.head + "2,,,2,Bob,old\n")
            try await home.run("jobs", "fix", "last", "fixed.csv", expecting: 0)
            let results = try await home.run("jobs", "results", "last", "--json").lines(ResultAnswer.self)
            #expect(
                results.map { "\($0.status) \($0.errors.map { "\($0.line) \($0.code)" })" } == [
                    "accepted []", "accepted [\"3 not_an_integer\"]",
                ])
            let read =
                "SELECT output->>'id', output->>'age', line, errors->0->>'code' FROM processing_results ORDER BY row"
            #expect(try await home.sql(read) == ["1|1||", "2||3|not_an_integer"])
        }

        @Test("fixes follow one another: a row has its last result, and each is unique against all others")
        func several() async throws {
            let rows = (1...9000).map { $0 % 3000 == 0 ? "x\($0),N,1\n" : "\($0),N,1\n" }.joined()
            let home = try await Self.home(("id,name,age\n" + rows).utf8)
            for (number, content, code) in [
                (1, "9000,,,3000,N,1\n6000,,,6000,N,one\n", 2), (2, "3000,,,3000,N,1\n6000,,,6000,N,2\n", 2),
                (3, "3000,,,3000,N,7\n", 2), (4, "3000,,,9000,N,3\n", 0),
            ] as [(Int, String, Int32)] {
                try home.write("\(number).csv", Self.head + content)
                try await home.run("jobs", "fix", "last", "\(number).csv", expecting: code)
            }
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(job.totals == Totals(rows: 9000, accepted: 9000, rejected: 0))
            let found =
                "SELECT row, output->>'id', output->>'age' FROM processing_results WHERE row % 3000 = 0 ORDER BY row"
            #expect(try await home.sql(found) == ["3000|9000|3", "6000|6000|2", "9000|3000|1"])
            #expect(try await home.sql("SELECT count(*), count(DISTINCT row) FROM processing_results") == ["9000|9000"])
            try await home.run("projections", "verify", expecting: 0)
        }

        @Test("when a row was erased, others can still be fixed, and its key is free")
        func erased() async throws {
            let home = try await Self.home("id,name,age\n1,Ann,1\n2,Bob,2\n1,Cid,3\n".utf8)
            let run: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            try await home.run(
                "erase", "--job", run.id, "--row", "1", "--basis", "gdpr-17", "--reason", "asked", "--yes",
                expecting: 0)
            try home.write("taken.csv", Self.head + "3,,,2,Cid,3\n")
            try await home.run("jobs", "fix", "last", "taken.csv", expecting: 2)
            try home.write("free.csv", Self.head + "3,,,1,Cid,3\n")
            try await home.run("jobs", "fix", "last", "free.csv", expecting: 0)
            #expect(try await Self.statuses(home) == ["erased", "accepted", "accepted"])
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(job.totals == Totals(rows: 3, accepted: 3, rejected: 0))
        }

        @Test("where a part of the file was erased nobody can tell what is unique")
        func withoutFile() async throws {
            let text = try #require("id,name,age\n1,Ann,1\n2,Bob,2\n1,Cid,3\n".data(using: .utf16LittleEndian))
            let home = try await Self.home([0xFF, 0xFE] + text)
            let run: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            try await home.run(
                "erase", "--job", run.id, "--row", "1", "--basis", "gdpr-17", "--reason", "asked", "--yes",
                expecting: 0)
            try home.write("fixed.csv", Self.head + "3,,,3,Cid,3\n")
            try await Refusal("jobs fix last fixed.csv", "a part of the file", "was erased")
                .check(in: home, logSize: try await home.logSize())
            try await home.run(
                "erase", "--job", run.id, "--basis", "gdpr-17", "--reason", "asked", "--yes", expecting: 0)
            try await Refusal("jobs fix last fixed.csv", "were erased")
                .check(in: home, logSize: try await home.logSize())
        }

        @Test("an erasure that comes between is not undone: the fix gives way, and says so")
        func erasureBetween() async throws {
            let home = try await Self.home("id,name,age\n1,Ann,1\nx,Bob,2\n".utf8)
            let run: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            try home.write("fixed.csv", Self.head + "2,,,2,Bobby,2\n")
            func holding(until waiting: Int) throws -> ChildProgram {
                try home.start([
                    "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c",
                    """
                    DO $$ BEGIN
                        PERFORM FROM audit_log_heads FOR UPDATE;
                        LOOP
                            PERFORM pg_stat_clear_snapshot();
                            EXIT WHEN (SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock') >= \(waiting);
                            PERFORM pg_sleep(0.01);
                        END LOOP;
                    END $$
                    """,
                ])
            }
            func waitFor(_ count: Int, _ condition: String) async throws {
                while try await home.sql("SELECT count(*) >= \(count) FROM pg_stat_activity WHERE \(condition)") != [
                    "t"
                ] {}
            }
            let holder = try holding(until: 2)
            try await waitFor(1, "query LIKE 'DO %' AND wait_event = 'PgSleep'")
            let erase = try home.start([
                "erase", "--job", run.id, "--row", "2", "--basis", "gdpr-17", "--reason", "asked", "--yes",
            ])
            try await waitFor(1, "wait_event_type = 'Lock'")
            let fix = try home.start(["jobs", "fix", "last", "fixed.csv"])
            #expect(try await holder.end().code == 0)
            let (erased, fixed) = (try await erase.end(), try await fix.end())
            #expect(erased.code == 0, "\(erased)")
            #expect(fixed.code == 1 && fixed.errors.contains("give the file again"), "\(fixed)")
            #expect(try await Self.statuses(home) == ["accepted", "erased"])
            let kept =
                "SELECT count(*) FROM audit_logs WHERE convert_from(attachment, 'UTF8') LIKE '%Bobby%' AND event_type LIKE 'job.rows%'"
            #expect(try await home.sql(kept) == ["0"])
            try await Refusal("jobs fix last fixed.csv", "fixed.csv:2: row 2 is erased")
                .check(in: home, logSize: try await home.logSize())
        }

        @Test("only a completed job is fixed, by who may run jobs, with a file that is not too large")
        func refused() async throws {
            let home = try await Self.home(
                "id,name,age\n1,Ann,1\nx,Bob,2\n".utf8, onReject: "stop", expecting: 1)
            try home.write("fixed.csv", Self.head + "2,,,2,Bob,2\n")
            try await Refusal("jobs fix last fixed.csv", "is failed", "run it again")
                .check(in: home, logSize: try await home.logSize())
            try home.write("rows.yaml", Self.mapping())
            try await home.run("run", "rows.csv", "--mapping", "rows.yaml", expecting: 2)
            try await home.run("users", "add", "eve@example.com", "--role", "auditor", expecting: 0)
            try await home.run("users", "add", "bob@example.com", "--role", "user", expecting: 0)
            let size = try await home.logSize()
            try await Refusal("jobs fix last fixed.csv --as eve@example.com", "fix rows").check(in: home, logSize: size)
            try await Refusal("jobs fix last fixed.csv --as bob@example.com", "there is no job")
                .check(in: home, logSize: size)
            try await Refusal("jobs fix last .", "a folder").check(in: home, logSize: size)
            try await home.run("settings", "set", "max_file_size", "40", expecting: 0)
            try await Refusal("jobs fix last fixed.csv", "max_file_size allows 40")
                .check(in: home, logSize: try await home.logSize())
        }
    }
}
