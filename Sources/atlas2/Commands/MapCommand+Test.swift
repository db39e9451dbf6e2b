import ArgumentParser
import AuditLog
import Mapping
import Processing

extension MapCommand {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the examples of a mapping document.",
            discussion: """
                Needs no database, unless the document only names its API, or looks values up in a table: examples see \
                the table as it is now. Every example that does not come out as it \
                says is named with its place, what it expects and what was found; the exit code is then 1.

                Examples:
                  atlas2 map test customers.yaml
                """)

        @Argument(help: "The mapping document.", completion: .file())
        var document: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            let run: ExampleRun
            let name: String
            do {
                let (document, _) = try MappingSource(document).document()
                let fields = try await document.fieldsToCheck(acting)
                let tables = try await document.tablesToCheck(acting, withRows: true)
                if tables == nil, !document.examples.isEmpty {
                    let names = document.tables.map(\.name).joined(separator: ", ")
                    throw Failure(
                        .state,
                        "the examples need the table \(names), and there is no database: run the table's file first")
                }
                run = try ExampleRun(document, fields: fields, tables: tables)
                name = document.name
            } catch let error as MappingError {
                guard format.json else { throw error }
                try Output.line(
                    .object([("ok", .bool(false)), ("errors", .array(error.diagnostics.map(\.json)))]))
                throw ExitCode.failure
            }
            if format.json { try Output.line(run.json(name)) } else { try run.print(name) }
            if !run.differences.isEmpty { throw ExitCode.failure }
        }
    }
}

extension ExampleRun {
    private var failed: Int { Set(differences.map(\.example)).count }

    fileprivate func json(_ name: String) -> JSONValue {
        let differences = differences.map { difference -> JSONValue in
            .object([
                ("example", .integer(difference.example)), ("name", .optional(difference.name)),
                ("file", .string(difference.location.file)), ("line", .integer(difference.location.line)),
                ("column", .integer(difference.location.column)), ("target", .optional(difference.target)),
                ("expected", .string(difference.expected)), ("found", .string(difference.found)),
            ])
        }
        return .object([
            ("ok", .bool(differences.isEmpty)), ("name", .string(name)), ("examples", .integer(count)),
            ("failed", .integer(failed)), ("differences", .array(differences)), ("errors", .array([])),
        ])
    }

    fileprivate func print(_ name: String) throws {
        if count == 0 {
            try Output.line(
                "\(name) has no examples: add some under 'examples': - {row: {Column: text}, gives: {target: value}}"
                    .printable)
            return
        }
        for difference in differences {
            let title = difference.name.map { " (\($0))" } ?? ""
            let target = difference.target.map { "\($0): " } ?? ""
            try Output.line(
                "\(difference.location): example \(difference.example)\(title): \(target)expected \(difference.expected), found \(difference.found)"
                    .printable)
        }
        let examples = count.counting("example")
        try Output.line(
            "\(name): \(failed == 0 ? "\(examples), all as they say" : "\(failed.grouped) of \(examples) not as they say")"
                .printable)
    }
}
