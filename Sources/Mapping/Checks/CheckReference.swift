/// The checks as tables in Markdown, for docs/mapping.md.
package enum CheckReference {
    package static var markdown: String {
        [
            "### Checks of a field", table(CheckTable.fields), "### Formats", formats, "### Checks on rows",
            table(CheckTable.rows),
        ].joined(separator: "\n\n") + "\n"
    }

    private static func table(_ checks: [Check]) -> String {
        let head = ["| check | for | asks | example | passes | is refused | code |", "|---|---|---|---|---|---|---|"]
        let rows = checks.map { check in
            let codes = check.name == Check.format.name ? "that of the format" : codes(check.refusals.map(\.code))
            return Markdown.row([
                Markdown.code(check.name), check.scope.label, Markdown.prose(check.summary),
                Markdown.code(check.example.definition), cells(check.example.passing), cells(check.example.refused),
                codes,
            ])
        }
        return (head + rows).joined(separator: "\n")
    }

    private static var formats: String {
        let head = ["| format | takes | passes | is refused | code |", "|---|---|---|---|---|"]
        let rows = FormatTable.formats.map { format in
            Markdown.row([
                Markdown.code(format.name), Markdown.prose(format.summary), Markdown.code(format.example.passing),
                Markdown.code(format.example.refused), Markdown.code(format.failure.code),
            ])
        }
        return (head + rows).joined(separator: "\n")
    }

    /// The cells of a row; an empty one is a blank.
    private static func cells(_ cells: [String]) -> String {
        cells.map { $0.isEmpty ? "blank" : Markdown.code($0) }.joined(separator: ", ")
    }

    private static func codes(_ codes: [String]) -> String { codes.map(Markdown.code).joined(separator: ", ") }
}

/// Parts of tables in Markdown.
enum Markdown {
    static func row(_ cells: [String]) -> String {
        "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
    }

    /// A `|` would end the cell, also inside code.
    static func code(_ text: String) -> String { "`\(text.replacing("|", with: "\\|"))`" }

    /// Text in which code may stand between backticks.
    static func prose(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 1
                ? part
                : part.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("*", with: "\\*")
        }.joined(separator: "`").replacing("|", with: "\\|")
    }
}
