import CSV
import Testing

@testable import Mapping

@Suite("Checks on fields and rows")
struct CheckTests {
    private func sheet(_ definition: String, _ checks: String = "", onReject: String = "skip") throws -> Sheet {
        try Sheet(
            """
            name: n
            api: {name: x, fields: [{name: a, \(definition)}, {name: b}, {name: c}]}
            mappings: {a: $a, b: $b, c: $c, d.e: $d}
            checks: [\(checks)]
            on_reject: \(onReject)
            """, columns: ["a", "b", "c", "d"])
    }

    @Test("each check of a field lets its documented cell pass and refuses the other", arguments: CheckTable.fields)
    func fieldExample(check: Check) throws {
        for sheet in [try sheet(check.example.definition), try mapped(check.example.definition)] {
            #expect(sheet.map(check.example.passing).hasPrefix("["))
            let refused = sheet.map(check.example.refused)
            #expect(check.refusals.contains { refused == "a: \(check.rule) \($0.code)" }, "\(refused)")
        }
        for refusal in check.refusals {
            #expect(refusal.failure("NAME", "DEMAND").message.contains(";"))
        }
    }

    /// The definition of field `a` under `checks:` instead of in the API.
    private func mapped(_ definition: String) throws -> Sheet {
        let keys = definition.split(separator: ", ", maxSplits: 1).map(String.init)
        let hasType = keys[0].hasPrefix("type: ")
        let rest = hasType ? keys.dropFirst().joined() : definition
        return try sheet(hasType ? keys[0] : "type: string", "{field: a, \(rest)}")
    }

    @Test("each check of rows lets its documented cells pass and refuses the others", arguments: CheckTable.rows)
    func rowExample(check: Check) throws {
        let definition = check.example.definition.replacing("\"", with: "\\\"").replacing("if: ", with: "if: \"") + "\""
        let text = definition.contains("if: ") ? definition : check.example.definition
        let sheet = try sheet("type: string", "{\(text)}")
        #expect(sheet.map(check.example.passing).hasPrefix("["))
        let refused = sheet.map(check.example.refused)
        #expect(check.refusals.contains { refused.hasSuffix(": \(check.rule) \($0.code)") }, "\(refused)")
    }

    @Test(
        "a field's checks accept what they should and name what they do not",
        arguments: [
            ("type: number, exclusive_min: 0", "0", "a: exclusive_min not_above_minimum"),
            ("type: number, exclusive_min: 0", "-0.00", "a: exclusive_min not_above_minimum"),
            ("type: number, exclusive_min: 0", "0.00000000000000000001", "[0.00000000000000000001"),
            ("type: number, exclusive_min: 0", "", "[null"),
            ("type: integer, exclusive_max: 10", "10", "a: exclusive_max not_below_maximum"),
            ("type: integer, exclusive_max: 10", "9", "[9"),
            ("type: date, exclusive_min: 2024-02-28", "2024-02-29", "[\"2024-02-29\""),
            ("type: date, exclusive_max: 2024-02-29", "2024-02-29", "a: exclusive_max not_below_maximum"),
            ("type: number, min: 0, exclusive_min: 0", "0", "a: exclusive_min not_above_minimum"),
            ("type: number, min: 1, exclusive_min: 0", "0", "a: min below_minimum"),
            ("type: number, max: 5, exclusive_max: 7", "8", "a: max above_maximum"),
            ("type: integer, multiple_of: 3", "9", "[9"), ("type: integer, multiple_of: 3", "-9", "[-9"),
            ("type: integer, multiple_of: 3", "0", "[0"),
            ("type: integer, multiple_of: 3", "10", "a: multiple_of not_a_multiple"),
            ("type: number, multiple_of: 0.01", "1.10", "[1.10"),
            ("type: number, multiple_of: 0.01", "1.105", "a: multiple_of not_a_multiple"),
            ("type: number, multiple_of: 0.25", "1.5", "[1.5"),
            ("type: number, multiple_of: 0.25", "1.6", "a: multiple_of not_a_multiple"),
            ("type: number, multiple_of: 1.5", "3", "[3"),
            ("type: number, multiple_of: 100", "1e2", "a: type not_a_decimal"),
            (
                "type: number, multiple_of: 0.00000000000000000000000000000000000003",
                "99999999999999999999999999999999999999", "[99999999999999999999999999999999999999"
            ),
            (
                "type: number, multiple_of: 0.00000000000000000000000000000000000007",
                "99999999999999999999999999999999999999", "a: multiple_of not_a_multiple"
            ),
            (
                "type: number, multiple_of: 99999999999999999999999999999999999999",
                "0.00000000000000000000000000000000000001", "a: multiple_of not_a_multiple"
            ),
            ("type: number, multiple_of: 99999999999999999999999999999999999999", "0.0", "[0.0"),
            ("type: string, const: é", "é", "[\"é\""),
            ("type: string, const: é", "e\u{301}", "a: const not_the_constant"),
            ("type: string, const: x", "", "[null"),
            ("type: string, const: x, required: true", "", "a: required required"),
            ("type: boolean, const: true", "true", "[true"),
            ("type: boolean, const: true", "false", "a: const not_the_constant"),
            ("type: date, const: 2024-02-29", "2024-02-28", "a: const not_the_constant"),
            ("type: integer, const: 1", "1", "[1"), ("type: number, const: 1.5", "1.500", "[1.500"),
            ("type: integer, const: 1", "2", "a: const not_the_constant"),
            ("type: email, const: a@b.de", "x", "a: type not_an_email; a: const not_the_constant"),
            ("formulas: forbid", "=1+1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "@SUM(A1)", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "+cmd|' /C calc'!A0", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "-2+3", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "-", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "\t=1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "\r=1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "\n=1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "＝1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "＋1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "－1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "＠1", "a: formulas spreadsheet_formula"),
            ("formulas: forbid", "-12.50", "[\"-12.50\""), ("formulas: forbid", "+49", "[\"+49\""),
            (
                "formulas: forbid", "-1234567890123456789012345678901234567890",
                "[\"-1234567890123456789012345678901234567890\""
            ),
            ("formulas: forbid", "a=1", "[\"a=1\""), ("formulas: forbid", " =1", "[\" =1\""),
            ("formulas: forbid", "", "[null"),
            ("formulas: forbid", "ｅ", "[\"ｅ\""), ("formulas: allow", "=1+1", "[\"=1+1\""),
            ("type: string", "=1+1", "[\"=1+1\""),
            ("type: phone, formulas: forbid", "+49 30 1", "a: formulas spreadsheet_formula"),
        ])
    func cases(definition: String, cell: String, expected: String) throws {
        let result = try sheet(definition).map([cell, "", "", ""])
        #expect(result == (expected.hasPrefix("[") ? expected + ",null,null,null]" : expected))
    }

    @Test(
        "the checks of the mapping hold beside those of the API: the tighter limit, and both patterns, formats and lists"
    )
    func merged() throws {
        func map(_ definition: String, _ checks: String, _ cell: String) throws -> String {
            try sheet(definition, checks).map([cell, "", "", ""])
        }
        let limits = "type: integer, min: 1, max: 9"
        #expect(try map(limits, "{field: a, min: 5}", "4") == "a: min below_minimum")
        #expect(try map(limits, "{field: a, min: 5}", "10") == "a: max above_maximum")
        #expect(try map(limits, "{field: a, min: 0, max: 20}", "10") == "a: max above_maximum")
        #expect(try map(limits, "{field: a, min: 0}", "0") == "a: min below_minimum")
        #expect(try map(limits, "{field: a, min: 5}, {field: a, min: 7}", "6") == "a: min below_minimum")
        #expect(try map("max_length: 3", "{field: a, max_length: 2}", "éèê") == "a: max_length too_long")
        #expect(try map("max_length: 3", "{field: a, max_length: 9}", "éèêë") == "a: max_length too_long")
        #expect(try map("min_length: 3", "{field: a, min_length: 2}", "éè") == "a: min_length too_short")
        #expect(try map("pattern: a", "{field: a, pattern: b}", "a") == "a: pattern pattern_mismatch")
        #expect(try map("pattern: a", "{field: a, pattern: b}", "b") == "a: pattern pattern_mismatch")
        #expect(try map("pattern: a", "{field: a, pattern: b}", "ab").hasPrefix("[\"ab\""))
        #expect(try map("pattern: a", "{field: a, pattern: a}", "b") == "a: pattern pattern_mismatch")
        #expect(try map("enum: [x, y]", "{field: a, enum: [y, z]}", "x") == "a: enum not_in_enum")
        #expect(try map("enum: [x, y]", "{field: a, enum: [y, z]}", "y").hasPrefix("[\"y\""))
        #expect(try map("format: isbn", "{field: a, format: isbn_13}", "0306406152") == "a: format not_an_isbn")
        #expect(try map("required: true", "{field: a, required: false}", "") == "a: required required")
        #expect(try map("type: string", "{field: a, required: true}", "") == "a: required required")
        #expect(try map("formulas: forbid", "{field: a, formulas: allow}", "=1") == "a: formulas spreadsheet_formula")
        let multiples = "type: integer, multiple_of: 4"
        #expect(try map(multiples, "{field: a, multiple_of: 6}", "4") == "a: multiple_of not_a_multiple")
        #expect(try map(multiples, "{field: a, multiple_of: 6}", "12").hasPrefix("[12"))
    }

    @Test("a check gives a nested target that the API says nothing of the type of its expression, or the one it names")
    func nested() throws {
        func map(_ expression: String, _ check: String, _ cell: String) throws -> String {
            try Sheet(
                "{name: n, api: {name: x, fields: []}, mappings: {d.e: '\(expression)'}, checks: [{field: d.e, \(check)}]}",
                columns: ["a"]
            ).map([cell])
        }
        #expect(try map("$a | to_integer", "min: 5", "4") == "d.e: min below_minimum")
        #expect(try map("$a | to_integer", "min: 5", "05") == "[5]")
        #expect(try map("$a", "max_length: 2", "éèê") == "d.e: max_length too_long")
        #expect(try map("$a", "type: integer, min: 5", "x") == "d.e: type not_an_integer")
        #expect(try map("$a", "type: email", "x") == "d.e: type not_an_email")
        #expect(try map("$a | parse_date", "max: 2000-01-01", "2000-01-02") == "d.e: max above_maximum")
    }

    @Test(
        "checks on rows look at the values that were made",
        arguments: [
            ("all_or_none: [a, b, c]", ["", "", ""], ""), ("all_or_none: [a, b, c]", ["1", "é", "3"], ""),
            ("all_or_none: [a, b, c]", ["1", "", "3"], "row: all_or_none some_missing (b)"),
            ("all_or_none: [a, b, c]", ["", "", "3"], "row: all_or_none some_missing (a)"),
            ("all_or_none: [c, b]", ["", "null", "null"], ""),
            ("all_or_none: [b, d.e]", ["", "1", ""], "row: all_or_none some_missing (d)"),
            ("exactly_one_of: [a, b, c]", ["", "", "3"], ""),
            ("exactly_one_of: [a, b, c]", ["", "", ""], "row: exactly_one_of none_given (a)"),
            ("exactly_one_of: [a, b, c]", ["1", "", "3"], "row: exactly_one_of several_given (c)"),
            ("exactly_one_of: [a, b, c]", ["1", "2", "3"], "row: exactly_one_of several_given (b)"),
            ("required: a, if: $b = 'x'", ["", "x", ""], "a: required_if required_here (a)"),
            ("required: a, if: $b = 'x'", ["1", "x", ""], ""), ("required: a, if: $b = 'x'", ["", "y", ""], ""),
            ("required: a, if: $b = 'x'", ["", "", ""], ""),
            ("required: a, if: $b == null", ["", "", ""], "a: required_if required_here (a)"),
            (
                "required: [a, c], if: $b = 'x'", ["", "x", ""],
                "a: required_if required_here (a); c: required_if required_here (c)"
            ),
            ("required: a, if: ($b | to_integer) > 5", ["", "6", ""], "a: required_if required_here (a)"),
            ("required: a, if: ($b | to_integer) > 5", ["", "é", ""], "row: to_integer not_an_integer (b)"),
            // What was refused is not known to be missing.
            ("all_or_none: [a, b]", ["x", "2", ""], "a: type not_an_integer (a)"),
            ("exactly_one_of: [a, b]", ["x", "", ""], "a: type not_an_integer (a)"),
            ("required: a, if: $b = 'x'", ["x", "x", ""], "a: type not_an_integer (a)"),
            ("all_or_none: [b, c]", ["x", "2", ""], "a: type not_an_integer (a); row: all_or_none some_missing (c)"),
        ])
    func rows(check: String, cells: [String], expected: String) throws {
        let sheet = try sheet("type: integer", "{\(check)}")
        let evaluator = Evaluator(sheet.program)
        var output: [UInt8] = []
        let outcome = evaluator.evaluate(Record(cells + [""]), into: &output)
        #expect(evaluator.rejections.map { "\($0.summary) (\($0.column ?? "-"))" }.joined(separator: "; ") == expected)
        #expect((outcome == .accepted) == expected.isEmpty)
    }

    @Test("with null_value, checks on rows count what became blank as blank")
    func nullValue() throws {
        let sheet = try sheet("type: integer", "{all_or_none: [a, b]}", onReject: "null_value")
        #expect(sheet.map(["x", "2", "", ""]) == "a: type not_an_integer; row: all_or_none some_missing")
        #expect(sheet.map(["x", "", "", ""]) == "[null,null,null,null]")
    }

    @Test("messages say what to do, and a check on the row says what the document says")
    func messages() throws {
        func message(_ definition: String, _ checks: String, _ cells: [String]) throws -> String? {
            let evaluator = Evaluator(try sheet(definition, checks).program)
            var output: [UInt8] = []
            _ = evaluator.evaluate(Record(cells), into: &output)
            return evaluator.rejections.first?.message
        }
        #expect(
            try message("type: number, multiple_of: 0.05", "", ["1.01"])
                == "'a' must be a multiple of 0.05; correct the cell")
        #expect(
            try message("const: EUR", "", ["USD"])
                == "'a' must be EUR; correct the cell, or map the field to that value")
        #expect(
            try message("format: postal_code, country: AT", "", ["12345"])
                == "this is not a postal code of AT; correct the cell, or the country of the check")
        #expect(
            try message("type: string", "{all_or_none: [a, b]}", ["1"])
                == "'a', 'b' belong together, and only some have a value; fill all of them, or none")
        #expect(
            try message("type: string", "{required: a, if: $b = 'x'}", ["", "x"])
                == "'a' is required where $b = 'x'; fill the cell, or give a value with ??")
        #expect(try message("type: string", "{exactly_one_of: [a, b], message: call us}", ["", ""]) == "call us")
        #expect(try message("type: string", "{required: a, if: $b = 'x', message: call us}", ["", "x"]) == "call us")
    }

    @Test(
        "keys that cannot fit are mistakes with a place and what to do",
        arguments: [
            (
                "type: string, exclusive_min: 1", "", "2:64 wrong_value",
                "remove it; it is for numbers, dates and datetimes"
            ),
            ("type: string, min: 1", "", "2:54 wrong_value", "did you mean 'min_length'?"),
            ("type: integer, max_length: 1", "", "2:62 wrong_value", "did you mean 'max'?"),
            ("type: date, multiple_of: 2", "", "2:60 wrong_value", "for numbers"),
            ("type: integer, multiple_of: 0", "", "2:63 wrong_value", "above 0"),
            ("type: integer, multiple_of: -2", "", "2:63 wrong_value", "above 0"),
            ("type: integer, const: 1.5", "", "2:57 wrong_value", "whole number"),
            ("type: date, const: 2024-02-30", "", "2:54 wrong_value", "2024-02-29"),
            ("type: email, format: iban", "", "2:56 wrong_value", "fields of type string"),
            ("type: number, formulas: forbid", "", "2:59 wrong_value", "for texts"),
            ("formulas: forbidden", "", "2:45 wrong_value", "did you mean 'forbid'?"),
            ("format: ibann", "", "2:43 wrong_value", "did you mean 'iban'?"),
            ("format: postal_code", "", "2:43 missing_key", "add country: DE"),
            ("format: postal_code, country: UK", "", "2:65 wrong_value", "such as GB"),
            ("format: postal_code, country: HK", "", "2:65 wrong_value", "pattern"),
            ("format: iban, country: DE", "", "2:58 wrong_value", "postal_code"),
            ("exclusive_minimum: 1", "", "2:35 unknown_key", "exclusive_min"),
            ("type: integer, min: 5, max: 4", "", "3:12 wrong_value", "'min' is 5 and 'max' 4"),
            ("type: integer, min: 5, exclusive_max: 5", "", "3:12 wrong_value", "correct one"),
            ("min_length: 5, max_length: 4", "", "3:12 wrong_value", "correct one"),
            ("enum: [x, y], const: z", "", "3:12 wrong_value", "no value in common"),
            ("type: integer, min: 5", "{field: a, max: 4}", "4:18 wrong_value", "correct one"),
            ("enum: [x, y]", "{field: a, enum: [z]}", "4:18 wrong_value", "no value in common"),
            ("type: string", "{field: a, min: 1}", "4:26 wrong_value", "did you mean 'min_length'?"),
            ("type: string", "{field: a, type: integer}", "4:27 wrong_value", "remove 'type'"),
            ("type: string", "{field: nme, max_length: 1}", "4:18 unknown_field", "known are"),
            ("type: string", "{field: a, maxlength: 1}", "4:21 unknown_key", "did you mean 'max_length'?"),
            ("type: string", "{field: a}", "4:10 missing_key", "add a key"),
            ("type: string", "{field: a, unique: a}", "4:10 wrong_value", "one of"),
            ("type: string", "{all_or_none: [a, f]}", "4:24 unknown_field", "did you mean 'a'?"),
            ("type: string", "{all_or_none: a}", "4:24 wrong_value", "[phone, email]"),
            ("type: string", "{exactly_one_of: [a, a]}", "4:27 wrong_value", "remove one"),
            ("type: string", "{required: a}", "4:10 wrong_value", "one of"),
            ("type: string", "{if: $b = 'x'}", "4:10 missing_key", "add required"),
            ("type: string", "{required: a, if: $z = 'x'}", "4:28 unknown_column", "did you mean $a?"),
            ("type: string", "{required: a, if: 1 + 1}", "4:28 type_mismatch", "comparison"),
            ("type: string", "{required: f, if: $b = 'x'}", "4:21 unknown_field", "did you mean 'a'?"),
        ])
    func mistakes(definition: String, checks: String, place: String, advice: String) {
        let found = Sheet.diagnostics(
            """
            name: n
            api: {name: x, fields: [{name: a, \(definition)}, {name: b}]}
            mappings: {a: $a, b: $b}
            checks: [\(checks)]
            """, columns: ["a", "b"])
        #expect(found.count == 1, "\(found)")
        let first = found.first
        #expect(first.map { "\($0.location.line):\($0.location.column) \($0.code.rawValue)" } == place)
        #expect(first.map { "\($0.message); \($0.advice)" }?.contains(advice) == true, "\(found)")
    }

    @Test(
        "where the API's fields are not known, a check that only they can decide is no mistake, and no program either")
    func undecided() throws {
        let text = "{name: n, api: crm, mappings: {a: $a}, checks: [{field: a, min: 18}]}"
        #expect(Sheet.problems(text).isEmpty)
        #expect(Sheet.problems(text, fields: [Field("a", .integer)]).isEmpty)
        #expect(Sheet.problems(text, fields: [Field("a", .string)]) == ["1:65 wrong_value"])
        #expect(throws: MappingError.self) { try Sheet(text, columns: ["a"]) }
        let sheet = try Sheet(text, columns: ["a"], fields: [Field("a", .integer)])
        #expect(sheet.map(["17"]) == "a: min below_minimum")
    }

    @Test("a field's JSON reads as the same field again")
    func fieldJSON() throws {
        let definitions = #"""
            - {name: a, type: number, exclusive_min: 0, exclusive_max: 99.5, multiple_of: 0.050, const: 1.50}
            - {name: b, type: string, format: postal_code, country: DE, formulas: forbid, const: "x\"é"}
            - {name: c, type: string, format: iban, formulas: allow}
            - {name: d, type: date, exclusive_min: 2000-02-29, const: 2024-02-29}
            """#
        let json = try Field.parseList(definitions, file: "fields").map(\.json)
        #expect(
            json == [
                #"{"name":"a","type":"number","exclusive_min":0,"exclusive_max":99.5,"multiple_of":0.050,"const":1.50}"#,
                #"{"name":"b","type":"string","format":"postal_code","country":"DE","const":"x\"é","formulas":"forbid"}"#,
                #"{"name":"c","type":"string","format":"iban"}"#,
                #"{"name":"d","type":"date","exclusive_min":"2000-02-29","const":"2024-02-29"}"#,
            ])
        #expect(try Field.parseList("[\(json.joined(separator: ","))]", file: "fields").map(\.json) == json)
    }

    @Test("checks of the mapping are described behind the API's, and those on rows before unique ones")
    func descriptions() throws {
        let text = """
            name: n
            api: {name: x, fields: [{name: a, type: number, exclusive_min: 0, multiple_of: 0.5}, {name: b, format: iban}]}
            mappings: {a: $a, b: $b, d.e: $c | to_integer}
            checks:
              - unique: a
              - {field: a, exclusive_max: 5, const: 1.5}
              - {field: b, formulas: forbid, required: true}
              - {field: d.e, max: 3}
              - {all_or_none: [a, b]}
              - {required: b, if: $c = '1'}
              - {exactly_one_of: [a, d.e]}
            """
        let lines = try Document(parsing: text, file: "n.yaml").ruleDescriptions().map {
            "\($0.target ?? "-") \($0.ordinal) \($0.function) \($0.arguments) \($0.columns.joined(separator: ","))"
        }
        #expect(
            lines == [
                #"a 1 copy [{"column":"a"}] a"#, #"a 2 type ["number"] a"#, "a 3 exclusive_min [0] a",
                "a 4 multiple_of [0.5] a", "a 5 exclusive_max [5] a", "a 6 const [1.5] a",
                #"b 1 copy [{"column":"b"}] b"#, #"b 2 type ["string"] b"#, #"b 3 format ["iban"] b"#,
                "b 4 required [] ",
                #"b 5 formulas ["forbid"] b"#, #"d.e 1 to_integer [{"column":"c"}] c"#, #"d.e 2 type ["integer"] c"#,
                "d.e 3 max [3] c", #"- 1 all_or_none [{"field":"a"},{"field":"b"}] "#,
                #"- 2 == [{"column":"c"},"1"] c"#, #"- 3 required_if [{"step":2},{"field":"b"}] c"#,
                #"- 4 exactly_one_of [{"field":"a"},{"field":"d.e"}] "#, #"- 5 unique [{"field":"a"}] "#,
            ])
    }
}
