import AuditLog
import CSV
import Mapping

/// Turns a file's bytes into result chunks: reads records, maps and checks them, keeps them unique.
///
/// Pure but for the uniqueness index, which spills to disk: the same bytes and program give the same rows, so a job that
/// was killed goes on by reading its file again up to the last row that has a result.
struct RowProcessor {
    private var reader: Reader
    private var record = Record()
    private let evaluator: Evaluator
    private let program: Program
    private let uniqueness: UniqueChecks
    /// Nil where the mapping allows no share of the rows to be rejected.
    private let share: RejectShare?
    private var chunk: ResultChunkWriter
    /// Rows that have a result already.
    private let done: Int
    /// Rows seen so far, and of those with a result made here how many were rejected.
    private(set) var rows = 0
    private(set) var rejected: Int
    /// Those that the mapping leaves out.
    private(set) var skipped: Int
    /// Why the job must not go on, once that is so.
    private(set) var refusal: Refusal?
    private var isFinished = false

    /// Why a job gives up.
    struct Refusal: Sendable {
        var reason: String
        var message: String
    }

    init(_ program: Program, dialect: Dialect, fileSize: Int64, behind extent: StoredFile.Extent) throws {
        self.program = program
        done = extent.lastRow
        rejected = extent.rejected
        skipped = extent.skipped
        reader = Reader(dialect, columns: program.columns.count)
        evaluator = Evaluator(program)
        uniqueness = UniqueChecks(program)
        share = RejectShare(program.rejectLimit, dialect, columns: program.columns.count, fileSize: fileSize)
        chunk = ResultChunkWriter(fields: program.targets, firstRow: done + 1)
        // A job that gave up, and was stopped before it said so, gives up again.
        if rejected > 0 { refusal = refusal(behind: "row \(done)") }
    }

    var blankLines: Int { reader.blankLines }

    mutating func feed(_ bytes: [UInt8]) {
        reader.feed(bytes)
    }

    /// Says that the file ends behind what was fed.
    mutating func finish() {
        reader.finish()
        isFinished = true
    }

    /// The next chunk; nil when it needs more bytes, or after `finish()` when there is none any more.
    mutating func nextChunk() throws -> ResultChunk? {
        guard refusal == nil else { return nil }
        while reader.next(into: &record) {
            guard record.number > 0 else { continue }
            rows = record.number
            if record.number <= done {
                try remember()
                if record.number == done { giveUpIfHopeless() }
                if refusal != nil { return nil }
            } else {
                try process()
                if chunk.isFull { giveUpIfHopeless() }
                if refusal != nil || chunk.isFull { return chunk.finish() }
            }
        }
        guard isFinished else { return nil }
        if let message = share?.message(rejected: rejected, of: rows) {
            refusal = Refusal(reason: Self.tooManyRejects, message: message)
        }
        return chunk.finish()
    }

    /// Gives up if too large a share of the rows was rejected, whatever follows: looked at behind each rejected row and each
    /// chunk, so that a job that goes on behind its last chunk gives up at the same row.
    private mutating func giveUpIfHopeless() {
        guard refusal == nil, let share else { return }
        let message = share.message(rejected: rejected, ofFirst: rows, endingAt: reader.position.offset)
        refusal = message.map { Refusal(reason: Self.tooManyRejects, message: $0) }
    }

    private static let tooManyRejects = "too_many_rejects"

    /// A row that has its result already still counts for those that must differ from it.
    private mutating func remember() throws {
        guard !uniqueness.isEmpty, record.fault == nil else { return }
        guard case .accepted = evaluator.evaluate(record) else { return }
        _ = try uniqueness.duplicate(record, evaluator)
    }

    private mutating func process() throws {
        if let fault = record.fault {
            reject([Rejection(fault, columns: program.columns)])
            return
        }
        switch evaluator.evaluate(record) {
        case .rejected: reject(reasons(evaluator.rejections))
        case .skipped(let field):
            chunk.appendSkipped(line: record.line, field: field)
            skipped += 1
        case .accepted:
            if let duplicate = try uniqueness.duplicate(record, evaluator) {
                reject(reasons([duplicate]))
            } else {
                chunk.appendAccepted { [evaluator] in evaluator.appendRow(to: &$0) }
                chunk.addWarnings(reasons(evaluator.rejections), line: record.line)
            }
        }
    }

    /// What is to be said of the row: before all else that it was repaired, if it was.
    private func reasons(_ rejections: [Rejection]) -> [Rejection] {
        guard let repair = record.repair else { return rejections }
        return [Rejection(repair, columns: program.columns)] + rejections
    }

    private mutating func reject(_ rejections: [Rejection]) {
        chunk.appendRejected(record, rejections)
        rejected += 1
        refusal = refusal(behind: "row \(record.number) (line \(record.line))")
        giveUpIfHopeless()
    }

    /// Why the job gives up behind a rejected row, if it does.
    private func refusal(behind row: String) -> Refusal? {
        if program.onReject == .stop {
            return Refusal(
                reason: "rejected_row", message: "\(row) was rejected, and the mapping says on_reject: stop")
        }
        if case .count(let limit)? = program.rejectLimit, rejected > limit {
            return Refusal(
                reason: Self.tooManyRejects, message: "more rows were rejected than max_rejects allows (\(limit))")
        }
        return nil
    }
}

extension Rejection {
    /// A record that could not be read.
    init(_ fault: Fault, columns: [String]) {
        let column = fault.cell.flatMap { columns.indices.contains($0 - 1) ? columns[$0 - 1] : nil }
        self.init(
            field: nil, column: column, rule: "csv", code: fault.code.rawValue, value: nil, message: fault.message)
    }
}
