/// The operators, as functions: the same checks and the same machinery serve both.
extension Function {
    static let operators: [Function] = [
        arithmetic("+", "Adds two numbers", Example("1.5 + 2", gives: "3.5")) { $0.adding($1) },
        arithmetic("-", "Subtracts the second number from the first", Example("1.5 - 2", gives: "-0.5")) {
            $0.subtracting($1)
        },
        arithmetic("*", "Multiplies two numbers", Example("1.5 * 2", gives: "3.0")) { $0.multiplied(by: $1) },
        division,
        negation,
        comparison("==", Example("1.0 == 1", gives: "true")) { $0 == 0 },
        comparison("!=", Example("\"a\" != \"b\"", gives: "true")) { $0 != 0 },
        comparison("<", Example("2 < 10", gives: "true")) { $0 < 0 },
        comparison("<=", Example("2 <= 2", gives: "true")) { $0 <= 0 },
        comparison(">", Example("2 > 10", gives: "false")) { $0 > 0 },
        comparison(">=", Example("2 >= 10", gives: "false")) { $0 >= 0 },
        not, blankTest, and, or,
    ]

    private static let numbers = [Parameter("a", .value(.decimal)), Parameter("b", .value(.decimal))]

    private static func arithmetic(
        _ name: String, _ summary: String, _ example: Example,
        _ operation: @escaping @Sendable (ExactDecimal, ExactDecimal) -> ExactDecimal?
    ) -> Function {
        Function(
            name, .transformation, numbers, result: .arithmetic, summary: summary, example: example,
            failures: [.numberTooLarge]
        ) { operands, workspace in
            guard case (.number(let left), .number(let right)) = (operands[0], operands[1]) else { return .null }
            return operation(left, right).map(Value.number) ?? workspace.fail(.numberTooLarge)
        }
    }

    private static let division = Function(
        "/", .transformation, numbers, result: .type(.decimal),
        summary: "Divides, to 18 digits behind the point, half away from zero",
        example: Example("2 / 3", gives: "0.666666666666666667"),
        failures: [.divisionByZero, .numberTooLarge]
    ) { operands, workspace in
        guard case (.number(let left), .number(let right)) = (operands[0], operands[1]) else { return .null }
        if right.mantissa == 0 { return workspace.fail(.divisionByZero) }
        return left.divided(by: right).map(Value.number) ?? workspace.fail(.numberTooLarge)
    }

    private static let negation = Function(
        "negate", .transformation, [Parameter("a", .value(.decimal))], result: .arithmetic,
        summary: "Changes the sign of a number", example: Example("-(1.5)", gives: "-1.5")
    ) { operands, _ in
        guard case .number(let number) = operands[0] else { return .null }
        return .number(ExactDecimal(-number.mantissa, scale: number.scale))
    }

    private static func comparison(
        _ name: String, _ example: Example, _ holds: @escaping @Sendable (Int) -> Bool
    ) -> Function {
        Function(
            name, .validation, [Parameter("a", .comparable), Parameter("b", .comparable)], result: .type(.boolean),
            summary: "Compares numbers by value, dates by time and texts by their code points; blank if one is blank",
            example: example, failures: [.notComparable]
        ) { operands, workspace in
            guard let order = operands[0].compared(to: operands[1]) else { return workspace.fail(.notComparable) }
            return .boolean(holds(order))
        }
    }

    private static let not = Function(
        "not", .validation, [Parameter("a", .value(.boolean))], result: .type(.boolean),
        summary: "True for false, false for true, blank for blank", example: Example("not true", gives: "false")
    ) { operands, _ in
        guard case .boolean(let boolean) = operands[0] else { return .null }
        return .boolean(!boolean)
    }

    /// What `x == null` means; the checker puts it in the place of the comparison.
    private static let blankTest = Function(
        "is_blank", .validation, [Parameter("a", .value(.any))], result: .type(.boolean), blanks: .receive,
        summary: "Whether a value is blank, as x == null is", example: Example("\"\" == null", gives: "true")
    ) { operands, _ in
        .boolean(operands[0].isNull)
    }

    private static let booleans = [Parameter("a", .value(.boolean)), Parameter("b", .value(.boolean))]

    private static let and = Function(
        "and", .validation, booleans, result: .type(.boolean), blanks: .receive,
        summary: "True if both are; the second is not looked at where the first is false",
        example: Example("true and false", gives: "false")
    ) { operands, _ in
        switch (operands[0], operands[1]) {
        case (.boolean(false), _), (_, .boolean(false)): .boolean(false)
        case (.boolean(true), .boolean(true)): .boolean(true)
        default: .null
        }
    }

    private static let or = Function(
        "or", .validation, booleans, result: .type(.boolean), blanks: .receive,
        summary: "True if one is; the second is not looked at where the first is true",
        example: Example("true or false", gives: "true")
    ) { operands, _ in
        switch (operands[0], operands[1]) {
        case (.boolean(true), _), (_, .boolean(true)): .boolean(true)
        case (.boolean(false), .boolean(false)): .boolean(false)
        default: .null
        }
    }
}

extension Failure {
    static let numberTooLarge = Failure(
        "number_too_large", "the number has more than 38 digits; check the cell for a missing point or separator")
    static let divisionByZero = Failure(
        "division_by_zero", "the divisor is zero; correct the cell, or give a value with ??")
    static let notComparable = Failure(
        "not_comparable", "the two values are of different types; convert one, for example with to_decimal")
}

extension Value {
    /// -1, 0 or 1; `nil` where the types differ or a value is blank.
    func compared(to other: Value) -> Int? {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            return left.compared(to: right)
        case (.date(let left), .date(let right)):
            return left < right ? -1 : left == right ? 0 : 1
        case (.datetime(let left), .datetime(let right)):
            return left.compared(to: right)
        case (.boolean(let left), .boolean(let right)):
            return left == right ? 0 : right ? -1 : 1
        case (.text(let left), .text(let right)):
            let count = min(left.count, right.count)
            for index in 0..<count where left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
            return left.count < right.count ? -1 : left.count == right.count ? 0 : 1
        default:
            return nil
        }
    }
}
