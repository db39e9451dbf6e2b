import CSV
import Testing

@testable import Mapping

@Suite("Dates that are decided over the whole column")
struct DateSurveyTests {
    /// A mapping of the columns `a`, `b` and `c`, what its survey of cells of `a` decides, and the program for that.
    private func decide(
        _ mappings: String, _ cells: [String], more: String = ""
    ) throws -> (decisions: [DateDecision], program: Program) {
        let document = try Document(
            parsing: "name: n\napi: x\nmappings: \(mappings)\n\(more)\n", file: "test.yaml")
        let columns = ["a", "b", "c"]
        guard let survey = try DateSurvey(document, columns: columns) else {
            return ([], try Program(document, columns: columns))
        }
        for (index, cell) in cells.enumerated() {
            var record = Record(cell.split(separator: ";", omittingEmptySubsequences: false).map(String.init))
            record.number = index + 1
            survey.add(record)
        }
        let decisions = survey.decisions
        return (decisions, try Program(document, columns: columns, dates: decisions))
    }

    private func run(_ program: Program, _ cell: String) -> String {
        let evaluator = Evaluator(program)
        var output: [UInt8] = []
        guard case .accepted = evaluator.evaluate(Record([cell, "", ""]), into: &output) else {
            return evaluator.rejections.map(\.code).joined(separator: " ")
        }
        return String(decoding: output.dropFirst().dropLast(), as: UTF8.self).replacing("\"", with: "")
    }

    private static let two = "{d: '$a | parse_date(\"dd/MM/yyyy\", \"MM/dd/yyyy\")'}"

    @Test(
        "of two formats the one is taken that some cells prove, if none prove the other",
        arguments: [
            (["05/06/2024", "31/01/2024"], ["dd/MM/yyyy"], "2024-06-05"),
            (["05/06/2024", "01/31/2024", "12/31/2024"], ["MM/dd/yyyy"], "2024-05-06"),
            // Both proved; neither, with cells that are one day either way or none at all; nothing there.
            (["31/01/2024", "01/31/2024"], ["dd/MM/yyyy", "MM/dd/yyyy"], "ambiguous_date"),
            (["05/06/2024", "05/05/2024", "31/31/2024", "x"], ["dd/MM/yyyy", "MM/dd/yyyy"], "ambiguous_date"),
            (["", " "], ["dd/MM/yyyy", "MM/dd/yyyy"], "ambiguous_date"),
            ([], ["dd/MM/yyyy", "MM/dd/yyyy"], "ambiguous_date"),
        ] as [([String], [String], String)])
    func decided(cells: [String], readAs: [String], result: String) throws {
        let (decisions, program) = try decide(Self.two, cells)
        #expect(decisions.map(\.readAs) == [readAs] && decisions[0].target == "d")
        #expect(run(program, "05/06/2024") == result && run(program, " 05/05/2024 ") == "2024-05-05")
        #expect(decisions[0].open.isEmpty == (readAs.count == 1))
    }

    @Test("a cell that is one day only is read where nothing is decided, and refused in a format that is left out")
    func oneDay() throws {
        let open = try decide(Self.two, ["31/01/2024", "01/31/2024"]).program
        #expect(run(open, "31/12/2024") == "2024-12-31" && run(open, "12/31/2024") == "2024-12-31")
        #expect(run(open, "31/31/2024") == "no_such_date" && run(open, "31.12.2024") == "not_a_date")
        let closed = try decide(Self.two, ["31/01/2024"]).program
        #expect(run(closed, "12/31/2024") == "ambiguous_date" && run(closed, "31/31/2024") == "no_such_date")
        #expect(run(closed, "x") == "not_a_date" && run(closed, "") == "null")
    }

    @Test("the evidence counts cells and names the first row of each sort")
    func evidence() throws {
        let (decisions, _) = try decide(
            Self.two, ["", "05/06/2024", "31/01/2024", "x", "06/05/2024", "30/01/2024", "07/07/2024"])
        #expect(
            decisions[0].evidence == [
                .init(
                    first: "dd/MM/yyyy", second: "MM/dd/yyyy", onlyFirst: .init(count: 2, firstRow: 3),
                    both: .init(count: 2, firstRow: 2))
            ])
    }

    @Test(
        "only formats in which a text is two days are decided",
        arguments: [
            ("\"dd/MM/yyyy\", \"d.M.yy\"", 0), ("\"dd/MM/yyyy\", \"d/M/yyyy\"", 0),
            ("\"yyyy-MM-dd\", \"dd-MM-yyyy\"", 0),
            ("\"dd MMM yyyy\", \"MMM dd yyyy\"", 0), ("\"dd/MM/yyyy\"", 0), ("", 0),
            ("\"d/M/yy\", \"M/d/yy\"", 1), ("\"ddMMyyyy\", \"MMddyyyy\"", 1), ("\"yyyy-MM-dd\", \"yyyy-dd-MM\"", 1),
            ("\"dd.MM.yy\", \"yy.MM.dd\"", 1), ("\"dd.MM.yy\", \"MM.dd.yy\", \"yy.MM.dd\"", 3),
            ("\"yyyyMMdd\", \"ddMMyyyy\"", 1), ("\"dd/MM/yyyy HH:mm\", \"MM/dd/yyyy HH:mm\"", 1),
            ("\"dd/MM/yyyy\", \"yyyy-MM-dd\", \"MM/dd/yyyy\"", 1), ("\"EEE dd/MM/yyyy\", \"EEE MM/dd/yyyy\"", 1),
        ])
    func conflicts(formats: String, pairs: Int) throws {
        let (decisions, program) = try decide("{d: '$a | parse_date(\(formats))'}", [])
        #expect(decisions.map(\.evidence.count) == (pairs == 0 ? [] : [pairs]))
        #expect(program.hasOpenDates == (pairs > 0))
    }

    @Test("formats that no other contradicts stay beside the one that was decided")
    func others() throws {
        let mapping = "{d: '$a | parse_date(\"dd/MM/yyyy\", \"MM/dd/yyyy\", \"yyyy-MM-dd\")'}"
        let (decisions, program) = try decide(mapping, ["01/31/2024", "2024-01-31"])
        #expect(decisions[0].readAs == ["MM/dd/yyyy", "yyyy-MM-dd"])
        #expect(run(program, "05/06/2024") == "2024-05-06" && run(program, "2024-06-05") == "2024-06-05")
    }

    @Test(
        "a cell proves nothing that could be another day in the other format with other digits",
        arguments: [
            ("d/M/yyyy", "MM/dd/yyyy", ["5/6/2024", "05/06/2024", "1/31/2024"], 2),
            ("d/M/yyyy", "MM/dd/yyyy", ["31/1/2024"], 0),
            ("dd/MM/yyyy", "M/d/yyyy", ["1/31/2024"], 1), ("dd/MM/yyyy", "M/d/yyyy", ["5/6/2024", "12/12/2024"], 2),
        ])
    func digits(first: String, second: String, cells: [String], kept: Int) throws {
        let formats = [first, second]
        let (decisions, _) = try decide("{d: '$a | parse_date(\"\(first)\", \"\(second)\")'}", cells)
        #expect(decisions[0].readAs == (kept == 2 ? formats : [formats[kept]]), "\(decisions)")
    }

    @Test("three formats of two digits are told apart pair by pair")
    func three() throws {
        let mapping = "{d: '$a | parse_date(\"dd.MM.yy\", \"MM.dd.yy\", \"yy.MM.dd\")'}"
        // The 31st of December 2024, or the 24th of December 2031.
        let first = try decide(mapping, ["31.12.24"])
        #expect(first.decisions[0].readAs == ["dd.MM.yy", "yy.MM.dd"])
        #expect(run(first.program, "30.11.25") == "ambiguous_date" && run(first.program, "30.11.99") == "1999-11-30")
        let second = try decide(mapping, ["31.12.24", "30.11.99"])
        #expect(second.decisions[0].readAs == ["dd.MM.yy"] && run(second.program, "01.02.03") == "2003-02-01")
    }

    @Test("a survey sees what steps before the call give, its branch alone, and each call by itself")
    func places() throws {
        let call = "parse_date(\"dd/MM/yyyy\", \"MM/dd/yyyy\")"
        let mappings =
            "{d: '$a | replace(\"-\", \"/\") | \(call)', e: 'if $b == \"US\" then ($a | \(call)) else ($c | \(call))'}"
        let rule = "checks:\n  - rule: '($c | \(call)) > \"2000-01-01\"'\n    message: late"
        let (decisions, program) = try decide(
            mappings, ["31-01-2024;DE;01/31/2024", "01/31/2024;US;x", "12/30/2024;US;", "02-02-2024;DE;05/13/2024"],
            more: rule)
        #expect(decisions.map(\.target) == ["d", "e", "e", nil])
        #expect(decisions.map(\.readAs.count) == [2, 1, 1, 1])
        #expect(decisions.map(\.readAs.first) == ["dd/MM/yyyy", "MM/dd/yyyy", "MM/dd/yyyy", "MM/dd/yyyy"])
        let evaluator = Evaluator(program)
        var output: [UInt8] = []
        #expect(evaluator.evaluate(Record(["31/01/2024", "DE", "05/06/2024"]), into: &output) == .accepted)
        #expect(String(decoding: output, as: UTF8.self) == "[\"2024-01-31\",\"2024-05-06\"]")
    }

    @Test("datetimes are decided as dates are")
    func datetimes() throws {
        let mapping = "{d: '$a | parse_datetime(\"dd/MM/yyyy HH:mm\", \"MM/dd/yyyy HH:mm\", \"Europe/Rome\")'}"
        let (decisions, program) = try decide(mapping, ["31/01/2024 10:00"])
        #expect(decisions[0].readAs == ["dd/MM/yyyy HH:mm"])
        #expect(run(program, "05/06/2024 10:00") == "2024-06-05T10:00:00+02:00")
        #expect(run(program, "12/31/2024 10:00") == "ambiguous_date")
        let open = try decide(mapping, []).program
        #expect(run(open, "05/06/2024 10:00") == "ambiguous_date")
    }

    @Test("records that cannot be read, and cells of any bytes, count for nothing and crash nothing")
    func extremes() throws {
        let document = try Document(parsing: "{name: n, api: x, mappings: \(Self.two)}", file: "t")
        let survey = try #require(try DateSurvey(document, columns: ["a"]))
        var (reader, record) = (Reader(.rfc4180, columns: 1), Record())
        reader.feed(Array("a\n31/01/2024,x\n".utf8))
        reader.finish()
        while reader.next(into: &record) { survey.add(record) }
        #expect(record.fault != nil)
        survey.add(Record([[0xFF, 0x00, 0x2F]]))
        survey.add(Record([[]] as [[UInt8]]))
        survey.add(Record([] as [[UInt8]]))
        survey.add(Record([Array(repeating: 0x31, count: 100_000)]))
        #expect(survey.decisions[0].evidence[0] == .init(first: "dd/MM/yyyy", second: "MM/dd/yyyy"))
    }

    @Test("more formats than can be compared are a mistake of the document, unless none of them contradict each other")
    func tooMany() throws {
        func problems(_ formats: [String]) -> [String] {
            let list = formats.map { "\"\($0.replacing("'", with: "''"))\"" }.joined(separator: ", ")
            return Sheet.problems("name: n\napi: x\nmappings:\n  d: '$a | parse_date(\(list))'\n", columns: ["a"])
        }
        let many = (0..<40).map { "dd/MM/yyyy 'n\($0)'" }
        #expect(problems(many).isEmpty)
        #expect(problems(many + ["MM/dd/yyyy 'n0'"]).count == 1)
        #expect(problems(["dd/MM/yyyy", "MM/dd/yyyy"] + many.prefix(30)).isEmpty)
    }

    @Test("what was decided is found again by target and formats, and what was not stays open")
    func pinned() throws {
        let document = try Document(parsing: "{name: n, api: x, mappings: \(Self.two)}", file: "t")
        func result(_ decisions: [DateDecision]) throws -> String {
            run(try Program(document, columns: ["a"], dates: decisions), "05/06/2024")
        }
        let formats = ["dd/MM/yyyy", "MM/dd/yyyy"]
        func decision(_ target: String?, _ readAs: [String]) -> DateDecision {
            DateDecision(target: target, formats: formats, readAs: readAs, evidence: [])
        }
        #expect(try result([decision("d", ["MM/dd/yyyy"])]) == "2024-05-06")
        #expect(try result([decision("e", ["MM/dd/yyyy"]), decision("d", ["dd/MM/yyyy"])]) == "2024-06-05")
        #expect(try result([decision("e", ["MM/dd/yyyy"])]) == "ambiguous_date")
        #expect(try result([]) == "ambiguous_date")
    }
}
