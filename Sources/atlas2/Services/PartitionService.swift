import AuditLog
import Cluster
import Logging
import Postgres
import Processing
import ServiceLifecycle

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
