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
    private var onTheWay: Task<Void, any Error>?
    /// Events that wait for more to go with them.
    private var gathered: [NewEvent] = []
    /// Events an append, each of some MiB at most.
    private static let batch = 4

    init(_ id: UUID, version: Int64, _ log: EventLog, _ command: Command) {
        self.id = id
        self.version = version
        self.log = log
        self.command = command
    }

    /// What somebody else did to the job meanwhile.
    enum Interruption: Error {
        case paused
        case cancelled
        /// Another worker appended.
        case overtaken
    }

    /// Hands an event over. Several go in one append, which then is on its way while the next ones are made: each append
    /// waits for the disk once.
    ///
    /// The append itself is not cancelled with the task: a chunk is whole in the log or not there.
    ///
    /// - Throws: `Interruption` when somebody else appended to the job.
    mutating func append(_ event: NewEvent) async throws {
        gathered.append(event)
        version += 1
        if gathered.count == Self.batch { try await send() }
    }

    private mutating func send() async throws {
        guard !gathered.isEmpty else { return }
        try await arrive()
        let (events, scope) = (gathered, command.scope)
        gathered = []
        onTheWay = Task { [log] in try await log.append(events, as: scope) }
    }

    /// An event for the next place in the stream.
    ///
    /// - Parameter name: makes the event's id: the same step of the same job is the same event.
    func event<E: Event>(_ event: E, named name: String? = nil) throws -> NewEvent {
        let id = name.map { UUID(named: "job", self.id.text, $0) } ?? UUID()
        return try command.event(event, on: self.id, id: id, expecting: version)
    }

    /// Waits until all that was handed over is in the log.
    ///
    /// - Throws: `Interruption` when somebody else appended to the job.
    mutating func flush() async throws {
        try await send()
        try await arrive()
    }

    /// Waits for the append that is on its way.
    private mutating func arrive() async throws {
        guard let task = onTheWay else { return }
        onTheWay = nil
        do {
            try await task.value
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
