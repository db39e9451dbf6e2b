/// Which relations a fold's statement reads and writes.
struct RelationCheck {
    let definition: Definition
    let tokens: [Token]

    /// What stands at one depth of parentheses.
    private struct Level {
        /// Whether commas part relations here.
        var isFrom = false
        /// Whether the parentheses are an argument list in which FROM means something else: extract(… FROM …).
        var isArgument = false
    }

    /// Relations that the statement itself defines by WITH.
    static func defined(in tokens: [Token]) -> Set<String> {
        var names: Set<String> = []
        for index in tokens.indices where tokens[index].isName {
            guard index > 0, tokens[index - 1].isWord("with", "recursive") || tokens[index - 1].isSymbol(",") else {
                continue
            }
            var next = index + 1
            if next < tokens.count, tokens[next].isSymbol("(") { next = tokens.end(of: next) + 1 }
            guard next < tokens.count, tokens[next].isWord("as") else { continue }
            next += 1
            if next < tokens.count, tokens[next].isWord("not") { next += 1 }
            if next < tokens.count, tokens[next].isWord("materialized") { next += 1 }
            if next < tokens.count, tokens[next].isSymbol("(") { names.insert(tokens[index].text) }
        }
        return names
    }

    func findings() -> [Finding] {
        let defined = Self.defined(in: tokens)
        let readable = defined.union(definition.tables).union(["events"])
        var findings: [Finding] = []
        if let name = tokens.first(where: {
            $0.isName && defined.contains($0.text) && ($0.text == "events" || definition.tables.contains($0.text))
        }) {
            findings.append(finding("WITH defines \(name.text) anew", "choose another name for it", name))
        }
        var levels = [Level()]
        var index = 0
        func previous(_ offset: Int = 1) -> Token? { index >= offset ? tokens[index - offset] : nil }
        while index < tokens.count {
            let token = tokens[index]
            if token.isSymbol("(") {
                let special = previous()?.isWord("extract", "substring", "trim", "overlay", "position") ?? false
                levels.append(Level(isArgument: special))
            } else if token.isSymbol(")") {
                if levels.count > 1 { levels.removeLast() }
            } else if token.isWord("from"), !levels[levels.count - 1].isArgument, !isDistinctFrom(index) {
                let isDelete = previous()?.isWord("delete") ?? false
                levels[levels.count - 1].isFrom = !isDelete
                findings += relation(after: index, readable, isWritten: isDelete)
            } else if token.isWord("using"), !isColumns(index) {
                levels[levels.count - 1].isFrom = true
                findings += relation(after: index, readable, isWritten: false)
            } else if token.isWord("join", "table") {
                findings += relation(after: index, readable, isWritten: false)
            } else if token.isWord("into") {
                findings += relation(after: index, readable, isWritten: true)
            } else if token.isWord("update"), isStatement(index) {
                findings += relation(after: index, readable, isWritten: true)
            } else if token.isSymbol(","), levels[levels.count - 1].isFrom {
                findings += relation(after: index, readable, isWritten: false)
            } else if token.isWord(
                "where", "group", "order", "having", "window", "union", "except", "intersect", "limit", "offset",
                "fetch",
                "returning", "set", "select", "values", "when")
            {
                levels[levels.count - 1].isFrom = false
            }
            index += 1
        }
        return findings
    }

    private func next(_ index: Int) -> Token? { index + 1 < tokens.count ? tokens[index + 1] : nil }

    private func isDistinctFrom(_ index: Int) -> Bool {
        index > 1 && tokens[index - 1].isWord("distinct") && tokens[index - 2].isWord("is", "not")
    }

    /// Whether parentheses behind USING hold the columns of a join, and no relations.
    private func isColumns(_ index: Int) -> Bool {
        guard next(index)?.isSymbol("(") ?? false else { return false }
        let names = tokens[(index + 2)..<max(index + 2, tokens.end(of: index + 1))]
        return Array(names).partedByCommas.allSatisfy { $0.count == 1 && $0[0].isName }
    }

    /// UPDATE as a statement, not in ON CONFLICT DO UPDATE, WHEN MATCHED THEN UPDATE or FOR UPDATE.
    private func isStatement(_ index: Int) -> Bool {
        guard index > 0 else { return true }
        return tokens[index - 1].isSymbol("(") || tokens[index - 1].isSymbol(")")
    }

    /// The relation whose name stands behind a key word, if one does.
    private func relation(after index: Int, _ readable: Set<String>, isWritten: Bool) -> [Finding] {
        var place = index + 1
        while place < tokens.count, tokens[place].isWord("only", "lateral") || tokens[place].isSymbol("(") && !isWritten
        {
            place += 1
        }
        guard place < tokens.count, tokens[place].isName else { return [] }
        let name = tokens[place]
        if name.isWord("select", "with", "values", "rows", "set") { return [] }
        if next(place)?.isSymbol(".") ?? false {
            // A function of another schema is found where it is called.
            if place + 3 < tokens.count, tokens[place + 3].isSymbol("("), !isWritten { return [] }
            return [
                finding(
                    "\(name.text).\(place + 2 < tokens.count ? tokens[place + 2].text : "") is in another schema",
                    Impurity.outside.advice, name)
            ]
        }
        if !isWritten, next(place)?.isSymbol("(") ?? false { return [] }
        if isWritten {
            guard !definition.tables.contains(name.text) else { return [] }
            return [finding("\(name.text) is not this projection's to write", Impurity.outside.advice, name)]
        }
        guard !readable.contains(name.text) else { return [] }
        return [
            finding(
                "\(name.text) is neither events nor a table of this file",
                "fold what is needed of it from its events, into a table of this file", name)
        ]
    }

    private func finding(_ message: String, _ advice: String, _ token: Token) -> Finding {
        definition.finding(message, advice, in: .fold, at: token.range.lowerBound)
    }
}
