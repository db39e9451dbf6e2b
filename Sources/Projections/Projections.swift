package import AuditLog
package import FoundationEssentials
package import Postgres

/// The projections of a database: follows the log with them, and says how far they are.
package struct Projections: Sendable {
    package let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// A projection as it is installed, and how far it has read a tenant's log.
    package struct Status: Sendable {
        package var name: String
        package var version: Int32
        package var mode: String
        package var events: [String]
        package var tables: [String]
        package var sha256: String
        /// The next position it will read.
        package var position: Int64
        /// The size of the log.
        package var head: Int64

        package var lag: Int64 { head - position }
    }

    /// Every installed projection, by name.
    package func status(as scope: Scope) async throws -> [Status] {
        guard let tenant = scope.tenant else { return [] }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT d.name, d.version, d.mode, d.events, d.tables, d.sha256, coalesce(c.position, 0),
                       coalesce((SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)), 0)
                FROM projection_definitions() d
                LEFT JOIN projection_checkpoints c ON c.projection = d.name AND c.tenant_id = \(tenant)
                ORDER BY d.name
                """
            ) { row in
                Status(
                    name: try row.decode(0), version: try row.decode(1), mode: try row.decode(2),
                    events: try row.decode(3), tables: try row.decode(4), sha256: try row.decode(5),
                    position: try row.decode(6), head: try row.decode(7))
            }
        }
    }

    /// Unread events of a projection beyond which it is built beside its tables instead of following the log.
    package static let farBehind: Int64 = 500_000

    /// Folds whatever is unread into every projection of a tenant, the inline ones that are behind too.
    ///
    /// Each batch is a transaction of its own, in which rows and checkpoint move together.
    ///
    /// - Parameter lag: projections that are further behind are left as they are.
    /// - Returns: those.
    @discardableResult
    package func catchUp(as scope: Scope, batch: Int64 = 100_000, lag: Int64 = .max) async throws -> [Status] {
        guard let tenant = scope.tenant else { return [] }
        let behind = try await status(as: scope).filter { $0.lag > 0 }
        for projection in behind where projection.lag <= lag {
            var unread: Int64 = 1
            while unread > 0 {
                unread = try await database.transaction(scope.transaction(timeout: .none)) { session in
                    try session.first("SELECT projection_advance(\(projection.name), \(tenant), \(batch))") {
                        try $0.decode(0)
                    } ?? 0
                }
            }
        }
        return behind.filter { $0.lag > lag }
    }

    /// The tenants that have a log, in order of their ids.
    package func tenants(login: String?) async throws -> [UUID] {
        try await database.transaction(Scope(tenant: nil, role: .system).transaction(readOnly: true)) { session in
            try session.query("SELECT tenant_id FROM audit_log_heads ORDER BY tenant_id") { try $0.decode(0) }
        }
    }
}
