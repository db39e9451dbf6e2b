import CSV

/// What mappings of the same API have done before for a field.
enum Confirmation {
    /// The expressions for the field whose columns all are in the table; those of most mappings are the surest.
    static func candidates(
        for field: Field, in table: TableSample, _ documents: [Document]
    ) -> [FieldSuggestion.Candidate] {
        var found: [(expression: String, columns: [String], mappings: [String])] = []
        for document in documents {
            for mapping in document.mappings where mapping.target.isSpelled(field.name) {
                let columns = columns(of: mapping, document)
                guard !columns.isEmpty, columns.allSatisfy({ name in table.columns.contains { $0.isSpelled(name) } })
                else { continue }
                if let place = found.firstIndex(where: { $0.expression.isSpelled(mapping.text) }) {
                    found[place].mappings.append(document.name)
                } else {
                    found.append((mapping.text, columns, [document.name]))
                }
            }
        }
        let most = found.map(\.mappings.count).max() ?? 0
        return found.map { expression, columns, mappings in
            let (limit, reason) = trial(of: expression, field, table)
            let names = mappings.sorted().map { "'\($0)'" }.joined(separator: ", ")
            return FieldSuggestion.Candidate(
                columns: columns, expression: expression, confidence: min(mappings.count == most ? 0.99 : 0.9, limit),
                reasons: ["so in the mapping \(names)", reason], isConfirmed: true)
        }
    }

    private static func columns(of mapping: TargetMapping, _ document: Document) -> [String] {
        var columns: [String] = []
        for rule in document.ruleDescriptions() where rule.target?.isSpelled(mapping.target) == true {
            for column in rule.columns where !columns.contains(where: { $0.isSpelled(column) }) {
                columns.append(column)
            }
        }
        return columns
    }

    /// How sure the expression can be, by what it makes of the table's records.
    private static func trial(of expression: String, _ field: Field, _ table: TableSample) -> (Double, String) {
        var field = field
        field.isRequired = false
        guard let document = try? Document(field, expression, nulls: table.nulls),
            let program = try? Program(document, columns: table.columns, tables: nil)
        else { return (0.3, "it does not fit the field or the file any more") }
        guard document.tables.isEmpty else { return (0.9, "it looks values up in a table, which was not tried") }
        var trial = Trial(program)
        for record in table.records { trial.add(record) }
        let (accepted, failed) = (trial.targets[0].accepted, trial.targets[0].failures.total)
        if accepted + failed == 0 { return (0.9, "it gives no values in the sample") }
        let reason = "it gives a value in \(accepted) and fails in \(failed) of \(trial.rows) rows"
        if failed * 2 > accepted + failed { return (0.3, reason) }
        return (failed * 10 > accepted + failed ? 0.75 : 1, reason)
    }
}
