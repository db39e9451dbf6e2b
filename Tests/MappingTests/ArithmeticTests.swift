import Testing

@testable import Mapping

@Suite("Calculating and writing numbers")
struct ArithmeticTests {
    private static let large = String(repeating: "9", count: 38)

    @Test(
        "round keeps digits as its mode says",
        arguments: [
            ("round", "2.5", "3"), ("round", "-2.5", "-3"), ("round", "2.4999", "2"), ("round", "7", "7"),
            ("round", "", "null"),
            ("round", "x", "not_a_decimal"), ("round(2)", "1.005", "1.01"), ("round(2)", "1.5", "1.5"),
            ("round(2)", "-0.001", "0.00"),
            ("round(-2)", "1250", "1300"), ("round(-2)", "49.99", "0"), ("round(0, \"half_even\")", "2.5", "2"),
            ("round(0, \"half_even\")", "3.5", "4"), ("round(0, \"half_even\")", "-2.5", "-2"),
            ("round(0, \"half_even\")", "2.51", "3"),
            ("round(1, \"up\")", "1.01", "1.1"), ("round(1, \"up\")", "-1.01", "-1.1"),
            ("round(1, \"up\")", "1.10", "1.1"),
            ("round(1, \"down\")", "-1.99", "-1.9"), ("round(1, \"ceiling\")", "-1.99", "-1.9"),
            ("round(1, \"ceiling\")", "1.01", "1.1"),
            ("round(1, \"floor\")", "-1.91", "-2.0"), ("round(1, \"floor\")", "1.99", "1.9"),
            ("round(-37)", large, "number_too_large"),
            ("round(-37, \"down\")", large, "9" + String(repeating: "0", count: 37)), ("round(-1)", "0." + large, "0"),
            ("round(-37, \"up\")", "0." + large, "1" + String(repeating: "0", count: 37)),
            ("round(38)", "0." + large, "0." + large),
            ("round(37)", "0." + large, "1." + String(repeating: "0", count: 37)),
        ])
    func round(call: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | \(call)", cell) == expected)
    }

    @Test(
        "floor, ceil and abs",
        arguments: [
            ("1.5", "1", "2", "1.5"), ("-1.5", "-2", "-1", "1.5"), ("3", "3", "3", "3"), ("-0.0", "0", "0", "0.0"),
            ("", "null", "null", "null"),
            ("-" + large, "-" + large, "-" + large, large), ("0." + large, "0", "1", "0." + large),
        ])
    func whole(cell: String, floor: String, ceil: String, abs: String) throws {
        #expect(try value(of: "$a | floor", cell) == floor)
        #expect(try value(of: "$a | ceil", cell) == ceil)
        #expect(try value(of: "$a | abs", cell) == abs)
    }

    @Test("floor, ceil, and abs of whole numbers fit a field of whole numbers")
    func integers() throws {
        let sheet = try Sheet(
            "{name: n, api: {name: x, fields: [{name: t, type: integer}, {name: u, type: integer}, {name: v, type: integer}]}, mappings: {t: $a | floor, u: $a | ceil, v: $a | to_integer | abs}}",
            columns: ["a"])
        #expect(sheet.map(["-4"]) == "[-4,-4,4]")
    }

    @Test(
        "min and max compare numbers and leave blanks out",
        arguments: [
            ("10", "9", "9", "10"), ("1.50", "1.5", "1.50", "1.50"), ("", "-3", "-3", "-3"), ("", "", "null", "null"),
            ("x", "1", "not_a_decimal", "not_a_decimal"), ("-" + large, "0." + large, "-" + large, "0." + large),
        ])
    func extremes(a: String, b: String, min: String, max: String) throws {
        #expect(try value(of: "min($a, $b)", a, b) == min)
        #expect(try value(of: "$a | max($b)", a, b) == max)
    }

    @Test(
        "percent is a hundred times the value",
        arguments: [
            ("0.125", "12.5"), ("0.5", "50"), ("1", "100"), ("-0.00", "0"), ("0.001", "0.1"), ("", "null"),
            ("x", "not_a_decimal"),
            (large, "number_too_large"), (String(repeating: "9", count: 36), String(repeating: "9", count: 36) + "00"),
            ("9." + String(repeating: "9", count: 37), "999." + String(repeating: "9", count: 35)),
        ])
    func percent(cell: String, expected: String) throws {
        #expect(try value(of: "$a | percent", cell) == expected)
    }

    @Test(
        "format_number writes a locale's marks",
        arguments: [
            ("2", "1234.5", "1234.50"), ("0", "1234.5", "1235"), ("2, \"en\"", "-1234567.891", "-1,234,567.89"),
            ("2, \"de\"", "1234.5", "1.234,50"),
            ("0, \"en\"", "-123", "-123"), ("0, \"en\"", "-1234", "-1,234"), ("1, \"fr\"", "1234", "1\u{A0}234,0"),
            ("2, \"de-CH\"", "1000", "1’000.00"),
            ("2, \"de\"", "-0.001", "0,00"), ("0", "0.4", "0"),
            ("38", "0.5", "0.5" + String(repeating: "0", count: 37)),
            ("1, \"en\"", large, "99," + Array(repeating: "999", count: 12).joined(separator: ",") + ".0"),
        ])
    func formatNumber(arguments: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | format_number(\(arguments))", cell) == "\"\(expected)\"")
    }

    @Test("a blank stays blank, and what is no number fails", arguments: [("", "null"), ("x", "not_a_decimal")])
    func formatOthers(cell: String, expected: String) throws {
        #expect(try value(of: "$a | format_number(2, \"de\")", cell) == expected)
    }

    @Test("parse_number reads what format_number writes, in every locale", arguments: NumberFormat.locales)
    func roundTrip(locale: String) throws {
        for number in [
            "0.00", "-1.50", "12.34", "999.99", "1000.00", "-123456.78", "1234567890123456789012345678901234.56",
        ] {
            #expect(
                try value(of: "$a | format_number(2, \"\(locale)\") | parse_number(\"\(locale)\")", number) == number)
        }
    }
}
