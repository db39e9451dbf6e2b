import Foundation
import Testing

extension CommandTests {
    @Suite("The rejected rows as a file to correct", .timeLimit(.minutes(20)))
    struct CorrectionFileTests {
        private static let mapping = """
            name: prices
            api:
              name: prices-api
              type: rest_api
              base_url: https://example.com/v1
              auth_type: none
              fields:
                - {name: id, type: integer, required: true}
                - {name: name, type: string, required: true, max_length: 6}
                - {name: price, type: number}
            mappings:
              id: $Nr | to_integer
              name: $Name
              price: $Größe | parse_number("de")
            """

        private static let rows =
            "Nr;Name;Größe\n1;Jörg;1,5\nx;\"Zoë; \"\"Z\"\" Öl\";2,5\n3;=1+1;viel\n4;kurz\n5;Ann;3\n"

        @Test("they stand in the dialect and encoding of the job's file, behind their numbers, fields and reasons")
        func file() async throws {
            let home = try await Home.prepared()
            try home.write("rows.csv", try #require(Self.rows.data(using: .isoLatin1)))
            try home.write("rows.yaml", Self.mapping)
            let run: RunAnswer = try await home.run("run", "rows.csv", "--mapping", "rows.yaml", "--json").json()
            #expect(run.totals == Totals(rows: 5, accepted: 2, rejected: 3, skipped: 0), "\(run)")
            let size = try await home.logSize()
            let read = try await home.run("jobs", "errors", "last", "--to", "csv", "--limit", "1", expecting: 0)
            #expect(read.errors.contains("2 more rows were rejected"), "\(read)")
            #expect(try await home.logSize() == size, "what is read leaves no event")

            try await home.run("jobs", "errors", "last", "--to", "csv", "--out", "rejected.csv", expecting: 0)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/rejected.csv"))
            let lines = try #require(String(data: bytes, encoding: .isoLatin1)).split(
                separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.count == 5 && lines[4].isEmpty, "\(lines)")
            #expect(lines[0] == "_row;_field;_error;Nr;Name;Größe")
            #expect(lines[1].hasPrefix("2;\"id; name\";\"id: ") && lines[1].hasSuffix(";x;\"Zoë; \"\"Z\"\" Öl\";2,5"))
            #expect(lines[2].hasPrefix("3;price;") && lines[2].hasSuffix(";3;=1+1;viel"), "\(lines)")
            #expect(lines[3].hasPrefix("4;;") && lines[3].hasSuffix(";4;kurz"), "\(lines)")
            let events = try await home.sql(
                """
                SELECT event_type, payload->>'what', payload->>'stream', payload->>'rows' FROM audit_logs
                WHERE event_type LIKE 'disclosure.%' ORDER BY position
                """)
            #expect(events == ["disclosure.made|errors|job/\(run.jobId)|", "disclosure.completed|||3"], "\(events)")
        }

        @Test("where no row was rejected there is only the header, and columns that were erased are refused")
        func nothing() async throws {
            let home = try await Home.prepared()
            try home.write("rows.csv", "Nr,Name,Größe\n1,Ann,1\n2,Bob,2\n")
            try home.write("rows.yaml", Self.mapping)
            let run: RunAnswer = try await home.run("run", "rows.csv", "--mapping", "rows.yaml", "--json").json()
            let none = try await home.run("jobs", "errors", "last", "--to", "csv", expecting: 0)
            #expect(none.output == "_row,_field,_error,Nr,Name,Größe\r\n", "\(none)")
            #expect(none.errors.contains("no row of this job was rejected"), "\(none)")
            try await home.run(
                "erase", "--job", run.jobId, "--row", "1", "--basis", "gdpr-17", "--reason", "asked", "--yes",
                expecting: 0)
            let less = try await home.run("jobs", "errors", "last", "--to", "csv", expecting: 0)
            #expect(less.output == none.output, "\(less)")
            try await home.run(
                "erase", "--job", run.jobId, "--basis", "gdpr-17", "--reason", "asked", "--yes", expecting: 0)
            let erased = try await home.run("jobs", "errors", "last", "--to", "csv", expecting: 1)
            #expect(erased.errors.contains("were erased"), "\(erased)")
        }

        @Test(
            "what contradicts itself is wrong usage",
            arguments: [["--json"], ["--out", "x.json"], ["--out", "x.csv", "--format", "json"]])
        func usage(options: [String]) async throws {
            let home = try Home()
            let ended = try await home.start(["jobs", "errors", "last", "--to", "csv"] + options).end()
            #expect(ended.code == 64, "\(ended)")
        }
    }
}
