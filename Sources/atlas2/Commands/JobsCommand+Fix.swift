import ArgumentParser
import AuditLog
import Postgres
import Processing

extension JobsCommand {
    struct Fix: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take rejected rows back that were corrected.",
            discussion: """
                FILE is what jobs errors --to csv wrote, with corrected cells. Each row keeps its number, goes through the job's \
                version of the mapping, and must be unique among all other rows of the job; a row that is rejected again stays \
                rejected, for what is wrong with it now. Rows that were not changed, and those that were left out of the file, \
                stay as they are. Given twice, a file changes nothing.

                Examples:
                  atlas2 jobs errors last --to csv --out rejected.csv
                  atlas2 jobs fix last rejected.csv
                """)

        @Argument(help: ArgumentHelp("A job's id, the beginning of one, or last.", valueName: "job"))
        var job: String
        @Argument(help: "The file with the corrected rows.", completion: .file())
        var file: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            let rejected = try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let jobs = Jobs(installation.log)
                let found = try await jobs.find(job, as: scope)
                let settings = try await Settings.load(installation.app, as: scope)
                let outcome = try await JobFixer(installation.log, settings, as: Command(scope: scope))
                    .fix(found, path: file)
                try await Task { try await installation.catchUp(as: scope) }.value
                try print(outcome, try await jobs.find(found.id.text, as: scope))
                return outcome.rejected
            }
            if rejected > 0 { throw ExitCode(2) }
        }

        private func print(_ outcome: JobFixer.Outcome, _ job: Job) throws {
            if format.json {
                return try Output.line(
                    .object([
                        ("job_id", .string(job.id.text)), ("given", .integer(outcome.given)),
                        ("unchanged", .integer(outcome.unchanged)), ("accepted", .integer(outcome.accepted)),
                        ("rejected", .integer(outcome.rejected)), ("skipped", .integer(outcome.skipped)),
                        ("job", job.json),
                    ]))
            }
            try Output.line(
                "\(outcome.given.counting("row")) given: \(outcome.accepted.grouped) accepted, \(outcome.rejected.grouped) rejected again, \(outcome.skipped.grouped) skipped, \(outcome.unchanged.grouped) unchanged"
            )
            let equation = RowEquation(
                rows: job.rows, accepted: job.accepted, rejected: job.rejected, skipped: job.skipped)
            try Output.line("  job       \(job.id.text)")
            try Output.line("  rows      \(equation)")
            if job.rejected > 0 {
                try Output.line("the rejected rows, with reasons: atlas2 jobs errors \(job.id.text)")
            }
        }
    }
}
