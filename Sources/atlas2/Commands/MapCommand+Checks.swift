import ArgumentParser
import Mapping

extension MapCommand {
    struct Checks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the checks on fields and rows, and the formats.",
            discussion: """
                Needs no database. With --json, one object a check.

                Examples:
                  atlas2 map checks
                  atlas2 map checks --json
                """)

        @Flag(help: "Print the tables of docs/mapping.md.")
        var markdown = false
        @OptionGroup var format: OutputFormat

        func validate() throws {
            if markdown, format.json { throw ValidationError("--markdown prints nothing but Markdown") }
        }

        func run() throws {
            if markdown { return try Output.write(Array(CheckReference.markdown.utf8)) }
            if format.json {
                for check in CheckTable.fields + CheckTable.rows { try Output.line(check.json) }
                for format in FormatTable.formats { try Output.line(format.json) }
                return
            }
            try print("Checks of a field", CheckTable.fields.map { ($0.name, $0.summary) })
            try print("Formats", FormatTable.formats.map { ($0.name, $0.summary) })
            try print("Checks on rows", CheckTable.rows.map { ($0.name, $0.summary) })
        }

        private func print(_ title: String, _ checks: [(name: String, summary: String)]) throws {
            try Output.line("\(title)\n")
            for check in checks { try Output.line("  \(check.name)\n      \(check.summary)") }
            try Output.line("")
        }
    }
}

extension Check {
    fileprivate var json: JSONValue {
        .object([
            ("kind", .string(scope.label == "rows" ? "row" : "field")), ("name", .string(name)),
            ("rule", .string(rule)),
            ("for", .string(scope.label)), ("summary", .string(summary)),
            (
                "example",
                .object([
                    ("definition", .string(example.definition)), ("passes", .strings(example.passing)),
                    ("refuses", .strings(example.refused)),
                ])
            ), ("codes", .strings(refusals.map(\.code))),
        ])
    }
}

extension Format {
    fileprivate var json: JSONValue {
        .object([
            ("kind", .string("format")), ("name", .string(name)), ("rule", .string("format")),
            ("for", .string("fields of type string")), ("summary", .string(summary)),
            (
                "example",
                .object([
                    ("definition", .string("format: \(name)")), ("passes", .strings([example.passing])),
                    ("refuses", .strings([example.refused])),
                ])
            ), ("codes", .strings([failure.code])),
        ])
    }
}
