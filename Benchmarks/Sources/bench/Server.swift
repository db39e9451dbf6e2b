import AuditLog
import Foundation
import Logging
import Postgres

/// The embedded server of an installation, as clients of the benchmark see it.
struct Server: Sendable {
    let folder: String
    let port: String
    let database: String

    init(_ installation: Installation) throws {
        let answer = try installation.atlas2(
            "psql", "-qAtc",
            "SELECT trim('\"' FROM current_setting('unix_socket_directories')), current_setting('port'), current_database()"
        ).output.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: "|")
        guard answer.count == 3 else { throw BenchmarkError("atlas2 psql does not say where the server is") }
        (folder, port, database) = (answer[0], answer[1], answer[2])
    }

    func client(_ user: String = "atlas2_app", connections: Int) -> Database {
        var configuration = PostgresConfiguration(
            conninfo: "host=\(folder) port=\(port) user=\(user) dbname=\(database)")
        configuration.poolSize = connections
        configuration.timeout = .seconds(120)
        return Database(configuration, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The server's superuser.
    func administrator() -> Database { client("postgres", connections: 1) }

    /// A new tenant, so that a measurement begins with an empty log; its row is there for users to refer to.
    func tenant() async throws -> Scope {
        let slug = "bench-" + UUID().uuidString.lowercased().prefix(8)
        let scope = Scope(tenant: UUID(), role: .system)
        let log = EventLog(client(connections: 1))
        try await log.append(
            [
                try Command(scope: scope).event(
                    TenantCreated(slug: slug, name: slug), on: scope.tenant ?? UUID(), expecting: 0)
            ],
            as: scope)
        await log.database.close()
        return scope
    }

    var url: String { "host=\(folder) port=\(port) user=postgres dbname=\(database)" }
}

/// Calls `audit_append` as any program can that has a connection, one transaction a call.
struct DirectClient: Sendable {
    let database: Database
    let scope: Scope

    func append(_ event: NewEvent) async throws {
        guard let tenant = scope.tenant else { return }
        let statement = EventLog.statement(appending: [[event]], to: tenant)
        let outcome = try await database.transaction(scope.transaction()) { session in
            try session.first(statement) { try $0.decode(1, as: String.self) }
        }
        guard outcome == "appended" else { throw BenchmarkError("audit_append answered \(outcome ?? "nothing")") }
    }
}
