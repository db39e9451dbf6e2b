/// What a CREATE TABLE statement says, as far as a projection's table is concerned.
struct TableDeclaration {
    struct Column {
        var name: Token
        /// Type and constraints.
        var rest: [Token]
        /// Whether its values are text, which sorts and compares by a collation.
        var isText: Bool {
            guard let type = rest.first else { return false }
            return ["text", "varchar", "char", "character", "bpchar", "name", "citext"].contains(type.text)
        }
        var hasPlainCollation: Bool {
            rest.indices.contains { rest[$0].isWord("collate") && $0 + 1 < rest.count && rest[$0 + 1].text == "C" }
        }
    }

    let name: Token
    let columns: [Column]
    /// Table constraints, each from its CONSTRAINT, PRIMARY, UNIQUE … on.
    let constraints: [[Token]]
    /// What stands behind the columns.
    let options: [Token]

    /// Nil for a statement that creates no table by its columns.
    init?(_ tokens: [Token]) {
        guard tokens.count > 2, tokens[0].isWord("create"), tokens[1].isWord("table"),
            let open = tokens.firstIndex(where: { $0.isSymbol("(") })
        else { return nil }
        name = tokens[open - 1]
        let close = tokens.end(of: open)
        let parts = Array(tokens[(open + 1)..<max(open + 1, close)]).partedByCommas
        func isConstraint(_ part: [Token]) -> Bool {
            part[0].isWord("constraint", "primary", "unique", "check", "foreign", "exclude", "like")
        }
        columns = parts.filter { !isConstraint($0) }.map { Column(name: $0[0], rest: Array($0.dropFirst())) }
        constraints = parts.filter(isConstraint)
        options = Array(tokens.dropFirst(close + 1))
    }

    /// The columns of the primary key; nil where there is none.
    var primaryKey: [Token]? {
        for constraint in constraints {
            if let place = constraint.firstIndex(where: { $0.isWord("primary") }), place + 2 < constraint.count {
                let open = place + 2
                return Array(constraint[(open + 1)..<constraint.end(of: open)]).partedByCommas.compactMap(\.first)
            }
        }
        return columns.first { $0.rest.contains { $0.isWord("primary") } }.map { [$0.name] }
    }
}
