import ArgumentParser
import AuditLog
import CSV
import Foundation
import Mapping
import Postgres
import Processing

extension MapCommand {
    struct Suggest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose where the fields of an API may come from in a file.",
            discussion: """
                Prints a mapping document to go over and keep. A source that is sure (0.95 and above) stands in it; one \
                that is likely (0.60 and above) stands in a comment, to be taken by removing the "# "; each with its \
                reason. Looks at names, at the values of the file's first MiB and, with --api, at what the mappings \
                of the same API have used before. With --fields it needs no database.

                Examples:
                  atlas2 map suggest customers.csv --api crm > customers.yaml
                  atlas2 map suggest customers.csv --fields crm.yaml --json
                """)

        @Argument(help: "The CSV file.", completion: .file())
        var file: String
        @Option(help: "The name of a registered API.")
        var api: String?
        @Option(
            help: "A document with an API written out: a mapping, or what stands under its api:.", completion: .file())
        var fields: String?
        @OptionGroup var dialect: DialectOptions
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func validate() throws {
            if (api == nil) == (fields == nil) {
                throw ValidationError("give either --api, for an API that is registered, or --fields, for a document")
            }
        }

        func run() async throws {
            let table = try SampledTable(file, dialect.fixed())
            var sample = TableSample(columns: table.columns, nulls: table.nulls)
            table.forEachRecord { sample.add($0) }
            let target = try await target()
            let suggestions = Suggester(target.fields, sample, confirmed: target.confirmed).suggestions()
            let mapping = SuggestedMapping(
                name: URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent, api: target.api,
                definition: target.definition, source: table.sourceKeys, columns: table.columns,
                suggestions: suggestions)
            if format.json {
                try Output.line(mapping.json)
            } else {
                try Output.write(Array(mapping.yaml.utf8))
            }
        }

        private typealias Target = (api: String, definition: API?, fields: [Field], confirmed: [Document])

        private func target() async throws -> Target {
            if let fields {
                let definition = try API(parsing: MappingSource(fields).content(), file: fields)
                return (definition.name, definition, definition.fields ?? [], [])
            }
            let name = api ?? ""
            return try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let mappings = Mappings(installation.log)
                guard let fields = try await APIs(installation.log).fields(of: name, as: scope) else {
                    throw Failure(
                        .unknown,
                        "there is no API \(name): atlas2 apis list shows those there are; or give a document with --fields"
                    )
                }
                let before = try await mappings.list(as: scope).filter { $0.api == name }
                return (name, nil, fields, before.compactMap { try? Document(parsing: $0.document, file: $0.name) })
            }
        }
    }
}

extension SampledTable {
    /// What the file's dialect is in a mapping document. Lines above and below the table differ from file to file.
    fileprivate var sourceKeys: [(key: String, value: String)] {
        func text(_ text: String) -> String { String(decoding: JSONValue.string(text).bytes, as: UTF8.self) }
        var keys = [(key: "delimiter", value: text(delimiter)), (key: "encoding", value: encoding)]
        if !hasHeader { keys.append((key: "header", value: "false")) }
        if !nulls.isEmpty { keys.append((key: "nulls", value: "[\(nulls.map(text).joined(separator: ", "))]")) }
        return keys
    }
}

extension SuggestedMapping {
    fileprivate var json: JSONValue {
        let fields = suggestions.map { suggestion -> JSONValue in
            let candidates = suggestion.candidates.map { candidate -> JSONValue in
                .object([
                    ("columns", .strings(candidate.columns)), ("expression", .string(candidate.expression)),
                    ("confidence", .decimal(candidate.confidence)), ("reasons", .strings(candidate.reasons)),
                ])
            }
            return .object([
                ("field", .string(suggestion.field.name)), ("type", .string(suggestion.field.type.rawValue)),
                ("required", .bool(suggestion.field.isRequired)), ("status", .string(suggestion.status.rawValue)),
                ("candidates", .array(candidates)),
            ])
        }
        return .object([
            ("name", .string(name)), ("api", .string(api)), ("fields", .array(fields)),
            ("unused_columns", .strings(unusedColumns)), ("document", .string(yaml)),
        ])
    }
}
