extension TypeChecker {
    mutating func call(_ name: String, _ arguments: [Expression.Argument], _ span: Span) -> TypedExpression? {
        guard let function = FunctionTable.function(named: name) else {
            note(.unknownFunction, span, "there is no function '\(name)'", FunctionTable.advice(for: name))
            // The arguments may hold mistakes of their own.
            for case .value(let value) in arguments { _ = check(value) }
            return nil
        }
        if let test = blankTest(function, arguments) { return test }
        guard let parameters = parameters(of: function, for: arguments, span) else { return nil }
        var constants = Arguments()
        var operands: [TypedExpression] = []
        var comparables: [(operand: Int, span: Span)] = []
        var isComplete = true
        for (index, (argument, parameter)) in zip(arguments, parameters).enumerated() {
            let what = "the \(parameter.name) of \(function.name)"
            switch parameter.kind {
            case .value(let type):
                guard
                    let operand = value(argument, of: function).flatMap({ check($0) }).flatMap({
                        convert($0, to: type, at: argument.span, what)
                    })
                else {
                    isComplete = false
                    continue
                }
                operands.append(operand)
            case .textOrNumber:
                guard let operand = value(argument, of: function).flatMap({ check($0) }),
                    isTextOrNumber(operand.type, argument.span, what)
                else {
                    isComplete = false
                    continue
                }
                operands.append(operand)
            case .dateOrDatetime:
                guard let operand = value(argument, of: function).flatMap({ check($0) }),
                    let moment = dateOrDatetime(operand, argument.span, what)
                else {
                    isComplete = false
                    continue
                }
                operands.append(moment)
            case .comparable:
                guard let operand = value(argument, of: function).flatMap({ check($0) }) else {
                    isComplete = false
                    continue
                }
                comparables.append((operands.count, argument.span))
                operands.append(operand)
            case .text:
                guard let text = constantText(argument, what) else {
                    isComplete = false
                    continue
                }
                constants.texts.append(Arguments.Text(string: text, argument: index))
            case .integer:
                guard let integer = constantInteger(argument, what) else {
                    isComplete = false
                    continue
                }
                constants.integers.append(Arguments.Integer(value: integer, argument: index))
            case .literal:
                guard let literal = literal(argument, what) else {
                    isComplete = false
                    continue
                }
                operands.append(literal)
            case .entry:
                guard let entry = entry(argument, of: function) else {
                    isComplete = false
                    continue
                }
                constants.entries.append(entry)
            }
        }
        guard isComplete, unify(&operands, comparables, of: function, span) else { return nil }
        if function.name == Function.lookup, !resolveLookup(&constants, &operands[0], arguments) { return nil }
        constants.operandTypes = operands.map(\.type)
        do {
            let body = try function.body(constants)
            let choice = try function.dateChoice?(constants)
            let type = resultType(of: function, operands, constants)
            return TypedExpression(kind: .call(function, body, choice, operands: operands), type: type)
        } catch {
            let argument = arguments[min(error.argument, arguments.count - 1)].span
            // Inside the quotes of the text.
            let start = argument.start + (error.offset.map { $0 + 1 } ?? 0)
            note(.wrongArguments, Span(start: start, end: argument.end), error.message, error.advice)
            return nil
        }
    }

    private mutating func isTextOrNumber(_ type: ValueType, _ span: Span, _ what: String) -> Bool {
        switch type {
        case .text, .integer, .decimal, .null, .any: return true
        case .boolean, .date, .datetime, .object, .array:
            note(
                .typeMismatch, span, "\(what) is \(type.label), where a text or a number is needed",
                "leave out the step that makes it \(type.label)")
            return false
        }
    }

    /// The operand, if it may be a date or a datetime; a constant text becomes the one that it is in canonical form.
    private mutating func dateOrDatetime(
        _ operand: TypedExpression, _ span: Span, _ what: String
    ) -> TypedExpression? {
        switch operand.type {
        case .date, .datetime, .null, .any: return operand
        case .text:
            if case .constant(let constant) = operand.kind,
                let moment = constant.converted(to: .date) ?? constant.converted(to: .datetime)
            {
                return TypedExpression(kind: .constant(moment), type: moment.type)
            }
        case .integer, .decimal, .boolean, .object, .array: break
        }
        note(
            .typeMismatch, span, "\(what) is \(operand.type.label), where a date is needed, with or without a time",
            operand.type == .text
                ? "read it with \(ValueType.date.reading), or with \(ValueType.datetime.reading)"
                : operand.type.advice(to: .date))
        return nil
    }

    /// `x == null` asks whether x is blank; so does `x == ""`.
    private mutating func blankTest(_ function: Function, _ arguments: [Expression.Argument]) -> TypedExpression? {
        guard function.name == "==" || function.name == "!=", arguments.count == 2,
            case .value(let left) = arguments[0], case .value(let right) = arguments[1]
        else { return nil }
        func isNull(_ expression: Expression) -> Bool {
            if case .literal(.null) = expression.kind { return true }
            return false
        }
        guard isNull(left) || isNull(right), let test = FunctionTable.function(named: "is_blank"),
            let not = FunctionTable.function(named: "not"), let body = try? test.body(Arguments()),
            let negation = try? not.body(Arguments()), let operand = check(isNull(right) ? left : right)
        else { return nil }
        let result = TypedExpression(kind: .call(test, body, nil, operands: [operand]), type: .boolean)
        if function.name == "==" { return result }
        return TypedExpression(kind: .call(not, negation, nil, operands: [result]), type: .boolean)
    }

    /// The parameter for each of the arguments.
    private mutating func parameters(
        of function: Function, for arguments: [Expression.Argument], _ span: Span
    ) -> [Function.Parameter]? {
        var result: [Function.Parameter] = []
        for parameter in function.parameters {
            switch parameter.presence {
            case .required: result.append(parameter)
            case .optional:
                if result.count < arguments.count { result.append(parameter) }
            case .repeated, .several, .implied:
                let least = parameter.presence == .several ? 1 : 0
                let count = max(least, arguments.count - result.count)
                result += Array(repeating: parameter, count: count)
            }
        }
        if result.count == arguments.count { return result }
        let isFew = arguments.count < result.count
        let missing = isFew ? result[arguments.count] : nil
        note(
            .wrongArguments, span,
            missing.map { "\(function.name) lacks its \($0.name)" }
                ?? "\(function.name) has \(arguments.count) arguments, which is too many",
            "it is called as \(function.signature); the value before '|' counts as its value")
        return nil
    }

    private mutating func value(_ argument: Expression.Argument, of function: Function) -> Expression? {
        switch argument {
        case .value(let expression): return expression
        case .entry:
            note(
                .wrongArguments, argument.span, "\(function.name) takes no entries with ->",
                "it is called as \(function.signature)")
            return nil
        }
    }

    private mutating func constantText(_ argument: Expression.Argument, _ what: String) -> String? {
        if case .value(let expression) = argument, case .literal(let constant) = expression.kind {
            switch constant {
            case .text(let bytes): return String(decoding: bytes, as: UTF8.self)
            case .null: return ""
            default: break
            }
        }
        note(.wrongArguments, argument.span, "\(what) must be a text that is written here", "put it between quotes")
        return nil
    }

    private mutating func constantInteger(_ argument: Expression.Argument, _ what: String) -> Int? {
        if case .value(let expression) = argument, case .literal(.number(let number)) = expression.kind,
            let integer = number.integer.flatMap(Int.init(exactly:))
        {
            return integer
        }
        note(
            .wrongArguments, argument.span, "\(what) must be a whole number that is written here", "write it in digits")
        return nil
    }

    private mutating func literal(_ argument: Expression.Argument, _ what: String) -> TypedExpression? {
        if case .value(let expression) = argument, case .literal(let constant) = expression.kind {
            return TypedExpression(kind: .constant(constant), type: constant.type)
        }
        note(
            .wrongArguments, argument.span, "\(what) must be a text or a number that is written here",
            "put a text between quotes")
        return nil
    }

    private mutating func entry(
        _ argument: Expression.Argument, of function: Function
    ) -> (key: Constant, value: Constant)? {
        guard case .entry(let key, let value) = argument, case .literal(let from) = key.kind,
            case .literal(let to) = value.kind
        else {
            note(
                .wrongArguments, argument.span, "an entry of \(function.name) is not written \"from\" -> \"to\"",
                "put texts or numbers that are written here on both sides of ->")
            return nil
        }
        if from == .null {
            note(
                .wrongArguments, key.span, "an entry of \(function.name) cannot stand for a blank", "use ?? for blanks")
            return nil
        }
        return (from, to)
    }

    /// Gives the operands that are compared with each other a common type.
    private mutating func unify(
        _ operands: inout [TypedExpression], _ comparables: [(operand: Int, span: Span)], of function: Function,
        _ span: Span
    ) -> Bool {
        guard comparables.count > 1 else { return true }
        var common = ValueType.null
        for (index, _) in comparables {
            let type = operands[index].type
            // A text is read as what it is compared with.
            guard let joined = common == .text ? type : type == .text ? common : common.joined(with: type) else {
                note(
                    .typeMismatch, span, "\(common.label) cannot be compared with \(type.label)",
                    "convert one of them, for example with to_decimal or parse_date")
                return false
            }
            common = joined == .null ? type : joined
        }
        let hasText = comparables.contains { operands[$0.operand].type == .text }
        if common == .integer, hasText { common = .decimal }
        for (index, place) in comparables {
            guard let operand = convert(operands[index], to: common, at: place, "a side of '\(function.name)'") else {
                return false
            }
            operands[index] = operand
        }
        return true
    }

    private func resultType(
        of function: Function, _ operands: [TypedExpression], _ constants: Arguments
    ) -> ValueType {
        func common(_ types: [ValueType]) -> ValueType {
            types.reduce(ValueType.null) { $0.joined(with: $1) ?? .any }
        }
        switch function.result {
        case .type(let type): return type
        case .firstOperand: return operands.first?.type ?? .any
        case .commonType: return common(operands.map(\.type))
        case .entryValues: return common(constants.entries.map(\.value.type))
        case .tableColumn: return constants.lookup?.type ?? .any
        case .dateOrDatetime: return constants.texts.isEmpty ? .date : .datetime
        case .arithmetic: return operands.allSatisfy { $0.type == .integer } ? .integer : .decimal
        }
    }
}
