package import AuditLog
package import CSV
import Foundation
import Mapping
import Postgres

/// Runs jobs: stores the file in the log, piece by piece, and maps and checks the rows of each piece behind it.
///
/// Killed at any point, the next run of the same file and mapping, or a resume, goes on behind the last chunk in the log.
package struct JobRunner: Sendable {
    package let log: EventLog
    package let command: Command
    package let settings: Settings
    private let progress: @Sendable (JobProgress) -> Void

    package init(
        _ log: EventLog, _ settings: Settings, as command: Command,
        progress: @escaping @Sendable (JobProgress) -> Void = { _ in }
    ) {
        self.log = log
        self.settings = settings
        self.command = command
        self.progress = progress
    }

    /// Runs a file through a mapping.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - mapping: a stored version of a mapping.
    ///   - fixed: what the user says of the file; goes before what the mapping's `source` says.
    ///   - again: whether a file that went through the same mapping before goes through it again.
    /// - Throws: `Failure`, `MappingError` before anything is appended; a lost database
    ///   afterwards, and then the job can be resumed.
    package func run(
        _ file: FileIntake, mapping: StoredMapping, fixed: Detection.Fixed, again: Bool
    ) async throws -> JobOutcome {
        try command.requireWriter("run jobs")
        let start = ContinuousClock.now
        guard let tenant = command.scope.tenant, let owner = command.scope.user else {
            throw Failure(.permission, "a job needs a user whose it is: give --as with a user's address")
        }
        try await log.require(Self.tables, as: command.scope)
        let (document, fields) = try mapping.parsed()
        let (described, columns) = try file.source(
            try fixed.filled(from: Detection.Fixed(document.source)), columns: document.source.columns)
        let lookups = Lookups(log)
        let sources = try await lookups.newest(for: document, as: command.scope)
        // Without the rows of lookup tables: what is wrong is said before anything else is done.
        let undecided = try Program(
            document, fields: fields, columns: columns,
            tables: try await lookups.empty(sources, for: document, as: command.scope))
        let lock = try await JobLock(log.database, tenant: tenant, slots: settings.maxConcurrentJobs)
        return try await lock.held {
            guard try await lock.take(JobLock.name(ofFile: file.fingerprint.sha256, mapping: mapping.id)) else {
                throw Failure(
                    .state, "\(file.name) is going through the mapping \(mapping.name) right now, in another process")
            }
            let earlier = try await earlierJob(file, mapping)
            if let job = earlier, !job.status.isFinal {
                return try await resume(job, lock, path: file.path, since: start)
            }
            if let job = earlier, job.status == .completed, !again {
                return try await outcome(of: job.id, .alreadyDone, since: start, resumedAfter: nil)
            }
            let id = UUID()
            guard try await lock.take(JobLock.name(ofJob: id)) else { throw Failure(.conflict, "try again") }
            let tables = try await lookups.load(
                sources, limit: settings.maxLookupBytes, as: command.scope)
            var source = described
            if undecided.hasOpenDates {
                source.dates = try file.dates(document, fields: fields, columns: columns, source, LookupTables(tables))
                    .map(JobDates.init)
            }
            let program = try Program(
                document, fields: fields, columns: columns, of: source, tables: LookupTables(tables))
            var stream = JobStream(id, version: 0, log, command)
            let reference = JobReference(owner: owner, mapping: mapping.id)
            let created = JobCreated(
                reference, mappingVersion: mapping.version, fileSize: file.fingerprint.size, source: source,
                lookups: zip(sources, tables).map { JobLookup(table: $0.name, job: $0.job.id, rows: $1.rows) },
                file: JobCreated.Personal(
                    fileName: file.name, filePath: file.path, fileSHA256: file.fingerprint.sha256,
                    columns: columns))
            try await stream.append(try stream.event(created, named: "created"))
            let work = JobWork(
                id: id, reference: reference, source: source, program: program, fileSize: file.fingerprint.size,
                sha256: file.fingerprint.sha256, path: file.path)
            return try await carryOut(work, stream, StoredFile.Extent.none, since: start, resumedAfter: nil)
        }
    }

    /// What a job is checked against before it begins or goes on.
    private static let tables = ["processing_jobs", "file_data"]

    /// Goes on with a job that was paused, or whose process died.
    package func resume(_ job: Job) async throws -> JobOutcome {
        try command.requireWriter("resume jobs")
        let start = ContinuousClock.now
        guard let tenant = command.scope.tenant else { throw Failure(.unknown, "the command is set to no tenant") }
        try await log.require(Self.tables, as: command.scope)
        let lock = try await JobLock(log.database, tenant: tenant, slots: settings.maxConcurrentJobs)
        return try await lock.held { try await resume(job, lock, path: nil, since: start) }
    }

    private func resume(
        _ job: Job, _ lock: JobLock, path: String?, since start: ContinuousClock.Instant
    ) async throws -> JobOutcome {
        guard !job.status.isFinal else {
            throw Failure(.state, "the job \(job.id.text) is \(job.status.rawValue): there is nothing to resume")
        }
        guard try await lock.take(JobLock.name(ofJob: job.id)) else {
            throw Failure(.state, "the job \(job.id.text) is being worked on right now, by another process")
        }
        guard let reference = job.reference, let mappingID = job.mapping else {
            throw Failure(
                .state, "the job \(job.id.text) has no owner or mapping: atlas2 projections verify tells more")
        }
        let file = StoredFile(ofJob: job.id, tenant: command.scope.tenant, log)
        let extent = try await file.extent()
        let created = try await file.creation()
        let mapping = try await Mappings(log).find(mappingID, version: job.mappingVersion, as: command.scope)
        guard let details = created.file else {
            throw Failure(.state, "what the job \(job.id.text) knew of its file was erased: it cannot go on")
        }
        let (document, fields) = try mapping.parsed()
        let tables = try await Lookups(log).load(
            created.lookups, for: document, of: job, limit: settings.maxLookupBytes, as: command.scope)
        let program = try Program(
            document, fields: fields, columns: details.columns, of: created.source, tables: LookupTables(tables))
        let work = JobWork(
            id: job.id, reference: reference, source: created.source, program: program, fileSize: job.fileSize,
            sha256: details.fileSHA256, path: path ?? details.filePath)
        try requireRest(of: work, behind: extent)
        var stream = JobStream(job.id, version: extent.version, log, command)
        try await stream.append(try stream.event(JobResumed()))
        return try await carryOut(work, stream, extent, since: start, resumedAfter: extent.lastRow)
    }

    /// Makes sure, before anything is appended, that what the log lacks of the file can be read.
    private func requireRest(of work: JobWork, behind extent: StoredFile.Extent) throws {
        guard extent.bytes < work.fileSize else { return }
        do {
            _ = try OpenFile(path: work.path)
        } catch {
            throw Failure(
                .file,
                "only \(extent.bytes) of \(work.fileSize) bytes of the file are in the log, and \(work.path) cannot be read"
                    + " any more (\(error.code)): put the same file back there, or give the job up with"
                    + " atlas2 jobs cancel \(work.id.text)")
        }
    }

    /// The newest job of the same file content and mapping version.
    private func earlierJob(_ file: FileIntake, _ mapping: StoredMapping) async throws -> Job? {
        let sha256 = file.fingerprint.sha256
        return try await log.database.transaction(command.scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT \(raw: Job.columns) FROM \(raw: Job.tables)
                WHERE j.file_sha256 = \(sha256) AND j.mapping_id = \(mapping.id)
                  AND j.mapping_version = \(Int32(mapping.version)) AND j.status NOT IN ('cancelled', 'failed')
                ORDER BY j.status = 'completed', j.created_at DESC LIMIT 1
                """
            ) { try Job($0) }
        }
    }

    /// Does what is left of a job, and says how it ended.
    private func carryOut(
        _ work: JobWork, _ stream: JobStream, _ extent: StoredFile.Extent, since start: ContinuousClock.Instant,
        resumedAfter: Int?
    ) async throws -> JobOutcome {
        var stream = stream
        let deadline = ContinuousClock.now + settings.jobTimeout
        let file = StoredFile(ofJob: work.id, tenant: command.scope.tenant, log)
        var ending: JobOutcome.Ending
        do {
            ending = try await process(work, file, &stream, extent, deadline)
        } catch let stop as Stop {
            ending = try await end(work, &stream, stop)
        } catch let interruption as JobStream.Interruption {
            ending = try Self.ending(interruption, work)
        } catch let error as PostgresError {
            throw Failure(
                .state,
                "the database failed (\(error)); what is in the log is kept, and the job goes on from there:"
                    + " atlas2 jobs resume \(work.id.text)")
        }
        return try await outcome(of: work.id, ending, since: start, resumedAfter: resumedAfter)
    }

    /// Stops a run in order.
    private enum Stop: Error {
        case pause(reason: String, message: String)
        case fail(reason: String, message: String)
    }

    private func checkpoint(_ deadline: ContinuousClock.Instant) throws {
        if Task.isCancelled { throw Stop.pause(reason: "interrupted", message: "stopped by a signal") }
        if ContinuousClock.now > deadline {
            throw Stop.pause(
                reason: "timeout",
                message: "it took longer than job_timeout, \(settings.jobTimeout.components.seconds) s")
        }
    }

    /// Stores what is not stored yet, and processes each piece behind its own event: first those that the log has.
    private func process(
        _ work: JobWork, _ file: StoredFile, _ stream: inout JobStream, _ extent: StoredFile.Extent,
        _ deadline: ContinuousClock.Instant
    ) async throws -> JobOutcome.Ending {
        var processor = try RowProcessor(
            work.program, dialect: try work.source.dialect(), fileSize: work.fileSize, behind: extent)
        var progress = JobProgress(done: 0, total: work.fileSize)
        if !extent.isStarted { try await stream.append(try stream.event(JobStarted(), named: "started")) }
        if extent.chunks > 0 {
            var (next, position) = try await file.pieces(after: 0)
            while !next.isEmpty, processor.refusal == nil {
                let (pieces, behind) = (next, position)
                // The pieces behind are fetched while these are worked on.
                async let following = file.pieces(after: behind)
                for piece in pieces { try await advance(&processor, over: piece, work, &stream, &progress, deadline) }
                (next, position) = try await following
            }
        }
        if extent.bytes < work.fileSize {
            var chunks = try FileChunks(path: work.path)
            while let chunk = try chunks.next() {
                guard chunk.index >= extent.chunks else { continue }
                try await stream.append { try JobFileChunkStored(chunk) }
                try await advance(&processor, over: chunk.bytes, work, &stream, &progress, deadline)
            }
            guard chunks.sha256.hexadecimal == work.sha256 else {
                throw Stop.fail(
                    reason: "file_changed",
                    message: "\(work.path) changed while it was being stored: run it again when it is at rest")
            }
        }
        if processor.refusal == nil { processor.finish() }
        try await drain(&processor, work, &stream, deadline)
        try await stream.flush()
        if let refusal = processor.refusal { throw Stop.fail(reason: refusal.reason, message: refusal.message) }
        let totals = JobCompleted.Totals(
            rows: processor.rows, rejected: processor.rejected, skipped: processor.skipped,
            blank: processor.blankLines)
        try await stream.append(try stream.event(JobCompleted(work.reference, totals), named: "completed"))
        try await stream.flush()
        return .completed
    }

    /// Processes the next piece, unless the job gave up: the rest of its file is stored all the same.
    private func advance(
        _ processor: inout RowProcessor, over piece: [UInt8], _ work: JobWork, _ stream: inout JobStream,
        _ progress: inout JobProgress, _ deadline: ContinuousClock.Instant
    ) async throws {
        try checkpoint(deadline)
        if processor.refusal == nil {
            processor.feed(piece)
            try await drain(&processor, work, &stream, deadline)
        }
        progress.done += Int64(piece.count)
        (progress.rows, progress.rejected) = (processor.rows, processor.rejected)
        self.progress(progress)
    }

    /// Hands over every chunk that the processor can make of what it was fed.
    private func drain(
        _ processor: inout RowProcessor, _ work: JobWork, _ stream: inout JobStream, _ deadline: ContinuousClock.Instant
    ) async throws {
        let reference = work.reference
        while let chunk = try processor.nextChunk() {
            try checkpoint(deadline)
            try await stream.append {
                JobRowsProcessed(
                    reference, rows: chunk.rows, accepted: chunk.accepted, skipped: chunk.skipped,
                    errors: chunk.errors, rowsRoot: chunk.rowsRoot, fields: chunk.fields, body: chunk.body,
                    salt: chunk.salt)
            }
        }
    }

    private func end(_ work: JobWork, _ stream: inout JobStream, _ stop: Stop) async throws -> JobOutcome.Ending {
        do {
            switch stop {
            case .pause(let reason, let message):
                try await stream.append(try stream.event(JobPaused(reason: reason, message: message)))
                try await stream.flush()
                return .paused(reason: reason)
            case .fail(let reason, let message):
                try await stream.append(try stream.event(JobFailed(work.reference, reason: reason, message: message)))
                try await stream.flush()
                return .failed(message: message)
            }
        } catch let interruption as JobStream.Interruption {
            return try Self.ending(interruption, work)
        }
    }

    private static func ending(_ interruption: JobStream.Interruption, _ work: JobWork) throws -> JobOutcome.Ending {
        switch interruption {
        case .paused: return .paused(reason: "requested")
        case .cancelled: return .cancelled
        case .overtaken:
            throw Failure(
                .conflict, "another process went on with the job \(work.id.text): atlas2 jobs show \(work.id.text)")
        }
    }

    private func outcome(
        of id: UUID, _ ending: JobOutcome.Ending, since start: ContinuousClock.Instant, resumedAfter: Int?
    ) async throws -> JobOutcome {
        // What was done is reported also when a signal ended it.
        let report = Task { [log, command] in
            let job = try await Jobs(log).find(id.text, as: command.scope)
            return (
                job, try await Jobs(log).errorCounts(of: job, as: command.scope), try await log.size(as: command.scope)
            )
        }
        let (job, errors, size) = try await report.value
        let elapsed = (ContinuousClock.now - start).components
        return JobOutcome(
            job: id, ending: ending, mapping: "\(job.mappingName ?? "")@\(job.mappingVersion)",
            fileName: job.fileName ?? "", rows: job.rows, accepted: job.accepted, rejected: job.rejected,
            skipped: job.skipped, preambleLines: job.preambleLines, footerLines: job.footerLines, dates: job.dates,
            logSize: size,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18, resumedAfter: resumedAfter,
            errors: errors)
    }
}

extension JobFileChunkStored {
    /// Compresses and hashes a piece.
    fileprivate init(_ chunk: FileChunk) throws {
        let salt = ResultChunk.randomSalt()
        let lines = chunk.lines(salt: salt)
        var compressor = LZ4Frame.Compressor()
        self.init(
            index: chunk.index, offset: chunk.offset, size: chunk.bytes.count, lines: lines.count,
            linesRoot: lines.root.hexadecimal, compressed: try compressor.compress(chunk.bytes), salt: salt)
    }
}

/// What a worker needs to know of a job.
struct JobWork: Sendable {
    let id: UUID
    let reference: JobReference
    let source: JobSource
    let program: Program
    let fileSize: Int64
    let sha256: String
    let path: String
}
