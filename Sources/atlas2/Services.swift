import AuditLog
import Cluster
import Foundation
import Logging
import Postgres
import Processing
import Projections
import ServiceLifecycle

/// Follows the log and brings the projections of all tenants up to its head.
///
/// A notification wakes it; a look every second covers those that were lost, and servers that cannot notify.
struct ProjectionService: Service {
    let database: Database
    let logger: Logger

    func run() async throws {
        let (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                do {
                    for try await _ in database.listen(["atlas2_log"]) { wake.yield() }
                } catch let error as PostgresError where error.code == .server || error.code == .connection {
                    logger.warning("the database sends no notifications (\(error)); looking every second instead")
                }
            }
            tasks.addTask {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    wake.yield()
                }
            }
            defer { tasks.cancelAll() }
            wake.yield()
            for await _ in wakeups.cancelOnGracefulShutdown() { try await catchUp() }
        }
    }

    private func catchUp() async throws {
        do {
            let projections = Projections(database)
            for tenant in try await projections.tenants(login: nil) {
                try await projections.catchUp(as: Scope(tenant: tenant, role: .system))
            }
        } catch let error as PostgresError where error.code == .connection || error.sqlstate?.hasPrefix("57P") == true {
            // The next second tries again.
            logger.warning("the database does not answer: \(error)")
        }
    }
}

/// Makes this month's partition of the log and the next one's, so that no append has to.
struct PartitionService: Service {
    let installation: Installation
    let logger: Logger

    func run() async throws {
        let hours = AsyncStream<Void> { try? await Task.sleep(for: .seconds(3600)) }
        try await make()
        for await _ in hours.cancelOnGracefulShutdown() {
            try await make()
            installation.lease?.cutServerLog()
        }
    }

    private func make() async throws {
        do {
            let owner = try await installation.owner()
            try await owner.transaction(TransactionOptions(settings: [("role", "atlas2_owner")])) { session in
                try session.script("SELECT audit_month(audit_clock()), audit_month(audit_clock() + interval '1 month')")
            }
        } catch let failure as Failure where failure.code == .permission {
            logger.notice("partitions are made by the appends that need them, because DATABASE_OWNER_URL is not set")
        } catch let error as PostgresError {
            // Appends make what is missing.
            logger.warning("partitions were not made ahead: \(error)")
        }
    }
}
