import AuditLog
import Logging
import Postgres
import Projections
import ServiceLifecycle

/// Follows the log and brings the projections of all tenants up to its head.
struct ProjectionService: Service {
    let database: Database
    /// Projections that are further behind are left alone.
    let lag: Int64
    let logger: Logger

    func run() async throws {
        try await LogWakeups(database: database, logger: logger).forEach { try await catchUp() }
    }

    private func catchUp() async throws {
        let projections = Projections(database)
        for tenant in try await projections.tenants(login: nil) {
            // What is further behind is the build service's.
            try await projections.catchUp(as: Scope(tenant: tenant, role: .system), lag: lag)
        }
    }
}
