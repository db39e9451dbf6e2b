import Testing

@testable import Mapping

@Suite("Functions on parts of texts")
struct PartsOfTextTests {
    @Test(
        "length counts code points, and no blank",
        arguments: [
            ("", "null"), ("a", "1"), ("Zoë", "3"), ("e\u{301}", "2"), ("日本", "2"), ("🦊", "1"), (" a ", "3"),
            (String(repeating: "é", count: 100_000), "100000"),
        ])
    func length(cell: String, expected: String) throws {
        #expect(try value(of: "$a | length", cell) == expected)
    }

    @Test(
        "left and right take as many code points as there are",
        arguments: [
            ("", 1, "null", "null"), ("abc", 1, "\"a\"", "\"c\""), ("abc", 3, "\"abc\"", "\"abc\""),
            ("abc", 9_223_372_036_854_775_807, "\"abc\"", "\"abc\""), ("é日🦊x", 2, "\"é日\"", "\"🦊x\""),
            ("🦊🦊", 1, "\"🦊\"", "\"🦊\""),
        ])
    func ends(cell: String, count: Int, left: String, right: String) throws {
        #expect(try value(of: "$a | left(\(count))", cell) == left)
        #expect(try value(of: "$a | right(\(count))", cell) == right)
    }

    @Test(
        "substring counts from 1, and from -1 at the end",
        arguments: [
            ("1", "abc", "\"abc\""), ("2", "abc", "\"bc\""), ("2, 1", "abc", "\"b\""), ("3, 9", "abc", "\"c\""),
            ("4", "abc", "null"), ("-1", "abc", "\"c\""), ("-2, 1", "abc", "\"b\""), ("-9", "abc", "\"abc\""),
            ("-9, 2", "abc", "\"ab\""), ("2, 2", "é日🦊x", "\"日🦊\""), ("-2", "é日🦊x", "\"🦊x\""), ("1", "", "null"),
            ("9223372036854775807", "abc", "null"), ("-9223372036854775807, 1", "abc", "\"a\""),
        ])
    func substring(arguments: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | substring(\(arguments))", cell) == expected)
    }

    @Test(
        "split gives one piece, from either end",
        arguments: [
            ("\",\", 1", "a,b,c", "\"a\""), ("\",\", 2", "a,b,c", "\"b\""), ("\",\", -1", "a,b,c", "\"c\""),
            ("\",\", -3", "a,b,c", "\"a\""), ("\",\", 4", "a,b,c", "null"), ("\",\", -4", "a,b,c", "null"),
            ("\",\", 1", "abc", "\"abc\""), ("\",\", -1", "abc", "\"abc\""), ("\",\", 2", "a,,c", "null"),
            ("\",\", -1", "a,", "null"), ("\",\", 1", "", "null"), ("\"aa\", 2", "aaab", "\"ab\""),
            ("\"aa\", -1", "aaab", "\"ab\""), ("\" – \", 2", "Zürich – 日本", "\"日本\""), ("\"🦊\", -2", "a🦊é🦊c", "\"é\""),
            ("\"abcd\", 1", "abc", "\"abc\""), ("\",\", 9223372036854775807", "a,b", "null"),
        ])
    func split(arguments: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | split(\(arguments))", cell) == expected)
    }

    @Test("split is quick with many pieces", .timeLimit(.minutes(1)))
    func manyPieces() throws {
        let cell = String(repeating: "x,", count: 500_000) + "last"
        #expect(try value(of: "$a | split(\",\", -1)", cell) == "\"last\"")
        #expect(try value(of: "$a | split(\",\", 500001)", cell) == "\"last\"")
    }

    @Test(
        "regex_extract takes a group of the first match",
        arguments: [
            ("\"\\d+\"", "ab 12 34", "\"12\""), ("\"(\\d+)-(\\d+)\"", "x 1-2 3-4", "\"1\""),
            ("\"(\\d+)-(\\d+)\", 2", "x 1-2 3-4", "\"2\""), ("\"(\\d+)-(\\d+)\", 0", "x 1-2 3-4", "\"1-2\""),
            ("\"\\d+\"", "none", "null"), ("\"(a)|(b)\", 2", "a", "null"), ("\"(x*)y\"", "y", "null"),
            ("\"#(.+)$\"", "é #日本 🦊", "\"日本 🦊\""), ("\"a\"", "", "null"),
            ("\"(?i)RE: *(.*)\"", "re: hello", "\"hello\""),
        ])
    func regexExtract(arguments: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | regex_extract(\(arguments))", cell) == expected)
    }

    @Test("regex_extract stops when its pattern costs too much, and says so")
    func costlyPattern() throws {
        let function = try #require(FunctionTable.function(named: "regex_extract"))
        var arguments = Arguments()
        arguments.texts = [Arguments.Text(string: "(a?){300}b", argument: 1)]
        let body = try function.body(arguments)
        let workspace = Workspace()
        workspace.threads.resetBudget(to: 1 << 16)
        Array(repeating: UInt8(ascii: "a"), count: 10_000).withUnsafeBufferPointer { bytes in
            var operand = Value.text(bytes)
            guard case .failed = body(&operand, workspace) else {
                Issue.record("it was not stopped")
                return
            }
        }
        #expect(workspace.failure.code == "pattern_too_costly")
    }

    @Test(
        "pad_left and pad_right fill up to a length",
        arguments: [
            ("3, \"0\"", "7", "\"007\"", "\"700\""), ("3", "7", "\"  7\"", "\"7  \""),
            ("3, \"0\"", "1234", "\"1234\"", "\"1234\""),
            ("3, \"0\"", "", "null", "null"), ("4, \"é\"", "日本", "\"éé日本\"", "\"日本éé\""),
            ("1, \"0\"", "x", "\"x\"", "\"x\""),
        ])
    func pad(arguments: String, cell: String, left: String, right: String) throws {
        #expect(try value(of: "$a | pad_left(\(arguments))", cell) == left)
        #expect(try value(of: "$a | pad_right(\(arguments))", cell) == right)
    }

    @Test("padding and repeating go up to ten thousand")
    func longest() throws {
        let padded = try value(of: "$a | pad_left(10000, \"🦊\")", "x")
        #expect(padded == "\"\(String(repeating: "🦊", count: 9_999))x\"")
        #expect(try value(of: "$a | repeat(10000)", "é") == "\"\(String(repeating: "é", count: 10_000))\"")
        #expect(try value(of: "$a | repeat(10000)", String(repeating: "x", count: 1_000)) == "text_too_long")
        #expect(try value(of: "$a | repeat(1)", "") == "null")
    }

    @Test(
        "arguments that cannot be are mistakes of the document",
        arguments: [
            ("$a | left(0)", "write 1 or more"), ("$a | right(-1)", "write 1 or more"),
            ("$a | left(\"2\")", "in digits"),
            ("$a | substring(0)", "write 1 for the first"), ("$a | substring(1, 0)", "write 1 or more"),
            ("$a | substring(-9223372036854775808)", "or more"),
            ("$a | split(\",\", -9223372036854775808)", "or more"),
            ("$a | split(\"\", 1)", "separator"), ("$a | split(\",\", 0)", "write 1 for the first"),
            ("$a | split(\",\")", "split(value, separator, number)"), ("$a | regex_extract(\"(a)\", 2)", "( and )"),
            ("$a | regex_extract(\"(a\")", "character 1"), ("$a | pad_left(0)", "from 1 to 10000"),
            ("$a | pad_left(3, \"ab\")", "one sign"), ("$a | pad_left(3, \"\")", "one sign"),
            ("$a | repeat(10001)", "from 1 to 10000"), ("$a | mask(-1)", "write 0 or more"),
            ("$a | round(39)", "from -37 to 38"), ("$a | round(1, \"halfup\")", "did you mean half_up?"),
            ("$a | format_number(2, \"xx\")", "known are: en"),
            ("$a | format_number", "format_number(value, digits, [locale])"),
            ("$a | replace_all(\"\" -> \"x\")", "??"), ("$a | replace_all(\"x\")", "->"),
            ("constant($a)", "between quotes"),
            ("$a | require(\"\")", "say what to do"), ("$a | row_number", "row_number()"), ("case(1)", "write case("),
            ("$a | case(true -> 1)", "write case("), ("case()", "write case("), ("case(1 -> 2)", "comparison"),
            ("case(true -> 1, 2, 3)", "write case("),
        ])
    func mistakes(expression: String, advice: String) {
        let found = Sheet.diagnostics("name: n\napi: x\nmappings: {t: '\(expression)'}", columns: ["a"])
        #expect(found.count == 1)
        #expect(found.first?.advice.contains(advice) == true, "\(found)")
    }
}
