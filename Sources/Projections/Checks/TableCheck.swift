/// The tables of a projection: keys, types, names.
struct TableCheck {
    let definition: Definition
    let names: TakenNames

    func findings() -> [Finding] {
        let statements = Statement.split(definition.schema)
        return statements.flatMap { statement -> [Finding] in
            let tokens = statement.tokens
            guard tokens.count > 2, tokens[0].isWord("create"), tokens[1].isWord("table") else { return [] }
            guard let table = TableDeclaration(tokens) else {
                return [
                    finding(
                        "this creates no table by its columns", "write CREATE TABLE name (column type, …)", tokens[0])
                ]
            }
            return naming(table, tokens) + columns(of: table) + key(of: table) + rest(of: table)
        } + comments(statements)
    }

    private func naming(_ table: TableDeclaration, _ tokens: [Token]) -> [Finding] {
        let name = table.name.text
        if let place = tokens.firstIndex(where: { $0 == table.name }), tokens[place - 1].isSymbol(".") {
            return [
                finding(
                    "a schema is named", "leave the schema out: the tables are also made elsewhere, for a replay",
                    table.name)
            ]
        }
        guard name.isIdentifier else {
            return [finding("\"\(name)\" is no name for a table", "use a-z, 0-9 and _, a letter first", table.name)]
        }
        guard let owner = names.owner(of: name, for: definition.name) else { return [] }
        return [finding("\(name) is \(owner)", "choose another name", table.name)]
    }

    private func columns(of table: TableDeclaration) -> [Finding] {
        var findings: [Finding] = []
        if let tenant = table.columns.first(where: { $0.name.text == "tenant_id" }) {
            if tenant.rest.first?.isWord("uuid") != true {
                findings.append(finding("tenant_id is no uuid", "write tenant_id uuid NOT NULL", tenant.name))
            }
        } else {
            findings.append(
                finding(
                    "\(table.name.text) has no column tenant_id",
                    "add tenant_id uuid NOT NULL, and fill it from the events", table.name))
        }
        if let owner = definition.owner, !table.columns.contains(where: { $0.name.text == owner }) {
            findings.append(
                finding(
                    "\(table.name.text) has no column \(owner), which the header names as owner",
                    "add it, or leave owner out", table.name))
        }
        for column in table.columns {
            if let fault = CastCheck.fault(ofType: column.rest) {
                findings.append(finding(fault.message, fault.advice, column.rest[0]))
            }
            if let identity = column.rest.first(where: { $0.isWord("identity") }) {
                findings.append(
                    finding("an identity column draws numbers from a sequence", Impurity.chance.advice, identity))
            }
            if let reference = column.rest.first(where: { $0.isWord("references") }) {
                findings.append(foreignKey(reference))
            }
        }
        return findings
    }

    private func key(of table: TableDeclaration) -> [Finding] {
        guard let key = table.primaryKey else {
            return [finding("\(table.name.text) has no primary key", "add PRIMARY KEY (tenant_id, …)", table.name)]
        }
        guard let first = key.first, first.text == "tenant_id" else {
            return [
                finding(
                    "the primary key does not begin with tenant_id", "write PRIMARY KEY (tenant_id, …)",
                    key.first ?? table.name)
            ]
        }
        return key.compactMap { token in
            guard let column = table.columns.first(where: { $0.name.text == token.text }), column.isText,
                !column.hasPlainCollation
            else { return nil }
            return finding(
                "the key column \(token.text) is compared by the server's locale",
                "write \(token.text) \(column.rest.first?.text ?? "text") COLLATE \"C\"", column.name)
        }
    }

    private func rest(of table: TableDeclaration) -> [Finding] {
        var findings: [Finding] = []
        for constraint in table.constraints {
            if let word = constraint.first(where: { $0.isWord("foreign") }) { findings.append(foreignKey(word)) }
            if let word = constraint.first, word.isWord("like") {
                findings.append(finding("LIKE takes its columns from another table", "write the columns", word))
            }
        }
        if let word = table.options.first(where: {
            $0.isWord("inherits", "partition", "using", "tablespace", "as", "of")
        }) {
            findings.append(finding("\(word.text.uppercased()) cannot be used here", "leave it out", word))
        }
        return findings
    }

    private func foreignKey(_ token: Token) -> Finding {
        finding(
            "a foreign key cannot be made here",
            "write it in the header: -- references: table (columns) -> table (columns)", token)
    }

    /// Hints: tables and columns that nothing explains.
    private func comments(_ statements: [Statement]) -> [Finding] {
        let explained = Set(
            statements.map(\.tokens).filter { $0.first?.isWord("comment") ?? false && $0.count > 3 }
                .map { tokens in tokens.dropFirst(3).prefix { !$0.isWord("is") }.map(\.text).joined() })
        return statements.compactMap { TableDeclaration($0.tokens) }.flatMap { table -> [Finding] in
            let columns = table.columns.filter { !explained.contains("\(table.name.text).\($0.name.text)") }
            var missing = columns.map { (token: $0.name, what: "column \(table.name.text).\($0.name.text)") }
            if !explained.contains(table.name.text) { missing.insert((table.name, "table \(table.name.text)"), at: 0) }
            return missing.map { missing in
                var hint = finding(
                    "the \(missing.what) has no comment",
                    "COMMENT ON \(missing.what.uppercasingFirstWord) IS '…' says what it holds", missing.token)
                hint.severity = .hint
                return hint
            }
        }
    }

    private func finding(_ message: String, _ advice: String, _ token: Token) -> Finding {
        definition.finding(message, advice, in: .schema, at: token.range.lowerBound)
    }
}

extension String {
    fileprivate var uppercasingFirstWord: String {
        let end = firstIndex(of: " ") ?? endIndex
        return self[..<end].uppercased() + self[end...]
    }
}
