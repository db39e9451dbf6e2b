/// The functions as tables in Markdown, for docs/mapping.md.
package enum FunctionReference {
    /// A heading and a table for each group.
    package static var markdown: String {
        FunctionTable.groups.map(table).joined(separator: "\n")
    }

    private static func table(_ group: FunctionTable.Group) -> String {
        var lines = [
            "### \(group.title)", "", "| function | does | example | gives | fails with |", "|---|---|---|---|---|",
        ]
        for function in group.functions {
            let failures = function.failures.map { Markdown.code($0.code) }.joined(separator: ", ")
            let result = function.example.result.map(Markdown.code) ?? "blank"
            lines.append(
                Markdown.row([
                    Markdown.code(function.signature), Markdown.prose(function.summary), example(function.example),
                    result,
                    failures,
                ]))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func example(_ example: Function.Example) -> String {
        let cells = example.columns.map { "\($0.name) is \(Markdown.code($0.cell))" }
        return Markdown.code(example.expression) + (cells.isEmpty ? "" : ", where " + cells.joined(separator: " and "))
    }
}
