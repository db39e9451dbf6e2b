package import FoundationEssentials
package import Postgres

/// Which transaction takes an append.
package enum AppendIsolation: Sendable {
    /// One with whatever else is waiting for the same tenant: one wait for the disk for all of them.
    case shared
    /// One of its own. For what may violate a unique constraint (new names and addresses): the state of the tables that
    /// an append was checked against is then also that of a replay, event by event.
    case alone
}

extension EventLog {
    /// Appends; each element of `appends` is taken whole or not at all.
    ///
    /// When it returns, what was appended is durable and the inline projections show it. A connection that is lost on the
    /// way is retried with the same event ids, so that nothing is appended twice. Cancelled before it was sent, nothing
    /// is appended and it throws `CancellationError`; cancelled later, it returns what became of it all the same.
    ///
    /// - Parameter required: projections that must have read everything, this append too: those against whose tables the
    ///   append was checked. If one has not, nothing is appended, and the error says which.
    /// - Returns: an outcome per append, in order.
    /// - Throws: `PostgresError`; with a `constraint` when an inline projection refused (e.g. `users_email_key`), and
    ///   then nothing of the call was appended; SQLSTATE 42501 for events that the scope's role may not append (of `log`
    ///   and `hold`) or nobody (erasures). `AppendError` with `.queueFull` when too much is waiting already.
    package func append(
        _ appends: [[NewEvent]], as scope: Scope, isolation: AppendIsolation = .shared,
        requiring required: [String] = []
    ) async throws -> [AppendOutcome] {
        guard let tenant = scope.tenant, !appends.isEmpty else { return [] }
        // Numbered without gaps: an append without events has no line in the answer.
        let taken = appends.filter { !$0.isEmpty }
        guard !taken.isEmpty else { return [] }
        // A shared transaction is in nobody's name: what asks for a role cannot be in it.
        let isAlone = isolation == .alone || !required.isEmpty || taken.contains { $0.contains(where: \.needsRole) }
        var alone: AppendAlone?
        if isAlone {
            var statement = Self.statement(appending: taken, to: tenant)
            // Asked when the append has the log's head: from then on no other can come between.
            if !required.isEmpty { statement = "\(sql: statement) WHERE projection_required(\(tenant), \(required))" }
            alone = AppendAlone(statement: statement, scope: scope)
        }
        return try await queues.queue(for: tenant).append(taken, alone: alone)
    }

    /// Appends events as one append.
    ///
    /// - Throws: `AppendError` for a conflict, else as `append(_:as:isolation:requiring:)`.
    @discardableResult
    package func append(
        _ events: [NewEvent], as scope: Scope, isolation: AppendIsolation = .shared, requiring required: [String] = []
    ) async throws -> ClosedRange<Int64> {
        let outcomes = try await append([events], as: scope, isolation: isolation, requiring: required)
        guard let outcome = outcomes.first else {
            throw AppendError(.protocolViolation, "audit_append gave no outcome: is the session set to a tenant?")
        }
        return try outcome.positions()
    }

    /// The call of `projection_resume`.
    package static func statement(resuming event: NewEvent, of tenant: UUID) -> SQL {
        var events = CompositeArray(of: "audit_append_event")
        events.append(event, append: 0)
        return "SELECT projection_resume(\(tenant), \(events))"
    }

    /// The call of `audit_append`: a line per append, with its number, outcome, first and last position, and message.
    package static func statement(appending appends: [[NewEvent]], to tenant: UUID) -> SQL {
        var events = CompositeArray(of: "audit_append_event")
        for (number, append) in appends.enumerated() {
            for event in append { events.append(event, append: Int32(number)) }
        }
        return "SELECT append, outcome, first_position, last_position, message FROM audit_append(\(tenant), \(events))"
    }
}
