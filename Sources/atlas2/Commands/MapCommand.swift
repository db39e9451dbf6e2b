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
        abstract: "Suggest, check and test mapping documents, show those that are stored, list functions and checks.",
        discussion: """
            Examples:
              atlas2 map suggest customers.csv --api crm
              atlas2 map check customers.yaml
              atlas2 map check customers.yaml --file customers.csv
              atlas2 map test customers.yaml
              atlas2 map list
              atlas2 map show customers@2
              atlas2 map functions parse_number
              atlas2 map checks
            """,
        subcommands: [Suggest.self, Check.self, Test.self, List.self, Show.self, Functions.self, Checks.self])

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
