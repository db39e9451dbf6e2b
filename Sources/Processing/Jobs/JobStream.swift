import AuditLog
import FoundationEssentials
import Postgres

/// A job's stream as its worker appends to it: one append on the way at a time, each expecting the version that the last
/// one left, so that whatever two workers do, each row gets one result.
struct JobStream {
    let id: UUID
    private let log: EventLog
    private let command: Command
    /// The version after all that was handed over.
    private(set) var version: Int64
    /// A few events go in one append, which then is on its way while the next ones are made.
    private var bulk: BulkAppend
    private static let limits = BulkAppend.Limits(events: 4, bytes: 8 << 20)
    /// Content that is being made, in the order in which it is handed over.
    private var making: [Task<NewEvent, any Error>] = []
    private static let madeAtOnce = 2

    init(_ id: UUID, version: Int64, _ log: EventLog, _ command: Command) {
        self.id = id
        self.version = version
        self.log = log
        self.command = command
        bulk = BulkAppend(log, as: command.scope, limits: Self.limits)
    }

    /// What somebody else did to the job meanwhile.
    enum Interruption: Error {
        case paused
        case cancelled
        /// Another worker appended.
        case overtaken
    }

    /// Hands an event over.
    ///
    /// The append itself is not cancelled with the task: a chunk is whole in the log or not there.
    ///
    /// - Throws: `Interruption` when somebody else appended to the job.
    mutating func append(_ event: NewEvent) async throws {
        try await handOver(downTo: 0)
        try await handOver(event)
    }

    /// Hands over the file's content or results, which are made on another thread while the caller goes on: hashing and
    /// compressing take as long as reading and mapping do. Waits while several are being made.
    ///
    /// It does not say who handed it in, which the job's other events do: when something of it is erased, the payload still
    /// proves all that is left. Its id is its own, because its salt is: of two workers the second finds a conflict.
    ///
    /// - Throws: as `append(_:)`.
    mutating func append<E: Event>(making content: @escaping @Sendable () throws -> E) async throws
    where E.Personal == Nothing {
        let (command, id) = (command, id)
        making.append(
            Task {
                var event = try command.event(content(), on: id)
                event.personal = nil
                return event
            })
        try await handOver(downTo: Self.madeAtOnce)
    }

    private mutating func handOver(downTo count: Int) async throws {
        while making.count > count { try await handOver(making.removeFirst().value) }
    }

    private mutating func handOver(_ event: NewEvent) async throws {
        var event = event
        event.expectedVersion = version
        version += 1
        do {
            try await bulk.append(event)
        } catch let error as AppendError where error.code == .conflict {
            throw try await interruption()
        }
    }

    /// An event for the stream.
    ///
    /// - Parameter name: makes the event's id: the same step of the same job is the same event.
    func event<E: Event>(_ event: E, named name: String? = nil) throws -> NewEvent {
        try command.event(event, on: id, id: name.map { UUID(named: "job", id.text, $0) } ?? UUID())
    }

    /// Waits until all that was handed over is in the log.
    ///
    /// - Throws: `Interruption` when somebody else appended to the job.
    mutating func flush() async throws {
        try await handOver(downTo: 0)
        do {
            try await bulk.flush()
        } catch let error as AppendError where error.code == .conflict {
            throw try await interruption()
        }
    }

    /// What the job's last event says of why the worker is no longer welcome.
    private func interruption() async throws -> Interruption {
        // Whoever stopped the job may be somebody else, whose events a user does not see.
        let reader = Scope(tenant: command.scope.tenant, role: .system)
        var last = ""
        let filter = EventFilter(streamType: "job", streamID: id, attachments: false)
        try await log.forEach(filter, as: reader) { last = $0.type }
        return switch last {
        case JobPaused.type: .paused
        case JobCancelled.type: .cancelled
        default: .overtaken
        }
    }
}
