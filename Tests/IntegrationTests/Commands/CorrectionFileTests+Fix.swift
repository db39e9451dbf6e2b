import Foundation
import Testing

extension CommandTests.CorrectionFileTests {
    @Suite("Rows that come back corrected", .timeLimit(.minutes(60)))
    struct FixTests {
        private static let mapping = """
            name: members
            api:
              name: members-api
              type: rest_api
              base_url: https://example.com/v1
              auth_type: none
              fields:
                - {name: id, type: integer, required: true}
                - {name: name, type: string, required: true}
            mappings:
              id: $id | drop_row_if($state == "gone") | to_integer
              name: $name
            checks:
              - unique: [id]
            """
        private static let rows = "id,name,state\n1,Ann,\nx,Bob,\n3,,\n1,Dan,\n5,Eve,\ny,,\n"
        private static let head = "_row,_field,_error,id,name,state\n"

        private static func home() async throws -> (home: Home, run: RunAnswer) {
            let home = try await Home.prepared()
            try home.write("rows.csv", rows)
            try home.write("rows.yaml", mapping)
            let run: RunAnswer = try await home.run("run", "rows.csv", "--mapping", "rows.yaml", "--json").json()
            #expect(run.totals == Totals(rows: 6, accepted: 2, rejected: 4))
            return (home, run)
        }

        private struct FixAnswer: Decodable {
            var given: Int
            var unchanged: Int
            var accepted: Int
            var rejected: Int
            var skipped: Int
            var job: JobAnswer

            var counts: [Int] { [given, unchanged, accepted, rejected, skipped] }
        }

        @Test("they are accepted, rejected again or skipped under their own numbers, and all totals reconcile")
        func fixed() async throws {
            let (home, run) = try await Self.home()
            // 5 is taken by row 5; 2 is free until row 2 takes it, so that row 6 comes too late.
            try home.write("one.csv", Self.head + "6,,,2,Fay,\n2,,,2,Bob,\n4,,,5,Dan,\n")
            let ended = try await home.run("jobs", "fix", run.jobId, "one.csv", "--json")
            #expect(ended.code == 2, "\(ended)")
            let one: FixAnswer = try ended.json()
            #expect(one.counts == [3, 0, 1, 2, 0])
            #expect(one.job.totals == Totals(rows: 6, accepted: 3, rejected: 3))
            let errors = try await home.run("jobs", "errors", "last", "--json").lines(ErrorAnswer.self)
            #expect(
                errors.map { "\($0.row) \($0.line) \($0.code)" } == ["3 4 required", "4 5 duplicate", "6 7 duplicate"])
            #expect(errors[1].message.contains("row 5 (line 6)") && errors[2].message.contains("row 2 (line 3)"))

            try home.write("two.csv", Self.head + "3,,,3,Cid,\n6,,,,,gone\n")
            let two: FixAnswer = try await home.run("jobs", "fix", "last", "two.csv", "--json", expecting: 0).json()
            #expect(two.counts == [2, 0, 1, 0, 1])
            #expect(two.job.totals == Totals(rows: 6, accepted: 4, rejected: 1, skipped: 1))
            let results = try await home.run("jobs", "results", "last", "--json").lines(ResultAnswer.self)
            let statuses = ["accepted", "accepted", "accepted", "rejected", "accepted", "skipped"]
            #expect(results.map(\.status) == statuses && results.map(\.row) == [1, 2, 3, 4, 5, 6])
            #expect(try await home.sql("SELECT status FROM processing_results ORDER BY row") == statuses)
            #expect(
                try await home.sql("SELECT row, output->>'id' FROM processing_results WHERE row IN (2, 3) ORDER BY row")
                    == ["2|2", "3|3"])
            #expect(try await home.sql("SELECT row, code FROM processing_errors ORDER BY row") == ["4|duplicate"])
            for table in ["processing_jobs", "user_dashboard_stats"] {
                let sums = "SELECT processed_rows, accepted_rows, rejected_rows, skipped_rows FROM \(table)"
                #expect(try await home.sql(sums) == ["6|4|1|1"], "\(table)")
            }
            let shown = try await home.run("jobs", "show", "last", expecting: 0)
            #expect(shown.output.contains("6 = 4 accepted + 1 rejected + 1 skipped"), "\(shown)")
            #expect(shown.output.contains("duplicate") && !shown.output.contains("required"), "\(shown)")
            let history = try await home.run("history", "job", run.jobId, "--json").lines(HistoryAnswer.self)
            #expect(history.map(\.action).suffix(2) == ["job.rows_fixed", "job.rows_fixed"])
            try await home.run("projections", "verify", expecting: 0)
            try await home.run("projections", "rebuild", expecting: 0)
            let rebuilt: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(rebuilt.totals == two.job.totals)
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0)
        }

        @Test("a file that was given before, or not changed, appends nothing")
        func again() async throws {
            let (home, _) = try await Self.home()
            try await home.run("jobs", "errors", "last", "--to", "csv", "--out", "rejected.csv", expecting: 0)
            let size = try await home.logSize()
            let same: FixAnswer = try await home.run("jobs", "fix", "last", "rejected.csv", "--json", expecting: 0)
                .json()
            #expect(same.counts == [4, 4, 0, 0, 0])
            #expect(try await home.logSize() == size)
            try home.write("one.csv", Self.head + "2,,,2,Bob,\n4,,,1,Dan B.,\n6,,,,,gone\n")
            try await home.run("jobs", "fix", "last", "one.csv", expecting: 2)
            let grown = try await home.logSize()
            #expect(grown == size + 1)
            let twice: FixAnswer = try await home.run("jobs", "fix", "last", "one.csv", "--json", expecting: 0).json()
            #expect(twice.counts == [3, 3, 0, 0, 0])
            #expect(try await home.logSize() == grown)
        }

        @Test("what cannot be taken is refused before anything is appended")
        func refused() async throws {
            let (home, run) = try await Self.home()
            let size = try await home.logSize()
            let good = "2,,,2,Bob,\n"
            for (name, content, words) in [
                ("unknown", Self.head + good + "7,,,7,Gil,\n", ["unknown.csv:3: ", "has no row 7", "1 to 6"]),
                ("twice", Self.head + good + good, ["twice.csv:3: ", "row 2 stands on line 2 already"]),
                ("accepted", Self.head + good + "1,,,9,Ann,\n", ["accepted.csv:3: ", "row 1 is accepted"]),
                ("number", Self.head + good + "two,,,2,Bob,\n", ["number.csv:3: ", "_row is no number"]),
                ("zero", Self.head + "0,,,2,Bob,\n", ["zero.csv:2: ", "_row is no number"]),
                (
                    "other", "_row,_field,_error,id,name\n2,,,2,Bob\n",
                    ["has the columns", "_row, _field, _error, id, name, state"]
                ),
                ("bare", "id,name,state\n2,Bob,\n", ["has the columns id, name, state"]),
                ("quote", Self.head + "2,,,\"2,Bob,\n", ["quote.csv:2: "]),
            ] {
                try home.write("\(name).csv", content)
                var refusal = Refusal("jobs fix \(run.jobId) \(name).csv")
                refusal.words = words
                try await refusal.check(in: home, logSize: size)
            }
            try home.write("empty.csv", "")
            try await Refusal("jobs fix last empty.csv", "is empty").check(in: home, logSize: size)
            try await Refusal("jobs fix last nowhere.csv", "nowhere.csv").check(in: home, logSize: size)
            try await home.run(
                "erase", "--job", run.jobId, "--row", "2", "--basis", "gdpr-17", "--reason", "asked", "--yes",
                expecting: 0)
            try home.write("erased.csv", Self.head + good)
            try await Refusal("jobs fix last erased.csv", "erased.csv:2: row 2 is erased")
                .check(in: home, logSize: try await home.logSize())
        }

        @Test("a row that was fixed is erased in every result that it had, and proved by its last one")
        func erasedAndProved() async throws {
            let (home, run) = try await Self.home()
            try home.write("one.csv", Self.head + "2,,,2,Bobby,\n3,,,3,Cid,\n4,,,1,Dan,x\n")
            try await home.run("jobs", "fix", "last", "one.csv", expecting: 2)
            let key: KeyAnswer = try await home.run("log", "key", "show", "--json", expecting: 0).json()
            try await home.run("log", "checkpoint", expecting: 0)
            try await home.run("log", "prove", "--job", "last", "--row", "3", "--out", "p", expecting: 0)
            let file = "p/\(run.jobId)-row-3.json"
            let proof = try String(contentsOfFile: "\(home.folder)/\(file)", encoding: .utf8)
            #expect(proof.contains("Cid") && !proof.contains("Bobby"), "\(proof)")
            try await home.run("log", "export", "log", expecting: 0)
            let go = try await GoVerifier.check("log", key: key.key, proofs: "p", in: home)
            #expect(go.code == 0 && go.output.hasSuffix(", 2 proofs\n"), "\(go)")
            let held = try await home.run("log", "verify", "--proof", file, "--key", key.key)
            #expect(held.code == 0 && held.output.contains("the proof holds"), "\(held)")
            try home.write("forged.json", proof.replacing("\"row\": 3", with: "\"row\": 2"))
            let forged = try await home.run("log", "verify", "--proof", "forged.json", "--key", key.key)
            #expect(forged.code == 1, "\(forged)")

            try await home.run(
                "erase", "--job", run.jobId, "--row", "2", "--basis", "gdpr-17", "--reason", "asked", "--yes",
                expecting: 0)
            let kept = try await home.sql(
                "SELECT count(*) FROM audit_logs WHERE convert_from(attachment, 'UTF8') LIKE '%Bobby%' AND event_type LIKE 'job.rows%'"
            )
            #expect(kept == ["0"])
            let results = try await home.run("jobs", "results", "last", "--json").lines(ResultAnswer.self)
            #expect(results.map(\.status) == ["accepted", "erased", "accepted", "rejected", "accepted", "rejected"])
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0, "\(log)")
            try await home.run("log", "prove", "--job", "last", "--row", "3", "--out", "q", expecting: 0)
            try await home.run("projections", "verify", expecting: 0)
        }

        /// A job of which every row is rejected, and the file in which all of them are corrected.
        private static func many(_ count: Int) async throws -> Home {
            let home = try await Home.prepared()
            try home.write("rows.csv", "id,name,state\n" + (1...count).map { "x\($0),N\($0),\n" }.joined())
            try home.write("rows.yaml", mapping)
            try await home.run("run", "rows.csv", "--mapping", "rows.yaml", expecting: 2)
            try home.write("fixed.csv", head + (1...count).map { "\($0),,,\($0),N\($0),\n" }.joined())
            return home
        }

        @Test("killed in the middle it goes on: each row is fixed once")
        func killed() async throws {
            let count = 40_000
            let home = try await Self.many(count)
            var kills = 0
            while kills < 20 {
                let program = try home.start(["jobs", "fix", "last", "fixed.csv", "--json"])
                let before = try await home.sql("SELECT count(*) FROM audit_logs WHERE event_type = 'job.rows_fixed'")
                while program.isRunning,
                    try await home.sql("SELECT count(*) FROM audit_logs WHERE event_type = 'job.rows_fixed'") == before
                {}
                kills += 1
                program.send(SIGKILL)
                if try await program.end().code == 0 { break }
            }
            let last: FixAnswer = try await home.run("jobs", "fix", "last", "fixed.csv", "--json", expecting: 0).json()
            #expect(last.given == count && last.unchanged + last.accepted == count)
            #expect(last.job.totals == Totals(rows: count, accepted: count, rejected: 0))
            let fixed = try await home.sql(
                """
                SELECT count(*), count(DISTINCT i::int) FROM audit_logs, json_array_elements_text(payload->'of') i
                WHERE event_type = 'job.rows_fixed'
                """)
            #expect(fixed == ["\(count)|\(count)"])
            try await home.run("projections", "verify", expecting: 0)
        }

        @Test("of two at once one wins, and the other says so")
        func together() async throws {
            let count = 40_000
            let home = try await Self.many(count)
            let first = try home.start(["jobs", "fix", "last", "fixed.csv", "--json"])
            let second = try home.start(["jobs", "fix", "last", "fixed.csv", "--json"])
            let ended = [try await first.end(), try await second.end()]
            // One may also begin when the other is through: then it finds nothing to do.
            #expect(ended.contains { $0.code == 0 }, "\(ended)")
            for one in ended where one.code != 0 {
                #expect(one.code == 1 && one.errors.contains("is being worked on right now"), "\(one)")
            }
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(job.totals == Totals(rows: count, accepted: count, rejected: 0))
            let fixed =
                "SELECT sum(json_array_length(payload->'of')) FROM audit_logs WHERE event_type = 'job.rows_fixed'"
            #expect(try await home.sql(fixed) == ["\(count)"])
        }
    }
}
