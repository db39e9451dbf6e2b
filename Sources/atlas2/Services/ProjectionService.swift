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
        // What was told once is not told every second.
        var told: Set<String> = []
        try await LogWakeups(database: database, logger: logger).forEach {
            let stops = try await catchUp()
            for (sentence, stop) in stops where !told.contains(sentence) {
                logger.warning(
                    "\(sentence): atlas2 projections status", metadata: ["sqlstate": "\(stop.sqlstate)"])
            }
            told = Set(stops.keys)
        }
    }

    /// What could not be folded, by a sentence that tells nothing of what the event says.
    private func catchUp() async throws -> [String: ProjectionStop] {
        let projections = Projections(database)
        var stops: [String: ProjectionStop] = [:]
        for tenant in try await projections.tenants(login: nil) {
            // What is further behind is the build service's.
            for stop in try await projections.catchUp(as: Scope(tenant: tenant, role: .system), lag: lag).stops {
                let what = stop.isSetAside ? "has set aside what begins at" : "stopped at"
                stops["the projection \(stop.projection) of tenant \(tenant.text) \(what) position \(stop.position)"] =
                    stop
            }
        }
        return stops
    }
}
