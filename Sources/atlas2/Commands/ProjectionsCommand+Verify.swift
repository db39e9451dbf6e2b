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
                runs; so are constraints, indexes, policies, grants and views. Exits with 1 when something differs; \
                "projections repair" corrects it. With --sample only rows of some streams are looked at.

                Examples:
                  atlas2 projections verify
                  atlas2 projections verify users --json
                  atlas2 projections verify --sample 100
                """)

        @Argument(help: "The projections; without names all of them.")
        var names: [String] = []

        @Option(help: "Name at most so many rows of each table that differ.")
        var limit = 100

        @Option(
            help: ArgumentHelp(
                "Look only at the rows of so many streams of each projection and tenant, chosen by chance.",
                valueName: "streams"))
        var sample: Int?

        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be 1 or more") }
            guard sample ?? 1 > 0 else { throw ValidationError("--sample must be 1 or more") }
        }

        func run() async throws {
            try await Installation.use(nil, .projections) { installation in
                try ProjectionsCommand.check(names, in: installation.library)
                let definitions = installation.library.projections.filter { names.isEmpty || names.contains($0.name) }
                let verifier = ProjectionVerifier(
                    owner: try await installation.owner(), definitions: definitions,
                    views: names.isEmpty ? installation.library.views : [])
                let progress = ProgressBar("replaying", unit: sample == nil ? "events" : "projections")
                let report =
                    if let sample {
                        try await verifier.sample(streams: sample, limit: limit) { progress.update($0, of: $1) }
                    } else {
                        try await verifier.verify(limit: limit) { progress.update($0, of: $1) }
                    }
                progress.finish()
                try format.json ? Output.line(Self.json(report)) : Self.print(report, installation.composition.terminal)
                guard report.isEqual else { throw ExitCode.failure }
            }
        }

        private static func print(_ report: ProjectionVerifier.Report, _ terminal: Terminal) throws {
            for difference in report.views { try Output.line(difference.sentence.printable) }
            for projection in report.projections {
                for difference in projection.differences { try Output.line(difference.sentence.printable) }
                let rest =
                    projection.differenceCount - Int64(Set(projection.differences.map { $0.table + $0.key }).count)
                if rest > 0 { try Output.line("… and \(rest.grouped) more rows of \(projection.name)") }
            }
            let isSample = report.projections.contains { $0.sampled != nil }
            var table =
                isSample ? Table("projection", ">streams", ">rows", ">differ") : Table("projection", ">rows", ">differ")
            for projection in report.projections {
                if let sampled = projection.sampled {
                    table.add(
                        projection.name, sampled.grouped, projection.rows.grouped, projection.differenceCount.grouped)
                } else {
                    table.add(projection.name, projection.rows.grouped, projection.differenceCount.grouped)
                }
            }
            try table.print()
            if !report.skipped.isEmpty {
                try Output.line(
                    "not looked at, because several streams feed each row: \(report.skipped.joined(separator: ", "))")
            }
            for projection in report.projections {
                if let position = projection.standsAt {
                    try Output.line(
                        "\(projection.name) has not read the log to its end, and is compared up to position \(position.grouped): atlas2 projections status"
                    )
                }
                if projection.setAside > 0 {
                    try Output.line(
                        "\(projection.name) goes on without \(projection.setAside.counting("stream")), and is compared without: atlas2 projections status"
                    )
                }
            }
            try Output.line(verdict(report, isSample, terminal))
        }

        private static func verdict(
            _ report: ProjectionVerifier.Report, _ isSample: Bool, _ terminal: Terminal
        ) -> String {
            let compared =
                isSample
                ? "a replay of the streams that were chosen" : "a replay of \(report.events.counting("event"))"
            guard !report.isEqual else {
                let isWhole = report.projections.allSatisfy { $0.standsAt == nil && $0.setAside == 0 }
                return terminal.paint("equal to \(compared)\(isWhole ? "" : ", as far as it was read")", .green)
            }
            let wrong = report.projections.filter { !$0.isEqual }
            let (current, changed) = (wrong.filter(\.isCurrent), wrong.filter { !$0.isCurrent })
            var advice: [String] = []
            if !current.isEmpty || changed.isEmpty {
                advice.append((["atlas2 projections repair"] + current.map(\.name)).joined(separator: " "))
            }
            if !changed.isEmpty {
                advice.append((["atlas2 projections rebuild"] + changed.map(\.name)).joined(separator: " "))
            }
            return terminal.paint("NOT equal to \(compared): \(advice.joined(separator: ", "))", .red)
        }

        private static func json(_ report: ProjectionVerifier.Report) -> JSONValue {
            let projections = report.projections.map { projection in
                JSONValue.object(
                    [
                        ("name", .string(projection.name)), ("rows", .integer(projection.rows)),
                        ("equal", .bool(projection.isEqual)),
                        ("difference_count", .integer(projection.differenceCount)),
                        ("differences", .array(projection.differences.map(\.json))),
                    ] + (projection.standsAt.map { [("compared_to", .integer($0))] } ?? [])
                        + (projection.setAside > 0 ? [("set_aside", .integer(projection.setAside))] : [])
                        + (projection.sampled.map { [("sampled_streams", .integer($0))] } ?? []))
            }
            return .object(
                [("equal", .bool(report.isEqual)), ("events", .integer(report.events))]
                    + (report.views.isEmpty ? [] : [("views", .array(report.views.map(\.json)))])
                    + (report.skipped.isEmpty ? [] : [("skipped", .strings(report.skipped))])
                    + [("projections", .array(projections))])
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
        case .shape, .key: "\(table) \(key): expected \(expected ?? "none"), found \(found ?? "none")"
        case .view: "\(table): the view is \(found == nil ? "missing" : "not that of its file")"
        }
    }

    var json: JSONValue {
        let isJSON = ![.table, .shape, .key, .view].contains(kind)
        func value(_ text: String?) -> JSONValue { text.map { isJSON ? .text(Array($0.utf8)) : .string($0) } ?? .null }
        return .object([
            ("table", .string(table)), ("kind", .string(kind.rawValue)), ("key", .text(Array(key.utf8))),
            ("column", .optional(column)), ("expected", value(expected)), ("found", value(found)),
        ])
    }
}
