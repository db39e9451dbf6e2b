import Testing

@testable import Mapping

@Suite("Checking before the first row")
struct TypeCheckerTests {
    private static let api =
        "api: {name: crm, fields: [{name: id, type: integer, required: true}, {name: name, type: string}, "
        + "{name: born, type: date}, {name: active, type: boolean}, {name: mail, type: email}]}\n"

    /// The diagnostics of a mapping of `id` to a column and one more target to an expression, on line 4.
    private func diagnostics(_ target: String, _ expression: String, columns: [String]? = nil) -> [Diagnostic] {
        Sheet.diagnostics(
            "name: n\n\(Self.api)mappings: {id: $id,\n  \"\(target)\": '\(expression)'}", columns: columns)
    }

    @Test(
        "a mistake is named with its place and a suggestion",
        arguments: [
            ("$id | trm", Diagnostic.Code.unknownFunction, 6, "did you mean trim?"),
            ("$nmae | trim", .unknownColumn, 0, "did you mean $name?"),
            ("$fullname", .unknownColumn, 0, "did you mean $\"Full name\"?"),
            ("$id | parse_date(\"dd/MM/yyyy\")", .typeMismatch, -1, ""),
            ("$id | trim(\"x\")", .wrongArguments, 6, "trim(value)"),
            ("$id | replace(\"a\")", .wrongArguments, 6, "replace(value, from, to)"),
            ("$id | replace($name, \"b\")", .wrongArguments, 14, "between quotes"),
            ("$id | map(\"a\")", .wrongArguments, 10, "->"),
            ("$id | trim(\"a\" -> \"b\")", .wrongArguments, 6, "trim(value)"),
            ("$id | parse_number(\"dee\")", .wrongArguments, 19, "did you mean de?"),
            ("$id | parse_date(\"dd/mm/yyyy\")", .wrongArguments, 18, "dd/MM/yyyy"),
            ("$id | parse_date(\"dd/MM/YYYY\")", .wrongArguments, 24, "dd/MM/yyyy"),
            ("$id | regex_replace(\"a(b\", \"\")", .wrongArguments, 22, "character 2"),
            ("$id | regex_replace(\"ab\", \"$1\")", .wrongArguments, 26, "( and )"),
            ("$id | map(\"\" -> \"b\")", .wrongArguments, 10, "??"),
            ("(1 < 2) + 1", .typeMismatch, 0, "to_decimal"), ("$id and true", .typeMismatch, -1, ""),
            ("($id | parse_date) < 5", .typeMismatch, 0, "convert one"),
            ("if $id | parse_date then 1 else 2", .typeMismatch, 9, "comparison"),
            ("$id | parse_date | to_integer", .typeMismatch, 6, "leave out"),
            ("nosuch($id)", .unknownFunction, 0, "known are: trim"), ("name", .syntax, 0, "write $name"),
            ("$id $name", .syntax, 4, "operator"), ("$id |", .syntax, 5, "function"), ("($id", .syntax, 0, "')'"),
            ("$id)", .syntax, 3, "no '('"), ("1 < 2 < 3", .syntax, 6, "chained"),
            ("if $id then 1", .syntax, 13, "else"),
            ("\"abc", .syntax, 0, "end it"), ("$", .syntax, 0, "$name"), ("1.2.3", .syntax, 0, "digits"),
            ("$id & $name", .syntax, 4, "and"),
            ("$id -> $name", .syntax, 4, "map"), ("", .syntax, 0, "write one"), ("12abc", .syntax, 0, "digits"),
        ])
    func mistakes(expression: String, code: Diagnostic.Code, offset: Int, advice: String) {
        let found = diagnostics("name", expression, columns: ["id", "name", "Full name"])
        if offset < 0 {
            // What becomes a text, a date or a condition only in the row is not a mistake.
            #expect(found.isEmpty)
            return
        }
        #expect(found.count == 1)
        #expect(found.first?.code == code)
        #expect(found.first?.location.line == 4)
        #expect(found.first?.location.column == 12 + offset)
        #expect(found.first?.advice.contains(advice) == true, "\(found)")
    }

    @Test(
        "an expression that can never fit its field is a mistake",
        arguments: [
            ("born", "$b | to_integer", "parse_date"), ("born", "true", "parse_date"),
            ("active", "$b | parse_date", "parse_boolean"),
            ("active", "1", "parse_boolean"), ("born", "\"2024-02-30\"", "2024-02-29"),
            ("active", "\"yes\"", "true or false"),
        ])
    func fieldTypes(target: String, expression: String, advice: String) {
        let found = diagnostics(target, expression)
        #expect(found.map(\.code) == [.typeMismatch])
        #expect(found.first?.advice.contains(advice) == true, "\(found)")
    }

    @Test(
        "an expression that may fit its field passes",
        arguments: [
            ("born", "$b"), ("born", "$b | parse_date(\"d.M.yy\")"), ("born", "null"), ("active", "$a == \"x\""),
            ("active", "\"true\""),
            ("name", "$a | parse_date"), ("name", "1.5"), ("name", "if $a then 1 else \"none\""),
            ("mail", "$a | lower"), ("born", "$a ?? \"2024-02-29\""),
        ])
    func fits(target: String, expression: String) {
        #expect(diagnostics(target, expression).isEmpty)
    }

    @Test(
        "a target that the API does not have is a mistake, nested ones below an unknown name are not",
        arguments: [
            ("nme", "did you mean 'name'?"), ("zzzzzz", "known are: 'id'"), ("address.city", nil), ("phones[0]", nil),
            ("name.first", "known are"),
        ] as [(String, String?)])
    func targets(target: String, advice: String?) {
        let found = diagnostics(target, "$a")
        #expect(found.map(\.code) == (advice == nil ? [] : [.unknownField]))
        if let advice { #expect(found.first?.advice.contains(advice) == true) }
    }

    @Test("a required field without a mapping, or one that is always blank, is a mistake")
    func required() {
        #expect(Sheet.problems("name: n\n\(Self.api)mappings: {name: $a}") == ["2:6 unmapped_field"])
        #expect(Sheet.problems("name: n\n\(Self.api)mappings: {id: null}") == ["3:16 type_mismatch"])
    }

    @Test("all mistakes of all expressions are found, in the order of the document")
    func several() {
        let text =
            "name: n\n\(Self.api)mappings:\n  id: $id | foo | bar\n  nme: trim($x, $y)\nchecks:\n  - unique: [nam]\n  - rule: 1 + 1"
        #expect(
            Sheet.problems(text, columns: ["id", "x"]) == [
                "4:13 unknown_function", "4:19 unknown_function", "5:3 unknown_field", "5:8 wrong_arguments",
                "7:13 unknown_field",
                "8:11 type_mismatch",
            ])
    }

    @Test("the fields of an API that is only named come from the caller")
    func givenFields() {
        let text = "name: n\napi: crm\nmappings: {id: $a, nme: $b}"
        #expect(Sheet.problems(text).isEmpty)
        let fields = [Field("id", .integer), Field("name", .string, isRequired: true)]
        #expect(Sheet.problems(text, fields: fields) == ["2:6 unmapped_field", "3:20 unknown_field"])
    }

    @Test("names are compared as bytes: a letter with its accent as one character, and as two, are two names")
    func spelling() {
        let text = "name: n\napi: crm\nmappings: {id: $\"caf\u{E9}\"}"
        #expect(Sheet.problems(text, columns: ["cafe\u{301}", "caf\u{E9}"]).isEmpty)
        #expect(Sheet.problems(text, columns: ["cafe\u{301}"]) == ["3:16 unknown_column"])
        let fields = [Field("caf\u{E9}", .string, isRequired: true)]
        let other = "name: n\napi: crm\nmappings: {\"cafe\u{301}\": $a}"
        #expect(Sheet.problems(other, fields: fields) == ["2:6 unmapped_field", "3:13 unknown_field"])
    }

    @Test("a column that the file has twice is ambiguous")
    func ambiguous() {
        let text = "name: n\napi: crm\nmappings: {x: $a}"
        #expect(Sheet.problems(text, columns: ["a", "b", "a"]) == ["3:15 ambiguous_column"])
    }

    @Test(
        "operators bind as documented",
        arguments: [
            ("2 * 3 | to_integer", "6"), ("\"a\" ?? \"b\" | upper", "\"A\""), ("null ?? \"b\" | upper", "\"B\""),
            ("1 + 1 == 2 and 2 > 1", "true"),
            ("not 1 == 2 or false", "true"), ("-2 * -3", "6"), ("1 - -1", "2"),
            ("if 1 < 2 then \"y\" else \"n\" | upper", "\"y\""),
            ("(if 1 < 2 then \"y\" else \"n\") | upper", "\"Y\""), ("false and false or true", "true"),
            ("8 / 2 / 2", "2"),
        ])
    func precedence(expression: String, expected: String) throws {
        #expect(try value(of: expression) == expected)
    }

    @Test("expressions of any size and depth end in a value or an error", arguments: [50, 150, 3_000, 100_000])
    func size(count: Int) throws {
        let nested = String(repeating: "(", count: count) + "$a" + String(repeating: ")", count: count)
        let piped = "$a" + String(repeating: " | trim", count: min(count, 100_000))
        let tooLarge = Sheet.problems("name: n\napi: x\nmappings: {t: '\(nested)'}")
        #expect(tooLarge.isEmpty == (count < 100))
        #expect(Sheet.problems("name: n\napi: x\nmappings: {t: '\(piped)'}").isEmpty == (count < 1_000))
    }
}
