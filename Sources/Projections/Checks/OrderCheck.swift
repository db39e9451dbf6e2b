/// What depends on the order in which rows come, where no order is given.
struct OrderCheck {
    let definition: Definition
    let tokens: [Token]

    private static let aggregates: Set = [
        "array_agg", "string_agg", "json_agg", "jsonb_agg", "json_agg_strict", "jsonb_agg_strict", "json_object_agg",
        "jsonb_object_agg", "json_object_agg_strict", "jsonb_object_agg_strict", "json_object_agg_unique",
        "jsonb_object_agg_unique", "json_arrayagg", "json_objectagg", "xmlagg", "last", "forgotten",
    ]
    private static let windowed: Set = [
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value",
        "last_value", "nth_value",
    ]

    func findings() -> [Finding] {
        tokens.indices.flatMap { index -> [Finding] in
            let token = tokens[index]
            let isCalled = index + 1 < tokens.count && tokens[index + 1].isSymbol("(")
            if token.isName, isCalled, Self.aggregates.contains(token.text), !isColumnList(index) {
                return aggregate(index)
            }
            if token.isName, isCalled, Self.windowed.contains(token.text) { return window(index) }
            if token.isWord("limit") || token.isWord("fetch") || token.isWord("offset") && !isZero(index + 1) {
                return limited(index)
            }
            if token.isWord("distinct"), index + 1 < tokens.count, tokens[index + 1].isWord("on") {
                return limited(index)
            }
            return []
        }
    }

    private func isZero(_ index: Int) -> Bool { index < tokens.count && tokens[index].text == "0" }

    private func isColumnList(_ index: Int) -> Bool { index > 0 && tokens[index - 1].isWord("into", "table") }

    private func aggregate(_ index: Int) -> [Finding] {
        let inside = tokens.end(of: index + 1)
        if hasOrder(index + 2..<inside) { return [] }
        if inside + 1 < tokens.count, tokens[inside + 1].isWord("over"), hasOrderInWindow(inside + 1) { return [] }
        return [
            finding(
                "\(tokens[index].text)() without ORDER BY gives any order", "write ORDER BY position inside it", index)
        ]
    }

    private func window(_ index: Int) -> [Finding] {
        var over = tokens.end(of: index + 1) + 1
        while over < tokens.count, tokens[over].isWord("ignore", "respect", "nulls") { over += 1 }
        if over < tokens.count, tokens[over].isWord("filter") { over = tokens.end(of: over + 1) + 1 }
        guard over < tokens.count, tokens[over].isWord("over"), !hasOrderInWindow(over) else { return [] }
        return [
            finding(
                "\(tokens[index].text)() over rows without ORDER BY gives any order",
                "write ORDER BY position in its window", index)
        ]
    }

    /// Whether the window behind OVER has an order; a named one's is looked for where it is defined.
    private func hasOrderInWindow(_ over: Int) -> Bool {
        guard over + 1 < tokens.count else { return false }
        if tokens[over + 1].isSymbol("(") { return hasOrder(over + 2..<tokens.end(of: over + 1)) }
        let name = tokens[over + 1].text
        for index in tokens.indices.dropLast(3) where tokens[index].isName && tokens[index].text == name {
            if tokens[index + 1].isWord("as"), tokens[index + 2].isSymbol("(") {
                return hasOrder(index + 3..<tokens.end(of: index + 2))
            }
        }
        return false
    }

    private func limited(_ index: Int) -> [Finding] {
        guard !hasOrder(query(around: index)) else { return [] }
        let word = tokens[index].isWord("distinct") ? "DISTINCT ON" : tokens[index].text.uppercased()
        return [
            finding(
                "\(word) without ORDER BY takes any row", "write ORDER BY, up to position, in the same SELECT", index)
        ]
    }

    /// The tokens of the query that `index` belongs to: those inside the same parentheses.
    private func query(around index: Int) -> Range<Int> {
        var depth = 0
        var start = index
        while start > 0 {
            if tokens[start - 1].isSymbol(")") { depth += 1 }
            if tokens[start - 1].isSymbol("(") {
                if depth == 0 { break }
                depth -= 1
            }
            start -= 1
        }
        return start..<(start > 0 ? tokens.end(of: start - 1) : tokens.count)
    }

    /// Whether ORDER BY stands in the range, not deeper in parentheses.
    private func hasOrder(_ range: Range<Int>) -> Bool {
        var depth = 0
        for index in range {
            if tokens[index].isSymbol("(") { depth += 1 }
            if tokens[index].isSymbol(")") { depth -= 1 }
            if depth == 0, tokens[index].isWord("order") { return true }
        }
        return false
    }

    private func finding(_ message: String, _ advice: String, _ index: Int) -> Finding {
        definition.finding(message, advice, in: .fold, at: tokens[index].range.lowerBound)
    }
}
