import AuditLog
import Logging
import Postgres
import Projections
import ServiceLifecycle

/// Follows the log and brings the projections of all tenants up to its head.
struct ProjectionService: Service {
    let database: Database
    let logger: Logger

    func run() async throws {
        try await LogWakeups(database: database, logger: logger).forEach { try await catchUp() }
    }

    private func catchUp() async throws {
        let projections = Projections(database)
        for tenant in try await projections.tenants(login: nil) {
            try await projections.catchUp(as: Scope(tenant: tenant, role: .system))
        }
    }
}
