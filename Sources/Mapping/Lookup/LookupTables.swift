/// The lookup tables that a mapping may read.
package struct LookupTables: Sendable {
    package var tables: [LookupTable]
    /// The names of all tables that there are, for advice, also of those that are not among `tables`.
    private let names: [String]
    /// Mappings without a completed job that may be seen, so that they are no tables.
    private let unused: [String]

    package init(_ tables: [LookupTable] = [], names: [String] = [], unused: [String] = []) {
        self.tables = tables
        self.names = names
        self.unused = unused
    }

    subscript(_ name: String) -> LookupTable? {
        tables.first { $0.description.name.isSpelled(name) }
    }

    /// What is wrong with the name of a table that there is not, and what to do.
    func problem(of name: String) -> (message: String, advice: String) {
        if unused.contains(where: { $0.isSpelled(name) }) {
            return (
                "the table '\(name)' has no rows: that mapping has no completed job, or none that you may see",
                "run its file first"
            )
        }
        let advice =
            names.isEmpty
            ? "a table is a mapping that a file went through; run the table's file first"
            : Suggestion.advice(for: name, among: names) { "'\($0)'" }
        return ("there is no table '\(name)'", advice)
    }
}
