package import Postgres

/// A tenant's log: appends to it, reads it, follows it.
///
/// Copies share their queues of appends: make one per database and hand it round, so that all who append to a tenant
/// share its transactions.
package struct EventLog: Sendable {
    package let database: Database
    let queues: AppendQueues

    package init(_ database: Database) {
        self.database = database
        queues = AppendQueues(database)
    }

    /// The number of events in the tenant's log.
    package func size(as scope: Scope) async throws -> Int64 {
        guard let tenant = scope.tenant else { return 0 }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first("SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)") { try $0.decode(0) } ?? 0
        }
    }
}
