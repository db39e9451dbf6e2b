package import AuditLog
import CSV
import Foundation
import Mapping
import Postgres

/// Takes rows of a completed job back that were rejected and have been corrected.
///
/// They keep their numbers, go through the job's own version of the mapping, and must be unique among all other rows of the
/// job. Nothing is appended unless every row of the file can be taken. What a row came to already is passed over: killed at
/// any point, the same file given again goes on; given once more it appends nothing.
package struct JobFixer: Sendable {
    package let log: EventLog
    package let settings: Settings
    package let command: Command

    package init(_ log: EventLog, _ settings: Settings, as command: Command) {
        self.log = log
        self.settings = settings
        self.command = command
    }

    /// What a file of corrections came to.
    package struct Outcome: Sendable {
        /// Rows of the file.
        package var given = 0
        /// Rows that stand in the file as they were rejected, or as they were fixed before: nothing was done with them.
        package var unchanged = 0
        package var accepted = 0
        /// Rejected again, for what is wrong with them now.
        package var rejected = 0
        package var skipped = 0
    }

    /// - Throws: `Failure` before anything is appended, for a file that cannot be taken; and where another process works on
    ///   the job.
    package func fix(_ job: Job, path: String) async throws -> Outcome {
        try command.requireWriter("fix rows")
        guard job.status == .completed else {
            throw Failure(
                .state,
                "the job \(job.id.text) is \(job.status.rawValue): only the rows of a completed one can be fixed"
                    + (job.status == .failed ? "; correct the whole file and run it again" : ""))
        }
        guard let tenant = command.scope.tenant, let reference = job.reference, let mapping = job.mapping else {
            throw Failure(
                .state, "the job \(job.id.text) has no owner or mapping: atlas2 projections verify tells more")
        }
        try await log.require(["processing_jobs"], as: command.scope)
        let (source, columns) = try await JobResults(log).source(of: job, as: command.scope)
        let stored = try await Mappings(log).find(mapping, version: job.mappingVersion, as: command.scope)
        let (document, fields) = try stored.parsed()
        let created = try await StoredFile(ofJob: job.id, tenant: tenant, log).creation()
        let tables = try await Lookups(log).load(
            created.lookups, for: document, of: job, limit: settings.maxLookupBytes, as: command.scope)
        let program = try Program(
            document, fields: fields, columns: columns, of: source, tables: LookupTables(tables))
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let file = try CorrectedFile(try content(path), name: name, source, columns: columns)
        let lock = try await JobLock(log.database, tenant: tenant, slots: settings.maxConcurrentJobs)
        return try await lock.held {
            guard try await lock.take(JobLock.name(ofJob: job.id)) else {
                throw Failure(
                    .state, "the job \(job.id.text) is being worked on right now, by another process: try again later")
            }
            // Whatever is appended behind this, an erasure too, makes the appends below conflict.
            let version = try await log.version(of: StreamID(type: "job", id: job.id), as: command.scope)
            var fixer = RowFixer(program)
            let standing = try await JobStanding(of: file, name, job, log, command.scope, remembering: fixer)
            var outcome = Outcome(given: file.rows.count, unchanged: file.rows.count - standing.due.count)
            guard !standing.due.isEmpty else { return outcome }
            try await remember(job, source, standing, by: fixer, columns: columns)
            var stream = JobStream(job.id, version: version, log, command)
            do {
                for due in standing.due {
                    try fixer.fix(try file.record(of: due.row, line: due.line), replacing: due.reasons)
                    if fixer.isFull { try await append(&fixer, reference, &stream, &outcome) }
                }
                try await append(&fixer, reference, &stream, &outcome)
                try await stream.flush()
            } catch is JobStream.Interruption {
                throw Failure(
                    .conflict,
                    "somebody else changed what the job \(job.id.text) holds meanwhile: give the file again")
            }
            return outcome
        }
    }

    private func append(
        _ fixer: inout RowFixer, _ reference: JobReference, _ stream: inout JobStream, _ outcome: inout Outcome
    ) async throws {
        guard let fixed = fixer.finish() else { return }
        try Task.checkCancellation()
        try await stream.append { fixed.event(reference) }
        outcome.accepted += fixed.chunk.accepted
        outcome.rejected += fixed.chunk.rejected
        outcome.skipped += fixed.chunk.skipped
    }

    private func content(_ path: String) throws -> [UInt8] {
        let size = try FileFingerprint(path: path, maxFileSize: settings.maxFileSize).size
        return try OpenFile(path: path).bytes(from: 0, count: Int(size))
    }

    /// Reads the job's file again, so that the rows that were accepted count for those that must differ from them.
    private func remember(
        _ job: Job, _ source: JobSource, _ standing: JobStanding, by fixer: RowFixer, columns: [String]
    ) async throws {
        guard fixer.isUnique else { return }
        let file = StoredFile(ofJob: job.id, tenant: command.scope.tenant, log)
        var reader = Reader(try source.dialect(), columns: columns.count)
        var record = Record()
        func read() throws {
            while reader.next(into: &record) {
                guard record.number > 0, record.fault == nil, !standing.others.contains(record.number) else { continue }
                try fixer.remember(record)
            }
        }
        var (next, version) = try await file.pieces(after: 0)
        while !next.isEmpty {
            for piece in next {
                reader.feed(piece)
                try read()
            }
            (next, version) = try await file.pieces(after: version)
        }
        reader.finish()
        try read()
    }
}
