import AuditLog
import FoundationEssentials
import Postgres
import TestSupport

/// Events of jobs in any order that a log could hold: retried, failed again, resumed after their end, of no known owner.
struct JobStorm {
    private var random: SplitMix64
    private let owners: [UUID]
    private let mapping: UUID
    private var jobs: [UUID] = []
    private var ownerOf: [UUID: UUID] = [:]
    /// Jobs of which two rows more are rejected than were fixed.
    private var fixable: Set<UUID> = []

    init(seed: UInt64, owners: [UUID], mapping: UUID) {
        random = SplitMix64(seed: seed)
        self.owners = owners
        self.mapping = mapping
    }

    /// The next event.
    mutating func next(_ command: Command) throws -> NewEvent {
        let job: UUID
        if let known = jobs.randomElement(using: &random), random.chance(85) {
            job = known
        } else {
            job = random.uuid()
            jobs.append(job)
            ownerOf[job] = owners.randomElement(using: &random)
        }
        let reference = JobReference(owner: ownerOf[job] ?? owners[0], mapping: mapping)
        let id = random.uuid()
        func event(_ event: some Event) throws -> NewEvent { try command.event(event, on: job, id: id) }
        /// An event that says nothing of owner and mapping.
        func bare(_ type: String, _ payload: String) -> NewEvent {
            NewEvent(id: id, stream: StreamID(type: "job", id: job), type: type, payload: JSON(payload))
        }
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1:
            let source = JobSource(
                encoding: "utf-8", delimiter: ";", quote: nil, escape: "doubled", header: true, confidence: [:])
            return try event(
                JobCreated(
                    reference, mappingVersion: 1, fileSize: Int64.random(in: 0...5_000, using: &random), source: source,
                    file: .init(fileName: "a.csv", filePath: "/a.csv", fileSHA256: "00", columns: [])))
        case 2: return try event(JobStarted())
        case 3: return try event(JobPaused(reason: "user", message: nil))
        case 4: return try event(JobResumed())
        case 5: return try event(JobCancelled(reference, reason: "user"))
        case 6: return try event(JobFailed(reference, reason: "limit", message: "x"))
        case 7: return try event(JobCompleted(reference, .init(rows: 1, rejected: 0, blank: 0)))
        case 8:
            fixable.insert(job)
            return bare("job.rows_processed", #"{"rows":5,"accepted":2,"rejected":2,"skipped":1,"errors":[]}"#)
        case 9: return bare("job.created", "{}")
        case 11 where fixable.contains(job):
            fixable.remove(job)
            return bare(
                "job.rows_fixed",
                #"{"rows":2,"accepted":1,"rejected":0,"skipped":1,"of":[1,2],"errors":[],"resolved":[]}"#)
        case 10: return bare("job.failed", #"{"reason":"limit","owner_id":null}"#)
        default:
            return try event(
                JobRowsProcessed(
                    reference, rows: 1...Int.random(in: 1...9, using: &random), accepted: 1, errors: [], rowsRoot: "",
                    fields: [], body: Array("{}".utf8), salt: Array(repeating: 7, count: 16)))
        }
    }
}
