import AuditLog
package import FoundationEssentials
package import Postgres

/// Schemas that show the read model as it stood, and stay.
package struct Replays: Sendable {
    package let owner: Database
    package let library: Library

    package init(owner: Database, library: Library) {
        self.owner = owner
        self.library = library
    }

    /// What was made.
    package struct Result: Sendable {
        package struct Tenant: Sendable {
            package var id: UUID
            /// Events that were replayed.
            package var events: Int64
            /// When the last of them was recorded; nil where there is none.
            package var lastRecordedAt: Timestamp?
            /// Those of them that have lost what was personal, all or some of it.
            package var erased: Int64
        }
        package var tenants: [Tenant]
        package var projections: [String]
        /// Views that read tables which were not asked for.
        package var viewsLeftOut: [String]
    }

    /// Replays the log up to a moment into a schema of its own.
    ///
    /// One transaction: killed in the middle, nothing is there. Appends and readers go on. An erasure that comes in between
    /// ends it: what it took away may have been read already.
    ///
    /// - Parameters:
    ///   - tenants: whose logs; nil: all.
    ///   - names: the projections; empty: all.
    ///   - user: who asked, for the schema's comment.
    /// - Throws: `PastError` for a name, a moment or a projection that cannot be.
    package func make(
        _ schema: String, at moment: Moment, tenants: [UUID]? = nil, projections names: [String] = [], by user: UUID?,
        progress: @escaping @Sendable (_ projection: String, _ done: Int64, _ total: Int64) -> Void = { _, _, _ in }
    ) async throws -> Result {
        for name in names where !library.projections.contains(where: { $0.name == name }) {
            throw PastError("there is no projection \(name): atlas2 projections list shows them")
        }
        let definitions = library.projections.filter { names.isEmpty || names.contains($0.name) }
        let library = library
        let cuts = try await owner.transaction(Self.options) { session in
            try session.dropAbandonedQuestions()
            try Self.check(schema, session)
            return try session.cuts(tenants, at: moment)
        }
        return try await owner.transaction(Self.options) { session in
            // Again, because now it is made: two may want the same name at once.
            try session.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(schema), 0))")
            try Self.check(schema, session)
            let heads = try session.heads().filter { head in cuts.contains { $0.tenant == head.tenant } }
            var past = try PastSchema(schema, definitions, library, cuts, isLasting: true, session)
            let total = cuts.reduce(0) { $0 + $1.size } * Int64(definitions.count)
            var done: Int64 = 0
            try past.fill(definitions, session) { name, events in
                done += events
                progress(name, done, total)
            }
            try past.finish(session)
            let note = PastSchemaNote(moment: moment, projections: definitions, madeAt: .now, madeBy: user)
            try session.script("COMMENT ON SCHEMA \(schema) IS '\(try note.comment())'")
            let result = Result(
                tenants: try cuts.map { try Self.summary(of: $0, session) }, projections: definitions.map(\.name),
                viewsLeftOut: past.viewsLeftOut)
            try Self.requireNothingErased(since: heads, session)
            return result
        }
    }

    /// Drops a schema that shows the past, with whatever was built on it.
    ///
    /// - Throws: `PastError` for any other schema.
    package func drop(_ schema: String) async throws {
        try await owner.transaction(Self.options) { session in
            guard try session.pastSchemas().contains(where: { $0.schema == schema }) else {
                throw PastError("there is no replay \(schema): atlas2 replay --list shows them")
            }
            try session.script("DROP SCHEMA \(schema) CASCADE")
        }
    }

    static var options: TransactionOptions {
        TransactionOptions(
            settings: [("role", "atlas2_owner"), ("client_min_messages", "warning")], timeout: .none)
    }

    /// Refuses names that mean something else.
    private static func check(_ schema: String, _ session: Session) throws {
        guard schema.isIdentifier else {
            throw PastError("\"\(schema)\" is no name for a schema: use a-z, 0-9 and _, a letter first, at most 58")
        }
        let isReserved = ["public", "fold", "information_schema"].contains(schema)
        guard !isReserved, !["pg_", "atlas2_"].contains(where: { schema.hasPrefix($0) }) else {
            throw PastError("\(schema) is a name of PostgreSQL's or of Atlas2's own: choose another")
        }
        // Sessions of a role look first into a schema of its name; a word of SQL would need quotes everywhere.
        let (isThere, isRole, isPlain) =
            try session.first(
                """
                SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = \(schema)),
                       EXISTS (SELECT FROM pg_roles WHERE rolname = \(schema)), quote_ident(\(schema)) = \(schema)
                """
            ) { (try $0.decode(0, as: Bool.self), try $0.decode(1, as: Bool.self), try $0.decode(2, as: Bool.self)) }
            ?? (true, true, false)
        guard !isRole else {
            throw PastError(
                "\(schema) is a role of this server, whose sessions would read the past for the present: choose another name"
            )
        }
        guard isPlain else { throw PastError("\(schema) is a word of SQL: choose another name") }
        guard !isThere else {
            let isPast = try session.pastSchemas().contains { $0.schema == schema }
            throw PastError(
                "there is a schema \(schema) already: "
                    + (isPast ? "atlas2 replay --drop \(schema) drops it" : "choose another name"))
        }
    }

    /// Locks the heads until the end of the transaction: an erasure that comes later finds the schema there.
    private static func requireNothingErased(since heads: [(tenant: UUID, size: Int64)], _ session: Session) throws {
        let (tenants, sizes) = (heads.map(\.tenant), heads.map(\.size))
        try session.execute(
            "SELECT FROM audit_log_heads WHERE tenant_id = ANY (\(tenants)) ORDER BY tenant_id FOR SHARE")
        let isErased = try session.first(
            """
            SELECT EXISTS (
                SELECT FROM unnest(\(tenants), \(sizes)) h (tenant, size)
                JOIN audit_logs l ON l.tenant_id = h.tenant AND l.position >= h.size AND l.event_type LIKE '%.erased')
            """
        ) { try $0.decode(0, as: Bool.self) }
        guard isErased == false else {
            throw PastError(
                "something was erased while the replay was made, so it might hold what has to be gone, and was not kept: run the command again"
            )
        }
    }

    private static func summary(of cut: Cut, _ session: Session) throws -> Result.Tenant {
        try session.first(
            """
            WITH replaced AS (
                SELECT DISTINCT (r.value->>'position')::bigint AS position FROM audit_logs e
                CROSS JOIN LATERAL json_array_elements(e.payload->'replaced') r
                WHERE e.tenant_id = \(cut.tenant) AND e.event_type LIKE '%.erased')
            SELECT (SELECT l.recorded_at FROM audit_logs l WHERE l.tenant_id = \(cut.tenant) AND l.position = \(cut.size) - 1),
                   (SELECT count(*) FROM audit_logs l
                    WHERE l.tenant_id = \(cut.tenant) AND l.position < \(cut.size)
                      AND (l.salt IS NULL OR l.position IN (SELECT position FROM replaced)))
            """
        ) {
            Result.Tenant(
                id: cut.tenant, events: cut.size, lastRecordedAt: try $0.decode(0), erased: try $0.decode(1))
        } ?? Result.Tenant(id: cut.tenant, events: cut.size, lastRecordedAt: nil, erased: 0)
    }
}
