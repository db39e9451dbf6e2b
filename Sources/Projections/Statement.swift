/// One SQL statement of a projection file.
struct Statement: Equatable {
    /// Its text, without the closing semicolon, comments in front of it dropped.
    var text: String
    /// The byte of its section at which it starts.
    var start = 0

    /// The statements of a section, in order. Semicolons inside quotes, dollar quotes and comments do not end one.
    static func split(_ section: String) -> [Statement] {
        let bytes = Array(section.utf8)
        var statements: [Statement] = []
        var start: Int?
        for token in Tokenizer.tokens(of: section) {
            if !token.isSymbol(";") {
                start = start ?? token.range.lowerBound
            } else if let first = start {
                let text = String(decoding: bytes[first..<token.range.lowerBound], as: UTF8.self)
                statements.append(Statement(text: text, start: first))
                start = nil
            }
        }
        if let start {
            statements.append(Statement(text: String(decoding: bytes[start...], as: UTF8.self), start: start))
        }
        return statements
    }

    /// Its tokens; their ranges count from where its section begins.
    var tokens: [Token] {
        Tokenizer.tokens(of: text).map { token in
            var token = token
            token.range = token.range.lowerBound + start..<token.range.upperBound + start
            return token
        }
    }

    /// The table that the statement creates, if it creates one.
    var createdTable: String? {
        var tokens = Tokenizer.tokens(of: text)[...]
        guard tokens.popFirst()?.isWord("create") ?? false, tokens.popFirst()?.isWord("table") ?? false else {
            return nil
        }
        if tokens.prefix(3).map(\.text) == ["if", "not", "exists"] { tokens = tokens.dropFirst(3) }
        return tokens.first.flatMap { $0.isName ? $0.text : nil }
    }

    /// The statement with `relation` (`name AS (…)`) in front of whatever relations it defines by WITH itself.
    func with(_ relation: String) -> String {
        let tokens = Tokenizer.tokens(of: text)
        guard tokens.first?.isWord("with") ?? false else { return "WITH \(relation)\n\(text)" }
        let isRecursive = tokens.count > 1 && tokens[1].isWord("recursive")
        let rest = tokens.dropFirst(isRecursive ? 2 : 1).first.map {
            String(decoding: Array(text.utf8)[$0.range.lowerBound...], as: UTF8.self)
        }
        return "WITH \(isRecursive ? "RECURSIVE " : "")\(relation),\n\(rest ?? "")"
    }
}
