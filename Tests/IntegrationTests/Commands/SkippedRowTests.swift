import Foundation
import Testing

extension CommandTests {
    @Suite("Rows that a mapping leaves out", .timeLimit(.minutes(20)))
    struct SkippedRowTests {
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

        @Test("they are counted apart, everywhere, and rows = accepted + rejected + skipped")
        func counted() async throws {
            let home = try await Home.prepared()
            try home.write(
                "rows.csv", "id,name,state\n1,Ann,here\n2,,gone\nx,Cid,here\n1,Dan,gone\n,,gone\n6,Eve,here\n")
            try home.write("rows.yaml", Self.mapping)
            let run: RunAnswer = try await home.run("run", "rows.csv", "--mapping", "rows.yaml", "--json").json()
            #expect(run.totals == Totals(rows: 6, accepted: 2, rejected: 1, skipped: 3), "\(run)")
            let shown = try await home.run("jobs", "show", "last", expecting: 0)
            #expect(shown.output.contains("rows      6 = 2 accepted + 1 rejected + 3 skipped"), "\(shown)")
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(job.totals == run.totals)
            let results = try await home.run("jobs", "results", "last", "--json").lines(ResultAnswer.self)
            #expect(
                results.map(\.status) == ["accepted", "skipped", "rejected", "skipped", "skipped", "accepted"],
                "\(results)")
            let only = try await home.run("jobs", "results", "last", "--status", "skipped", "--json", expecting: 0)
            #expect(
                only.output.split(separator: "\n").first
                    == #"{"row":2,"status":"skipped","output":null,"errors":[],"skipped":{"line":3,"field":"id","rule":"drop_row_if"}}"#
            )
            let words = try await home.run("jobs", "results", "last", "--status", "skipped", expecting: 0)
            #expect(words.output.hasPrefix("2 skipped (line 3) by drop_row_if of id\n4 skipped (line 5)"), "\(words)")
            #expect(
                try await home.sql("SELECT row, status, line, output IS NULL FROM processing_results ORDER BY row").map(
                    \.self)
                    == [
                        "1|accepted||f", "2|skipped|3|t", "3|rejected|4|t", "4|skipped|5|t", "5|skipped|6|t",
                        "6|accepted||f",
                    ])
            #expect(try await home.sql("SELECT DISTINCT row FROM processing_errors") == ["3"])
            for table in ["processing_jobs", "job_statistics", "user_dashboard_stats", "user_dashboard_jobs"] {
                let sums = "SELECT processed_rows, accepted_rows, rejected_rows, skipped_rows FROM \(table)"
                #expect(try await home.sql(sums) == ["6|2|1|3"], "\(table)")
                await #expect(throws: (any Error).self, "\(table)") {
                    _ = try await home.sql("UPDATE \(table) SET skipped_rows = skipped_rows + 1")
                }
            }
            let completed = "SELECT payload->>'skipped' FROM audit_logs WHERE event_type = 'job.completed'"
            #expect(try await home.sql(completed) == ["3"])
            let report = try await home.run("report", "jobs", "--format", "csv", expecting: 0)
            #expect(report.output.contains("rejected,skipped"), "\(report)")
            try await home.run("projections", "verify", expecting: 0)
        }

        @Test("one is erased and proved like any other row")
        func erased() async throws {
            let home = try await Home.prepared()
            try home.write("rows.csv", "id,name,state\n1,Ann,here\n2,Bob,gone\n3,Cid,gone\n")
            try home.write("rows.yaml", Self.mapping)
            let run: RunAnswer = try await home.run("run", "rows.csv", "--mapping", "rows.yaml", "--json").json()
            try await home.run(
                "erase", "--job", run.jobId, "--row", "2", "--basis", "gdpr-17", "--reason", "asked", "--yes",
                expecting: 0)
            let results = try await home.run("jobs", "results", "last", "--json").lines(ResultAnswer.self)
            #expect(results.map(\.status) == ["accepted", "erased", "skipped"])
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(job.totals == Totals(rows: 3, accepted: 1, rejected: 0, skipped: 2))
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0, "\(log)")
            try await home.run("projections", "verify", expecting: 0)
        }

        @Test("a file without any is counted as before, and its events say nothing of them")
        func none() async throws {
            let home = try await Home.prepared()
            try home.write("rows.csv", "id,name,state\n1,Ann,here\n")
            try home.write("rows.yaml", Self.mapping)
            let run: RunAnswer = try await home.run("run", "rows.csv", "--mapping", "rows.yaml", "--json").json()
            #expect(run.totals == Totals(rows: 1, accepted: 1, rejected: 0, skipped: 0))
            let said = "SELECT count(*) FROM audit_logs WHERE payload::jsonb ? 'skipped'"
            #expect(try await home.sql(said) == ["0"])
        }
    }
}
