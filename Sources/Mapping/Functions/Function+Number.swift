extension Function {
    /// Functions that read numbers.
    static let number: [Function] = [
        Function(
            "to_integer", .transformation, [Parameter("value", .textOrNumber)], result: .type(.integer),
            summary: "Reads digits with an optional sign as a whole number; also a number that is whole",
            example: Example("\" 042 \" | to_integer", gives: "42"), failures: [.notAnInteger, .numberTooLarge]
        ) { operands, workspace in
            let result = decimal(operands[0], workspace, orElse: .notAnInteger)
            guard case .number(let number) = result else { return result }
            // "12.0" is not how a whole number is written, even if its value is whole.
            if case .text = operands[0], number.scale > 0 { return workspace.fail(.notAnInteger) }
            return number.integer.map { .number(ExactDecimal($0)) } ?? workspace.fail(.notAnInteger)
        },
        Function(
            "to_decimal", .transformation, [Parameter("value", .textOrNumber)], result: .type(.decimal),
            summary: "Reads digits with an optional sign and a decimal point as a number",
            example: Example("\"-12.50\" | to_decimal", gives: "-12.50"), failures: [.notADecimal, .numberTooLarge]
        ) { operands, workspace in
            decimal(operands[0], workspace, orElse: .notADecimal)
        },
        .specialized(
            "parse_number", .transformation,
            [Parameter("value", .value(.text)), Parameter("locale", .text, .optional)],
            result: .type(.decimal),
            summary:
                "Reads a number as people write it: 1.234,56, 1,234.56, (12), 12-, $ 5, 5 %; 1,234 is 1234 without a locale",
            example: Example("\"€ 1.234,56\" | parse_number(\"de\")", gives: "1234.56"),
            failures: [.notANumber, .numberTooLarge]
        ) { (arguments) throws(ArgumentError) in
            let format = try NumberFormat(arguments.texts.first)
            return { operands, workspace in
                guard case .text(let text) = operands[0] else { return .null }
                let bytes = trimmed(text)
                if bytes.isEmpty { return .null }
                switch format.parse(bytes) {
                case .number(let number): return .number(number)
                case .malformed: return workspace.fail(.notANumber)
                case .tooLarge: return workspace.fail(.numberTooLarge)
                }
            }
        },
    ]

    @inline(__always)
    private static func decimal(_ value: Value, _ workspace: Workspace, orElse failure: Failure) -> Value {
        switch value {
        case .number: return value
        case .text(let bytes):
            let text = trimmed(bytes)
            if text.isEmpty { return .null }
            switch ExactDecimal.scan(text) {
            case .number(let number): return .number(number)
            case .malformed: return workspace.fail(failure)
            case .tooLarge: return workspace.fail(.numberTooLarge)
            }
        default: return workspace.fail(failure)
        }
    }
}

extension Failure {
    static let notAnInteger = Failure(
        "not_an_integer",
        "this is not a whole number such as 1234; correct the cell, or read other spellings with parse_number")
    static let notADecimal = Failure(
        "not_a_decimal",
        "this is not a number such as 12.50; correct the cell, or read other spellings with parse_number")
    static let notANumber = Failure(
        "not_a_number",
        "this is not a number; correct the cell, or name the file's locale, as in parse_number(\"de\")")
}
