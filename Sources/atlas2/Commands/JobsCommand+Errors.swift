import ArgumentParser
import AuditLog
import Postgres
import Processing

extension JobsCommand {
    struct Errors: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print why rows were rejected: where, why, and what to do.",
            discussion: """
                With --to csv it prints the rejected rows themselves, to be corrected: each with its cells as they stood, in the \
                dialect and encoding of the job's file, behind _row, _field and _error, which say which row it is and why it was \
                rejected. Cells stay as they are, so that nothing is changed on the way back: a spreadsheet may take one that \
                begins with = + - or @ for a formula.

                \(ExportOptions.discussion)

                Examples:
                  atlas2 jobs errors last
                  atlas2 jobs errors last --json
                  atlas2 jobs errors last --to csv --out rejected.csv
                """)

        enum Form: String, ExpressibleByArgument, CaseIterable {
            case csv
        }

        @Option(help: "csv prints the rejected rows as a file to correct, not why they were rejected.")
        var to: Form?
        @Option(help: "How many rows at most.")
        var limit: Int?
        @OptionGroup var export: ExportOptions
        @OptionGroup var named: Named

        private struct Enough: Error {}

        func validate() throws {
            guard to == nil || !named.format.json else {
                throw ValidationError("--to csv and --json exclude each other")
            }
            guard to == nil || export.chosenFormat != .json else {
                throw ValidationError("--to csv writes CSV: give --out a file that ends so, or --format csv")
            }
        }

        func run() async throws {
            try await named.with { installation, job, scope in
                if to == .csv { return try await writeCorrections(job, installation, scope) }
                if export.isWanted {
                    try await export.export(
                        "errors", installation, as: scope,
                        columns: ["row", "line", "column", "field", "rule", "code", "value", "message"]
                    ) { made in
                        made.stream = "job/\(job.id.text)"
                        made.limit = limit.map(Int64.init)
                    } _: { write in
                        _ = try await forEach(job, installation.log, scope) { reason, row, line in
                            try write(reason.json(row: row, line: line))
                        }
                    }
                    return
                }
                let rows = try await forEach(job, installation.log, scope) { reason, row, line in
                    if named.format.json {
                        try Output.line(reason.json(row: row, line: line))
                    } else {
                        try Output.line(reason.words(row: row, line: line))
                    }
                }
                if rows == 0, limit != 0, !named.format.json { try Output.line(Self.nothing(of: job)) }
            }
        }

        /// Why there are no rejected rows.
        private static func nothing(of job: Job) -> String {
            job.rejected == 0
                ? "no row of this job was rejected"
                : "\(job.rejected.counting("row")) of this job were rejected; why was erased"
        }

        /// Hands over each reason, of as many rows as are wanted; returns how many rows these were.
        private func forEach(
            _ job: Job, _ log: EventLog, _ scope: Scope,
            _ body: (_ reason: JobResults.Rejected.Reason, _ row: Int, _ line: Int) throws -> Void
        ) async throws -> Int {
            try await forEachRow(job, log, scope) { number, rejected in
                for reason in rejected.errors { try body(reason, number, rejected.line) }
            }
        }

        /// Hands over as many rejected rows as are wanted; returns how many.
        private func forEachRow(
            _ job: Job, _ log: EventLog, _ scope: Scope, _ body: (Int, JobResults.Rejected) throws -> Void
        ) async throws -> Int {
            var rows = 0
            do {
                try await JobResults(log).forEach(.rejected, of: job, as: scope) { row in
                    guard case .rejected(let number, let rejected) = row else { return }
                    if let limit, rows >= limit { throw Enough() }
                    rows += 1
                    try body(number, rejected)
                }
            } catch is Enough {
                StandardError.say("\(job.rejected - Int64(rows)) more rows were rejected")
            }
            return rows
        }

        /// Writes the rejected rows as a file to correct; into the file of --out after the event that says so.
        private func writeCorrections(_ job: Job, _ installation: Installation, _ scope: Scope) async throws {
            let (source, columns) = try await JobResults(installation.log).source(of: job, as: scope)
            var writer = try CorrectionWriter(source)
            let header = try writer.header(columns)
            guard export.isWanted else {
                try Output.write(header)
                let rows = try await forEachRow(job, installation.log, scope) {
                    try Output.write(try writer.line($0, $1))
                }
                if rows == 0, limit != 0 { StandardError.say(Self.nothing(of: job)) }
                return try Output.flush()
            }
            guard let file = try export.destination.file() else { return }
            let head = try await installation.log.size(as: scope)
            var made = DisclosureMade.Payload(.export, "errors", format: "csv", head: head)
            made.stream = "job/\(job.id.text)"
            made.limit = limit.map(Int64.init)
            var rows = 0
            try await installation.disclose(made, into: file, as: scope) { outlet, _ in
                try outlet.write(header)
                rows = try await forEachRow(job, installation.log, scope) {
                    try outlet.writeRow(try writer.line($0, $1))
                }
            }
            StandardError.say("wrote \(rows.counting("row")) into \(file.path)")
        }
    }
}
