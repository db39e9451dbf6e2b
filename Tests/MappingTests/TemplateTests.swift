import Testing

@testable import Mapping

@Suite("Templates")
struct TemplateTests {
    @Test(
        "template puts columns into a text; a blank leaves nothing, and all of them blank make a blank",
        arguments: [
            ("{a} {b}", "Ann", "Lee", "\"Ann Lee\""), ("{a} {b}", "", "Lee", "\" Lee\""),
            ("{a} {b}", "", "", "null"),
            ("No. {a}", "7", "", "\"No. 7\""), ("No. {a}", "", "x", "null"), ("{a}", "é🦊", "", "\"é🦊\""),
            ("{a}{a}{b}{a}", "x", "-", "\"xx-x\""), ("{{{a}}}", "x", "", "\"{x}\""),
            ("{{a}} {a}", "x", "", "\"{a} x\""),
            ("{a}}}{{", "x", "", "\"x}{\""), ("日{a}本", "-", "", "\"日-本\""), ("{a}", "{b}", "y", "\"{b}\""),
            ("{a}\\n{b}\\\"", "1", "2", "\"1\\n2\\\"\""), ("{a} ", " ", "", "\"  \""),
        ])
    func template(text: String, a: String, b: String, expected: String) throws {
        #expect(try value(of: "template(\"\(text)\")", a, b) == expected)
    }

    @Test("names of columns stand between the braces as the header has them")
    func names() throws {
        let sheet = try Sheet(
            "name: n\napi: x\nmappings: {t: 'template(\"{Full name}/{é}/{$x}\") | upper'}",
            columns: ["é", "Full name", "b", "$x"])
        #expect(sheet.map(["1", "ann", "3", "4"]) == "[\"ANN/1/4\"]")
    }

    @Test("a template is a step like others: behind it stand pipes, and ?? gives a value for a blank")
    func composition() throws {
        #expect(try value(of: "template(\"{a}-{b}\") | trim | length", "12", "3") == "4")
        #expect(try value(of: "template(\"{a}\") ?? \"none\"") == "\"none\"")
        #expect(try value(of: "\"<{a}>\" | template", "x") == "\"<x>\"")
        let long = String(repeating: "x", count: 3 << 20)
        #expect(try value(of: "template(\"{a}{a}{a}\")", long) == "text_too_long")
    }

    @Test(
        "what is wrong in a template is found before the first row, where it stands",
        arguments: [
            ("template(\"{a} {d}\")", "3:31 unknown_column", "did you mean $a?"),
            ("template(\"{a} {Nmae}\")", "3:31 unknown_column", "did you mean $Name?"),
            ("template(\"{a\")", "3:26 wrong_arguments", "write {name} for a column, {{ and }} for braces"),
            ("template(\"{a} } {b}\")", "3:30 wrong_arguments", "write {name} for a column, {{ and }} for braces"),
            ("template(\"x{}\")", "3:27 wrong_arguments", "write {name} for a column, {{ and }} for braces"),
            ("template(\"{a {b}}\")", "3:26 wrong_arguments", "write {name} for a column, {{ and }} for braces"),
            (
                "template(\"none\")", "3:25 wrong_arguments",
                "write one, such as template(\"No. {number}\"), or leave template out"
            ),
            ("template($a)", "3:25 wrong_arguments", "write template(\"{first name} {last name}\")"),
            ("template()", "3:16 wrong_arguments", "write template(\"{first name} {last name}\")"),
            ("template(\"\")", "3:25 wrong_arguments", "write template(\"{first name} {last name}\")"),
            ("template(\"{a}\", $b)", "3:25 wrong_arguments", "write template(\"{first name} {last name}\")"),
            ("$a | template(\"{b}\")", "3:16 wrong_arguments", "write template(\"{first name} {last name}\")"),
        ])
    func mistakes(expression: String, place: String, advice: String) {
        let text = "name: n\napi: x\nmappings: {t: '\(expression)'}"
        let found = Sheet.diagnostics(text, columns: ["a", "b", "Name"])
        #expect(found.map { "\($0.location.line):\($0.location.column) \($0.code.rawValue)" } == [place])
        #expect(found.first?.advice == advice)
    }

    @Test("a template of more columns than an expression has steps is refused")
    func extreme() {
        let text = String(repeating: "{a}", count: 1_000)
        let problems = Sheet.problems("name: n\napi: x\nmappings: {t: 'template(\"\(text)\")'}", columns: ["a"])
        #expect(problems == ["3:16 syntax"])
    }

    @Test("the description of a mapping names the columns that a template reads")
    func description() throws {
        let document = try Document(
            parsing: "name: n\napi: x\nmappings: {t: 'template(\"{a} {b}\")'}", file: "test.yaml")
        let rule = try #require(document.ruleDescriptions().first)
        #expect(rule.function == "template")
        #expect(rule.columns == ["a", "b"])
        #expect(rule.arguments == #"["{a} {b}",{"column":"a"},{"column":"b"}]"#)
    }
}
