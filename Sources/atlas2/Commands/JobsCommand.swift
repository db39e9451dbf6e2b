import ArgumentParser
import AuditLog
import Postgres
import Processing

/// `atlas2 jobs`
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Look at jobs and their results; pause, resume and cancel them.",
        discussion: """
            JOB is a job's id, the beginning of one, or last.

            Examples:
              atlas2 jobs list --status paused
              atlas2 jobs errors last
              atlas2 jobs errors last --to csv --out rejected.csv
              atlas2 jobs results last --json | head
              atlas2 jobs results last --out results.csv
              atlas2 jobs fix last rejected.csv
              atlas2 jobs resume 3f2a
            """,
        subcommands: [List.self, Show.self, Results.self, Errors.self, Fix.self, Pause.self, Resume.self, Cancel.self],
        defaultSubcommand: List.self)

    /// The job that a subcommand is about.
    struct Named: ParsableArguments {
        @Argument(help: ArgumentHelp("A job's id, the beginning of one, or last.", valueName: "job"))
        var job: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        /// Finds the job and does something with it.
        func with<T>(_ body: (Installation, Job, Scope) async throws -> T) async throws -> T {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                return try await body(installation, try await Jobs(installation.log).find(job, as: scope), scope)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the jobs, the newest first.")

        @Option(help: "Only those that are created, running, paused, cancelled, failed or completed.")
        var status: String?
        @Option(help: "How many at most.")
        var limit = 50
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func validate() throws {
            guard status.map({ Job.Status(rawValue: $0) != nil }) ?? true else {
                throw ValidationError(
                    "\(status ?? "") is no status: there are created, running, paused, cancelled, failed, completed")
            }
            guard limit > 0 else { throw ValidationError("--limit must be 1 or more") }
        }

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let jobs = try await Jobs(installation.log).list(
                    status: status.flatMap { Job.Status(rawValue: $0) }, limit: limit, as: scope)
                if format.json {
                    for job in jobs { try Output.line(job.json) }
                    return
                }
                var table = Table(
                    "Job", "Status", ">Rows", ">Accepted", ">Rejected", ">Skipped", "Mapping", "File", "Since")
                for job in jobs {
                    table.add(
                        job.id.text, job.status.rawValue, job.rows.grouped, job.accepted.grouped, job.rejected.grouped,
                        job.skipped.grouped, "\(job.mappingName ?? "?")@\(job.mappingVersion)",
                        job.fileName ?? "(erased)",
                        job.createdAt?.description ?? "")
                }
                if table.isEmpty {
                    try Output.line("there are no jobs: atlas2 run FILE --mapping MAPPING makes one")
                } else {
                    try table.print()
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a job and what its rows came to.")

        @OptionGroup var named: Named

        func run() async throws {
            try await named.with { installation, job, scope in
                let errors = try await Jobs(installation.log).errorCounts(of: job, as: scope)
                if named.format.json { return try Output.line(job.json) }
                try Output.line("\(job.fileName ?? "(erased)") (\(job.fileSize.counting("byte")))".printable)
                try Output.line("  job       \(job.id.text)")
                try Output.line("  status    \(job.status.rawValue)\(job.reason.map { " (\($0))" } ?? "")")
                if let message = job.message { try Output.line("            \(message)".printable) }
                try Output.line("  mapping   \(job.mappingName ?? "?")@\(job.mappingVersion)".printable)
                let equation = RowEquation(
                    rows: job.rows, accepted: job.accepted, rejected: job.rejected, skipped: job.skipped)
                try Output.line("  rows      \(equation)")
                if let words = LinesLeftOut(preamble: job.preambleLines, footer: job.footerLines).words {
                    try Output.line("  left out  \(words)")
                }
                for dates in job.dates { try Output.line("  dates     \(dates.words)".printable) }
                try Output.line("  created   \(job.createdAt?.description ?? "")")
                if let end = job.finishedAt { try Output.line("  finished  \(end)") }
                try Output.line("  started   \(job.attempts) time\(job.attempts == 1 ? "" : "s")")
                guard !errors.isEmpty else { return }
                try Output.line("")
                var table = Table(">Rows", "Field", "Rule", "Code")
                for error in errors { table.add(error.count.grouped, error.field ?? "", error.rule, error.code) }
                try table.print()
            }
        }
    }

    struct Results: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every row's outcome, in the order of the file.", discussion: ExportOptions.discussion)

        @Option(help: "Only rows that were accepted, rejected or skipped.")
        var status: String?
        @OptionGroup var export: ExportOptions
        @OptionGroup var named: Named

        func validate() throws {
            guard status == nil || ["accepted", "rejected", "skipped"].contains(status) else {
                throw ValidationError("--status must be accepted, rejected or skipped")
            }
        }

        func run() async throws {
            let selection = status.flatMap { JobResults.Selection(rawValue: $0) } ?? .all
            try await named.with { installation, job, scope in
                let results = JobResults(installation.log)
                var erased = 0
                if export.isWanted {
                    try await export.export(
                        "results", installation, as: scope,
                        columns: ["row", "status", "output", "errors", "cells", "skipped"]
                    ) { made in
                        made.stream = "job/\(job.id.text)"
                        made.only = status
                    } _: { write in
                        erased = try await results.forEach(selection, of: job, as: scope) { try write($0.json) }
                    }
                } else {
                    erased = try await results.forEach(selection, of: job, as: scope) { row in
                        if named.format.json { try Output.line(row.json) } else { try Output.line(row.words) }
                    }
                }
                if erased > 0 { StandardError.say("\(erased.counting("row")) erased") }
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a running job stop before its next chunk of rows.")

        @OptionGroup var named: Named

        func run() async throws {
            try await named.with { installation, job, scope in
                try await Jobs(installation.log).pause(job, as: Command(scope: scope))
                try await installation.catchUp(as: scope)
                try Output.line("paused \(job.id.text): atlas2 jobs resume \(job.id.text)")
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a job for good; what it did stays in the log.")

        @OptionGroup var named: Named

        func run() async throws {
            try await named.with { installation, job, scope in
                try await Jobs(installation.log).cancel(job, as: Command(scope: scope))
                try await installation.catchUp(as: scope)
                try Output.line("cancelled \(job.id.text)")
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on with a job that was paused, or whose process died.")

        @OptionGroup var named: Named

        func run() async throws {
            let outcome = try await named.with { installation, job, scope in
                let settings = try await Settings.load(installation.app, as: scope)
                let display = JobDisplay(named.format)
                let runner = JobRunner(installation.log, settings, as: Command(scope: scope), progress: display.show)
                let outcome = try await display.whileShown { try await runner.resume(job) }
                try await Task { try await installation.catchUp(as: scope) }.value
                try display.print(outcome)
                return outcome
            }
            try outcome.exit()
        }
    }
}
