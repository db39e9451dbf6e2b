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
    /// Further projections that the database refused.
    var faulty: [Library.FaultyFile] = []
    /// The tenant `default`, if it was made now.
    var isTenantNew = false
}

extension Installation {
    /// Makes sure that the schema is this version's: embedded by bringing it there, else by refusing any other.
    ///
    /// - Returns: further projections that cannot be used.
    func prepare() async throws -> [Library.FaultyFile] {
        guard lease != nil else {
            guard try await Schema(owner: app, library: library).isCurrent() else {
                throw Failure(.state, "the database's schema is not that of this Atlas2: run atlas2 init")
            }
            return try await further()
        }
        let done = try await initialise(FirstAdmin())
        if !done.applied.isEmpty {
            composition.logger.debug("made the schema (migrations \(done.applied.map(\.version)))")
        } else if done.isUpgraded {
            composition.logger.notice("the database's functions, projections and views were brought up to date")
        }
        return done.faulty
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
        done.faulty = try await takeIn(schema)
        done.isTenantNew = try await Tenants(log).addIfMissing(
            slug: Tenants.defaultSlug, name: "Default", admin: admin, login: Login.current)
        return done
    }

    /// Takes further projections in where this user may, and says which cannot be used.
    func further() async throws -> [Library.FaultyFile] {
        guard !library.further.isEmpty else { return [] }
        do {
            if lease != nil { return try await takeIn(Schema(owner: login, library: library)) }
            let files = try await Schema(owner: app, library: library).missing().map { name in
                Library.FaultyFile(missing: name, "it is not installed: run atlas2 init")
            }
            warn(of: files)
            return files
        } catch let error as PostgresError where error.code == .server {
            // Whoever needs the projections will say what is wrong with the database.
            return []
        }
    }

    /// Installs further projections that are not there yet; one that the database refuses stops nothing.
    ///
    /// - Returns: those that cannot be used.
    func takeIn(_ schema: Schema) async throws -> [Library.FaultyFile] {
        let further = try await schema.takeIn()
        warn(of: further.faulty)
        guard !further.installed.isEmpty else { return further.faulty }
        composition.logger.notice("installed: \(further.installed.joined(separator: ", "))")
        do {
            try await catchUpAll(schema.owner)
        } catch let error as PostgresError where error.code == .server {
            StandardError.say(
                "not every event could be folded (\(error)): atlas2 projections status shows how far each is")
        }
        return further.faulty
    }

    func warn(of files: [Library.FaultyFile]) {
        for file in files {
            let name = file.projection.map { "the projection \($0)" } ?? file.path
            StandardError.say("warning: \(name) is left out: \(file.summary)".printable)
        }
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
