/// Parses the expression language by precedence climbing.
///
/// From the loosest to the tightest: `if`, `or`, `and`, `not`, comparisons (not chained), then `|` and `??` at the same
/// level from left to right, then `+ -`, then `* /`, then `-x`. So `$price * $count | f` applies `f` to the product, and
/// `$a | f ?? "x" | g` applies `g` to what `??` gives.
struct ExpressionParser {
    /// Expressions with more nodes are refused, which bounds the depth of all work on them; literals do not count.
    static let largestNodeCount = 1_000
    private static let deepestNesting = 100
    private static let comparisons: Set<String> = ["=", "==", "!=", "<", "<=", ">", ">="]

    private let tokens: [Token]
    private var index = 0
    private var depth = 0
    private var nodeCount = 0

    static func parse(_ text: String) throws(ExpressionError) -> Expression {
        var parser = ExpressionParser(tokens: try Lexer.tokens(of: text))
        if parser.current.kind == .end {
            throw parser.error("an expression is missing", "write one, such as $column | trim")
        }
        let expression = try parser.expression()
        if parser.current.kind != .end { throw parser.unexpectedToken() }
        return expression
    }

    private init(tokens: [Token]) {
        self.tokens = tokens
    }

    private var current: Token { tokens[index] }

    private func error(_ message: String, _ advice: String) -> ExpressionError {
        ExpressionError(span: current.span, message: message, advice: advice)
    }

    private func unexpectedToken() -> ExpressionError {
        let advice =
            switch current.kind {
            case .symbol(")"): "there is no '(' that it closes"
            case .symbol("->"):
                "entries such as \"UK\" -> \"GB\" stand only between the parentheses of map, replace_all and case"
            case .symbol(let name) where Self.comparisons.contains(name):
                "comparisons cannot be chained; join two with 'and'"
            case .end: "something is missing here"
            default: "put an operator before it, such as |, ??, + or a comma between arguments"
            }
        return error("\(current.label) cannot stand here", advice)
    }

    private mutating func skip(_ symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    private mutating func skip(keyword: String) -> Bool {
        guard current.kind == .keyword(keyword) else { return false }
        index += 1
        return true
    }

    private mutating func node(_ kind: Expression.Kind, from start: Int) throws(ExpressionError) -> Expression {
        if case .literal = kind {} else { nodeCount += 1 }
        let span = Span(start: start, end: index > 0 ? tokens[index - 1].span.end : start)
        if nodeCount > Self.largestNodeCount {
            throw ExpressionError(
                span: span, message: "the expression is too large", advice: "split it over several targets")
        }
        return Expression(kind: kind, span: span)
    }

    private mutating func expression() throws(ExpressionError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.deepestNesting { throw error("the expression is nested too deep", "write it flatter") }
        return current.kind == .keyword("if") ? try conditional() : try disjunction()
    }

    private mutating func conditional() throws(ExpressionError) -> Expression {
        let start = current.span.start
        index += 1
        let condition = try expression()
        guard skip(keyword: "then") else {
            throw error("'then' is missing behind the condition of 'if'", "write if … then … else …")
        }
        let yes = try expression()
        guard skip(keyword: "else") else {
            throw error("'else' is missing behind 'if … then …'", "write else null for a blank value")
        }
        let no = try expression()
        return try node(.conditional(if: condition, then: yes, else: no), from: start)
    }

    private mutating func disjunction() throws(ExpressionError) -> Expression {
        var left = try conjunction()
        while skip(keyword: "or") {
            let right = try conjunction()
            left = try node(.or(left, right), from: left.span.start)
        }
        return left
    }

    private mutating func conjunction() throws(ExpressionError) -> Expression {
        var left = try negation()
        while skip(keyword: "and") {
            let right = try negation()
            left = try node(.and(left, right), from: left.span.start)
        }
        return left
    }

    private mutating func negation() throws(ExpressionError) -> Expression {
        let start = current.span.start
        var count = 0
        while skip(keyword: "not") { count += 1 }
        var operand = try comparison()
        for _ in 0..<count { operand = try node(.call("not", [.value(operand)]), from: start) }
        return operand
    }

    private mutating func comparison() throws(ExpressionError) -> Expression {
        let left = try pipeline()
        guard case .symbol(let symbol) = current.kind, Self.comparisons.contains(symbol) else { return left }
        index += 1
        let right = try pipeline()
        let name = symbol == "=" ? "==" : symbol
        return try node(.call(name, [.value(left), .value(right)]), from: left.span.start)
    }

    private mutating func pipeline() throws(ExpressionError) -> Expression {
        var left = try sum()
        while true {
            if skip("|") {
                left = try stage(of: left)
            } else if skip("??") {
                let right = current.kind == .keyword("if") ? try expression() : try sum()
                left = try node(.fallback(left, right), from: left.span.start)
            } else {
                return left
            }
        }
    }

    /// The function behind a `|`, with or without parentheses.
    private mutating func stage(of piped: Expression) throws(ExpressionError) -> Expression {
        guard case .name(let name) = current.kind else {
            throw error(
                "\(current.label) stands where a function is expected behind '|'", "write a function, such as trim")
        }
        let start = current.span.start
        index += 1
        var arguments: [Expression.Argument] = []
        if skip("(") { arguments = try self.arguments() }
        let place = min(FunctionTable.function(named: name)?.pipedParameter ?? 0, arguments.count)
        arguments.insert(.value(piped), at: place)
        return try call(name, arguments, from: start)
    }

    private mutating func sum() throws(ExpressionError) -> Expression {
        var left = try product()
        while case .symbol(let symbol) = current.kind, symbol == "+" || symbol == "-" {
            index += 1
            let right = try product()
            left = try node(.call(symbol, [.value(left), .value(right)]), from: left.span.start)
        }
        return left
    }

    private mutating func product() throws(ExpressionError) -> Expression {
        var left = try unary()
        while case .symbol(let symbol) = current.kind, symbol == "*" || symbol == "/" {
            index += 1
            let right = try unary()
            left = try node(.call(symbol, [.value(left), .value(right)]), from: left.span.start)
        }
        return left
    }

    private mutating func unary() throws(ExpressionError) -> Expression {
        let start = current.span.start
        guard skip("-") else { return try primary() }
        if case .number(let number) = current.kind {
            index += 1
            return try node(.literal(.number(ExactDecimal(-number.mantissa, scale: number.scale))), from: start)
        }
        let operand = try primary()
        return try node(.call("negate", [.value(operand)]), from: start)
    }

    private mutating func primary() throws(ExpressionError) -> Expression {
        let token = current
        let start = token.span.start
        switch token.kind {
        case .column(let name):
            index += 1
            return try node(.column(name), from: start)
        case .text(let text):
            index += 1
            return try node(.literal(.text(of: text)), from: start)
        case .number(let number):
            index += 1
            return try node(.literal(.number(number)), from: start)
        case .keyword("true"), .keyword("false"):
            index += 1
            return try node(.literal(.boolean(token.kind == .keyword("true"))), from: start)
        case .keyword("null"):
            index += 1
            return try node(.literal(.null), from: start)
        case .symbol("("):
            index += 1
            let inner = try expression()
            guard skip(")") else { throw missingParenthesis(opened: token) }
            return Expression(kind: inner.kind, span: Span(start: start, end: tokens[index - 1].span.end))
        case .name(let name):
            return try call(name)
        default:
            throw error(
                "\(token.label) stands where a value is expected", "write a column ($name), a text, a number or a call")
        }
    }

    private func missingParenthesis(opened: Token) -> ExpressionError {
        ExpressionError(
            span: opened.span, message: "'(' is not closed before \(current.label)", advice: "put ')' where it ends")
    }

    private mutating func call(_ name: String) throws(ExpressionError) -> Expression {
        let start = current.span.start
        index += 1
        guard skip("(") else {
            index -= 1
            throw error(
                "'\(name)' is neither a column nor a text",
                "write $\(name) for the column, \"\(name)\" for the text, or \(name)(…) for the function")
        }
        let arguments = try arguments()
        return try call(name, arguments, from: start)
    }

    private mutating func call(
        _ name: String, _ arguments: [Expression.Argument], from start: Int
    ) throws(ExpressionError) -> Expression {
        switch name {
        case "case": try cases(arguments, from: start)
        case "template": try template(arguments, from: start)
        default: try node(.call(name, arguments), from: start)
        }
    }

    /// `case(c -> v, …, w)` is `if c then v else … w`; without the last value, what is left is blank.
    private mutating func cases(
        _ arguments: [Expression.Argument], from start: Int
    ) throws(ExpressionError) -> Expression {
        var entries = arguments[...]
        var result: Expression
        if case .value(let otherwise) = entries.last {
            entries.removeLast()
            result = otherwise
        } else {
            result = try node(.literal(.null), from: start)
        }
        if entries.isEmpty { throw wrongCase(Span(start: start, end: tokens[index - 1].span.end)) }
        for argument in entries.reversed() {
            guard case .entry(let condition, let value) = argument else { throw wrongCase(argument.span) }
            result = try node(.conditional(if: condition, then: value, else: result), from: start)
        }
        return result
    }

    private func wrongCase(_ span: Span) -> ExpressionError {
        ExpressionError(
            span: span, message: "the arguments of case are not conditions with values",
            advice: "write case(condition -> value, …, value otherwise); to look one value up, use map")
    }

    /// The columns of a template's text become arguments behind it.
    private mutating func template(
        _ arguments: [Expression.Argument], from start: Int
    ) throws(ExpressionError) -> Expression {
        guard arguments.count == 1, case .value(let text) = arguments[0], case .literal(.text(let bytes)) = text.kind
        else {
            throw ExpressionError(
                span: arguments.first?.span ?? Span(start: start, end: tokens[index - 1].span.end),
                message: "template takes one text that is written here, and nothing else",
                advice: "write template(\"{first name} {last name}\")", code: .wrongArguments)
        }
        let template = try Template(String(decoding: bytes, as: UTF8.self), at: text.span.start + 1)
        if template.columns.isEmpty {
            throw ExpressionError(
                span: text.span, message: "the text of template has no column between braces",
                advice: "write one, such as template(\"No. {number}\"), or leave template out",
                code: .wrongArguments)
        }
        var columns: [Expression.Argument] = []
        for (name, span) in template.columns {
            columns.append(.value(Expression(kind: try node(.column(name), from: start).kind, span: span)))
        }
        return try node(.call("template", arguments + columns), from: start)
    }

    /// Reads arguments up to the closing parenthesis; the opening one is behind.
    private mutating func arguments() throws(ExpressionError) -> [Expression.Argument] {
        let opened = tokens[index - 1]
        var arguments: [Expression.Argument] = []
        if skip(")") { return arguments }
        repeat {
            let value = try expression()
            if skip("->") {
                let target = try expression()
                arguments.append(.entry(key: value, value: target))
            } else {
                arguments.append(.value(value))
            }
        } while skip(",")
        guard skip(")") else { throw missingParenthesis(opened: opened) }
        return arguments
    }
}
