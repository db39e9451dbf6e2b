package import AuditLog
package import FoundationEssentials
package import Postgres

/// The organisations that share a database.
package struct Tenants: Sendable {
    package static let defaultSlug = "default"

    package let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    package struct Tenant: Sendable {
        package var id: UUID
        package var slug: String
        package var name: String?
        package var createdAt: Timestamp?
        /// Events in its log.
        package var events: Int64
    }

    /// A tenant's id, which follows from its slug.
    package static func id(of slug: String) -> UUID { UUID(named: "tenant", slug) }

    /// Every tenant, by slug.
    package func list() async throws -> [Tenant] {
        let ids = try await log.database.transaction(Scope(tenant: nil, role: .system).transaction(readOnly: true)) {
            session in
            try session.query("SELECT tenant_id FROM audit_log_heads ORDER BY tenant_id") {
                try $0.decode(0, as: UUID.self)
            }
        }
        // Each is read in a transaction of its own: no session sees two tenants at once.
        var tenants: [Tenant] = []
        for id in ids {
            if let tenant = try await read(id) { tenants.append(tenant) }
        }
        return tenants.sorted { $0.slug < $1.slug }
    }

    /// The tenant with this slug.
    ///
    /// - Throws: `Failure` when there is none.
    package func find(_ slug: String) async throws -> Tenant {
        guard let tenant = try await read(Self.id(of: slug)) else {
            throw Failure(.unknown, "there is no tenant \(slug): atlas2 tenants list shows those there are")
        }
        return tenant
    }

    /// Adds a tenant with every setting at its standard value and a first user, an admin; all of it or nothing.
    ///
    /// - Throws: `Failure` when there is a tenant with this slug, or the slug or the address is none.
    @discardableResult
    package func add(slug: String, name: String, admin: FirstAdmin, login: String?) async throws -> Tenant {
        guard try await addIfMissing(slug: slug, name: name, admin: admin, login: login) else {
            throw Failure(.conflict, "there is a tenant \(slug) already: atlas2 tenants list shows all")
        }
        return try await find(slug)
    }

    /// As `add`, but a tenant that is there already is left as it is.
    ///
    /// - Returns: whether it was added.
    package func addIfMissing(slug: String, name: String, admin: FirstAdmin, login: String?) async throws -> Bool {
        try Self.check(slug: slug)
        let email = admin.email.lowercased()
        try Users.check(email: email)
        let tenant = Self.id(of: slug)
        let command = Command(scope: Scope(tenant: tenant, role: .system, login: login))
        guard try await read(tenant) == nil else { return false }
        var events = [try command.event(TenantCreated(slug: slug, name: name), on: tenant, expecting: 0)]
        for setting in Setting.all {
            events.append(
                try command.event(
                    SettingChanged(key: setting.key, value: setting.standard), on: setting.streamID(tenant: tenant)))
        }
        events.append(
            try command.event(UserCreated(email: email, name: admin.name, role: "admin"), on: UUID(), expecting: 0))
        let tables = ["tenants", "users", "system_settings"]
        switch try await log.append([events], as: command.scope, isolation: .alone, requiring: tables).first {
        // Somebody else was faster.
        case .conflict: return false
        case let outcome?: _ = try outcome.positions()
        case nil: break
        }
        return true
    }

    private func read(_ id: UUID) async throws -> Tenant? {
        let scope = Scope(tenant: id, role: .system)
        return try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT t.slug, t.name, t.created_at, coalesce(h.size, 0)
                FROM tenants t LEFT JOIN audit_log_heads h USING (tenant_id) WHERE t.tenant_id = \(id)
                """
            ) { row in
                Tenant(
                    id: id, slug: try row.decode(0, as: String?.self) ?? id.text, name: try row.decode(1),
                    createdAt: try row.decode(2), events: try row.decode(3))
            }
        }
    }

    private static func check(slug: String) throws {
        let bytes = Array(slug.utf8)
        let isPlain = bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
        guard isPlain, (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-") else {
            throw Failure(
                .value, "\"\(slug)\" cannot be a tenant's slug: use a-z, 0-9 and -, at most 63, a letter or digit first"
            )
        }
    }
}

/// The user that a new tenant begins with.
package struct FirstAdmin: Sendable {
    package var email: String
    package var name: String?

    package init(email: String, name: String? = nil) {
        self.email = email
        self.name = name
    }
}
