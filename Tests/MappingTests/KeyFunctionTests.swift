import CSV
import Testing

@testable import Mapping

@Suite("Functions that make keys")
struct KeyFunctionTests {
    @Test(
        "slug writes words with hyphens between them",
        arguments: [
            ("", "null"), ("Hello, World!", "\"hello-world\""), ("  --a__b-- ", "\"a-b\""),
            ("O'Neill’s", "\"oneills\""),
            ("Straße № 5/б", "\"strasse-5-б\""), ("Ünïcode É", "\"unicode-e\""), ("Москва Ёж", "\"москва-ёж\""),
            ("हिन्दी", "\"हिन्दी\""), ("日本 語", "\"日本-語\""), ("!!!", "null"), ("'", "null"), ("🦊", "null"), ("a🦊b", "\"a-b\""),
            (String(repeating: "a ", count: 50_000), "\"a\(String(repeating: "-a", count: 49_999))\""),
        ])
    func slug(cell: String, expected: String) throws {
        #expect(Array(try value(of: "$a | slug", cell).utf8) == Array(expected.utf8))
    }

    @Test(
        "fingerprint is the same for spellings of one name",
        arguments: [
            ("", "null"), ("Tom Cruise", "\"cruise tom\""), (" Cruise, Tom ", "\"cruise tom\""),
            ("tom  TOM cruise", "\"cruise tom\""),
            ("Ångström, Å.", "\"a angstrom\""), ("A.B. C-D", "\"ab cd\""), ("b a b a", "\"a b\""), ("...", "null"),
            ("ab a abc", "\"a ab abc\""),
            ("Straße straße STRASSE", "\"strasse\""), ("б а", "\"а б\""), ("日本", "\"日本\""),
            ("a\tb\u{A0}c", "\"a b c\""),
            ("¿Qué? «x»", "\"que x\""), ("a+b", "\"a+b\""),
        ])
    func fingerprint(cell: String, expected: String) throws {
        #expect(try value(of: "$a | fingerprint", cell) == expected)
    }

    @Test("fingerprint sorts many words, in any order of them", .timeLimit(.minutes(1)))
    func manyWords() throws {
        let words = (0..<2_000).map { "w\($0)" }
        let expected =
            "\"\(words.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.joined(separator: " "))\""
        #expect(try value(of: "$a | fingerprint", words.joined(separator: " ")) == expected)
        #expect(try value(of: "$a | fingerprint", (words + words.reversed()).joined(separator: ". ")) == expected)
        #expect(try value(of: "$a | fingerprint", String(repeating: "x ", count: 500_000)) == "\"x\"")
    }

    @Test(
        "mask shows the last code points, and nothing of a short text",
        arguments: [
            ("$a | mask", "", "null"), ("$a | mask", "12345", "\"*2345\""), ("$a | mask", "1234", "\"****\""),
            ("$a | mask", "1", "\"*\""),
            ("$a | mask(0)", "abc", "\"***\""), ("$a | mask(2)", "é日🦊x", "\"**🦊x\""),
            ("$a | mask(9223372036854775807)", "abc", "\"***\""),
            ("12345 | mask(1)", "", "\"****5\""),
        ])
    func mask(expression: String, cell: String, expected: String) throws {
        #expect(try value(of: expression, cell) == expected)
    }

    @Test("row_number is the record's number, and constant the same for every row")
    func rowNumber() throws {
        let sheet = try Sheet(
            "{name: n, api: x, mappings: {t: row_number(), u: 'constant(\"x\")', v: constant(1.50), w: constant(null)}}",
            columns: ["a"])
        let evaluator = Evaluator(sheet.program)
        for number in [1, 2, 77, Int.max] {
            var record = Record(["a"])
            record.number = number
            var output: [UInt8] = []
            #expect(evaluator.evaluate(record, into: &output) == .accepted)
            #expect(String(decoding: output, as: UTF8.self) == "[\(number),\"x\",1.50,null]")
        }
    }
}
