import CSV
import Testing

@testable import Mapping

@Suite("Evaluating rows")
struct EvaluatorTests {
    private func sheet(_ fields: String, _ mappings: String, more: String = "", columns: [String]) throws -> Sheet {
        try Sheet(
            "name: n\napi: {name: x, fields: [\(fields)]}\nmappings: {\(mappings)}\n\(more)", columns: columns)
    }

    @Test(
        "a field's checks accept what they should and name what they do not",
        arguments: [
            ("type: integer", "12", "[12]"), ("type: integer", "1.5", "f: type not_an_integer"),
            ("type: integer", "1.0", "f: type not_an_integer"),
            ("type: number", "1.50", "[1.50]"), ("type: number", "1,5", "f: type not_a_decimal"),
            ("type: boolean", "true", "[true]"),
            ("type: boolean", "yes", "f: type not_a_boolean"), ("type: date", "2024-02-29", "[\"2024-02-29\"]"),
            ("type: date", "29.2.2024", "f: type not_a_date"), ("type: date", "2023-02-29", "f: type no_such_date"),
            ("type: datetime", "2024-02-29T12:00:00Z", "[\"2024-02-29T12:00:00Z\"]"),
            ("type: datetime", "2024-02-29T12:00:00.123+01:00", "[\"2024-02-29T12:00:00.123+01:00\"]"),
            ("type: datetime", "2024-02-29 12:00:00", "f: type not_a_datetime"),
            ("type: datetime", "2024-02-30T12:00:00Z", "f: type not_a_datetime"),
            ("type: datetime", "2024-02-29T24:00:00Z", "f: type not_a_datetime"),
            ("type: email", "ann.lee+x@mail.example.com", "[\"ann.lee+x@mail.example.com\"]"),
            ("type: email", "ann@localhost", "f: type not_an_email"),
            ("type: email", "a@b@c.de", "f: type not_an_email"),
            ("type: email", "ann lee@x.de", "f: type not_an_email"),
            ("type: email", ".a@x.de", "f: type not_an_email"), ("type: email", "a..b@x.de", "f: type not_an_email"),
            ("type: email", "a@x..de", "f: type not_an_email"), ("type: email", "a@-x.de", "f: type not_an_email"),
            ("type: email", "@x.de", "f: type not_an_email"),
            ("type: email", "jörg@müller.de", "[\"jörg@müller.de\"]"), ("type: email", "yes", "f: type not_an_email"),
            ("type: url", "https://example.com:8080/a?b=c", "[\"https://example.com:8080/a?b=c\"]"),
            ("type: url", "example.com", "f: type not_a_url"),
            ("type: url", "http:///x", "f: type not_a_url"), ("type: url", "https://a b.de", "f: type not_a_url"),
            ("type: url", "ftp://x.de", "f: type not_a_url"),
            ("type: uuid", "123E4567-e89b-12d3-a456-426614174000", "[\"123E4567-e89b-12d3-a456-426614174000\"]"),
            ("type: uuid", "123e4567e89b12d3a456426614174000", "f: type not_a_uuid"),
            ("type: phone", "+49 (30) 123-456", "[\"+49 (30) 123-456\"]"),
            ("type: phone", "12", "f: type not_a_phone"), ("type: phone", "call me", "f: type not_a_phone"),
            ("type: integer, min: 1, max: 5", "5", "[5]"),
            ("type: integer, min: 1, max: 5", "0", "f: min below_minimum"),
            ("type: number, max: 0.5", "0.50", "[0.50]"), ("type: number, max: 0.5", "0.51", "f: max above_maximum"),
            ("type: date, min: 2000-01-01", "1999-12-31", "f: min below_minimum"),
            ("type: date, max: 2000-01-01", "2000-01-01", "[\"2000-01-01\"]"),
            ("type: string, min_length: 2, max_length: 3", "é", "f: min_length too_short"),
            ("type: string, min_length: 2, max_length: 3", "éèê", "[\"éèê\"]"),
            ("type: string, min_length: 2, max_length: 3", "🦊🦊🦊🦊", "f: max_length too_long"),
            ("type: string, pattern: \"^[a-z]+$\"", "abc", "[\"abc\"]"),
            ("type: string, pattern: \"^[a-z]+$\"", "ab1", "f: pattern pattern_mismatch"),
            ("type: string, pattern: \"^.{2}$\"", "éé", "[\"éé\"]"), ("type: string, enum: [a, b]", "b", "[\"b\"]"),
            ("type: string, enum: [a, b]", "B", "f: enum not_in_enum"),
            ("type: integer, enum: [1, 2]", "3", "f: enum not_in_enum"),
            ("type: number, enum: [1.5]", "1.50", "[1.50]"),
            (
                "type: string, min_length: 3, pattern: x, enum: [x]", "a",
                "f: min_length too_short; f: pattern pattern_mismatch; f: enum not_in_enum"
            ),
            ("type: string, required: true", "", "f: required required"),
            ("type: string, required: true, min_length: 3", "", "f: required required"),
            ("type: string, min_length: 3", "", "[null]"), ("type: string", "a\u{0}b", "f: type nul_byte"),
            ("type: string", "q\"\\\n", #"["q\"\\\n"]"#),
        ])
    func checks(definition: String, cell: String, expected: String) throws {
        let sheet = try sheet("{name: f, \(definition)}", "f: $a", columns: ["a"])
        #expect(sheet.map([cell]) == expected)
    }

    @Test("a rejection says everything: field, column, rule, code, the cell as it stood, and what to do")
    func rejection() throws {
        let sheet = try sheet(
            "{name: id, type: integer, required: true}, {name: n, type: string, required: true}",
            "id: $b | trim | to_integer, n: $a | trim", columns: ["a", "b"])
        let evaluator = Evaluator(sheet.program)
        var output = Array("kept".utf8)
        #expect(evaluator.evaluate(Record(["  ", " x\0y "]), into: &output) == .rejected)
        #expect(output == Array("kept".utf8))
        #expect(
            evaluator.rejections == [
                Rejection(
                    field: "id", column: "b", rule: "to_integer", code: "not_an_integer", value: Array(" x\0y ".utf8),
                    message: Failure.notAnInteger.message),
                Rejection(
                    field: "n", column: "a", rule: "required", code: "required", value: Array("  ".utf8),
                    message:
                        "'n' is required, and the column 'a' gives nothing for it; fill the cell, or give a value with ??"
                ),
            ])
        #expect(evaluator.evaluate(Record(["y", "1"]), into: &output) == .accepted)
        #expect(evaluator.rejections.isEmpty)
        #expect(output == Array("kept[1,\"y\"]".utf8))
    }

    @Test("with null_value a wrong value becomes blank and a warning, unless it is required")
    func nullValue() throws {
        let sheet = try sheet(
            "{name: id, type: integer, required: true}, {name: n, type: integer}", "id: $a, n: $b",
            more: "on_reject: null_value", columns: ["a", "b"])
        let evaluator = Evaluator(sheet.program)
        var output: [UInt8] = []
        #expect(evaluator.evaluate(Record(["1", "x"]), into: &output) == .accepted)
        #expect(output == Array("[1,null]".utf8))
        #expect(evaluator.rejections.map(\.summary) == ["n: type not_an_integer"])
        #expect(evaluator.evaluate(Record(["x", "2"]), into: &output) == .rejected)
        #expect(output == Array("[1,null]".utf8))
    }

    @Test("cells that are empty or listed under nulls are blank, and no others")
    func nulls() throws {
        let text = "name: n\napi: x\nsource: {nulls: [NULL, '\\N', '-']}\nmappings: {t: $a ?? \"blank\"}"
        let sheet = try Sheet(text, columns: ["a"])
        for cell in ["", "NULL", "\\N", "-"] { #expect(sheet.map([cell]) == "[\"blank\"]") }
        for cell in ["null", "NULL ", "--", "N"] { #expect(sheet.map([cell]) != "[\"blank\"]") }
    }

    @Test("bytes that are not UTF-8 reject the row and crash nothing", arguments: FunctionTable.functions)
    func invalidBytes(function: Function) throws {
        let cells: [[UInt8]] = [
            [0xFF], [0x61, 0xC3], [0xF0, 0x9F, 0xA6], [0xED, 0xA0, 0x80, 0x62], [0x80, 0x80], [0x20, 0xE2, 0x80],
            [0x26, 0x23, 0xC3], [0x3C, 0x61, 0x20, 0xFF], [0x61, 0x2D, 0xA0, 0x2D, 0xC3, 0x28],
            [0x2D, 0x31, 0x2E, 0xC2],
        ]
        for arguments in Self.arguments(of: function) {
            let expression = "\(function.name)(\(arguments.joined(separator: ", ")))"
            let quoted = expression.replacing("'", with: "''")
            let sheet = try Sheet("{name: n, api: x, mappings: {t: '\(quoted)'}}", columns: ["a"])
            for cell in cells {
                var output: [UInt8] = []
                let evaluator = Evaluator(sheet.program)
                let outcome = evaluator.evaluate(Record([cell]), into: &output)
                #expect((outcome == .accepted) == evaluator.rejections.isEmpty, "\(expression)")
                #expect(String(validating: output, as: UTF8.self) != nil, "\(expression): \(output)")
                // What copies the bytes cannot be accepted.
                if ["trim", "join", "template", "replace", "pad_left", "coalesce"].contains(function.name) {
                    #expect(outcome == .rejected, "\(expression)")
                }
            }
        }
        #expect(
            try Sheet("name: n\napi: x\nmappings: {t: $a}", columns: ["a"]).map([[0x61, 0xFF]])
                == "t: type invalid_utf8")
    }

    @Test("equal constants keep the digits that each was written with")
    func constants() throws {
        let sheet = try Sheet("name: n\napi: x\nmappings: {t: 1.50, u: 1.5, v: '1.500 + 0'}", columns: ["a"])
        #expect(sheet.map([[0x61]]) == "[1.50,1.5,1.500]")
    }

    /// Lists of arguments with the column `a` for each value, with and without those that may be left out.
    private static func arguments(of function: Function) -> [[String]] {
        func argument(_ parameter: Function.Parameter) -> String {
            switch parameter.kind {
            case .value, .textOrNumber, .comparable: "$a"
            case .dateOrDatetime: "parse_date($a)"
            case .integer: "2"
            case .literal: "\"x\""
            case .entry: function.name == "case" ? "$a == \"x\" -> $a" : "\"a\" -> \"b\", \"-\" -> \"é\""
            case .text:
                switch parameter.name {
                case "locale": "\"de\""
                case "mode": "\"half_even\""
                case "format": "\"d.M.yyyy\""
                case "pattern": "\"(.)(.?)\""
                case "scheme": "\"https\""
                case "namespace": "\"url\""
                case "text": "\"{a}-{a}\""
                case "region": "\"DE\""
                case "part": "\"family\""
                case "path": "\"$.a[0]\""
                case "table": "\"countries\""
                case "column": "\"name\""
                case "zone": "\"Europe/Rome\""
                case "duration": "\"P1M\""
                case "unit":
                    function.name == "truncate" ? "\"month\"" : function.name == "diff" ? "\"days\"" : "\"seconds\""
                default: "\"-\""
                }
            }
        }
        let parameters = function.parameters.filter { $0.presence != .implied }
        let required = parameters.filter { $0.presence != .optional && $0.presence != .repeated }
        return required.count == parameters.count
            ? [required.map(argument)] : [required.map(argument), parameters.map(argument)]
    }

    @Test("unique keys are equal for equal values and missing where a part is blank")
    func uniqueKeys() throws {
        let sheet = try sheet(
            "{name: a, type: number}, {name: b, type: string}", "a: $a, b: $b",
            more: "checks: [{unique: [b, a]}, {unique: a}]",
            columns: ["a", "b"])
        #expect(sheet.program.uniqueChecks == [["b", "a"], ["a"]])
        func keys(_ a: String, _ b: String) -> [String?] {
            let evaluator = Evaluator(sheet.program)
            var output: [UInt8] = []
            #expect(evaluator.evaluate(Record([a, b]), into: &output) == .accepted)
            return sheet.program.uniqueChecks.indices.map { check in
                var key: [UInt8] = []
                return evaluator.appendUniqueKey(of: check, to: &key) ? String(decoding: key, as: UTF8.self) : nil
            }
        }
        #expect(keys("1.50", "x.0") == ["[\"x.0\",1.5]", "[1.5]"])
        #expect(keys("1.5", "x.0") == keys("1.500", "x.0"))
        #expect(keys("-0.00", "x") == keys("0", "x"))
        #expect(keys("100", "x") == ["[\"x\",100]", "[100]"])
        #expect(keys("", "null") == [nil, nil])
        #expect(keys("2", "") == [nil, "[2]"])
    }

    @Test("a program gives the same bytes for the same records, in every evaluator and every order")
    func determinism() throws {
        let document = try Document(parsing: DocumentTests.customers, file: "crm.yaml")
        let records = (0..<200).map { number in
            Record([
                "\(number)", " nAme \(number % 7)  É", "\(number % 31 + 1)/02/2024", "d", "-", "", "x\(number % 3)",
            ])
        }
        func run(_ order: [Int]) throws -> [Int: String] {
            let evaluator = Evaluator(try Program(document, columns: DocumentTests.columns))
            var results: [Int: String] = [:]
            for index in order {
                var output: [UInt8] = []
                _ = evaluator.evaluate(records[index], into: &output)
                results[index] = String(decoding: output, as: UTF8.self) + "\(evaluator.rejections)"
            }
            return results
        }
        let first = try run(Array(records.indices))
        #expect(try run(Array(records.indices)) == first)
        #expect(try run(records.indices.reversed()) == first)
    }

    @Test("large cells are mapped whole, and small ones after them")
    func largeCells() throws {
        let sheet = try sheet("", "t.x: $a | upper | title | lower", columns: ["a"])
        let evaluator = Evaluator(sheet.program)
        for count in [1_000_000, 3, 5_000_000, 0] {
            var output: [UInt8] = []
            #expect(evaluator.evaluate(Record([String(repeating: "A", count: count)]), into: &output) == .accepted)
            #expect(output.count == (count == 0 ? 6 : count + 4))
            #expect(output.dropFirst(2).prefix(count == 0 ? 0 : count).allSatisfy { $0 == UInt8(ascii: "a") })
        }
    }

    @Test("the rules of a mapping are described in canonical order")
    func descriptions() throws {
        let document = try Document(parsing: DocumentTests.customers, file: "crm.yaml")
        let lines = document.ruleDescriptions().map {
            "\($0.target ?? "-") \($0.ordinal) \($0.kind.rawValue) \($0.function) \($0.arguments) \($0.columns.joined(separator: ","))"
        }
        #expect(
            lines == [
                #"customer_id 1 transformation to_integer [{"column":"id"}] id"#,
                "customer_id 2 validation required [] ",
                #"customer_id 3 validation type ["integer"] id"#,
                #"name 1 format trim [{"column":"Full name"}] Full name"#,
                #"name 2 format collapse_spaces [{"step":1}] Full name"#,
                #"name 3 format title [{"step":2}] Full name"#,
                "name 4 validation required [] ", #"name 5 validation type ["string"] Full name"#,
                "name 6 validation max_length [80] Full name",
                #"signed_up 1 transformation parse_date [{"column":"signup"},"dd/MM/yyyy","d.M.yy"] signup"#,
                #"signed_up 2 validation type ["date"] signup"#,
                #"country 1 format upper [{"column":"country"}] country"#,
                #"country 2 lookup map [{"step":1},["UK","GB"],["D","DE"]] country"#,
                #"country 3 transformation ?? [{"step":2},"US"] country"#,
                #"country 4 validation type ["string"] country"#,
                #"country 5 validation pattern ["^[A-Z]{2}$"] country"#,
                #"address.city 1 transformation null_if [{"column":"city"},"-","n/a"] city"#,
                #"- 1 transformation parse_date [{"column":"end"},"dd/MM/yyyy"] end"#,
                #"- 2 transformation parse_date [{"column":"start"},"dd/MM/yyyy"] start"#,
                #"- 3 validation >= [{"step":1},{"step":2}] end,start"#,
                #"- 4 validation rule [{"step":3},"the end lies before the start"] end,start"#,
                #"- 5 validation unique [{"field":"customer_id"}] "#,
            ])
    }

    @Test("an accepted row is written as one object, whatever the order of its nested fields")
    func object() throws {
        let mapping = """
            name: n
            api: {name: x, fields: [{name: a.b, type: string}, {name: id, type: integer}, {name: a.c, type: number}]}
            mappings: {a.b: $s, id: $i, a.c: $n}
            """
        let program = try Sheet(mapping, columns: ["s", "i", "n"]).program
        let evaluator = Evaluator(program)
        let template = OutputTemplate(fields: program.targets)
        var output: [UInt8] = []
        for cells in [["é\"", "1", "1.50"], ["", "2", ""]] {
            var row: [UInt8] = []
            guard case .accepted = evaluator.evaluate(.init(cells.map { Array($0.utf8) }), into: &row) else {
                Issue.record("\(cells) was rejected")
                return
            }
            evaluator.appendObject(template, to: &output)
        }
        #expect(
            String(decoding: output, as: UTF8.self)
                == #"{"a":{"b":"é\"","c":1.50},"id":1}{"a":{"b":null,"c":null},"id":2}"#)
    }
}
