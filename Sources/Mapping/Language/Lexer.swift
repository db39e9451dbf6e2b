/// A token of the expression language.
struct Token: Equatable {
    enum Kind: Equatable {
        case column(String)
        case text(String)
        case number(ExactDecimal)
        case name(String)
        /// `if then else and or not true false null`
        case keyword(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    let span: Span

    /// How the token is named in a message.
    var label: String {
        switch kind {
        case .column(let name): "the column \(Lexer.columnText(name))"
        case .text: "a text"
        case .number(let number): "the number \(number)"
        case .name(let name), .keyword(let name), .symbol(let name): "'\(name)'"
        case .end: "the end"
        }
    }
}

/// Splits an expression into tokens.
struct Lexer {
    static let keywords: Set<String> = ["if", "then", "else", "and", "or", "not", "true", "false", "null"]
    private static let symbols = [
        "??", "->", "==", "!=", "<=", ">=", "|", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/",
    ].map { (text: $0, scalars: Array($0.unicodeScalars)) }

    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    static func tokens(of text: String) throws(ExpressionError) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    /// How a column is written in an expression.
    static func columnText(_ name: String) -> String {
        let isPlain = !name.isEmpty && name.unicodeScalars.allSatisfy(isNameScalar)
        if isPlain { return "$\(name)" }
        var text = "$\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: scalar.value >= 0x80 && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func next() throws(ExpressionError) -> Token {
        while let scalar = current, isBlankScalar(scalar.value) { index += 1 }
        let start = index
        guard let scalar = current else { return Token(kind: .end, span: Span(start: start, end: start)) }
        let kind: Token.Kind
        switch scalar {
        case "$": kind = try column()
        case "\"", "'": kind = .text(try quoted())
        case "0"..."9": kind = try number()
        case "a"..."z", "A"..."Z", "_": kind = word()
        default: kind = try symbol()
        }
        return Token(kind: kind, span: Span(start: start, end: index))
    }

    private func error(from start: Int, to end: Int, _ message: String, _ advice: String) -> ExpressionError {
        ExpressionError(span: Span(start: start, end: end), message: message, advice: advice)
    }

    private mutating func column() throws(ExpressionError) -> Token.Kind {
        let start = index
        index += 1
        if current == "\"" { return .column(try quoted()) }
        let name = nameText()
        if name.isEmpty {
            throw error(
                from: start, to: index, "'$' is not followed by a column's name",
                "write $name, or $\"Full name\" where the name has spaces or signs")
        }
        return .column(name)
    }

    private mutating func nameText() -> String {
        var name = String.UnicodeScalarView()
        while let scalar = current, Self.isNameScalar(scalar) {
            name.append(scalar)
            index += 1
        }
        return String(name)
    }

    private mutating func word() -> Token.Kind {
        let name = nameText()
        return Self.keywords.contains(name) ? .keyword(name) : .name(name)
    }

    /// Reads a text between quotes; a backslash stands before a quote, a backslash, or in `\n`, `\t`, `\r`.
    ///
    /// Before any other character it stands for itself, so that patterns read as usual (`"\d+"`).
    private mutating func quoted() throws(ExpressionError) -> String {
        let start = index
        let quote = scalars[index]
        index += 1
        var text = String.UnicodeScalarView()
        while let scalar = current, scalar != quote {
            index += 1
            guard scalar == "\\", let escaped = current else {
                text.append(scalar)
                continue
            }
            switch escaped {
            case quote, "\\": text.append(escaped)
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            default:
                text.append("\\")
                text.append(escaped)
            }
            index += 1
        }
        guard current == quote else {
            throw error(from: start, to: index, "the text that starts here is not closed", "end it with \(quote)")
        }
        index += 1
        return String(text)
    }

    private mutating func number() throws(ExpressionError) -> Token.Kind {
        let start = index
        var text = ""
        while let scalar = current, "0"..."9" ~= scalar || scalar == "." {
            text.unicodeScalars.append(scalar)
            index += 1
        }
        guard let number = ExactDecimal(text), current.map({ !Self.isNameScalar($0) }) ?? true else {
            throw error(
                from: start, to: index, "this is not a number",
                "write digits with a point, such as 12 or 12.50 (at most 38 digits)")
        }
        return .number(number)
    }

    private mutating func symbol() throws(ExpressionError) -> Token.Kind {
        for (text, symbol) in Self.symbols where scalars[index...].starts(with: symbol) {
            index += symbol.count
            return .symbol(text)
        }
        let start = index
        index += 1
        let advice =
            switch scalars[start] {
            case "&": "write 'and' for a condition, or join(\"\", a, b) for texts"
            case "!": "write 'not'"
            case "?": "write if … then … else …, or ?? for a value where a step is blank or fails"
            case "\u{201C}", "\u{201D}", "\u{201E}": "write texts between straight quotes: \"…\""
            default: "texts stand between quotes, columns behind $"
            }
        throw error(from: start, to: index, "'\(scalars[start])' has no meaning here", advice)
    }
}
