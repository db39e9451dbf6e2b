import AuditLog
import FoundationEssentials
import Logging
import Postgres
import Projections
import ServiceLifecycle

/// Seals the logs whose keys this user can read, within a second of an append.
///
/// A log that must not be signed is said once, and looked at again after a while; the other logs go on.
struct SealingService: Service {
    let installation: Installation
    /// Nil: every tenant's.
    var tenant: UUID?
    let logger: Logger

    /// How long a log that was refused is left alone.
    private static let pause = Duration.seconds(10)

    private struct Refused {
        var text: String
        var until: ContinuousClock.Instant
    }

    func run() async throws {
        var refused: [UUID: Refused] = [:]
        try await LogWakeups(database: installation.app, logger: logger).forEach {
            let tenants =
                if let tenant { [tenant] } else { try await Projections(installation.app).tenants(login: nil) }
            for tenant in tenants { try await seal(tenant, &refused[tenant]) }
            // A busy log is sealed a few times a second, not after each append.
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func seal(_ tenant: UUID, _ refused: inout Refused?) async throws {
        let folder = installation.sealerFolder(of: tenant)
        if let refused, ContinuousClock.now < refused.until { return }
        guard folder.hasKey else { return }
        do {
            guard let outcome = try await installation.sealer(of: tenant).seal(wait: .zero) else { return }
            for repair in outcome.repairs { logger.warning("\(folder.path): \(repair)") }
            if refused != nil { logger.notice("\(folder.path): sealing goes on, at \(outcome.size) events") }
            refused = nil
        } catch let error as PostgresError where error.code == .connection || error.sqlstate?.hasPrefix("57P") == true {
            throw error
        } catch {
            let text = "not sealed: \(Explanation.text(error))"
            if refused?.text != text { logger.error("\(folder.path): \(text)") }
            refused = Refused(text: text, until: .now + Self.pause)
        }
    }
}
