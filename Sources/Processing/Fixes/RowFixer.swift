import AuditLog
import CSV
import Mapping

/// Gives rows that were corrected their new results, in chunks; unique among all other rows of the job.
struct RowFixer {
    private let evaluator: Evaluator
    private let program: Program
    private let uniqueness: UniqueChecks
    private var chunk: ResultChunkWriter
    /// Of the chunk at hand: the rows' numbers in the job, and why they were rejected before.
    private var numbers: [Int] = []
    private var resolved: [ErrorKey: Int] = [:]

    init(_ program: Program) {
        self.program = program
        evaluator = Evaluator(program)
        uniqueness = UniqueChecks(program)
        chunk = ResultChunkWriter(fields: program.targets, firstRow: 1)
    }

    /// Whether rows that were accepted have to be remembered.
    var isUnique: Bool { !uniqueness.isEmpty }

    /// Whether `finish()` has to be called before the next row.
    var isFull: Bool { chunk.isFull }

    /// Lets a row that was accepted count for those that must differ from it.
    func remember(_ record: borrowing Record) throws {
        guard case .accepted = evaluator.evaluate(record) else { return }
        _ = try uniqueness.duplicate(record, evaluator)
    }

    /// Maps and checks a corrected row.
    ///
    /// - Parameter reasons: why it was rejected before.
    mutating func fix(_ record: borrowing Record, replacing reasons: [ErrorKey]) throws {
        numbers.append(record.number)
        for reason in reasons { resolved[reason, default: 0] += 1 }
        if let fault = record.fault {
            return chunk.appendRejected(record, [Rejection(fault, columns: program.columns)])
        }
        switch evaluator.evaluate(record) {
        case .rejected: chunk.appendRejected(record, evaluator.rejections)
        case .skipped(let field):
            chunk.appendSkipped(line: record.line, field: field)
            chunk.addFixed(record)
        case .accepted:
            if let duplicate = try uniqueness.duplicate(record, evaluator) {
                return chunk.appendRejected(record, [duplicate])
            }
            chunk.appendAccepted { [evaluator] in evaluator.appendRow(to: &$0) }
            chunk.addWarnings(evaluator.rejections, line: record.line)
            chunk.addFixed(record)
        }
    }

    /// The rows since the last time; nil where there are none.
    mutating func finish() -> FixedChunk? {
        guard let chunk = chunk.finish() else { return nil }
        defer {
            numbers.removeAll()
            resolved.removeAll()
        }
        return FixedChunk(chunk: chunk, numbers: numbers, resolved: resolved.rejections)
    }
}

/// A chunk of rows that were fixed, and which rows of the job they are.
struct FixedChunk: Sendable {
    let chunk: ResultChunk
    /// Numbers in the job.
    let numbers: [Int]
    /// How often the results that these replace were refused for one reason.
    let resolved: [JobRowsProcessed.Rejections]

    /// The event of the chunk; hashes all rows.
    func event(_ job: JobReference) -> JobRowsFixed {
        let details = JobRowsFixed.Details(
            of: numbers, rows: chunk.rows, accepted: chunk.accepted, skipped: chunk.skipped, errors: chunk.errors,
            resolved: resolved, rowsRoot: chunk.rowsRoot, fields: chunk.fields)
        return JobRowsFixed(job, details, body: chunk.body, salt: chunk.salt)
    }
}
