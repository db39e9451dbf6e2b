import Testing

@testable import Mapping

@Suite("Functions on text")
struct TextFunctionTests {
    @Test(
        "each function gives its documented result",
        arguments: FunctionTable.functions + FunctionTable.operators)
    func example(function: Function) throws {
        let result = try value(of: function.example.expression)
        switch function.example.result {
        case nil: #expect(result == "null")
        case .some(let expected): #expect(result == expected || result == "\"\(expected)\"")
        }
    }

    @Test(
        "trim takes off every kind of space at both ends, and nothing else",
        arguments: [
            ("", "null"), ("  ", "null"), (" a ", "\"a\""), ("a  b", "\"a  b\""), ("\t\r\na\u{A0}", "\"a\""),
            ("\u{FEFF}\u{200B}é\u{3000}", "\"é\""), ("\u{2003}", "null"), ("日本", "\"日本\""),
        ])
    func trim(cell: String, expected: String) throws {
        #expect(try value(of: "$a | trim", cell) == expected)
    }

    @Test(
        "collapse_spaces makes every run of spaces one",
        arguments: [
            ("", "null"), ("a", "\"a\""), ("a  b", "\"a b\""), ("a \u{A0}\t\n b", "\"a b\""), ("é\u{2003}è", "\"é è\""),
        ])
    func collapseSpaces(cell: String, expected: String) throws {
        #expect(try value(of: "$a | collapse_spaces", cell) == expected)
    }

    @Test(
        "strip_accents writes Latin letters plain and leaves other scripts",
        arguments: [
            ("Łódź", "\"Lodz\""), ("Straße Æsir Þór", "\"Strasse AEsir Thor\""), ("São Tomé", "\"Sao Tome\""),
            ("e\u{301}te\u{301}", "\"ete\""), ("Việt Nam", "\"Viet Nam\""), ("Москва Ёж й", "\"Москва Ёж й\""),
            ("и\u{306}", "\"и\u{306}\""), ("ŉ ĳ ǆ", "\"'n ij dz\""), ("plain", "\"plain\""), ("İzmir ı", "\"Izmir i\""),
            ("东京", "\"东京\""), ("×÷", "\"×÷\""), ("", "null"),
        ])
    func stripAccents(cell: String, expected: String) throws {
        #expect(try value(of: "$a | strip_accents", cell) == expected)
    }

    @Test(
        "lower and upper follow Unicode and no language",
        arguments: [
            ("aZ9_", "\"az9_\"", "\"AZ9_\""), ("ÉCOLE", "\"école\"", "\"ÉCOLE\""),
            ("straße", "\"straße\"", "\"STRASSE\""),
            ("ΟΔΥΣΣΕΥΣ ΣΑΣ Σ", "\"οδυσσευς σας σ\"", "\"ΟΔΥΣΣΕΥΣ ΣΑΣ Σ\""), ("ﬁ", "\"ﬁ\"", "\"FI\""),
            ("\u{390}", "\"\u{390}\"", "\"\u{399}\u{308}\u{301}\""), ("I İ", "\"i i̇\"", "\"I İ\""),
            ("ǅ", "\"ǆ\"", "\"Ǆ\""), ("", "null", "null"),
        ])
    func letterCase(cell: String, lower: String, upper: String) throws {
        #expect(Array(try value(of: "$a | lower", cell).utf8) == Array(lower.utf8))
        #expect(Array(try value(of: "$a | upper", cell).utf8) == Array(upper.utf8))
    }

    @Test(
        "title writes the first letter of each word large",
        arguments: [
            ("ann lee", "Ann Lee"), ("JEAN-LUC PICARD", "Jean-Luc Picard"), ("o'neill", "O'Neill"),
            ("D’ANGELO", "D’Angelo"), ("don't stop", "Don't Stop"), ("it's", "It's"), ("2nd street", "2nd Street"),
            ("élodie ÉMILE", "Élodie Émile"), ("ǆabar", "ǅabar"), ("von der (heide)", "Von Der (Heide)"),
            ("ΟΔΟΣ", "Οδος"), ("o", "O"),
        ])
    func title(cell: String, expected: String) throws {
        #expect(Array(try value(of: "$a | title", cell).utf8) == Array("\"\(expected)\"".utf8))
    }

    @Test(
        "join puts values together and leaves blanks out",
        arguments: [
            (["a", "b", "c"], "\"a, b, c\""), (["a", "", "c"], "\"a, c\""), (["", "", ""], "null"),
            (["", "b", ""], "\"b\""),
        ])
    func join(cells: [String], expected: String) throws {
        #expect(try value(of: "join(\", \", $a, $b, $c)", cells[0], cells[1], cells[2]) == expected)
        #expect(try value(of: "$a | join(\", \", $b, $c)", cells[0], cells[1], cells[2]) == expected)
    }

    @Test(
        "replace replaces every occurrence, also by nothing",
        arguments: [
            ("$a | replace(\"-\", \"\")", "1-2-3", "\"123\""), ("$a | replace(\"aa\", \"b\")", "aaaaa", "\"bba\""),
            ("$a | replace(\"x\", \"xx\")", "axx", "\"axxxx\""), ("$a | replace(\"é\", \"e\")", "été", "\"ete\""),
            ("$a | replace(\"abc\", \"\")", "abc", "null"), ("$a | replace(\"a\", \"b\")", "", "null"),
            ("$a | replace(\"abcd\", \"\")", "abc", "\"abc\""),
        ])
    func replace(expression: String, cell: String, expected: String) throws {
        #expect(try value(of: expression, cell) == expected)
    }

    @Test("a replacement that would grow without limit fails instead")
    func explosiveReplacement() throws {
        let tenfold = String(repeating: " | replace(\"a\", \"aaaaaaaaaa\")", count: 12)
        #expect(try value(of: "$a\(tenfold)", "a") == "text_too_long")
    }

    @Test(
        "regex_replace replaces matches and puts groups in",
        arguments: [
            ("$a | regex_replace(\"(\\d+)/(\\d+)\", \"$2-$1\")", "5/10 and 6/11", "\"10-5 and 11-6\""),
            ("$a | regex_replace(\"\\s+\", \" \")", "a \t b", "\"a b\""),
            ("$a | regex_replace(\"[^0-9]\", \"\")", "+49 (30) 12", "\"493012\""),
            ("$a | regex_replace(\"x*\", \"-\")", "abc", "\"-a-b-c-\""),
            ("$a | regex_replace(\"$\", \"$$\")", "5", "\"5$\""),
            ("$a | regex_replace(\"(a)|b\", \"[$1]\")", "ab", "\"[a][]\""),
            ("$a | regex_replace(\"é\", \"e\")", "été", "\"ete\""),
            ("$a | regex_replace(\"z\", \"y\")", "abc", "\"abc\""),
            ("$a | regex_replace(\".*\", \"\")", "abc", "null"), ("$a | regex_replace(\"a\", \"b\")", "", "null"),
        ])
    func regexReplace(expression: String, cell: String, expected: String) throws {
        #expect(try value(of: expression, cell) == expected)
    }

    @Test(
        "map gives what stands behind an equal text and fails for all others",
        arguments: [("UK", "\"GB\""), ("D", "\"DE\""), ("d", "not_in_map"), ("", "null"), ("UKX", "not_in_map")])
    func map(cell: String, expected: String) throws {
        #expect(try value(of: "$a | map(\"UK\" -> \"GB\", \"D\" -> \"DE\")", cell) == expected)
    }

    @Test("map finds every one of many keys, and gives numbers and booleans too")
    func largeMap() throws {
        let entries = (0..<500).map { "\"key\($0)\" -> \($0)" }.joined(separator: ", ")
        for number in [0, 1, 77, 499] { #expect(try value(of: "$a | map(\(entries))", "key\(number)") == "\(number)") }
        #expect(try value(of: "$a | map(\(entries))", "key500") == "not_in_map")
        #expect(try value(of: "$a | map(\"J\" -> true, \"N\" -> false)", "N") == "false")
    }
}
