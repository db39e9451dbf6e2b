import ArgumentParser
import Mapping

extension MapCommand {
    struct Functions: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the functions of mappings, or explain some.",
            discussion: """
                Needs no database. With --json, one object a function.

                Examples:
                  atlas2 map functions
                  atlas2 map functions split regex_extract
                """)

        @Argument(help: "Only these, in detail.")
        var names: [String] = []
        @Flag(help: "Print the tables of docs/mapping.md.")
        var markdown = false
        @OptionGroup var format: OutputFormat

        func validate() throws {
            if markdown, format.json || !names.isEmpty {
                throw ValidationError("--markdown prints all functions, and nothing but Markdown")
            }
            let known = FunctionTable.functions.map(\.name)
            for name in names where !known.contains(name) {
                throw ValidationError("there is no function '\(name)'; \(FunctionTable.advice(for: name))")
            }
        }

        func run() throws {
            if markdown { return try Output.write(Array(FunctionReference.markdown.utf8)) }
            for group in FunctionTable.groups {
                let functions = group.functions.filter { names.isEmpty || names.contains($0.name) }
                if format.json {
                    for function in functions { try Output.line(function.json(group.title)) }
                } else if names.isEmpty {
                    try Output.line("\(group.title)\n")
                    for function in functions { try Output.line("  \(function.signature)\n      \(function.summary)") }
                    try Output.line("")
                } else {
                    for function in functions { try explain(function) }
                }
            }
        }

        private func explain(_ function: Function) throws {
            try Output.line("\(function.signature)\n  \(function.summary)")
            let example = function.example
            let cells = example.columns.map { "\($0.name) is \($0.cell)" }.joined(separator: " and ")
            let place = cells.isEmpty ? "" : ", where \(cells),"
            try Output.line("  \(example.expression)\(place)  gives  \(example.result ?? "blank")")
            for failure in function.failures { try Output.line("  fails with \(failure.code): \(failure.message)") }
        }
    }
}

extension Function {
    fileprivate func json(_ group: String) -> JSONValue {
        .object([
            ("name", .string(name)), ("group", .string(group)), ("signature", .string(signature)),
            ("summary", .string(summary)),
            (
                "example",
                .object([
                    ("expression", .string(example.expression)),
                    ("cells", .object(example.columns.map { ($0.name, .string($0.cell)) })),
                    ("gives", example.result.map(JSONValue.string) ?? .null),
                ])
            ),
            (
                "failures",
                .array(failures.map { .object([("code", .string($0.code)), ("message", .string($0.message))]) })
            ),
        ])
    }
}
