import AuditLog
import Cluster
import Foundation
import Postgres
import Processing
import Projections

/// The database that a command works with, open while one closure runs.
struct Installation: Sendable {
    /// What a command needs of the schema.
    enum Preparation: Sendable {
        /// The schema of this version: the embedded database is brought to it, a server's has to be.
        case current
        /// Whatever is there, and the further projections as far as they can be taken in.
        case projections
        /// Whatever is there.
        case asItIs
    }

    let composition: Composition
    /// What is installed, or could be.
    private(set) var library: Library
    /// Connects as `atlas2_app`: reads, appends, and nothing else.
    let app: Database
    /// Connects as `atlas2_sealer`: what seals and asks witnesses. On a server who logs in has to be a member.
    let sealing: EventLog
    /// Connects as who the connection string says: on a server the owner of DATABASE_URL, embedded the superuser.
    let login: Database
    /// The use of the embedded cluster; nil for a server.
    let lease: Lease?
    private let ownerDatabase: Database

    let log: EventLog

    /// Opens the database, runs `body`, and closes it and leaves the cluster whatever happened.
    static func use<T>(
        _ composition: Composition? = nil, _ preparation: Preparation = .current,
        _ body: (Installation) async throws -> T
    ) async throws -> T {
        let composition = try composition ?? Composition()
        var installation = try await Installation(composition)
        let result: Result<T, any Error>
        do {
            try Task.checkCancellation()
            try await installation.prepare(preparation)
            result = .success(try await body(installation))
        } catch {
            result = .failure(Explanation.failure(error, composition))
        }
        await installation.close()
        return try result.get()
    }

    private mutating func prepare(_ preparation: Preparation) async throws {
        warn(of: library.faulty)
        switch preparation {
        case .current: library.leaveOut(try await prepare())
        case .projections: library.leaveOut(try await further())
        case .asItIs: break
        }
    }

    private init(_ composition: Composition) async throws {
        self.composition = composition
        library = try composition.library()
        if let url = composition.databaseURL {
            lease = nil
            login = composition.database(url, poolSize: 2)
            // A login role that could do more does no more: grants and row-level security hold for it too.
            app = composition.database(url, role: "atlas2_app")
            sealing = EventLog(composition.database(url, role: "atlas2_sealer", poolSize: 4))
            ownerDatabase = composition.ownerURL.map { composition.database($0, poolSize: 2) } ?? login
        } else {
            let (cluster, logger) = (composition.cluster, composition.logger)
            let lease = try await blocking { try EmbeddedCluster.enter(cluster, logger: logger) }
            self.lease = lease
            login = composition.database(lease.conninfo(user: ClusterConfiguration.superuser), poolSize: 2)
            app = composition.database(lease.conninfo(user: "atlas2_app"))
            sealing = EventLog(composition.database(lease.conninfo(user: "atlas2_sealer"), poolSize: 4))
            ownerDatabase = login
        }
        log = EventLog(app)
    }

    /// For what changes schemas: connects as one who may act as `atlas2_owner`.
    ///
    /// - Throws: `Failure` that says what to set where there is no such connection.
    func owner() async throws -> Database {
        guard lease == nil, composition.ownerURL == nil else { return ownerDatabase }
        let (name, isOwner) = try await login.session { session in
            try session.first(
                """
                SELECT session_user::text, r.rolsuper OR CASE WHEN to_regrole('atlas2_owner') IS NULL THEN r.rolcreaterole
                    ELSE pg_has_role(session_user, to_regrole('atlas2_owner'), 'MEMBER') END
                FROM pg_roles r WHERE r.rolname = session_user
                """
            ) { (try $0.decode(0, as: String.self), try $0.decode(1, as: Bool.self)) } ?? ("", false)
        }
        guard isOwner else {
            throw Failure(
                .permission,
                "this needs the owner of the schema, which \(name) of DATABASE_URL is not: set DATABASE_OWNER_URL to connect as a member of atlas2_owner (for the first init, as one who may create roles)"
            )
        }
        return login
    }

    /// Brings every projection of the scope's tenant up to the head, and seals its log: what an acting command does before
    /// it ends.
    func catchUp(as scope: Scope) async throws {
        do {
            let unread = try await Projections(app).catchUp(as: scope, lag: Projections.farBehind)
            for projection in unread.far {
                StandardError.say(
                    "\(projection.name) is \(projection.lag.grouped) events behind: atlas2 work builds it in the background, atlas2 projections rebuild \(projection.name) at once"
                )
            }
            for stop in unread.stops {
                let name = stop.projection
                StandardError.say(
                    stop.isSetAside
                        ? "the projection \(name) has set aside events from position \(stop.position): atlas2 projections status"
                        : "the projection \(name) stopped at position \(stop.position): atlas2 projections status")
            }
        } catch let error as PostgresError {
            // What the command did is in the log: that a table lags behind it is no failure of the command.
            StandardError.say(
                "what was done is in the log, but not in every table (\(error)): atlas2 projections status shows which")
        }
        if let tenant = scope.tenant { await seal(tenant) }
    }

    /// Brings every projection of all tenants up to the head: what is owed to projections that were installed just now,
    /// because appends leave a projection alone that is behind.
    func catchUpAll(_ database: Database) async throws {
        let projections = Projections(database)
        for tenant in try await projections.tenants(login: nil) {
            try await projections.catchUp(as: Scope(tenant: tenant, role: .system), lag: Projections.farBehind)
        }
    }

    private func close() async {
        await app.close()
        await sealing.database.close()
        await login.close()
        if ownerDatabase !== login { await ownerDatabase.close() }
        guard let lease else { return }
        // Leaving throws nothing: what fails in it is logged.
        try? await blocking { lease.leave() }
    }
}
