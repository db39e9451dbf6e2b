package import AuditLog
package import FoundationEssentials
package import Logging
package import Postgres
package import Projections

/// A database of a test's own, and those who connect to it.
package struct TestDatabase: Sendable {
    package let name: String
    package let library: Library
    /// The administrator, whom neither grants nor policies stop; triggers do not fire for them.
    package let administrator: Database
    /// A member of `atlas2_owner`, no superuser: who migrates and rebuilds.
    package let owner: Database
    /// A member of `atlas2_app`.
    package let app: Database
    /// A member of `atlas2_readonly`.
    package let readonly: Database
    /// A member of `atlas2_sealer`.
    package let sealer: Database

    package let log: EventLog
    package var schema: Schema { Schema(owner: owner, library: library) }
    package var projections: Projections { Projections(app) }
    package var verifier: ProjectionVerifier { ProjectionVerifier(owner: owner, definitions: library.projections) }
    package var rebuilder: ProjectionRebuilder { ProjectionRebuilder(owner: owner, library: library) }

    /// Who logs in: a login role in each of the product's roles, and the administrator.
    package enum Login: String, Sendable, CaseIterable {
        case administrator = "postgres"
        case owner = "test_owner"
        case app = "test_app"
        case readonly = "test_readonly"
        case sealer = "test_sealer"
    }

    init(name: String, library: Library, cluster: TestCluster) {
        self.name = name
        self.library = library
        func client(_ login: Login, settings: [(name: String, value: String)] = []) -> Database {
            Self.client(of: name, login, settings: settings, cluster: cluster)
        }
        administrator = client(.administrator, settings: [("session_replication_role", "replica")])
        owner = client(.owner)
        app = client(.app)
        readonly = client(.readonly)
        sealer = client(.sealer)
        log = EventLog(app)
    }

    /// A further client with a pool of its own; the caller closes it.
    package func client(
        _ login: Login, poolSize: Int = 1, settings: [(name: String, value: String)] = []
    ) throws -> Database {
        Self.client(of: name, login, poolSize: poolSize, settings: settings, cluster: try TestCluster.shared.get())
    }

    private static func client(
        of name: String, _ login: Login, poolSize: Int = 4, settings: [(name: String, value: String)],
        cluster: TestCluster
    ) -> Database {
        var configuration = PostgresConfiguration(conninfo: cluster.conninfo(database: name, user: login.rawValue))
        configuration.poolSize = poolSize
        // Only to end what hangs: how long a statement takes beside all other tests says nothing.
        configuration.timeout = .seconds(900)
        configuration.settings = settings
        return Database(configuration, logger: .quiet)
    }

    func close() async {
        for database in [administrator, owner, app, readonly, sealer] { await database.close() }
    }

    /// Every tenant that has a log, in order of their ids.
    package func tenants() async throws -> [UUID] {
        try await administrator.session { session in
            try session.query("SELECT tenant_id FROM audit_log_heads ORDER BY tenant_id") { try $0.decode(0) }
        }
    }

    /// Brings every projection of every tenant to the head.
    package func catchUp() async throws {
        for tenant in try await tenants() { try await projections.catchUp(as: .system(tenant)) }
    }

    /// Gives the log another clock: an SQL expression of type `timestamptz`.
    package func setClock(_ expression: String) async throws {
        try await owner.session { session in
            try session.script(
                """
                SET ROLE atlas2_owner;
                CREATE OR REPLACE FUNCTION audit_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
                SET search_path = public, pg_temp RETURN \(expression);
                RESET ROLE;
                """)
        }
    }
}

extension Scope {
    /// Atlas2 itself, in a tenant.
    package static func system(_ tenant: UUID) -> Scope {
        Scope(tenant: tenant, role: .system)
    }
}

extension Logger {
    package static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
