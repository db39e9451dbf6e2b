/// Casts to types whose values are not exact, or not the same everywhere.
struct CastCheck {
    let definition: Definition
    let section: Definition.Section
    let tokens: [Token]

    static let advice = "sums of floating-point numbers depend on their order: use numeric, bigint or integer"

    /// What is wrong with the type whose name begins with these tokens, and what to do; nil for one that can be used.
    static func fault(ofType tokens: some Collection<Token>) -> (message: String, advice: String)? {
        guard let first = tokens.first, first.isName else { return nil }
        let name = first.isWord("double") ? "double precision" : first.text
        switch name {
        case "real", "float", "float4", "float8", "double precision": return ("\(name) is not exact", advice)
        case "money": return ("money depends on the server's locale", "use numeric")
        case "regclass", "regproc", "regprocedure", "regtype", "regrole", "regnamespace", "regoper", "regoperator",
            "regconfig", "regdictionary", "oid":
            return ("\(name) is a number of this server only", "use the name, as text")
        case "serial", "bigserial", "smallserial", "serial2", "serial4", "serial8":
            return ("\(name) draws numbers from a sequence", Impurity.chance.advice)
        default: return nil
        }
    }

    func findings() -> [Finding] {
        tokens.indices.compactMap { index in
            guard index + 1 < tokens.count, tokens[index].isSymbol("::") || isCast(index) else { return nil }
            let type = tokens[(index + 1)...]
            if type.count > 2, type.dropFirst().first?.isSymbol(".") ?? false, !tokens[index + 1].isWord("pg_catalog") {
                return definition.finding(
                    "\(tokens[index + 1].text).\(tokens[index + 3].text) is a type of another schema",
                    "use PostgreSQL's own types", in: section, at: tokens[index + 1].range.lowerBound)
            }
            let start = tokens[index + 1].isWord("pg_catalog") ? type.dropFirst(2) : type
            return Self.fault(ofType: start).map {
                definition.finding($0.message, $0.advice, in: section, at: tokens[index + 1].range.lowerBound)
            }
        }
    }

    /// Whether the AS at `index` belongs to CAST(… AS …).
    private func isCast(_ index: Int) -> Bool {
        guard tokens[index].isWord("as") else { return false }
        var depth = 0
        for before in stride(from: index - 1, through: 0, by: -1) {
            if tokens[before].isSymbol(")") { depth += 1 }
            if tokens[before].isSymbol("(") {
                if depth == 0 { return before > 0 && tokens[before - 1].isWord("cast") }
                depth -= 1
            }
        }
        return false
    }
}
