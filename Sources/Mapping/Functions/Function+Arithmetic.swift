extension Function {
    private static let value = Parameter("value", .value(.decimal))
    private static let numbers = [Parameter("value", .value(.decimal), .several)]

    /// Functions that calculate with numbers and write them.
    static let arithmetic: [Function] = [
        .specialized(
            "round", .transformation,
            [value, Parameter("digits", .integer, .optional), Parameter("mode", .text, .optional)],
            result: .type(.decimal),
            summary:
                "Keeps at most that many digits behind the point (if not given, 0; -2 for hundreds); modes: half_up (away from zero, if not given), half_even, up, down, ceiling, floor",
            example: Example("2.345 | round(2)", gives: "2.35"), failures: [.numberTooLarge]
        ) { (arguments) throws(ArgumentError) in
            let digits = arguments.integers.isEmpty ? 0 : try arguments.integer(0, in: -37...38)
            var mode = Rounding.halfUp
            if let name = arguments.texts.first {
                guard let known = Rounding(rawValue: name.string) else {
                    throw ArgumentError(
                        name.argument, "there is no rounding mode \"\(name.string)\"",
                        Suggestion.advice(for: name.string, among: Rounding.allCases.map(\.rawValue)))
                }
                mode = known
            }
            return { [mode] operands, workspace in
                guard case .number(let number) = operands[0] else { return .null }
                return number.rounded(to: digits, mode).map(Value.number) ?? workspace.fail(.numberTooLarge)
            }
        },
        Function(
            "floor", .transformation, [value], result: .type(.integer),
            summary: "The largest whole number that is not above the value",
            example: Example("-1.5 | floor", gives: "-2")
        ) { operands, workspace in
            guard case .number(let number) = operands[0] else { return .null }
            return number.rounded(to: 0, .floor).map(Value.number) ?? workspace.fail(.numberTooLarge)
        },
        Function(
            "ceil", .transformation, [value], result: .type(.integer),
            summary: "The smallest whole number that is not below the value",
            example: Example("1.2 | ceil", gives: "2")
        ) { operands, workspace in
            guard case .number(let number) = operands[0] else { return .null }
            return number.rounded(to: 0, .ceiling).map(Value.number) ?? workspace.fail(.numberTooLarge)
        },
        Function(
            "abs", .transformation, [value], result: .arithmetic, summary: "The value without its sign",
            example: Example("-12.50 | abs", gives: "12.50")
        ) { operands, _ in
            guard case .number(let number) = operands[0] else { return .null }
            return .number(ExactDecimal(abs(number.mantissa), scale: number.scale))
        },
        .specialized(
            "min", .transformation, numbers, result: .arithmetic, blanks: .receive,
            summary: "The smallest of the numbers; blanks are left out",
            example: Example("min(3, null, 2.5)", gives: "2.5")
        ) { (arguments) throws(ArgumentError) in
            let count = arguments.operandCount
            return { operands, _ in extreme(operands, count) { $0 < $1 } }
        },
        .specialized(
            "max", .transformation, numbers, result: .arithmetic, blanks: .receive,
            summary: "The largest of the numbers; blanks are left out",
            example: Example("max(3, null, 2.5)", gives: "3")
        ) { (arguments) throws(ArgumentError) in
            let count = arguments.operandCount
            return { operands, _ in extreme(operands, count) { $0 > $1 } }
        },
        Function(
            "percent", .transformation, [value], result: .type(.decimal),
            summary: "A share in percent, a hundred times the value",
            example: Example("0.125 | percent", gives: "12.5"),
            failures: [.numberTooLarge]
        ) { operands, workspace in
            guard case .number(let number) = operands[0] else { return .null }
            return number.inPercent.map(Value.number) ?? workspace.fail(.numberTooLarge)
        },
        .specialized(
            "format_number", .format,
            [value, Parameter("digits", .integer), Parameter("locale", .text, .optional)], result: .type(.text),
            summary:
                "Writes that many digits behind the decimal mark (half away from zero), with the marks of a locale of parse_number; if not given, with a point alone",
            example: Example("1234.5 | format_number(2, \"de\")", gives: "1.234,50")
        ) { (arguments) throws(ArgumentError) in
            let digits = try arguments.integer(0, in: 0...38)
            let format = try NumberFormat(arguments.texts.first)
            return { operands, workspace in
                guard case .number(let number) = operands[0] else { return .null }
                return format.write(number, digits: digits, workspace)
            }
        },
    ]

    /// The number that is before all others in the order; the first of equal ones.
    private static func extreme(
        _ operands: UnsafeMutablePointer<Value>, _ count: Int, _ isBefore: (ExactDecimal, ExactDecimal) -> Bool
    ) -> Value {
        var best: ExactDecimal?
        for index in 0..<count {
            guard case .number(let number) = operands[index] else { continue }
            if best.map({ isBefore(number, $0) }) ?? true { best = number }
        }
        return best.map(Value.number) ?? .null
    }
}

extension NumberFormat {
    /// The format of the locale that a mapping gives as a constant, if it gives one.
    init(_ locale: Arguments.Text?) throws(ArgumentError) {
        guard let locale else {
            self = .undeclared
            return
        }
        guard let known = NumberFormat(locale: locale.string) else {
            throw ArgumentError(
                locale.argument, "the locale \"\(locale.string)\" is not known",
                Suggestion.advice(for: locale.string, among: NumberFormat.locales))
        }
        self = known
    }
}
