import Testing

extension CommandTests {
    @Suite("Limits of cells, records and columns", .timeLimit(.minutes(20)))
    struct LimitJobTests {
        private static let mapping = """
            name: rows
            api: {name: x, fields: [{name: id, type: integer}, {name: text}]}
            source: {delimiter: ",", quote: '"', header: true}
            mappings: {id: $id, text: $text}
            """

        /// The second row has an open quote, which takes all behind it as long as cells may be long.
        private static let file = "id,text\n1,a\n2,\"open\n3,c\n4,\(String(repeating: "d", count: 90))\n5,e\n6,f\n"

        @Test("a job reads with its tenant's limits, pins them, and rows keep their numbers when the settings change")
        func pinned() async throws {
            let home = try await Home.prepared()
            try home.write("rows.csv", Self.file)
            try home.write("rows.yaml", Self.mapping)
            try await home.run("settings", "set", "max_cell_bytes", "40", expecting: 0)
            let run: RunAnswer = try await home.run("run", "rows.csv", "-m", "rows.yaml", "--json").json()
            #expect(run.errors.map(\.code) == ["cell_too_long"], "\(run)")
            let source = "SELECT source->>'max_cell_bytes', source->>'max_columns' FROM processing_jobs"
            #expect(try await home.sql(source) == ["40|"])
            let before = try await home.run("jobs", "results", "last", expecting: 0).output
            #expect(before.contains("{\"id\":6,\"text\":\"f\"}"), "\(before)")
            let last = try #require(before.split(separator: "\n").last?.split(separator: " ").first.map(String.init))

            try await home.run("settings", "set", "max_cell_bytes", "1048576", expecting: 0)
            try await home.run(
                "erase", "--job", run.jobId, "--row", last, "--basis", "gdpr-17", "--reason", "asked", "--yes",
                expecting: 0)
            let after = try await home.run("jobs", "results", "last", expecting: 0).output
            #expect(!after.contains("\"id\":6") && after.contains("\"id\":5"), "\(after)")
            let log: LogAnswer = try await home.run("log", "verify", "--json").json()
            #expect(log.sound && log.problemCount == 0, "\(log)")
            let file = try await home.sql(
                "SELECT count(*) FROM audit_logs WHERE event_type = 'job.file_chunk_stored' AND attachment IS NOT NULL")
            #expect(file == ["1"], "the row is blanked, and the rest of the file stays")

            let again: RunAnswer = try await home.run("run", "rows.csv", "-m", "rows.yaml", "--again", "--json").json()
            #expect(again.errors.map(\.code) == ["unclosed_quote"], "\(again)")
        }

        @Test("csv read and detect take the limits as options; wrong ones are refused")
        func options() async throws {
            let home = try Home()
            try home.write("rows.csv", Self.file)
            let quote = ["--delimiter", ",", "--quote", "\"", "--header"]
            let read = try await home.start(["csv", "read", "rows.csv", "--max-cell-bytes", "40"] + quote).end()
            #expect(read.code == 2 && read.output.hasSuffix("5,e\n6,f\n"), "\(read)")
            #expect(read.errors.contains("exceeds 40 bytes") && read.errors.contains("raise max_cell_bytes"), "\(read)")
            let whole = try await home.start(["csv", "read", "rows.csv"] + quote).end()
            #expect(whole.output == "id,text\n1,a\n", "\(whole)")
            let narrow = try await home.start(["csv", "read", "rows.csv", "--max-columns", "1"] + quote).end()
            #expect(narrow.errors.contains("raise max_columns"), "\(narrow)")
            let short = try await home.start(["csv", "read", "rows.csv", "--max-record-bytes", "50"] + quote).end()
            #expect(short.errors.contains("raise max_record_bytes"), "\(short)")
            try await home.run("csv", "detect", "rows.csv", "--max-cell-bytes", "40", expecting: 0)
            for wrong in ["0", "-1", "67108865", "x"] {
                try await home.run("csv", "read", "rows.csv", "--max-cell-bytes=\(wrong)", expecting: 64)
            }
        }
    }
}
