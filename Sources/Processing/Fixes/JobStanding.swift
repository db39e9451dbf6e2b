import AuditLog
import CSV
import Foundation
import Postgres

/// How the rows of a job stand, before some of them are fixed.
struct JobStanding {
    /// A row that gets a new result.
    struct Due {
        var row: CorrectedFile.Row
        /// Where it stands in the job's file.
        var line: Int
        /// Why it is rejected now.
        var reasons: [ErrorKey]
    }

    /// Ascending.
    private(set) var due: [Due] = []
    /// Rows that the job's own file did not make accepted, or that were erased.
    private(set) var others: Set<Int> = []

    private var name: String
    private var file: CorrectedFile
    private var fixer: RowFixer
    /// The rows of the file that were not met yet.
    private var wanted: ArraySlice<CorrectedFile.Row>

    /// Reads the last result of every row of the job.
    ///
    /// - Parameters:
    ///   - name: what messages call the file.
    ///   - fixer: is told which rows were accepted when they were fixed.
    /// - Throws: `Failure` for the first row of the file that cannot be fixed.
    init(
        of file: CorrectedFile, _ name: String, _ job: Job, _ log: EventLog, _ scope: Scope,
        remembering fixer: RowFixer
    ) async throws {
        (self.file, self.name, self.fixer) = (file, name, fixer)
        wanted = file.rows[...]
        var standing = self
        try await JobResults(log).forEachResult(of: job, as: scope) { try standing.take($0) }
        self = standing
        if let row = wanted.first {
            throw Failure(
                .unknown,
                "\(name):\(row.line): the job \(job.id.text) has no row \(row.number): "
                    + (job.rows == 0 ? "it has none" : "its rows are 1 to \(job.rows)"))
        }
    }

    private mutating func take(_ last: JobResults.LastResult) throws {
        let row = wanted.first.flatMap { $0.number == last.row ? $0 : nil }
        var (before, given): (JobResults.Rejected?, FixedRows.Given?)
        let status: String
        switch last.result {
        case .accepted: status = "accepted"
        case .skipped: status = "skipped"
        case .erased: status = "erased"
        case .rejected(let object):
            status = "rejected"
            if row != nil { before = try JSONDecoder().decode(JobResults.Rejected.self, from: Data(object)) }
        }
        if last.isFixed || status != "accepted" { others.insert(last.row) }
        if let object = last.given, row != nil || fixer.isUnique {
            given = try JSONDecoder().decode(FixedRows.Given.self, from: Data(object))
        }
        if let given, status == "accepted", fixer.isUnique { try fixer.remember(given.record(number: last.row)) }
        guard let row else { return }
        wanted = wanted.dropFirst()
        if let cells = before?.cells ?? given?.cells,
            try file.record(of: row, line: 0).stands(as: cells, in: file.dialect)
        {
            return
        }
        guard let before else {
            throw Failure(
                .state,
                "\(name):\(row.line): row \(row.number) is \(status), not rejected: take it out of the file")
        }
        due.append(Due(row: row, line: before.line, reasons: before.errors.map(ErrorKey.init)))
    }
}

extension FixedRows.Given {
    fileprivate func record(number: Int) -> Record {
        var record = Record()
        for cell in cells { record.append(cell) }
        record.number = number
        record.line = line
        return record
    }
}

extension Record {
    /// Whether the cells are those, or what is written for those that the encoding lacks.
    fileprivate func stands(as cells: [String], in dialect: Dialect) -> Bool {
        guard cells.count == count else { return false }
        return cells.enumerated().allSatisfy { index, cell in
            let own = text(index).utf8
            return own.elementsEqual(cell.utf8) || own.elementsEqual(cell.encodable(in: dialect).utf8)
        }
    }
}
