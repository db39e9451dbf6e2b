import AuditLog
import FoundationEssentials
import Logging
import Postgres
import Processing
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
        var (refused, names): ([UUID: Refused], [UUID: String]) = ([:], [:])
        try await LogWakeups(database: installation.app, logger: logger).forEach {
            let tenants = if let tenant { [tenant] } else { try await tenants() }
            for tenant in tenants where installation.sealerFolder(of: tenant).hasKey {
                try await seal(tenant, name(of: tenant, &names), &refused[tenant])
            }
        }
    }

    /// All tenants, and those that are missing.
    private func tenants() async throws -> [UUID] {
        let known = try await Projections(installation.app).tenants(login: nil)
        return known + installation.vanishedLogs(besides: known).map(\.tenant)
    }

    /// What a log is called: its tenant's slug and its origin.
    private func name(of tenant: UUID, _ names: inout [UUID: String]) async throws -> String {
        if let name = names[tenant] { return name }
        let slug = try await Tenants(installation.log).list().first { $0.id == tenant }?.slug ?? tenant.text
        guard let origin = try? LogKeys(installation.sealerFolder(of: tenant)).origin else { return slug }
        let name = "\(slug) (\(origin))".printable
        names[tenant] = name
        return name
    }

    private func seal(_ tenant: UUID, _ name: String, _ refused: inout Refused?) async throws {
        if let refused, ContinuousClock.now < refused.until { return }
        do {
            guard let outcome = try await installation.sealer(of: tenant).seal(wait: .zero) else { return }
            for remark in outcome.remarks { logger.warning("\(name): \(remark.printable)") }
            if refused != nil { logger.notice("\(name): sealing goes on, at \(outcome.size.counting("event"))") }
            refused = nil
        } catch let error as PostgresError where error.code == .connection || error.sqlstate?.hasPrefix("57P") == true {
            throw error
        } catch {
            let text = "not sealed: \(Explanation.text(error))"
            if refused?.text != text { logger.error("\(name): \(text)") }
            refused = Refused(text: text, until: .now + Self.pause)
        }
    }
}
