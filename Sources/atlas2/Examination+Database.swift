import AuditLog
import Foundation
import Postgres
import Processing
import Projections

extension Examination {
    /// Everything that the database itself must answer.
    mutating func database() async {
        do {
            let found = try await Installation.use(composition, .asItIs) { installation in
                var examination = Examination(composition)
                try await examination.server(installation)
                try await examination.schema(installation)
                return examination.found
            }
            for check in found { add(check.name, check.verdict, check.detail) }
        } catch {
            add("connection", .wrong, Explanation.text(error))
        }
    }

    private mutating func server(_ installation: Installation) async throws {
        let begin = ContinuousClock.now
        let (version, number, user) = try await installation.login.session { session in
            try session.first(
                "SELECT current_setting('server_version'), current_setting('server_version_num')::integer, session_user::text"
            ) { (try $0.decode(0, as: String.self), try $0.decode(1, as: Int.self), try $0.decode(2, as: String.self)) }
                ?? ("", 0, "")
        }
        add("connection", .ok, "answers in \((ContinuousClock.now - begin).inMilliseconds) ms, as \(user)")
        add(
            "server", number < 150_000 ? .wrong : .ok,
            "PostgreSQL \(version)" + (number < 150_000 ? ": Atlas2 needs 15 or later" : ""))
        let settings = try await installation.login.session { session in
            try session.query(
                """
                SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes',
                    'wal_level', 'max_connections', 'server_encoding', 'TimeZone') ORDER BY name COLLATE "C"
                """
            ) { (try $0.decode(0, as: String.self), try $0.decode(1, as: String.self)) }
        }
        // Of the connection's own settings, what the server has for others.
        for (name, value) in settings {
            let (verdict, advice) = Self.judge(name, value, poolSize: composition.poolSize)
            add(name, verdict, advice.map { "\(value): \($0)" } ?? value)
        }
    }

    private static func judge(_ name: String, _ value: String, poolSize: Int) -> (Check.Verdict, String?) {
        switch (name, value) {
        case ("fsync", "off"): (.wrong, "a power cut can destroy the database: turn it on")
        case ("synchronous_commit", "off"): (.wrong, "what was acknowledged can be lost: turn it on")
        case ("full_page_writes", "off"): (.look, "safe only where the file system never tears a page")
        case ("wal_level", "minimal"): (.look, "no backups while it runs, and no standbys")
        case ("max_connections", _) where (Int(value) ?? 0) < poolSize + 5:
            (.look, "DATABASE_POOL_SIZE is \(poolSize): raise the one or lower the other")
        case ("server_encoding", _) where value != "UTF8": (.wrong, "the database must be made with ENCODING 'UTF8'")
        default: (.ok, nil)
        }
    }

    private mutating func schema(_ installation: Installation) async throws {
        let schema = Schema(owner: installation.login, library: installation.library)
        let entries: [Schema.Entry]
        do {
            entries = try await schema.status()
        } catch let error as SchemaError {
            return add("schema", .wrong, error.description)
        }
        for entry in entries where entry.state != .applied {
            let advice =
                entry.state == .changed ? "its file changed after it was applied: put it back" : "run atlas2 init"
            add(
                "migration \(entry.version)", entry.state == .changed ? .wrong : .look,
                "\(entry.name) is \(entry.state.rawValue): \(advice)")
        }
        guard entries.allSatisfy({ $0.state != .pending }) else {
            return add("schema", .look, "is not that of this version: run atlas2 init")
        }
        let isCurrent = try await schema.isCurrent()
        add(
            "schema", isCurrent ? .ok : .look,
            isCurrent
                ? "current, \(entries.count.counting("migration"))"
                : "functions, projections or views are not those of this version: run atlas2 init")
        for name in try await schema.missing() {
            add(
                "projection \(name)", .look,
                "is not installed: atlas2 projections check \(name) says why, atlas2 init installs it")
        }
        try await roles(installation)
        try await tenants(installation)
    }

    private mutating func roles(_ installation: Installation) async throws {
        let (user, isSuperuser, isApp, ownerIsSuperuser, ownerLogsIn) = try await installation.login.session {
            session in
            try session.first(
                """
                SELECT session_user::text, (SELECT rolsuper FROM pg_roles WHERE rolname = session_user),
                       pg_has_role(session_user, 'atlas2_app', 'MEMBER'), rolsuper, rolcanlogin
                FROM pg_roles WHERE rolname = 'atlas2_owner'
                """
            ) { row in
                (
                    try row.decode(0, as: String.self), try row.decode(1, as: Bool.self),
                    try row.decode(2, as: Bool.self),
                    try row.decode(3, as: Bool.self), try row.decode(4, as: Bool.self)
                )
            } ?? ("", false, false, false, false)
        }
        if ownerIsSuperuser || ownerLogsIn {
            add(
                "atlas2_owner", .wrong,
                "it must be neither superuser nor able to log in: ALTER ROLE atlas2_owner NOSUPERUSER NOLOGIN")
        } else {
            add("atlas2_owner", .ok, "owns the tables; no login, no superuser")
        }
        if !isApp {
            add(
                "atlas2_app", .wrong,
                "\(user) is no member: run atlas2 init, or GRANT atlas2_app TO \(SQL.quoted(identifier: user))")
        } else if isSuperuser, installation.lease == nil {
            add(
                "atlas2_app", .look,
                "\(user) of DATABASE_URL is a superuser; Atlas2 acts as atlas2_app all the same, other programs may not"
            )
        } else {
            add("atlas2_app", .ok, "reads and appends, and nothing else")
        }
    }

    private mutating func tenants(_ installation: Installation) async throws {
        let tenants = try await Tenants(installation.log).list()
        if tenants.isEmpty { add("tenants", .look, "there is none: run atlas2 init") }
        for (tenant, state) in installation.vanishedLogs(besides: tenants.map(\.id)) {
            add(
                "log \(state.origin)", .wrong,
                "\(state.size.counting("event")) of it were sealed from \(installation.sealerFolder(of: tenant).path), and it is not in this database: was it removed, or is this another database (ATLAS2_SEALER)?"
            )
        }
        for tenant in tenants {
            add("log of \(tenant.slug)", .ok, tenant.events.counting("event"))
            let scope = Scope(tenant: tenant.id, role: .system)
            let projections = try await Projections(installation.app).status(as: scope)
            for projection in projections {
                let state = ProjectionsCommand.state(
                    of: projection.name, sha256: projection.sha256, in: installation.library)
                for stop in projection.stops {
                    let what = stop.isSetAside ? "has set aside what begins at" : "stopped at"
                    add(
                        "\(projection.name) of \(tenant.slug)", stop.isSetAside ? .look : .wrong,
                        "\(what) position \(stop.position) (\(stop.eventType), \(stop.sqlstate)): atlas2 projections status"
                    )
                }
                if projection.stop != nil { continue }
                if projection.lead > 0 {
                    add(
                        "\(projection.name) of \(tenant.slug)", .wrong,
                        "its checkpoint is \(projection.lead.counting("event")) beyond the end of the log: atlas2 projections repair \(projection.name)"
                    )
                }
                if projection.lag > 0 {
                    let isInline = projection.mode == "inline"
                    add(
                        "\(projection.name) of \(tenant.slug)", isInline ? .wrong : .look,
                        "\(projection.lag.grouped) of \(projection.head.counting("event")) unread"
                            + (isInline
                                ? ": atlas2 projections repair \(projection.name)" : ": atlas2 work reads them"))
                } else if state != "current" {
                    let advice = state.hasPrefix("changed") ? ": atlas2 projections rebuild \(projection.name)" : ""
                    add("\(projection.name) of \(tenant.slug)", .look, state + advice)
                }
            }
            if projections.allSatisfy({ $0.lag == 0 && $0.lead == 0 }) {
                add("projections of \(tenant.slug)", .ok, "\(projections.count), all at the head")
            }
            try await health(of: tenant, installation)
            try await seal(of: tenant, installation)
            try await witnesses(of: tenant, installation)
        }
    }

    /// What `system_health` says of jobs and partitions; of the other parts this examination says more.
    private mutating func health(of tenant: Tenants.Tenant, _ installation: Installation) async throws {
        let scope = Scope(tenant: tenant.id, role: .system)
        let parts = try await installation.app.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT component, status, detail FROM system_health
                WHERE tenant_id = \(tenant.id) AND (component LIKE 'jobs %' OR component = 'partitions') ORDER BY component
                """
            ) {
                (
                    try $0.decode(0, as: String.self), try $0.decode(1, as: String.self),
                    try $0.decode(2, as: String.self)
                )
            }
        }
        for (component, status, detail) in parts {
            add("\(component) of \(tenant.slug)", status == "ok" ? .ok : .look, detail)
        }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
