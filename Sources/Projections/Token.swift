/// The smallest part of an SQL text that means something: neither space nor comment.
struct Token: Equatable {
    enum Kind {
        /// A key word or a name that is not quoted.
        case word
        /// `"…"`
        case quotedName
        /// `'…'`, `E'…'` or `$$…$$`
        case string
        case number
        /// `$1`
        case parameter
        /// `::`, or any other single character.
        case symbol
    }
    var kind: Kind
    /// A word in lower case; what stands between the quotes, doubled quotes once; everything else as it is.
    var text: String
    /// Bytes of the text that it was read from.
    var range: Range<Int>
    /// Whether the quote that opens it is closed before the text ends.
    var isClosed = true

    /// Whether it can stand for a table, a column or a function.
    var isName: Bool { kind == .word || kind == .quotedName }

    func isWord(_ words: String...) -> Bool { kind == .word && words.contains(text) }
    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
}

extension [Token] {
    /// Where the parentheses that open at `index` close; the count where they do not.
    func end(of index: Int) -> Int {
        var depth = 0
        for place in Swift.min(index, count)..<count {
            if self[place].isSymbol("(") { depth += 1 }
            if self[place].isSymbol(")") {
                depth -= 1
                if depth == 0 { return place }
            }
        }
        return count
    }

    /// The tokens parted by commas, as far as these do not stand in parentheses.
    var partedByCommas: [[Token]] {
        var parts: [[Token]] = [[]]
        var depth = 0
        for token in self {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            if depth == 0, token.isSymbol(",") { parts.append([]) } else { parts[parts.count - 1].append(token) }
        }
        return parts.filter { !$0.isEmpty }
    }
}
