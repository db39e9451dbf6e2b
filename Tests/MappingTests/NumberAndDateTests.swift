import CSV
import Testing

@testable import Mapping

@Suite("Functions on numbers, dates and blanks")
struct NumberAndDateTests {
    @Test(
        "to_integer reads whole numbers and nothing else",
        arguments: [
            ("0", "0"), ("42", "42"), (" -7 ", "-7"), ("+5", "5"), ("007", "7"), ("-0", "0"), ("", "null"),
            ("  ", "null"),
            ("12.0", "not_an_integer"), ("1,234", "not_an_integer"), ("abc", "not_an_integer"), ("-", "not_an_integer"),
            ("1e5", "not_an_integer"), ("٣", "not_an_integer"), ("9223372036854775808", "9223372036854775808"),
            (String(repeating: "9", count: 38), String(repeating: "9", count: 38)),
            ("1" + String(repeating: "0", count: 38), "number_too_large"),
        ])
    func toInteger(cell: String, expected: String) throws {
        #expect(try value(of: "$a | to_integer", cell) == expected)
    }

    @Test(
        "to_decimal keeps the digits as they are written",
        arguments: [
            ("1.50", "1.50"), ("-0.001", "-0.001"), ("12", "12"), (".5", "not_a_decimal"), ("5.", "not_a_decimal"),
            ("1.2.3", "not_a_decimal"), ("1,5", "not_a_decimal"), ("NaN", "not_a_decimal"), ("", "null"),
            ("12345678901234567890.123456789", "12345678901234567890.123456789"), ("0.00", "0.00"),
            ("0." + String(repeating: "0", count: 37) + "1", "0." + String(repeating: "0", count: 37) + "1"),
            ("0." + String(repeating: "0", count: 38) + "1", "number_too_large"),
        ])
    func toDecimal(cell: String, expected: String) throws {
        #expect(try value(of: "$a | to_decimal", cell) == expected)
    }

    @Test(
        "parse_number without a locale follows its rules",
        arguments: [
            ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("(12)", "-12"), ("12-", "-12"), ("-12", "-12"),
            ("− 5", "-5"),
            ("$1,234", "1234"), ("€ 12,5", "12.5"), ("12,50 €", "12.50"), ("5%", "0.05"), ("12.5 %", "0.125"),
            ("($5)", "-5"),
            ("1,234", "1234"), ("1.234", "1.234"), ("0,123", "0.123"), ("1234,567", "1234.567"), ("1,23", "1.23"),
            ("1.234.567", "1234567"), ("1,234,567.89", "1234567.89"), ("1 234 567,8", "1234567.8"),
            ("1'234.5", "1234.5"),
            ("1\u{A0}234", "1234"), ("+3", "3"), (".5", "0.5"), ("", "null"), (" ", "null"), ("abc", "not_a_number"),
            ("1,23,4", "not_a_number"), ("1.2.3", "not_a_number"), ("--5", "not_a_number"), ("(-5)", "not_a_number"),
            ("$€5", "not_a_number"), ("5.", "not_a_number"), ("1,234.567,8", "not_a_number"), ("12 34", "not_a_number"),
            ("%", "not_a_number"), ("1e5", "not_a_number"), ("£", "not_a_number"), ("2024-01-02", "not_a_number"),
            (String(repeating: "9", count: 39), "number_too_large"), ("1.5.2024", "not_a_number"),
            ("()", "not_a_number"),
        ])
    func parseNumber(cell: String, expected: String) throws {
        #expect(try value(of: "$a | parse_number", cell) == expected)
    }

    @Test(
        "parse_number with a locale understands its marks only",
        arguments: [
            ("de", "1.234", "1234"), ("de", "1.234,5", "1234.5"), ("de", "1,5", "1.5"),
            ("de", "1,234.5", "not_a_number"),
            ("de", "1.23", "not_a_number"), ("en", "1.234", "1.234"), ("en", "1,234", "1234"),
            ("en", "1,5", "not_a_number"),
            ("fr", "1 234,5", "1234.5"), ("fr", "1.234", "not_a_number"), ("de-CH", "1’234.50", "1234.50"),
            ("de_DE", "7,0", "7.0"), ("pt-BR", "R$", "not_a_number"), ("sv", "-1 000", "-1000"), ("en", "12", "12"),
            ("de", ".125", "not_a_number"), ("de", "-.287", "not_a_number"), ("en", ",123", "not_a_number"),
            ("de-CH", "'500", "not_a_number"), ("en", "1234,567", "not_a_number"), ("en", "12,34", "not_a_number"),
            ("en", "-1,234,567.89", "-1234567.89"), ("en", ".5", "0.5"), ("de", "1.234.", "not_a_number"),
            ("de", "999.999.999.999.999", "999999999999999"), ("de", "-0,50", "-0.50"), ("en", "1,234-", "-1234"),
        ])
    func locales(locale: String, cell: String, expected: String) throws {
        #expect(try value(of: "$a | parse_number(\"\(locale)\")", cell) == expected)
    }

    @Test(
        "parse_date reads the first format that fits and knows the calendar",
        arguments: [
            ("$a | parse_date(\"dd/MM/yyyy\")", "29/02/2024", "\"2024-02-29\""),
            ("$a | parse_date(\"dd/MM/yyyy\")", "29/02/2023", "no_such_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "29/02/1900", "no_such_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "29/02/2000", "\"2000-02-29\""),
            ("$a | parse_date(\"dd/MM/yyyy\")", "30/02/2024", "no_such_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "31/04/2024", "no_such_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "00/01/2024", "no_such_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "01/13/2024", "no_such_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "1/2/2024", "not_a_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "01/02/24", "not_a_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", "01/02/20245", "not_a_date"),
            ("$a | parse_date(\"dd/MM/yyyy\")", " 01/02/2024 ", "\"2024-02-01\""),
            ("$a | parse_date(\"dd/MM/yyyy\", \"d.M.yy\")", "3.4.68", "\"2068-04-03\""),
            ("$a | parse_date(\"dd/MM/yyyy\", \"d.M.yy\")", "13.4.69", "\"1969-04-13\""),
            ("$a | parse_date(\"d.M.yyyy\")", "3.4.2024", "\"2024-04-03\""),
            ("$a | parse_date(\"d.M.yyyy\")", "03.04.2024", "\"2024-04-03\""),
            ("$a | parse_date(\"d MMM yyyy\")", "5 FEB 2024", "\"2024-02-05\""),
            ("$a | parse_date(\"MMMM d, yyyy\")", "February 5, 2024", "\"2024-02-05\""),
            ("$a | parse_date(\"EEE, dd MMM yyyy HH:mm:ss X\")", "Mon, 05 Feb 2024 23:59:59 +0100", "\"2024-02-05\""),
            ("$a | parse_date(\"yyyyMMdd\")", "20240229", "\"2024-02-29\""),
            ("$a | parse_date(\"yyyy-MM-dd HH:mm\")", "2024-01-02 24:00", "no_such_date"),
            ("$a | parse_date(\"yyyy-MM-dd'T'HH:mm:ss.SSSX\")", "2024-01-02T03:04:05.678Z", "\"2024-01-02\""),
            ("$a | parse_date(\"M/d/yy h:mm a\")", "1/2/24 3:04 PM", "\"2024-01-02\""),
            ("$a | parse_date", "2024-02-29", "\"2024-02-29\""), ("$a | parse_date", "2024-2-9", "not_a_date"),
            ("$a | parse_date", "", "null"), ("$a | parse_date", "٢٠٢٤-٠١-٠١", "not_a_date"),
            ("$a | parse_date", "0000-01-01", "no_such_date"), ("$a | parse_date", "9999-12-31", "\"9999-12-31\""),
        ])
    func parseDate(expression: String, cell: String, expected: String) throws {
        #expect(try value(of: expression, cell) == expected)
    }

    @Test(
        "parse_boolean reads the usual words, or the two given",
        arguments: [
            ("$a | parse_boolean", "Yes", "true"), ("$a | parse_boolean", " 0 ", "false"),
            ("$a | parse_boolean", "TRUE", "true"),
            ("$a | parse_boolean", "2", "not_a_boolean"), ("$a | parse_boolean", "", "null"),
            ("$a | parse_boolean(\"ja\", \"nein\")", "JA", "true"),
            ("$a | parse_boolean(\"ja\", \"nein\")", "yes", "not_a_boolean"),
        ])
    func parseBoolean(expression: String, cell: String, expected: String) throws {
        #expect(try value(of: expression, cell) == expected)
    }

    @Test(
        "blanks are made, filled and passed on",
        arguments: [
            ("$a | null_if(\"-\", \"n/a\")", "n/a", "null"), ("$a | null_if(\"-\", \"n/a\")", "x", "\"x\""),
            ("$a | to_integer | null_if(0)", "0", "null"), ("$a | null_if(0)", "0.0", "null"),
            ("$a | null_if(0)", "x", "\"x\""),
            ("$a | default(\"d\")", "", "\"d\""), ("$a | default(\"d\")", "x", "\"x\""),
            ("$a | to_integer | default(0)", "x", "not_an_integer"), ("$a | to_integer ?? 0", "x", "0"),
            ("$a ?? \"d\"", "", "\"d\""), ("$a ?? $b ?? \"d\"", "", "\"d\""), ("coalesce($a, $b, \"z\")", "", "\"z\""),
            ("$a | require(\"fill it\")", "x", "\"x\""), ("$a | require(\"fill it\")", "", "required"),
            ("$a | trim | require(\"fill it\") ?? \"d\"", " ", "\"d\""),
            ("$a | to_integer | require(\"fill it\")", "7", "7"),
            ("$a | trim | upper | default(\"d\") | lower", "  ", "\"d\""), ("$a | upper", "", "null"),
            ("($a | to_integer ?? ($a | parse_number)) ?? -1", "1,5", "1.5"),
            ("($a | to_integer ?? ($a | parse_number)) ?? -1", "x", "-1"),
        ])
    func blanks(expression: String, cell: String, expected: String) throws {
        #expect(try value(of: expression, cell) == expected)
    }

    @Test(
        "arithmetic is exact",
        arguments: [
            ("0.1 + 0.2", "0.3"), ("$a * $b", "0.000000000000000000000000000001"),
            ("$a - $b", "0.000000000000000000000000000000"),
            ("1 / 3", "0.333333333333333333"), ("2 / 3", "0.666666666666666667"), ("-2 / 3", "-0.666666666666666667"),
            ("10 / 4", "2.5"), ("1 / 0", "division_by_zero"), ("-(1) - -2", "1"), ("2 + 3 * 4", "14"),
            ("(2 + 3) * 4", "20"),
            ("99999999999999999999999999999999999999 + 99999999999999999999999999999999999999", "number_too_large"),
            ("-99999999999999999999999999999999999999 - 99999999999999999999999999999999999999", "number_too_large"),
            ("99999999999999999999 * 99999999999999999999", "number_too_large"), ("7 - 2 - 1", "4"),
            ("$c + 1", "not_a_decimal"),
            ("12345678901234567890123456789012345678 / 1", "12345678901234567890123456789012345678"),
        ])
    func arithmetic(expression: String, expected: String) throws {
        let tiny = "0.000000000000001"
        let result = try value(of: expression, tiny, tiny, "x")
        // A difference keeps the scale of its operands.
        #expect(result == (expression == "$a - $b" ? "0.000000000000000" : expected))
    }

    @Test(
        "comparisons, conditions and blanks work together",
        arguments: [
            ("if $a == \"x\" then 1 else 2", "x", "1"), ("if $a = \"x\" then 1 else 2", "y", "2"),
            ("if $a != \"x\" then 1 else 2", "", "2"), ("if $a == null then \"none\" else $a", "", "\"none\""),
            ("if $a != null then \"some\" else \"none\"", "q", "\"some\""), ("if $a == \"\" then 1 else 2", "", "1"),
            ("if $a > 10 then \"big\" else \"small\"", "9", "\"small\""), ("if $a > 10 then 1 else 0", "10.5", "1"),
            ("if $a > 10 then 1 else 0", "x", "not_a_decimal"), ("(if $a > 10 then 1 else 0) ?? 7", "x", "7"),
            ("$a < $b", "10", "null"), ("$a >= \"b\"", "c", "true"), ("not ($a == \"x\")", "x", "false"),
            ("not $a == \"x\"", "y", "true"),
            ("$a == \"x\" and ($a | to_integer) > 3", "y", "false"),
            ("$a == \"y\" or ($a | to_integer) > 3", "y", "true"),
            ("$a == \"x\" and $b == \"x\"", "x", "null"), ("$a == \"x\" or $b == \"x\"", "x", "true"),
            ("if $a == \"1\" then \"a\" else if $a == \"2\" then \"b\" else \"c\"", "2", "\"b\""),
            ("($a | parse_date) < 2024", "2024-01-01", "type_mismatch"),
            ("($a | parse_date) < \"2024-02-01\"", "2024-01-01", "true"),
            ("case($a == \"x\" -> 1, $a == \"y\" -> 2, 3)", "x", "1"),
            ("case($a == \"x\" -> 1, $a == \"y\" -> 2, 3)", "y", "2"),
            ("case($a == \"x\" -> 1, $a == \"y\" -> 2, 3)", "é", "3"),
            ("case($a == \"x\" -> 1, $a == \"y\" -> 2, 3)", "", "3"),
            ("case($a > 9 -> \"high\", $a > 5 -> \"middle\")", "7", "\"middle\""),
            ("case($a > 9 -> \"high\")", "1", "null"),
            ("case($a > 9 -> \"high\")", "x", "not_a_decimal"),
            ("case($a == \"x\" -> 1, ($a | to_integer) > 3 -> 2)", "x", "1"),
            ("case(true -> $a | upper, $a | to_integer) | lower", "xY", "\"xy\""),
            ("1.0 == 1", "", "true"), ("true == (1 < 2)", "", "true"),
        ])
    func conditions(expression: String, cell: String, expected: String) {
        let result: String
        do {
            result = try value(of: expression, cell)
        } catch {
            result = (error as? MappingError)?.diagnostics.first?.code.rawValue ?? "\(error)"
        }
        #expect(result == expected)
    }

    @Test("require fails with the message of the mapping")
    func requiredMessage() throws {
        let sheet = try Sheet("{name: n, api: x, mappings: {t: '$a | require(\"ask Ann – 日本\")'}}", columns: ["a"])
        let evaluator = Evaluator(sheet.program)
        var output: [UInt8] = []
        #expect(evaluator.evaluate(Record([""]), into: &output) == .rejected)
        #expect(evaluator.rejections.map(\.message) == ["ask Ann – 日本"])
        #expect(evaluator.rejections.map(\.summary) == ["t: require required"])
    }

    @Test("a case has at most as many conditions as an expression has steps", arguments: [900, 1_100, 50_000])
    func longCase(count: Int) {
        let conditions = Array(repeating: "false -> 1", count: count).joined(separator: ", ")
        let problems = Sheet.problems("{name: n, api: x, mappings: {t: 'case(\(conditions), 2)'}}")
        #expect(problems.isEmpty == (count < 1_000), "\(problems)")
    }

    @Test("exact decimals compare by value, whatever their scale")
    func decimalOrder() throws {
        let texts = [
            "-1e", "-10.5", "-10.49", "-0.0001", "0.00", "0.1", "0.10001", "1", "10.0",
            "99999999999999999999999999999999999999",
        ]
        let numbers = texts.compactMap { ExactDecimal($0) }
        #expect(numbers.count == texts.count - 1)
        for (left, right) in zip(numbers, numbers.dropFirst()) {
            #expect(left < right)
            #expect(!(right < left))
        }
        #expect(ExactDecimal("1.50") == ExactDecimal("1.5"))
        #expect(ExactDecimal("0.00000000000000000000000000000000000001") != ExactDecimal("0"))
        #expect(numbers.map(\.description) == Array(texts.dropFirst()))
    }
}
