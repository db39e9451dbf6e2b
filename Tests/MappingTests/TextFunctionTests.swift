import TestSupport
import Testing

@testable import Mapping

@Suite("Functions on text")
struct TextFunctionTests {
    @Test(
        "each function gives its documented result",
        arguments: FunctionTable.functions + FunctionTable.operators)
    func example(function: Function) throws {
        let cells = function.example.cells + ["", "", ""]
        let result = try value(of: function.example.expression, cells[0], cells[1], cells[2])
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
        "trim_start and trim_end take off the spaces of one end",
        arguments: [
            ("", "null", "null"), (" \t\u{A0}", "null", "null"), (" a b ", "\"a b \"", "\" a b\""),
            ("\u{FEFF}é\u{200B}", "\"é\u{200B}\"", "\"\u{FEFF}é\""), ("日本", "\"日本\"", "\"日本\""),
        ])
    func trimEnds(cell: String, start: String, end: String) throws {
        #expect(Array(try value(of: "$a | trim_start", cell).utf8) == Array(start.utf8))
        #expect(Array(try value(of: "$a | trim_end", cell).utf8) == Array(end.utf8))
    }

    @Test(
        "strip_control removes what nobody sees and keeps what changes how a text looks",
        arguments: [
            ("", "null"), ("\u{0}\u{1B}[1m\u{7F}\u{9F}", "\"[1m\""), ("co\u{AD}op", "\"coop\""),
            ("\u{200B}\u{200E}", "null"),
            ("a\u{202E}b\u{2066}c\u{FEFF}", "\"abc\""), ("a\tb\u{85}c", "\"a\\tb\u{85}c\""), ("é 日本", "\"é 日本\""),
            ("👩\u{200D}🚀 می\u{200C}خواهم", "\"👩\u{200D}🚀 می\u{200C}خواهم\""),
        ])
    func stripControl(cell: String, expected: String) throws {
        #expect(Array(try value(of: "$a | strip_control", cell).utf8) == Array(expected.utf8))
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
        "capitalize writes only the first letter large",
        arguments: [
            ("ann LEE", "\"Ann lee\""), ("ÉCOLE d'art", "\"École d'art\""), ("«was» IST", "\"«Was» ist\""),
            ("2ND street", "\"2nd street\""), ("ǆABAR", "\"ǅabar\""), ("ß", "\"Ss\""), ("ὈΔΟΣ Ἀ", "\"Ὀδος ἀ\""),
            ("日本 A", "\"日本 a\""), ("", "null"), ("-", "\"-\""),
        ])
    func capitalize(cell: String, expected: String) throws {
        #expect(Array(try value(of: "$a | capitalize", cell).utf8) == Array(expected.utf8))
    }

    @Test("letters change case as Swift's strings do, all of Unicode")
    func everyLetter() throws {
        let lower = try Sheet("{name: n, api: x, mappings: {t: $a | lower}}", columns: ["a"])
        let upper = try Sheet("{name: n, api: x, mappings: {t: $a | upper}}", columns: ["a"])
        for value in UInt32(0x80)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isCased || value < 0x900 else { continue }
            let text = String(scalar)
            if lower.map([text]) != "[\"\(scalar.properties.lowercaseMapping)\"]" { Issue.record("lower of \(value)") }
            if upper.map([text]) != "[\"\(scalar.properties.uppercaseMapping)\"]" { Issue.record("upper of \(value)") }
        }
    }

    @Test(
        "reverse turns the order of characters and keeps each whole",
        arguments: [
            ("", "null"), ("a", "\"a\""), ("abc", "\"cba\""), ("e\u{301}a", "\"ae\u{301}\""), ("été", "\"été\""),
            ("1👩‍🚀2", "\"2👩‍🚀1\""), ("🇩🇪🇫🇷", "\"🇫🇷🇩🇪\""), ("a\r\nb", "\"b\\r\\na\""), ("각나", "\"나각\""),
            (String(repeating: "ab", count: 50_000), "\"\(String(repeating: "ba", count: 50_000))\""),
        ])
    func reverse(cell: String, expected: String) throws {
        #expect(Array(try value(of: "$a | reverse", cell).utf8) == Array(expected.utf8))
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

    @Test(
        "replace_all replaces in one pass, the longest at each place",
        arguments: [
            ("\"a\" -> \"b\", \"b\" -> \"a\"", "abba", "\"baab\""),
            ("\"a\" -> \"1\", \"ab\" -> \"2\"", "abaab", "\"212\""),
            ("\"ab\" -> \"1\", \"bc\" -> \"2\"", "abc", "\"1c\""),
            ("\"St.\" -> \"Street\", \"St\" -> \"S\"", "St. St", "\"Street S\""),
            ("\"é\" -> \"e\", \"日\" -> \"day \"", "é日本", "\"eday 本\""), ("\"a\" -> \"\"", "aa", "null"),
            ("\"x\" -> 1", "", "null"),
            ("\"x\" -> 1, \"y\" -> true", "xy.", "\"1true.\""), ("\"x\" -> 1, \"x\" -> 2", "x", "\"1\""),
            ("\"x\" -> 1", "abc", "\"abc\""),
            ("5 -> \"five\"", "15", "\"1five\""), ("\"abcd\" -> 1, \"bc\" -> 2", "abce", "\"a2e\""),
        ])
    func replaceAll(entries: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | replace_all(\(entries))", cell) == expected)
    }

    @Test("replace_all finds what a search at every place would find")
    func replaceAllAtEveryPlace() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let keys = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 1...5, using: &random)).map { _ in "ab".randomElement(using: &random) ?? "a" })
            }
            let text = String((0..<40).map { _ in "abc".randomElement(using: &random) ?? "a" })
            var expected = ""
            var rest = text[...]
            while let first = rest.first {
                let found = keys.filter { rest.hasPrefix($0) }.max { $0.count < $1.count }
                expected += found.map { "<\($0)>" } ?? String(first)
                rest = rest.dropFirst(found?.count ?? 1)
            }
            let entries = keys.map { "\"\($0)\" -> \"<\($0)>\"" }.joined(separator: ", ")
            #expect(try value(of: "$a | replace_all(\(entries))", text) == "\"\(expected)\"")
        }
    }

    @Test("replace_all takes time linear in the text, however its texts overlap", .timeLimit(.minutes(1)))
    func replaceAllLinear() throws {
        let long = String(repeating: "a", count: 20_000)
        let cell = String(repeating: "a", count: 1_000_000)
        let result = try value(
            of: "$a | replace_all(\"\(long)b\" -> \"x\", \"b\(long)\" -> \"y\", \"aa\" -> \"c\")", cell)
        #expect(result == "\"\(String(repeating: "c", count: 500_000))\"")
    }

    @Test("a replacement that would grow without limit fails instead")
    func explosiveReplacement() throws {
        let tenfold = String(repeating: " | replace(\"a\", \"aaaaaaaaaa\")", count: 12)
        #expect(try value(of: "$a\(tenfold)", "a") == "text_too_long")
        let all = String(repeating: " | replace_all(\"a\" -> \"aaaaaaaaaa\")", count: 12)
        #expect(try value(of: "$a\(all)", "a") == "text_too_long")
        #expect(
            try value(of: "$a | regex_replace(\"a\", \"$0$0$0$0$0$0$0$0$0\")", String(repeating: "a", count: 1_000_000))
                == "text_too_long")
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
