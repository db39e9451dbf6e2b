/// A parsed expression: what is written in a mapping behind a target field, with places for error messages.
package struct Expression: Sendable {
    package indirect enum Kind: Sendable {
        case column(String)
        case literal(Constant)
        /// A function or an operator; a piped value is the first of the arguments.
        case call(String, [Argument])
        /// `a ?? b`
        case fallback(Expression, Expression)
        case conditional(if: Expression, then: Expression, else: Expression)
        case and(Expression, Expression)
        case or(Expression, Expression)
    }

    package enum Argument: Sendable {
        case value(Expression)
        /// `"UK" -> "GB"`
        case entry(key: Expression, value: Expression)

        var span: Span {
            switch self {
            case .value(let expression): expression.span
            case .entry(let key, let value): Span(start: key.span.start, end: value.span.end)
            }
        }
    }

    package let kind: Kind
    package let span: Span
}

/// A stretch of an expression's text, in Unicode scalars from its start.
package struct Span: Sendable, Equatable {
    package let start: Int
    package let end: Int
}

/// What is wrong with an expression, and where in it.
struct ExpressionError: Error {
    let span: Span
    let message: String
    let advice: String
    var code = Diagnostic.Code.syntax
}
