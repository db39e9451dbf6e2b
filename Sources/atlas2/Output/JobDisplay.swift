import ArgumentParser
import AuditLog
import Foundation
import Postgres
import Processing

/// Shows a run: its progress, and what it came to.
struct JobDisplay: Sendable {
    private let isJSON: Bool
    private let bar = ProgressBar("processing", unit: "KiB")

    init(_ format: OutputFormat) {
        isJSON = format.json
    }

    func show(_ progress: JobProgress) {
        bar.update(progress.done / 1024, of: progress.total / 1024)
    }

    /// Takes the progress away however the work ends.
    func whileShown<T>(_ work: () async throws -> T) async throws -> T {
        defer { bar.finish() }
        return try await work()
    }

    func print(_ outcome: JobOutcome) throws {
        if isJSON { try Output.line(outcome.json) } else { try printWords(outcome) }
    }

    private func printWords(_ outcome: JobOutcome) throws {
        let job = outcome.job.text
        if let row = outcome.resumedAfter, row > 0 { try Output.line("went on behind row \(row.grouped)") }
        switch outcome.ending {
        case .completed:
            try Output.line(
                "\(outcome.fileName) went through \(outcome.mapping) in \(outcome.seconds.short) s".printable)
        case .alreadyDone:
            try Output.line(
                "\(outcome.fileName) went through \(outcome.mapping) before: nothing was done; --again does it again"
                    .printable)
        case .paused(let reason):
            try Output.line("\(outcome.fileName) is paused (\(reason)): atlas2 jobs resume \(job)".printable)
        case .cancelled:
            try Output.line("\(outcome.fileName) was cancelled".printable)
        case .failed(let message):
            try Output.line("\(outcome.fileName) failed: \(message)".printable)
        }
        try Output.line("  job       \(job)")
        let equation = RowEquation(
            rows: outcome.rows, accepted: outcome.accepted, rejected: outcome.rejected, skipped: outcome.skipped)
        try Output.line("  rows      \(equation)")
        if let words = LinesLeftOut(preamble: outcome.preambleLines, footer: outcome.footerLines).words {
            try Output.line("  left out  \(words)")
        }
        for dates in outcome.dates { try Output.line("  dates     \(dates.words)".printable) }
        try Output.line("  log       \(outcome.logSize.counting("event"))")
        guard !outcome.errors.isEmpty else { return }
        try Output.line("")
        var table = Table(">Rows", "Field", "Rule", "Code")
        for error in outcome.errors.prefix(12) {
            table.add(error.count.grouped, error.field ?? "", error.rule, error.code)
        }
        try table.print()
        if outcome.errors.count > 12 { try Output.line("and \(outcome.errors.count - 12) more") }
        try Output.line("")
        try Output.line("the rejected rows, with reasons: atlas2 jobs errors \(job)")
    }
}

extension JobOutcome {
    /// The exit code that says how it ended: 0 done, 2 done with rejected rows, 1 not done.
    func exit() throws {
        switch ending {
        case .completed: if rejected > 0 { throw ExitCode(2) }
        case .alreadyDone: break
        case .paused, .cancelled, .failed: throw ExitCode(1)
        }
    }

    var json: JSONValue {
        var status = "completed"
        var detail: JSONValue = .null
        switch ending {
        case .completed: break
        case .alreadyDone: status = "already_done"
        case .paused(let reason): (status, detail) = ("paused", .string(reason))
        case .cancelled: status = "cancelled"
        case .failed(let message): (status, detail) = ("failed", .string(message))
        }
        return .object([
            ("job_id", .string(job.text)), ("status", .string(status)), ("detail", detail),
            ("file_name", .string(fileName)), ("mapping", .string(mapping)), ("rows", .integer(rows)),
            ("accepted", .integer(accepted)), ("rejected", .integer(rejected)), ("skipped", .integer(skipped)),
            ("preamble_lines", .integer(preambleLines)), ("footer_lines", .integer(footerLines)),
            ("dates", .array(dates.map(\.json))),
            ("resumed_after", resumedAfter.map { .integer($0) } ?? .null), ("log_size", .integer(logSize)),
            ("seconds", .decimal(seconds)),
            (
                "errors",
                .array(
                    errors.map { error in
                        .object([
                            ("field", .optional(error.field)), ("rule", .string(error.rule)),
                            ("code", .string(error.code)),
                            ("count", .integer(error.count)),
                        ])
                    })
            ),
        ])
    }
}

extension Double {
    /// At most two decimals.
    fileprivate var short: String { String((self * 100).rounded() / 100) }
}
