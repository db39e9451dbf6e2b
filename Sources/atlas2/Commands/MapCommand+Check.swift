import ArgumentParser
import AuditLog
import Mapping
import Postgres
import Processing

extension MapCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find the mistakes in a mapping document before any row is read.",
            discussion: """
                Needs no database, unless the document only names its API. With --file, columns are checked too, and \
                the rows of the file's first MiB are mapped: what share of them each target accepts, leaves blank or \
                refuses, and some cells with what becomes of them. Tables that the document looks values up in are \
                checked where there is a database; without one they are named, and no rows are mapped.

                Examples:
                  atlas2 map check customers.yaml
                  atlas2 map check customers.yaml --file customers.csv
                """)

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
                let fields = try await document.fieldsToCheck(acting)
                let table = try file.map { try SampledTable($0, dialect.fixed(), document.source) }
                let tables = try await document.tablesToCheck(acting, withRows: table != nil)
                let mistakes = document.check(fields: fields, columns: table?.columns, tables: tables)
                guard mistakes.isEmpty else { throw MappingError(mistakes) }
                var coverage = MappingCoverage(document, fields: fields)
                if tables == nil { coverage.uncheckedTables = document.tables.map(\.name) }
                if let table, let tables {
                    let dates = try table.dates(document, fields: fields, tables)
                    coverage.dates = dates.map(JobDates.init)
                    var trial = Trial(
                        try Program(document, fields: fields, columns: table.columns, dates: dates, tables: tables))
                    table.forEachRecord { trial.add($0) }
                    coverage.trial = trial
                }
                if format.json { try Output.line(coverage.json) } else { try coverage.print() }
            } catch let error as MappingError {
                guard format.json else { throw error }
                try Output.line(
                    .object([("ok", .bool(false)), ("errors", .array(error.diagnostics.map(\.json)))]))
                throw ExitCode.failure
            }
        }
    }
}

extension Document {
    /// The fields that the document's rows are checked against: its own, or, from the database, those of the API that it
    /// names.
    func fieldsToCheck(_ acting: Acting) async throws -> [Field] {
        if let fields = api.fields { return fields }
        return try await Installation.use { installation in
            try await Mappings(installation.log).fields(of: self, as: try await acting.scope(installation))
        }
    }
}

extension Document {
    /// The tables that the document looks values up in; nil where there is no database that could have them.
    func tablesToCheck(_ acting: Acting, withRows: Bool) async throws -> LookupTables? {
        if tables.isEmpty { return LookupTables() }
        let composition = try Composition()
        guard composition.hasDatabase else { return nil }
        return try await Installation.use(composition) { installation in
            let scope = try await acting.scope(installation)
            let lookups = Lookups(installation.log)
            let sources = try await lookups.newest(for: self, as: scope)
            var found = try await lookups.empty(sources, for: self, as: scope)
            if withRows {
                let limit = try await Settings.load(installation.app, as: scope).maxLookupBytes
                found.tables = try await lookups.load(sources, limit: limit, as: scope)
            }
            return found
        }
    }
}

extension Diagnostic {
    var json: JSONValue {
        .object([
            ("file", .string(location.file)), ("line", .integer(location.line)),
            ("column", .integer(location.column)), ("code", .string(code.rawValue)), ("message", .string(message)),
            ("advice", .string(advice)),
        ])
    }
}
