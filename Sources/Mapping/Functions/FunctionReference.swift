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
            let failures = function.failures.map { code($0.code) }.joined(separator: ", ")
            let result = function.example.result.map(code) ?? "blank"
            let cells = [
                code(function.signature), prose(function.summary), example(function.example), result, failures,
            ]
            lines.append("|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined())
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func example(_ example: Function.Example) -> String {
        let cells = example.columns.map { "\($0.name) is \(code($0.cell))" }
        return code(example.expression) + (cells.isEmpty ? "" : ", where " + cells.joined(separator: " and "))
    }

    /// A `|` would end the cell, also inside code.
    private static func code(_ text: String) -> String { "`\(text.replacing("|", with: "\\|"))`" }

    private static func prose(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("*", with: "\\*")
            .replacing("|", with: "\\|")
    }
}
