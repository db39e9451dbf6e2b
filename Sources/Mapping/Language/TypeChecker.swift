/// Resolves names and types of one expression before the first row.
struct TypeChecker {
    /// The file's columns, or `nil` while the file is not known: then every column is accepted.
    let columns: [String]?
    /// The lookup tables, or `nil` where they are not known: then every table is accepted.
    let tables: LookupTables?
    let origin: TextOrigin
    private(set) var diagnostics: [Diagnostic] = []

    init(columns: [String]?, tables: LookupTables? = nil, origin: TextOrigin) {
        self.columns = columns
        self.tables = tables
        self.origin = origin
    }

    /// The checked expression, or `nil` where a mistake was noted.
    mutating func check(_ expression: Expression) -> TypedExpression? {
        switch expression.kind {
        case .column(let name):
            return column(name, expression.span)
        case .literal(let constant):
            return TypedExpression(kind: .constant(constant), type: constant.type)
        case .call(let name, let arguments):
            return call(name, arguments, expression.span)
        case .fallback(let first, let second):
            guard let (first, second) = both(first, second) else { return nil }
            return TypedExpression(
                kind: .fallback(first, second), type: first.type.joined(with: second.type) ?? .any)
        case .conditional(let condition, let yes, let no):
            let test = check(condition).flatMap { convert($0, to: .boolean, at: condition.span, "the condition") }
            guard let (yes, no) = both(yes, no), let test else { return nil }
            return TypedExpression(
                kind: .conditional(if: test, then: yes, else: no), type: yes.type.joined(with: no.type) ?? .any)
        case .and(let first, let second):
            return shortCircuit("and", deciding: false, first, second)
        case .or(let first, let second):
            return shortCircuit("or", deciding: true, first, second)
        }
    }

    /// The expression as a value of the type that it must have, or `nil` where it cannot.
    mutating func check(_ expression: Expression, as type: ValueType, _ what: String) -> TypedExpression? {
        check(expression).flatMap { convert($0, to: type, at: expression.span, what) }
    }

    mutating func note(_ code: Diagnostic.Code, _ span: Span, _ message: String, _ advice: String) {
        diagnostics.append(Diagnostic(code, at: origin.location(at: span.start), message, advice))
    }

    private mutating func both(_ first: Expression, _ second: Expression) -> (TypedExpression, TypedExpression)? {
        let left = check(first)
        let right = check(second)
        guard let left, let right else { return nil }
        return (left, right)
    }

    private mutating func column(_ name: String, _ span: Span) -> TypedExpression? {
        guard let columns else { return TypedExpression(kind: .column(0), type: .text) }
        guard let index = columns.firstIndex(where: { $0.isSpelled(name) }) else {
            note(
                .unknownColumn, span, "the file has no column \(Lexer.columnText(name))",
                Suggestion.advice(for: name, among: columns, quote: Lexer.columnText))
            return nil
        }
        if let second = columns[(index + 1)...].firstIndex(where: { $0.isSpelled(name) }) {
            note(
                .ambiguousColumn, span,
                "the file has two columns \(Lexer.columnText(name)), number \(index + 1) and \(second + 1)",
                "give the columns other names, in the file or under source: columns")
            return nil
        }
        return TypedExpression(kind: .column(index), type: .text)
    }

    private mutating func shortCircuit(
        _ name: String, deciding: Bool, _ first: Expression, _ second: Expression
    ) -> TypedExpression? {
        let left = check(first, as: .boolean, "the left side of '\(name)'")
        let right = check(second, as: .boolean, "the right side of '\(name)'")
        guard let left, let right, let function = FunctionTable.function(named: name),
            let body = try? function.body(Arguments())
        else { return nil }
        return TypedExpression(kind: .shortCircuit(function, body, deciding: deciding, left, right), type: .boolean)
    }

    /// Puts a conversion in the way where the types differ.
    mutating func convert(
        _ operand: TypedExpression, to type: ValueType, at span: Span, _ what: String
    ) -> TypedExpression? {
        if operand.type == type || type == .any || operand.type == .null { return operand }
        if operand.type == .integer, type == .decimal { return operand }
        guard operand.type.converts(to: type) else {
            note(
                .typeMismatch, span, "\(what) is \(operand.type.label), where \(type.label) is needed",
                operand.type.advice(to: type))
            return nil
        }
        if case .constant(.text(let bytes)) = operand.kind {
            guard let constant = Constant.text(bytes).converted(to: type) else {
                note(
                    .typeMismatch, span,
                    "\(what) is the text \"\(String(decoding: bytes, as: UTF8.self))\", where \(type.label) is needed",
                    "write \(type.sample)")
                return nil
            }
            return TypedExpression(kind: .constant(constant), type: type)
        }
        return TypedExpression(kind: .conversion(operand, to: type), type: type)
    }
}

extension ValueType {
    /// The type in a sentence.
    var label: String {
        switch self {
        case .text: "a text"
        case .integer: "a whole number"
        case .decimal: "a number"
        case .boolean: "true or false"
        case .date: "a date"
        case .datetime: "a date with a time"
        case .object: "a JSON object"
        case .array: "a JSON array"
        case .null: "blank"
        case .any: "any value"
        }
    }

    /// A value of the type in its canonical form.
    var sample: String {
        switch self {
        case .text, .null, .any: "a text"
        case .integer: "1234"
        case .decimal: "12.50"
        case .boolean: "true or false"
        case .date: "2024-02-29"
        case .datetime: "2024-02-29T12:30:00Z"
        case .object: "{\"a\":1}"
        case .array: "[1,2]"
        }
    }

    /// The call that reads the type from a text, where there are several spellings.
    var reading: String {
        self == .datetime ? "parse_datetime(\"dd/MM/yyyy HH:mm\", \"Europe/Rome\")" : "parse_date(\"dd/MM/yyyy\")"
    }

    func advice(to type: ValueType) -> String {
        switch type {
        case .boolean: "write a comparison, or read the value with parse_boolean"
        case .integer, .decimal: "read the value with to_integer, to_decimal or parse_number"
        case .date where self == .datetime: "write its day with format_date(\"yyyy-MM-dd\")"
        case .date, .datetime: "read the value with \(type.reading)"
        case .object, .array: "map a column of JSON, or a part of one with json_path"
        default: "leave out the step that makes it \(label)"
        }
    }
}

extension Constant {
    /// The value in the canonical form of another type, or `nil` where it has none.
    func converted(to type: ValueType) -> Constant? {
        let text = String(decoding: bytes, as: UTF8.self)
        switch (self, type) {
        case (.null, _), (_, .any): return self
        case (_, .text): return .text(bytes)
        case (.text, .decimal): return ExactDecimal(text).map(Constant.number)
        case (.text, .integer): return ExactDecimal(text).flatMap { $0.scale == 0 ? .number($0) : nil }
        case (.text, .boolean): return text == "true" ? .boolean(true) : text == "false" ? .boolean(false) : nil
        case (.text, .date): return CalendarDate(text).map(Constant.date)
        case (.text, .datetime): return Datetime(text).map(Constant.datetime)
        default: return self.type.converts(to: type) ? self : nil
        }
    }
}
