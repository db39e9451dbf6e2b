import Testing

extension CommandTests {
    /// Files with rows that cannot be read: those are rejected, each with its place, and no other is lost.
    @Suite("Bad rows", .timeLimit(.minutes(60)))
    struct BadRowTests {
        /// 200 good rows, of which one or two are replaced.
        private static func file(_ rows: [Int: String]) -> String {
            "id,name,amount\n" + (1...200).map { (rows[$0] ?? "\($0),\"name \($0)\",1.5") + "\n" }.joined()
        }

        struct Case: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var content: String
            var accepted: Int
            /// Row, physical line and code of each rejection.
            var rejections: [String]
        }

        private static let cases = [
            Case(
                testDescription: "a quote that is not closed", content: file([100: "100,\"name 100,1.5"]),
                accepted: 198,
                rejections: ["100 101 stray_quote"]),
            Case(
                testDescription: "a quote that is not closed on the last line", content: file([200: "200,\"name,1.5"]),
                accepted: 199, rejections: ["200 201 unclosed_quote"]),
            Case(
                testDescription: "a NUL byte in a cell", content: file([100: "100,na\0me,1.5"]), accepted: 199,
                rejections: ["100 101 nul_byte"]),
            Case(
                testDescription: "too few and too many cells", content: file([100: "100", 120: "120,name,1.5,more"]),
                accepted: 198, rejections: ["100 101 wrong_cell_count", "120 121 wrong_cell_count"]),
            Case(
                testDescription: "a value of the wrong type", content: file([7: "seven,name,1.5"]), accepted: 199,
                rejections: ["7 8 not_an_integer"]),
            Case(testDescription: "a header and no row", content: "id,name,amount\n", accepted: 0, rejections: []),
        ]

        @Test("rows that cannot be read are rejected with their place, and the others are kept", arguments: cases)
        func rejected(_ test: Case) async throws {
            let home = try await Home.prepared()
            try home.write("rows.csv", test.content)
            try home.write("rows.yaml", GeneratedFile.mapping)
            let ended = try await home.start(Home.job).end()
            #expect(ended.code == (test.rejections.isEmpty ? 0 : 2), "\(ended)")
            let answer: RunAnswer = try ended.json()
            #expect(answer.status == "completed" && answer.accepted == test.accepted, "\(ended)")
            #expect(answer.rows == test.accepted + test.rejections.count)
            let errors = try await home.run("jobs", "errors", "last", "--json").lines(ErrorAnswer.self)
            #expect(errors.map { "\($0.row) \($0.line) \($0.code)" } == test.rejections)
            for error in errors { #expect(error.message.contains(";"), "what is wrong; what to do: \(error.message)") }
        }

        @Test("the same file is not done twice, unless one says --again")
        func again() async throws {
            let home = try await Home.prepared()
            try home.write("rows.csv", Self.file([:]))
            try home.write("rows.yaml", GeneratedFile.mapping)
            let first: RunAnswer = try await home.start(Home.job).end().json()
            let size = try await home.logSize()
            let words = try await home.run("run", "rows.csv", "--mapping", "rows.yaml", expecting: 0)
            #expect(words.output.contains("nothing was done; --again does it again"), "\(words)")
            let second: RunAnswer = try await home.start(Home.job).end().json()
            #expect(second.status == "already_done" && second.jobId == first.jobId)
            #expect(try await home.logSize() == size)
            let third: RunAnswer = try await home.start(Home.job + ["--again"]).end().json()
            #expect(third.status == "completed" && third.jobId != first.jobId)
        }
    }
}
