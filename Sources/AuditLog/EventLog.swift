package import FoundationEssentials
package import Postgres

/// A tenant's log: appends to it, reads it, follows it.
package struct EventLog: Sendable {
    package let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Appends; each element of `appends` is taken whole or not at all.
    ///
    /// When it returns, what was appended is durable and the inline projections show it. A connection that is lost on the
    /// way is retried with the same event ids, so that nothing is appended twice.
    ///
    /// - Returns: an outcome per append, in order.
    /// - Throws: `PostgresError`; with a `constraint` when an inline projection refused (e.g. `users_email_key`), and
    ///   then nothing of the call was appended.
    package func append(_ appends: [[NewEvent]], as scope: Scope) async throws -> [AppendOutcome] {
        guard let tenant = scope.tenant, !appends.isEmpty else { return [] }
        let statement = Self.statement(appending: appends, to: tenant)
        var retries = RetrySchedule()
        while true {
            do {
                let rows = try await database.transaction(scope.transaction()) { session in
                    try session.query(statement) { row in
                        (
                            number: try row.decode(0, as: Int32.self),
                            outcome: try AppendOutcome(
                                try row.decode(1), first: try row.decode(2), last: try row.decode(3),
                                message: try row.decode(4))
                        )
                    }
                }
                return rows.sorted { $0.number < $1.number }.map(\.outcome)
            } catch let error as PostgresError where error.isLostConnection {
                guard let pause = retries.next() else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// The call of `audit_append`: a line per append, with its number, outcome, first and last position, and message.
    package static func statement(appending appends: [[NewEvent]], to tenant: UUID) -> SQL {
        var events = CompositeArray(of: "audit_append_event")
        for (number, append) in appends.enumerated() {
            for event in append { events.append(event, append: Int32(number)) }
        }
        return "SELECT append, outcome, first_position, last_position, message FROM audit_append(\(tenant), \(events))"
    }

    /// Appends events as one append.
    ///
    /// - Throws: `AppendError` for a conflict, else as `append(_:as:)`.
    @discardableResult
    package func append(_ events: [NewEvent], as scope: Scope) async throws -> ClosedRange<Int64> {
        guard let outcome = try await append([events], as: scope).first else {
            throw AppendError(.protocolViolation, "audit_append gave no outcome: is the session set to a tenant?")
        }
        return try outcome.positions()
    }

    /// The number of events in the tenant's log.
    package func size(as scope: Scope) async throws -> Int64 {
        guard let tenant = scope.tenant else { return 0 }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first("SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)") { try $0.decode(0) } ?? 0
        }
    }
}

/// Pauses between tries after a lost connection: a server that restarts is back within seconds.
private struct RetrySchedule {
    private var pauses: [Duration] = [.milliseconds(50), .milliseconds(200), .seconds(1), .seconds(2), .seconds(4)]

    mutating func next() -> Duration? {
        pauses.isEmpty ? nil : pauses.removeFirst()
    }
}

extension PostgresError {
    /// Whether the statement's outcome is unknown or the server was not there: worth another try with the same ids.
    var isLostConnection: Bool {
        code == .outcomeUnknown || code == .connection || sqlstate == "57P01" || sqlstate == "57P03"
    }
}

extension AppendOutcome {
    /// Reads a line of `audit_append`'s answer.
    init(_ outcome: String, first: Int64?, last: Int64?, message: String?) throws(AppendError) {
        switch (outcome, first, last) {
        case ("appended", let first?, let last?): self = .appended(first...last)
        case ("known", let first?, let last?): self = .known(first...last)
        case ("conflict", _, _): self = .conflict(message ?? "")
        case ("mismatch", _, _): self = .mismatch(message ?? "")
        default: throw AppendError(.protocolViolation, "audit_append answered \"\(outcome)\": run atlas2 migrate up")
        }
    }
}
