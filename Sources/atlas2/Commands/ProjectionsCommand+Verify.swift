import ArgumentParser
import AuditLog
import Processing
import Projections

extension ProjectionsCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove the tables equal to a replay of the log, or name every value that differs.",
            discussion: """
                Replays every tenant's log beside the live tables and compares row by row, at one moment, while the system \
                runs. Exits with 1 when something differs; "projections rebuild" corrects it.

                Examples:
                  atlas2 projections verify
                  atlas2 projections verify users --json
                """)

        @Argument(help: "The projections; without names all of them.")
        var names: [String] = []

        @Option(help: "Name at most so many rows of each table that differ.")
        var limit = 100

        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be 1 or more") }
        }

        func run() async throws {
            try await Installation.use(nil, .projections) { installation in
                try ProjectionsCommand.check(names, in: installation.library)
                let definitions = installation.library.projections.filter { names.isEmpty || names.contains($0.name) }
                let verifier = ProjectionVerifier(owner: try await installation.owner(), definitions: definitions)
                let progress = ProgressBar("replaying", unit: "events")
                let report = try await verifier.verify(limit: limit) { progress.update($0) }
                progress.finish()
                try format.json ? Output.line(Self.json(report)) : Self.print(report, installation.composition.terminal)
                guard report.isEqual else { throw ExitCode.failure }
            }
        }

        private static func print(_ report: ProjectionVerifier.Report, _ terminal: Terminal) throws {
            for projection in report.projections {
                for difference in projection.differences { try Output.line(difference.sentence.printable) }
                let rest =
                    projection.differenceCount - Int64(Set(projection.differences.map { $0.table + $0.key }).count)
                if rest > 0 { try Output.line("… and \(rest.grouped) more rows of \(projection.name)") }
            }
            var table = Table("projection", ">rows", ">differ")
            for projection in report.projections {
                table.add(projection.name, projection.rows.grouped, projection.differenceCount.grouped)
            }
            try table.print()
            let wrong = report.projections.filter { !$0.isEqual }.map(\.name)
            try Output.line(
                wrong.isEmpty
                    ? terminal.paint("equal to a replay of \(report.events.counting("event"))", .green)
                    : terminal.paint(
                        "NOT equal to a replay of \(report.events.counting("event")): atlas2 projections rebuild "
                            + wrong.joined(separator: " "), .red))
        }

        private static func json(_ report: ProjectionVerifier.Report) -> JSONValue {
            let projections = report.projections.map { projection in
                JSONValue.object([
                    ("name", .string(projection.name)), ("rows", .integer(projection.rows)),
                    ("equal", .bool(projection.isEqual)), ("difference_count", .integer(projection.differenceCount)),
                    ("differences", .array(projection.differences.map(\.json))),
                ])
            }
            return .object([
                ("equal", .bool(report.isEqual)), ("events", .integer(report.events)),
                ("projections", .array(projections)),
            ])
        }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the tables anew from the log.",
            discussion: """
                Replays the log beside the live tables, then corrects the rows that differ; the tables of a changed \
                definition are replaced. All in one transaction: killed in the middle, nothing happened.

                Examples:
                  atlas2 projections rebuild
                  atlas2 projections rebuild users tenants
                """)

        @Argument(help: "The projections; without names all of them.")
        var names: [String] = []

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use(nil, .projections) { installation in
                try ProjectionsCommand.check(names, in: installation.library)
                let command = Command(scope: try await acting.recoveryScope(installation))
                try command.requireAdmin("rebuild projections")
                let rebuilder = ProjectionRebuilder(
                    owner: try await installation.owner(), library: installation.library)
                let progress = ProgressBar("replaying", unit: "events")
                let results = try await rebuilder.rebuild(names, as: command) { progress.update($0) }
                progress.finish()
                try await installation.catchUp(as: command.scope)
                if format.json {
                    for result in results {
                        try Output.line(
                            .object([
                                ("name", .string(result.name)), ("events", .integer(result.events)),
                                ("replaced", .bool(result.differences == nil)),
                                ("differences", .optional(result.differences)),
                            ]))
                    }
                    return
                }
                var table = Table("projection", ">events", "corrected")
                for result in results {
                    let corrected =
                        result.differences.map { $0 == 0 ? "nothing" : $0.counting("row") } ?? "tables replaced"
                    table.add(result.name, result.events.grouped, corrected)
                }
                try table.print()
            }
        }
    }
}

extension Difference {
    /// One line: which table, row and column, what the log says, what the table holds.
    var sentence: String {
        switch kind {
        case .changed: "\(table) \(key) \(column ?? ""): expected \(expected ?? "nothing"), found \(found ?? "nothing")"
        case .missing: "\(table) \(key): missing; expected \(expected ?? "a row")"
        case .unexpected: "\(table) \(key): not in the log; found \(found ?? "a row")"
        case .table: "\(table): expected the columns \(expected ?? "none"), found \(found ?? "no table")"
        }
    }

    var json: JSONValue {
        let isJSON = kind != .table
        func value(_ text: String?) -> JSONValue { text.map { isJSON ? .text(Array($0.utf8)) : .string($0) } ?? .null }
        return .object([
            ("table", .string(table)), ("kind", .string(kind.rawValue)), ("key", .text(Array(key.utf8))),
            ("column", .optional(column)), ("expected", value(expected)), ("found", value(found)),
        ])
    }
}
