import Postgres

/// Appends any number of events in bounded memory: one transaction is on the way while the next is gathered and encoded.
///
/// Each transaction is one append, taken whole or not at all, and durable before the one after it is sent. Interrupted,
/// it is taken up again by handing over the same events with the same ids, from the start or from an earlier cut: what
/// is in the log already is `known` and answered with its first positions.
package struct BulkAppend: Sendable {
    /// Where a transaction is cut. A resumed import must cut in the same places: keep the limits as they were.
    package struct Limits: Sendable {
        package var events: Int
        package var bytes: Int

        package init(events: Int = 5000, bytes: Int = 4 << 20) {
            self.events = max(1, events)
            self.bytes = bytes
        }
    }

    private let log: EventLog
    private let scope: Scope
    private let limits: Limits
    private var gathered: [NewEvent] = []
    private var gatheredBytes = 0
    private var onTheWay: Task<Void, any Error>?
    /// Events that are in the log for certain.
    package private(set) var acknowledged = 0
    private var handedOver = 0

    package init(_ log: EventLog, as scope: Scope, limits: Limits = Limits()) {
        self.log = log
        self.scope = scope
        self.limits = limits
    }

    /// Hands an event over; waits while two transactions' worth is under way.
    ///
    /// What is on the way is not cancelled with the task: it is whole in the log or not there.
    ///
    /// - Throws: as `EventLog.append(_:as:isolation:)`, for an earlier event as a rule.
    package mutating func append(_ event: NewEvent) async throws {
        gathered.append(event)
        gatheredBytes += event.approximateSize
        if gathered.count >= limits.events || gatheredBytes >= limits.bytes { try await send() }
    }

    /// Waits until all that was handed over is in the log.
    package mutating func flush() async throws {
        try await send()
        try await arrive()
    }

    private mutating func send() async throws {
        guard !gathered.isEmpty, let tenant = scope.tenant else { return }
        let events = gathered
        gathered = []
        gatheredBytes = 0
        // Written on another thread, while the server works on the one before.
        let statement = Task { EventLog.statement(appending: [events], to: tenant) }
        try await arrive()
        handedOver = events.count
        let (queue, scope) = (log.queues.queue(for: tenant), scope)
        onTheWay = Task {
            let alone = AppendAlone(statement: await statement.value, scope: scope)
            for outcome in try await queue.append([events], alone: alone) { _ = try outcome.positions() }
        }
    }

    private mutating func arrive() async throws {
        guard let task = onTheWay else { return }
        onTheWay = nil
        try await task.value
        acknowledged += handedOver
    }
}

extension EventLog {
    /// Appends every event of a sequence of any length, in several transactions; memory holds two of them.
    ///
    /// - Returns: how many events there were; all of them are in the log.
    /// - Throws: as `append(_:as:isolation:)`; what was appended before stays. The same call again takes up where it
    ///   ended, if the sequence gives the same events.
    @discardableResult
    package func append<Events: AsyncSequence>(
        contentsOf events: Events, as scope: Scope, limits: BulkAppend.Limits = BulkAppend.Limits()
    ) async throws -> Int where Events.Element == NewEvent {
        var bulk = BulkAppend(self, as: scope, limits: limits)
        for try await event in events {
            try Task.checkCancellation()
            try await bulk.append(event)
        }
        try await bulk.flush()
        return bulk.acknowledged
    }
}
