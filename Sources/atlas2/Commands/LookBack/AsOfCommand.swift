import ArgumentParser
import AuditLog
import CSV
import Postgres
import Processing
import Projections
import Synchronization

/// `atlas2 as-of`
struct AsOfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "as-of",
        abstract: "Answer one question in SQL from the tables as they stood at a moment.",
        discussion: """
            Replays what the question reads, answers it, and leaves nothing behind. The question is one query; it reads the \
            projections' tables, the views and the log (audit_logs) by their plain names, and sees what the acting user may \
            see. It may read the tables of now beside them: public.users. \(MomentText.help)

            Examples:
              atlas2 as-of 2026-03-31 "SELECT email, role FROM users"
              atlas2 as-of 42 "SELECT key, value FROM system_settings" --json
              atlas2 as-of 2026-03-31 "SELECT u.email, u.role, n.role FROM users u JOIN public.users n USING (id)" --csv
            """)

    @Argument(help: "The moment.")
    var moment: String

    @Argument(help: "The question.")
    var sql: String

    @OptionGroup var acting: Acting
    @OptionGroup var format: OutputFormat

    @Flag(help: "Print CSV with a header.")
    var csv = false

    func validate() throws {
        _ = try MomentText.read(moment, "the moment")
        guard !csv || !format.json else { throw ValidationError("give one of --csv and --json") }
    }

    func run() async throws {
        try await Installation.use { installation in
            let scope = try await acting.scope(installation)
            let moment = try MomentText.read(moment, "the moment")
            let question = Question(
                owner: try await installation.owner(), asker: installation.app, library: installation.library)
            let progress = ProgressBar("replaying", unit: "events")
            let printer = Mutex(AnswerPrinter(form: format.json ? .json : csv ? .csv : .table))
            try await question.ask(sql, at: moment, as: scope, form: format.json ? .json : .columns) { _, done, total in
                progress.update(done, of: total)
            } columns: { names, basis in
                progress.finish()
                let last = basis.cut.size > 0 ? ", the last at position \(basis.cut.size - 1)" : ""
                StandardError.say("as of \(moment.words): \(basis.cut.size.counting("event"))\(last)")
                try printer.withLock { try $0.begin(names) }
            } row: { values in
                try printer.withLock { try $0.add(values) }
            }
            try printer.withLock { try $0.end() }
        }
    }
}

/// Prints the rows of an answer.
private struct AnswerPrinter {
    enum Form {
        case table
        case csv
        case json
    }

    /// More than anybody reads as a table, whose widths are known only at the end.
    private static let tableLimit = 100_000

    let form: Form
    private var table = Table()
    private var rows = 0
    private var writer = Writer(.rfc4180, recordEnd: .lf)

    init(form: Form) {
        self.form = form
    }

    mutating func begin(_ names: [String]) throws {
        switch form {
        case .table: table = Table(names)
        case .csv: try write(names)
        case .json: break
        }
    }

    mutating func add(_ values: [String?]) throws {
        switch form {
        case .table:
            rows += 1
            guard rows <= Self.tableLimit else {
                throw PastError(
                    "the answer has more than \(Self.tableLimit.grouped) rows: use --csv or --json, or a LIMIT")
            }
            table.add(values.map { $0 ?? "" })
        case .csv: try write(values.map { $0 ?? "" })
        case .json: try Output.line(.text(Array((values.first.flatMap { $0 } ?? "null").utf8)))
        }
    }

    mutating func end() throws {
        if form == .table { try table.print() }
    }

    private mutating func write(_ cells: [String]) throws {
        // A query may have no columns, a record may not.
        guard !cells.isEmpty else { return }
        // A spreadsheet would take a text that begins like one for a formula; a number it may.
        try writer.write(cells.map { Double($0) == nil ? SpreadsheetWriter.harmless($0) : $0 })
        try Output.write(writer.take())
    }
}
