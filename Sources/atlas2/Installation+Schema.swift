import AuditLog
import Logging
import Postgres
import Processing
import Projections

/// What `atlas2 init` did.
struct Initialisation: Sendable {
    var applied: [Schema.Entry] = []
    /// Whether functions, projections and views had to be installed anew.
    var isUpgraded = false
    /// The tenant `default`, if it was made now.
    var isTenantNew = false
}

extension Installation {
    /// Makes sure that the schema is this version's: embedded by bringing it there, else by refusing any other.
    func prepare() async throws {
        guard lease != nil else {
            guard try await Schema(owner: app, library: library).isCurrent() else {
                throw Failure(.state, "the database's schema is not that of this Atlas2: run atlas2 init")
            }
            return
        }
        let done = try await initialise(FirstAdmin())
        if !done.applied.isEmpty {
            composition.logger.debug("made the schema (migrations \(done.applied.map(\.version)))")
        } else if done.isUpgraded {
            composition.logger.notice("the database's functions, projections and views were brought up to date")
        }
    }

    /// Brings the schema to this version and makes the tenant `default` with its first user; what is there stays.
    func initialise(_ admin: FirstAdmin) async throws -> Initialisation {
        let owner = try await owner()
        let schema = Schema(owner: owner, library: library)
        var done = Initialisation()
        if try await !schema.isCurrent() {
            done.applied = try await schema.up()
            done.isUpgraded = true
        }
        try await admitApp(schema, owner)
        // Whose keys are here has sealed with them, and is to go on.
        if lease == nil, hasKeys, try await !maySeal() { try await admitSealer() }
        if done.isUpgraded { try await catchUpAll(owner) }
        done.isTenantNew = try await Tenants(log).addIfMissing(
            slug: Tenants.defaultSlug, name: "Default", admin: admin, login: Login.current)
        return done
    }

    /// Lets the connection string of the app act as `atlas2_app`.
    private func admitApp(_ schema: Schema, _ owner: Database) async throws {
        if lease != nil {
            return try await owner.transaction { session in
                let closed = try session.query(
                    "SELECT rolname FROM pg_roles WHERE rolname IN ('atlas2_app', 'atlas2_sealer') AND NOT rolcanlogin"
                ) { try $0.decode(0, as: String.self) }
                guard !closed.isEmpty else { return }
                // Two at once would change the same row of the catalog.
                try schema.lock(session)
                for role in closed { try session.execute("ALTER ROLE \(identifier: role) LOGIN") }
            }
        }
        let (name, isMember) = try await login.session { session in
            try session.first("SELECT session_user::text, pg_has_role(session_user, 'atlas2_app', 'MEMBER')") {
                (try $0.decode(0, as: String.self), try $0.decode(1, as: Bool.self))
            } ?? ("", false)
        }
        guard !isMember else { return }
        let grant = "GRANT atlas2_app TO \(SQL.quoted(identifier: name))"
        do {
            try await owner.session { try $0.script(grant) }
            composition.logger.notice("\(name) of DATABASE_URL was made a member of atlas2_app")
        } catch let error as PostgresError where error.sqlstate == "42501" {
            throw Failure(
                .permission,
                "\(name) of DATABASE_URL is no member of atlas2_app, and DATABASE_OWNER_URL may not make it one: let an administrator run \(grant)"
            )
        }
    }
}
