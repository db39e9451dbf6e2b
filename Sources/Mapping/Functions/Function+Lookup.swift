extension Function {
    /// The function that reads lookup tables.
    static let lookup = "lookup"

    static let lookups: [Function] = [
        .specialized(
            lookup, .lookup,
            [Parameter("table", .text), Parameter("key", .value(.any)), Parameter("column", .text)],
            result: .tableColumn, pipedParameter: 1,
            summary:
                "Gives a column of the row that has a key in a table, the newest completed job of a mapping; a key that is not there fails (see ??)",
            example: Example("\"IT\" | lookup(\"countries\", \"name\")", gives: "Italy"),
            failures: [.notInTable("countries")]
        ) { (arguments) throws(ArgumentError) in
            guard let column = arguments.lookup else {
                return { _, workspace in workspace.fail(.unknownTable) }
            }
            return { operands, workspace in column.value(for: operands[0], workspace) }
        }
    ]
}
