import Foundation
import Testing

extension CommandTests {
    @Suite("A table between a preamble and footnotes", .timeLimit(.minutes(20)))
    struct LayoutJobTests {
        @Test("a job that was interrupted goes on with the same rows, and a row is erased by its number")
        func job() async throws {
            let home = try await Home.prepared()
            let csv = GeneratedFile(rows: 120_000, width: 0, seed: 1).csv
            let text = "Members\nas of June\n\n" + csv + "\nSource: the club's own list\n* without guests\n"
            try home.write("rows.csv", text)
            try home.write("rows.yaml", GeneratedFile.mapping)
            let program = try home.start(Home.job)
            try await home.hold(program, atChunk: 3)
            program.send(SIGINT)
            program.send(SIGCONT)
            #expect(try await program.end().code == 1)
            let run: RunAnswer = try await home.run("jobs", "resume", "last", "--json").json()
            #expect(run.status == "completed" && run.rows == 120_000, "\(run)")
            #expect(run.preambleLines == 3 && run.footerLines == 2)
            #expect(run.resumedAfter.map { $0 >= 3 * 4096 } == true)
            #expect(run.errors.allSatisfy { $0.rule != "csv" }, "\(run.errors)")
            let shown = try await home.run("jobs", "show", run.jobId)
            #expect(shown.output.contains("left out  3 lines above and 2 lines below the table"), "\(shown)")
            // The same rows as those of the table alone.
            try home.write("bare.csv", csv)
            let bare: RunAnswer = try await home.run("run", "bare.csv", "--mapping", "rows.yaml", "--json").json()
            #expect(bare.totals == run.totals && bare.preambleLines == 0 && bare.footerLines == 0)

            let erased = try await home.run(
                "erase", "--job", run.jobId, "--row", "1", "--row", "120000", "--basis", "gdpr-17", "--reason", "asked",
                "--yes")
            #expect(erased.code == 0, "\(erased)")
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            for line in [4, 120_003] { lines[line] = String(repeating: "x", count: lines[line].utf8.count) }
            let file = try await home.storedFile(run.jobId)
            #expect(file == Array(lines.joined(separator: "\n").utf8))
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0, "\(log)")
        }

        @Test("what is left out is said by detect and read, and what is given is obeyed")
        func commands() async throws {
            let home = try await Home.prepared()
            try home.write(
                "club.csv", "Members\n\nid,name,city\n1,Ann,Rome\n2,Bob,Oslo\n3,Cid,Bari\n\nSource: by hand\n")
            let read = try await home.run("csv", "read", "club.csv")
            #expect(read.code == 0 && read.output == "id,name,city\n1,Ann,Rome\n2,Bob,Oslo\n3,Cid,Bari\n", "\(read)")
            #expect(read.errors.contains("club.csv: left out 2 lines above and 1 line below the table"), "\(read)")
            let detected = try await home.run("csv", "detect", "club.csv", "--json").output
            #expect(detected.contains(#""preamble_lines":{"value":2,"#), "\(detected)")
            #expect(detected.contains(#""footer_lines":{"value":1,"#) && detected.contains(#""nulls":{"value":[]"#))
            let given = try await home.run(
                "csv", "read", "club.csv", "--preamble-lines", "3", "--header-rows", "2", "--footer-lines", "2", "--to",
                "json")
            #expect(given.output == #"{"1 2":"3","Ann Bob":"Cid","Rome Oslo":"Bari"}"# + "\n", "\(given)")
            let wrong = try await home.run("csv", "detect", "club.csv", "--no-header", "--header-rows", "1")
            #expect(wrong.code == 64 && wrong.errors.contains("--header-rows 1 contradicts --no-header"), "\(wrong)")
        }
    }
}
