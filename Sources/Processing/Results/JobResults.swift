package import AuditLog
import Foundation
import Mapping
import Postgres

/// The rows of a job, read out of its result chunks.
package struct JobResults: Sendable {
    private let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    /// The outcome of a row.
    package enum Row: Sendable {
        /// Its values as one JSON object, nested by dotted paths, and what was refused and left blank in it, or repaired.
        case accepted(row: Int, output: [UInt8], warnings: Warnings?)
        case rejected(row: Int, Rejected)
        case skipped(row: Int, Skipped)
        /// Nothing can be said of it any more.
        case erased(row: Int)
    }

    /// What was refused in an accepted row, or repaired.
    package struct Warnings: Codable, Sendable {
        package var line: Int
        package var errors: [Rejected.Reason]
    }

    /// A rejected row: where it stood, what it held, and why.
    package struct Rejected: Codable, Sendable {
        package struct Reason: Codable, Sendable {
            package var field: String?
            package var column: String?
            package var rule: String
            package var code: String
            package var value: String?
            package var message: String
        }
        package var line: Int
        package var cells: [String]
        package var errors: [Reason]
    }

    /// A row that the mapping leaves out: where it stood, and which target's expression said so; nil for a rule on the row.
    package struct Skipped: Codable, Sendable {
        package var line: Int
        package var field: String?
        package var rule: String
    }

    /// Which rows to read.
    package enum Selection: String, Sendable {
        case all, accepted, rejected, skipped
    }

    /// What a file of a job's rejected rows needs to be written and read: how the job's file is read, and its columns.
    package func source(of job: Job, as scope: Scope) async throws -> (source: JobSource, columns: [String]) {
        let file = StoredFile(ofJob: job.id, tenant: scope.tenant, log)
        guard let columns = try await file.columns() else {
            throw Failure(
                .state,
                "the names of the columns of the job \(job.id.text) were erased: atlas2 jobs errors \(job.id.text) --json gives what is left"
            )
        }
        return (try await file.creation().source, columns)
    }

    /// Reads a job's rows in order, each with its last result; memory holds a chunk or two, and where rows that were fixed
    /// have theirs.
    ///
    /// - Returns: the number of rows that were erased, among those that were read.
    @discardableResult
    package func forEach(
        _ selection: Selection = .all, of job: Job, as scope: Scope, _ body: (Row) throws -> Void
    ) async throws -> Int {
        var template: (fields: [String], template: OutputTemplate)?
        var erased = 0
        try await forEachResult(selection, of: job, as: scope) { last in
            switch last.result {
            case .accepted(let values, let warnings):
                guard selection == .all || selection == .accepted else { return }
                if template?.fields != last.fields {
                    template = (last.fields, OutputTemplate(fields: last.fields))
                }
                guard let template = template?.template else { return }
                var output: [UInt8] = []
                template.append(values, to: &output)
                let refused = try warnings.map { try JSONDecoder().decode(Warnings.self, from: Data($0)) }
                try body(.accepted(row: last.row, output: output, warnings: refused))
            case .rejected(let object):
                guard selection == .all || selection == .rejected else { return }
                try body(.rejected(row: last.row, JSONDecoder().decode(Rejected.self, from: Data(object))))
            case .skipped(let object):
                guard selection == .all || selection == .skipped else { return }
                try body(.skipped(row: last.row, JSONDecoder().decode(Skipped.self, from: Data(object))))
            case .erased:
                erased += 1
                if selection == .all { try body(.erased(row: last.row)) }
            }
        }
        return erased
    }

    /// The last result of a row, as it stands in its chunk.
    struct LastResult {
        var row: Int
        var result: ResultRow.Result
        var fields: [String]
        var isFixed = false
        /// What a row that was fixed, and is not rejected, was corrected to: an object as JSON.
        var given: ArraySlice<UInt8>?
    }

    /// Reads the last results in the order of the rows; of rows that are not selected some may be left out.
    func forEachResult(
        _ selection: Selection = .all, of job: Job, as scope: Scope, _ body: (LastResult) throws -> Void
    ) async throws {
        // A job's chunks may be appended by several users; whoever may see the job may see them.
        let reader = Scope(tenant: scope.tenant, role: .system)
        var fixed = try await FixedRows(ofJob: job.id, tenant: scope.tenant, log)
        let filter = EventFilter(streamType: "job", streamID: job.id, type: JobRowsProcessed.type, isUpcast: true)
        try await log.forEach(filter, pageSize: 4, as: reader) { event in
            let details = try event.payload(of: JobRowsProcessed.self).second
            // Only a row that was rejected can have become another one.
            if selection == .rejected, details.rejected == 0 { return }
            if selection == .skipped, details.skipped ?? 0 == 0, details.rejected == 0 || fixed.isEmpty { return }
            let rows = details.firstRow...max(details.firstRow, details.lastRow)
            let last = details.rejected == 0 ? [:] : try await fixed.results(of: rows)
            func take(_ row: Int, _ result: ResultRow.Result, _ fields: [String]) throws {
                if let fixed = last[row] {
                    try body(
                        LastResult(
                            row: row, result: fixed.result, fields: fixed.fields, isFixed: true, given: fixed.given))
                } else {
                    try body(LastResult(row: row, result: result, fields: fields))
                }
            }
            guard let attachment = event.attachment else {
                for row in rows { try take(row, .erased, []) }
                return
            }
            var chunk = try ResultChunkReader(attachment, firstRow: details.firstRow)
            while let row = try chunk.next() { try take(row.number, row.result, chunk.fields) }
        }
    }
}
