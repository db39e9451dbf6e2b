extension TypeChecker {
    /// Finds the table, the key and the column of a call of `lookup`, and gives its operand the type of the key; returns
    /// false where a mistake was noted. Where tables are not known, nothing is found and nothing noted.
    mutating func resolveLookup(
        _ constants: inout Arguments, _ operand: inout TypedExpression, _ arguments: [Expression.Argument]
    ) -> Bool {
        guard let tables else { return true }
        let (name, column) = (constants.texts[0], constants.texts[1])
        guard let table = tables[name.string] else {
            let problem = tables.problem(of: name.string)
            note(.unknownTable, arguments[name.argument].span, problem.message, problem.advice)
            return false
        }
        let description = table.description
        guard let key = description.key(ofCount: 1), let keyType = description.type(of: key[0]),
            let keyIndex = table.keys.firstIndex(where: { $0.areSpelled(key) })
        else {
            note(
                .unknownTable, arguments[name.argument].span, "the table '\(name.string)' has no key",
                "add a check 'unique' of one field to its mapping, and run its file again")
            return false
        }
        guard let type = description.type(of: column.string),
            let columnIndex = table.columns.firstIndex(where: { $0.isSpelled(column.string) })
        else {
            note(
                .unknownColumn, arguments[column.argument].span,
                "the table '\(name.string)' has no column '\(column.string)'",
                Suggestion.advice(for: column.string, among: description.fields.map(\.name)) { "'\($0)'" })
            return false
        }
        // The key stands between the table and the column.
        guard let converted = convert(operand, to: keyType, at: arguments[1].span, "the key of \(Function.lookup)")
        else {
            return false
        }
        operand = converted
        constants.lookup = LookupColumn(table: table, key: keyIndex, column: columnIndex, type: type)
        return true
    }
}
