import Foundation
import Testing

extension CommandTests {
    @Suite("Dates that are two days in the formats of a mapping", .timeLimit(.minutes(20)))
    struct OpenDateTests {
        private static let mapping = """
            name: members
            api:
              name: club
              type: rest_api
              base_url: https://club.example.com/v1
              fields:
                - {name: id, type: integer, required: true}
                - {name: born, type: date}
            mappings:
              id: $id | to_integer
              born: $born | parse_date("dd/MM/yyyy", "MM/dd/yyyy")

            """

        private func home(_ rows: [String]) async throws -> Home {
            let home = try await Home.prepared()
            try home.write("rows.csv", "id,born,remark\n" + rows.joined(separator: "\n") + "\n")
            try home.write("rows.yaml", Self.mapping)
            return home
        }

        @Test("the last row of a file decides how its first is read, also in a job that was interrupted")
        func decided() async throws {
            let remark = String(repeating: "r", count: 60)
            let home = try await home((1...60_000).map { "\($0),05/06/2024,\(remark)" } + ["60001,31/12/2024,"])
            let program = try home.start(Home.job)
            try await home.hold(program, atChunk: 3)
            program.send(SIGINT)
            program.send(SIGCONT)
            #expect(try await program.end().code == 1)
            let resumed = try await home.run("jobs", "resume", "last")
            let line =
                "born is read as dd/MM/yyyy: 1 text fits only dd/MM/yyyy (first in row 60,001), none only MM/dd/yyyy, 60,000 both (first in row 1)"
            #expect(resumed.code == 0 && resumed.output.contains("  dates     \(line)\n"), "\(resumed)")
            #expect(try await home.run("jobs", "show", "last").output.contains("  dates     \(line)\n"))
            let results = try await home.run("jobs", "results", "last").output.split(separator: "\n")
            #expect(results.count == 60_001 && results[0] == #"1 accepted {"id":1,"born":"2024-06-05"}"#)
            #expect(results[50_000] == #"50001 accepted {"id":50001,"born":"2024-06-05"}"#)
            let check = try await home.run("map", "check", "rows.yaml", "--file", "rows.csv")
            #expect(check.code == 0 && check.output.contains("  dates: \(line)\n"), "\(check)")
            let pinned = try await home.sql(
                "SELECT payload->'source'->'dates'->0->>'read_as' FROM audit_logs WHERE event_type = 'job.created'")
            #expect(pinned == [#"["dd/MM/yyyy"]"#], "\(pinned)")
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            let erased = try await home.run(
                "erase", "--job", job.id, "--row", "60001", "--basis", "gdpr-17", "--reason", "asked", "--yes")
            #expect(erased.code == 0, "\(erased)")
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0, "\(log)")
        }

        @Test(
            "where both formats are proved or none is, cells that are two days are refused and named",
            arguments: [
                (
                    ["1,05/06/2024,", "2,31/12/2024,", "3,12/31/2024,", "4,06/06/2024,"],
                    "1 text fits only dd/MM/yyyy (first in row 2), 1 only MM/dd/yyyy (first in row 3), 1 both (first in row 1)"
                ),
                (
                    ["1,05/06/2024,", "2,07/07/2024,"],
                    "no texts fit only dd/MM/yyyy, none only MM/dd/yyyy, 1 both (first in row 1)"
                ),
            ])
        func open(rows: [String], words: String) async throws {
            let home = try await home(rows)
            let run = try await home.run("run", "rows.csv", "--mapping", "rows.yaml")
            #expect(run.code == 2, "\(run)")
            let line = "born stays open: \(words), which are refused as ambiguous_date"
            #expect(run.output.contains("  dates     \(line)\n"), "\(run)")
            #expect(try await home.run("map", "check", "rows.yaml", "--file", "rows.csv").output.contains(line))
            let errors = try await home.run("jobs", "errors", "last", "--json").lines(ErrorAnswer.self)
            #expect(errors.map(\.row) == [1] && errors[0].code == "ambiguous_date" && errors[0].column == "born")
            let json = try await home.run("jobs", "show", "last", "--json").output
            #expect(json.contains(#""read_as":["dd/MM/yyyy","MM/dd/yyyy"],"decided":false"#), "\(json)")
        }

        @Test("a row that is fixed is read in the format that the job's file decided")
        func fixed() async throws {
            let home = try await home(["1,05/06/2024,", "x,31/12/2024,"])
            try await home.run("run", "rows.csv", "--mapping", "rows.yaml", expecting: 2)
            try home.write("fixed.csv", "_row,_field,_error,id,born,remark\n2,,,2,07/06/2024,\n")
            try await home.run("jobs", "fix", "last", "fixed.csv", expecting: 0)
            let results = try await home.run("jobs", "results", "last").output
            #expect(results.contains(#"{"id":2,"born":"2024-06-07"}"#), "\(results)")
        }

        @Test("a file that changes behind the place where its job is fails the job")
        func changed() async throws {
            let remark = String(repeating: "r", count: 900)
            let rows = (1...30_000).map { "\($0),05/06/2024,\(remark)" }
            let home = try await home(rows + ["30001,31/12/2024,"])
            let program = try home.start(Home.job)
            try await home.hold(program, atChunk: 1)
            // In place, as a program that has the file open writes it.
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(home.folder)/rows.csv"))
            try file.seek(toOffset: file.seekToEnd() - 12)
            try file.write(contentsOf: Array("12/31/2024".utf8))
            try file.close()
            program.send(SIGCONT)
            let ended = try await program.end()
            #expect(ended.code == 1 && ended.output.contains("changed while it was being stored"), "\(ended)")
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(job.status == "failed" && job.reason == "file_changed")
        }
    }
}
