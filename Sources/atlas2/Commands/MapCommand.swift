import ArgumentParser
import AuditLog
import CSV
import Mapping
import Postgres
import Processing

/// `atlas2 map`
struct MapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Check mapping documents, show those that are stored, and list the functions.",
        discussion: """
            Examples:
              atlas2 map check customers.yaml
              atlas2 map check customers.yaml --file customers.csv
              atlas2 map list
              atlas2 map show customers@2
              atlas2 map functions parse_number
            """,
        subcommands: [Check.self, List.self, Show.self, Functions.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find the mistakes in a mapping document before any row is read.",
            discussion:
                "Needs no database, unless the document only names its API. With --file, columns are checked too.")

        @Argument(help: "The mapping document.", completion: .file())
        var document: String
        @Option(help: "A file that it is for.", completion: .file())
        var file: String?
        @OptionGroup var dialect: DialectOptions
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            do {
                let (document, _) = try MappingSource(document).document()
                let fields: [Field]
                if let own = document.api.fields {
                    fields = own
                } else {
                    fields = try await Installation.use { installation in
                        try await Mappings(installation.log).fields(
                            of: document, as: try await acting.scope(installation))
                    }
                }
                var columns: [String]?
                if let file {
                    let intake = try FileIntake(file, Settings(["max_file_size": .integer(.max)]))
                    columns = try intake.columns(dialect.fixed(), document.source)
                }
                let mistakes = document.check(fields: fields, columns: columns)
                guard mistakes.isEmpty else { throw MappingError(mistakes) }
                let used = document.ruleDescriptions(fields: fields).flatMap(\.columns)
                let unused = columns?.filter { column in !used.contains { $0.isSpelled(column) } }
                if format.json {
                    try Output.line(
                        .object([
                            ("ok", .bool(true)), ("name", .string(document.name)), ("api", .string(document.api.name)),
                            ("targets", .integer(document.mappings.count)),
                            ("unused_columns", unused.map { .strings($0.sorted()) } ?? .null), ("errors", .array([])),
                        ]))
                } else {
                    try Output.line(
                        "\(document.name): \(document.mappings.count.counting("field")) of \(document.api.name), no mistakes"
                            .printable)
                    if let unused, !unused.isEmpty {
                        try Output.line(
                            "  columns that nothing uses: \(unused.sorted().joined(separator: ", "))".printable)
                    }
                }
            } catch let error as MappingError {
                guard format.json else { throw error }
                let errors = error.diagnostics.map { diagnostic -> JSONValue in
                    .object([
                        ("file", .string(diagnostic.location.file)), ("line", .integer(diagnostic.location.line)),
                        ("column", .integer(diagnostic.location.column)), ("code", .string(diagnostic.code.rawValue)),
                        ("message", .string(diagnostic.message)), ("advice", .string(diagnostic.advice)),
                    ])
                }
                try Output.line(.object([("ok", .bool(false)), ("errors", .array(errors))]))
                throw ExitCode.failure
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the stored mappings.")

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let mappings = try await Mappings(installation.log).list(as: scope)
                if format.json {
                    for mapping in mappings { try Output.line(mapping.json) }
                    return
                }
                var table = Table("Mapping", ">Version", "API", "Since")
                for mapping in mappings {
                    table.add(mapping.name, String(mapping.version), mapping.api, mapping.createdAt.description)
                }
                if table.isEmpty {
                    try Output.line("there are no mappings: atlas2 run FILE --mapping DOCUMENT stores the first")
                } else {
                    try table.print()
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a stored mapping's document.")

        @Argument(help: "Its name, or name@version.")
        var name: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let mapping = try await Mappings(installation.log).find(name, as: scope)
                if format.json {
                    try Output.line(mapping.json)
                } else {
                    try Output.write(Array(mapping.document.utf8))
                    if mapping.document.last != "\n" { try Output.line("") }
                }
            }
        }
    }
}

extension StoredMapping {
    fileprivate var json: JSONValue {
        .object([
            ("id", .string(id.text)), ("name", .string(name)), ("version", .integer(version)), ("api", .string(api)),
            ("sha256", .string(sha256)), ("created_at", .string(createdAt.description)),
            ("document", .string(document)),
        ])
    }
}
