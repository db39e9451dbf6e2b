import AuditLog
import Logging
import Postgres
import Processing
import Projections
import ServiceLifecycle

/// Builds projections beside their live tables when their files have a higher version, or when they are far behind, and
/// puts them in place; drops tables that were kept long enough.
struct BuildService: Service {
    let installation: Installation
    let logger: Logger

    func run() async throws {
        let rebuilder: ProjectionRebuilder
        do {
            rebuilder = ProjectionRebuilder(owner: try await installation.owner(), library: installation.library)
        } catch let failure as Failure where failure.code == .permission {
            logger.notice("projections are built by who sets DATABASE_OWNER_URL")
            return try await gracefulShutdown()
        }
        var said: [String: String] = [:]
        let moments = AsyncStream<Void> { try? await Task.sleep(for: .seconds(5)) }
        for await _ in moments.cancelOnGracefulShutdown() {
            do {
                try await rebuilder.dropExpired()
                for name in try await rebuilder.due() { try await build(name, rebuilder, &said[name]) }
            } catch let error as PostgresError
                where error.code == .connection || error.sqlstate?.hasPrefix("57P") == true
            {
                logger.warning("the database does not answer: \(error)")
            } catch is CancellationError {
                return
            }
        }
    }

    /// Builds one, which goes on next time when it is interrupted now.
    private func build(_ name: String, _ rebuilder: ProjectionRebuilder, _ said: inout String?) async throws {
        let scope = Scope(tenant: Tenants.id(of: Tenants.defaultSlug), role: .system, login: Login.current)
        if said == nil { logger.notice("building \(name) in the background") }
        said = said ?? ""
        do {
            let results = try await cancelWhenGracefulShutdown {
                try await rebuilder.rebuild([name], as: Command(scope: scope))
            }
            for result in results {
                logger.notice("\(name) is live, built from \(result.events.counting("event"))")
                for view in result.lostViews {
                    logger.error("the view \(view.name) was lost (\(view.reason)); it was: \(view.statement)")
                }
            }
            said = nil
        } catch let error as BuildError {
            if said != error.description { logger.error("\(error)") }
            said = error.description
        } catch let error as PostgresError where error.code == .server && error.sqlstate?.hasPrefix("57P") != true {
            let text = Explanation.text(error)
            if said != text { logger.error("\(name) cannot be built: \(text)") }
            said = text
        }
    }
}
