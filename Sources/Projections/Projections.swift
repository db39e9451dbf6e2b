package import AuditLog
package import FoundationEssentials
package import Postgres

/// The projections of a database: follows the log with them, and says how far they are.
package struct Projections: Sendable {
    package let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Every installed projection, by name.
    package func status(as scope: Scope) async throws -> [ProjectionStatus] {
        guard let tenant = scope.tenant else { return [] }
        let rows = try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT name, version, mode, events, tables, sha256, position, head, unread_since, read_events,
                       extract(epoch FROM read_in)::float8, stop_position, \(raw: ProjectionStop.columns)
                FROM projection_status(\(tenant))
                """
            ) { try ProjectionStatus($0) }
        }
        // A line for each stop.
        return rows.reduce(into: []) { found, row in
            if found.last?.name == row.name {
                found[found.count - 1].setAside += row.setAside
            } else {
                found.append(row)
            }
        }
    }

    /// Unread events of a projection beyond which it is built beside its tables instead of following the log.
    package static let farBehind: Int64 = 500_000

    /// Folds whatever is unread into every projection of a tenant, the inline ones that are behind too.
    ///
    /// Each batch is a transaction of its own, in which rows and checkpoint move together. A projection that stops holds
    /// up no other; one that waits for another's rows goes on when that one has caught up.
    ///
    /// - Parameter lag: projections that are further behind are left as they are.
    /// - Returns: those that could not read everything.
    @discardableResult
    package func catchUp(as scope: Scope, batch: Int64 = 100_000, lag: Int64 = .max) async throws -> Unread {
        guard let tenant = scope.tenant else { return Unread() }
        var before = try await status(as: scope)
        let far = before.filter { $0.lag > lag }
        while true {
            let open = before.filter { $0.lag > 0 && $0.lag <= lag || !$0.setAside.isEmpty }
            guard !open.isEmpty else { return Unread(far: far) }
            for projection in open {
                var unread: Int64 = 1
                while unread > 0 {
                    unread = try await database.transaction(scope.transaction(timeout: .none)) { session in
                        try session.first("SELECT projection_advance(\(projection.name), \(tenant), \(batch))") {
                            try $0.decode(0)
                        } ?? 0
                    }
                }
            }
            let mayStand = try await database.transaction(scope.transaction(readOnly: true)) { session in
                try session.first("SELECT EXISTS (SELECT FROM projection_stops WHERE tenant_id = \(tenant))") {
                    try $0.decode(0, as: Bool.self)
                } ?? false
            }
            guard mayStand else { return Unread(far: far) }
            let after = try await status(as: scope)
            let hasMoved = after.map(\.position) != before.map(\.position)
            guard hasMoved, after.contains(where: { $0.stop?.isOwed == true }) else {
                return Unread(stops: after.flatMap(\.stops), far: far)
            }
            before = after
        }
    }

    /// What `catchUp` left.
    package struct Unread: Sendable {
        /// Where projections stand now that could not read everything.
        package var stops: [ProjectionStop] = []
        /// Projections that were too far behind.
        package var far: [ProjectionStatus] = []
    }

    /// Tries everything again that a projection could not fold; the next `catchUp` does it.
    ///
    /// - Throws: `PostgresError` with SQLSTATE 55000 where the projection is not stopped, 42501 where the scope is no admin's.
    package func retry(_ projection: String, as command: Command) async throws {
        try await resume(ProjectionRetried(projection: projection), projection, command)
    }

    /// Leaves out an event that a projection could not fold, now and in every replay; the next `catchUp` does it.
    ///
    /// - Throws: as `retry`.
    package func skip(_ stop: ProjectionStop, reason: String, as command: Command) async throws {
        let skipped = ProjectionEventSkipped(
            projection: stop.projection, position: stop.position, eventID: stop.eventID, eventType: stop.eventType,
            reason: reason)
        try await resume(skipped, stop.projection, command)
    }

    private func resume(_ event: some Event, _ projection: String, _ command: Command) async throws {
        guard let tenant = command.scope.tenant else { return }
        let statement = EventLog.statement(
            resuming: try command.event(event, on: UUID(named: "projection", projection)), of: tenant)
        try await database.transaction(command.scope.transaction()) { _ = try $0.execute(statement) }
    }

    /// The tenants that have a log, in order of their ids.
    package func tenants(login: String?) async throws -> [UUID] {
        try await database.transaction(Scope(tenant: nil, role: .system).transaction(readOnly: true)) { session in
            try session.query("SELECT tenant_id FROM audit_log_heads ORDER BY tenant_id") { try $0.decode(0) }
        }
    }
}
