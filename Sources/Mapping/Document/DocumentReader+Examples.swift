extension DocumentReader {
    /// What stands under `examples:` of a mapping.
    mutating func examples(_ node: DocumentNode?) -> [MappingExample] {
        var examples: [MappingExample] = []
        for item in list(node, "'examples'") ?? [] {
            if let example = example(item) { examples.append(example) }
        }
        return examples
    }

    private mutating func example(_ node: DocumentNode) -> MappingExample? {
        let mistakes = diagnostics.count
        let group = group(node, "an example", keys: ["name", "row", "gives", "rejects"])
        guard diagnostics.count == mistakes else { return nil }
        guard let row = group["row"], let cells = cells(row) else {
            if group["row"] == nil {
                note(.missingKey, node.location, "the example has no 'row'", "add row: {Column: text, …}")
            }
            return nil
        }
        let name = text(group["name"], "the example's 'name'")
        guard let expectation = expectation(group, node) else { return nil }
        return MappingExample(name: name, row: cells, expectation: expectation, location: node.location)
    }

    private mutating func expectation(
        _ group: [String: DocumentNode], _ node: DocumentNode
    ) -> MappingExample.Expectation? {
        switch (group["gives"], group["rejects"]) {
        case (let gives?, nil):
            guard let pairs = pairs(gives, "'gives'", "write {target: value}") else { return nil }
            var values: [(target: String, value: ExpectedValue)] = []
            for (target, node) in pairs {
                guard let text = text(node, "the value of '\(target)'") else { continue }
                values.append((target, ExpectedValue(text, isMissing: node.isMissing, isPlain: node.isPlain)))
            }
            return .gives(values)
        case (nil, let rejects?):
            return requiredText(rejects, "'rejects'", in: node).map { .rejects($0) }
        default:
            note(
                .wrongValue, node.location, "an example has either 'gives' or 'rejects'",
                "write gives: {target: value}, or rejects: with the code of a rejection")
            return nil
        }
    }

    private mutating func cells(_ node: DocumentNode) -> [(column: String, cell: String)]? {
        guard let pairs = pairs(node, "'row'", "write {Column: text}") else { return nil }
        var cells: [(column: String, cell: String)] = []
        for (column, node) in pairs {
            guard let cell = text(node, "the cell of '\(column)'") else { continue }
            cells.append((column, node.isMissing ? "" : cell))
        }
        return cells
    }

    /// The keys of a group whose names are the document's own.
    private mutating func pairs(
        _ node: DocumentNode, _ what: String, _ advice: String
    ) -> [(key: String, value: DocumentNode)]? {
        guard case .mapping(let pairs) = node.content else {
            note(.wrongValue, node.location, "\(what) is \(node.label), not a group of keys", advice)
            return nil
        }
        return pairs.compactMap { pair in text(pair.key, "a key of \(what)").map { ($0, pair.value) } }
    }

    /// Notes names in examples that the mapping does not have.
    mutating func check(_ examples: [MappingExample], of document: Document) {
        if examples.isEmpty { return }
        let targets = document.mappings.map(\.target)
        let columns = document.readColumns
        for example in examples {
            if case .gives(let values) = example.expectation {
                for (target, _) in values where !targets.contains(where: { $0.isSpelled(target) }) {
                    note(
                        .unknownField, example.location, "the example names '\(target)', which is not a target",
                        Suggestion.advice(for: target, among: targets) { "'\($0)'" })
                }
            }
            // A column that no expression reads may stand in an example; a mistyped one leaves the right one empty.
            let given = example.row.map(\.column)
            let others = columns.filter { column in !given.contains { $0.isSpelled(column) } }
            for column in given where !columns.contains(where: { $0.isSpelled(column) }) {
                guard let nearest = Suggestion.nearest(to: column, among: others) else { continue }
                note(
                    .unknownColumn, example.location, "the mapping reads no column \(Lexer.columnText(column))",
                    "did you mean \(Lexer.columnText(nearest))?")
            }
        }
    }
}

extension DocumentNode {
    fileprivate var isPlain: Bool {
        if case .scalar(_, isPlain: true) = content { return true }
        return false
    }
}

extension Document {
    /// The columns that expressions, rules and conditions read, each once, in order of appearance.
    package var readColumns: [String] {
        var columns: [String] = []
        for column in ruleDescriptions().flatMap(\.columns) where !columns.contains(where: { $0.isSpelled(column) }) {
            columns.append(column)
        }
        return columns
    }
}
