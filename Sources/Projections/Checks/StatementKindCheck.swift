/// Which statements a section may hold.
struct StatementKindCheck {
    let definition: Definition
    let section: Definition.Section
    let tokens: [Token]

    func findings() -> [Finding] {
        guard let first = tokens.first else { return [] }
        let isFine: Bool
        let allowed: String
        switch section {
        case .schema:
            isFine = starts("create", "table") || comments
            allowed = "@schema has CREATE TABLE and COMMENT ON TABLE, COLUMN or CONSTRAINT of its own tables only"
        case .indexes:
            isFine =
                starts("create", "index") || starts("create", "unique", "index") || starts("comment", "on", "index")
            allowed = "@indexes has CREATE INDEX only"
        case .fold:
            isFine = first.isWord("insert", "update", "delete", "merge") || first.isWord("with") && changesRows
            allowed = "a fold has INSERT, UPDATE, DELETE and MERGE statements only, each for a whole range of events"
        }
        if !isFine {
            return [
                definition.finding("\(opening) cannot stand here", allowed, in: section, at: first.range.lowerBound)
            ]
        }
        return section == .indexes ? indexedTable() : []
    }

    private var opening: String {
        tokens.prefix { $0.kind == .word }.prefix(2).map { $0.text.uppercased() }.joined(separator: " ")
    }

    private func starts(_ words: String...) -> Bool {
        tokens.count > words.count && zip(tokens, words).allSatisfy { $0.isWord($1) }
    }

    private var comments: Bool {
        let words = tokens.prefix(8).map(\.text)
        let tables = definition.tables
        return words.count > 4 && words.starts(with: ["comment", "on"])
            && (words[2] == "table" && tables.contains(words[3]) && words[4] == "is"
                || words.count > 6 && words[6] == "is"
                    && (words[2] == "column" && tables.contains(words[3]) && words[4] == "."
                        || words[2] == "constraint" && words[4] == "on" && tables.contains(words[5])))
    }

    /// Whether a statement that begins with WITH ends in one that writes.
    private var changesRows: Bool {
        var depth = 0
        for (index, token) in tokens.enumerated() {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            guard depth == 0, token.isWord("insert", "update", "delete", "merge"), index > 0 else { continue }
            if tokens[index - 1].isSymbol(")") { return true }
        }
        return false
    }

    private func indexedTable() -> [Finding] {
        if let word = tokens.first(where: { $0.isWord("concurrently") }) {
            return [
                definition.finding(
                    "CONCURRENTLY cannot be used here", "leave it out", in: section, at: word.range.lowerBound)
            ]
        }
        guard tokens.first?.isWord("create") ?? false, let on = tokens.firstIndex(where: { $0.isWord("on") }),
            var table = tokens[(on + 1)...].first
        else { return [] }
        if table.isWord("only"), on + 2 < tokens.count { table = tokens[on + 2] }
        guard !definition.tables.contains(table.text) else { return [] }
        return [
            definition.finding(
                "\(table.text) is no table of this file", "index the tables of @schema", in: section,
                at: table.range.lowerBound)
        ]
    }
}
