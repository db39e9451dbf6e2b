package import AuditLog
import FoundationEssentials
package import Postgres

/// Rebuilds projections from the log.
package struct ProjectionRebuilder: Sendable {
    package let owner: Database
    package let library: Library

    package init(owner: Database, library: Library) {
        self.owner = owner
        self.library = library
    }

    package struct Result: Sendable {
        package var name: String
        /// Rows that were wrong, missing or too many; nil where the tables were made anew.
        package var differences: Int64?
        package var events: Int64 = 0
    }

    /// Replays the log into tables beside the live ones, then makes the live ones equal.
    ///
    /// Of an unchanged definition only the differing rows are touched; a changed one's tables are moved in. Everything,
    /// with the events that say so, is one transaction: killed in the middle, nothing happened. Appends wait only for the
    /// short end, when the last events are caught up with.
    ///
    /// - Parameters:
    ///   - names: the projections; empty: all.
    ///   - command: in whose name; its tenant's log records the rebuild, and so does every tenant's that had differences.
    package func rebuild(
        _ names: [String] = [], as command: Command,
        progress: @escaping @Sendable (_ projection: String) -> Void = { _ in }
    ) async throws -> [Result] {
        for name in names where !library.projections.contains(where: { $0.name == name }) {
            throw SchemaError("there is no projection \(name): atlas2 projections list shows them")
        }
        let definitions = library.projections.filter { names.isEmpty || names.contains($0.name) }
        let library = library
        var options = TransactionOptions(timeout: .none)
        options.settings = [("role", "atlas2_owner")]
        return try await owner.transaction(options) { session in
            try session.execute("SELECT pg_advisory_xact_lock(hashtextextended('atlas2 rebuild', 0))")
            let installed = Dictionary(
                uniqueKeysWithValues: try session.query("SELECT name, sha256 FROM projection_definitions()") {
                    (try $0.decode(0, as: String.self), try $0.decode(1, as: String.self))
                })
            var replay = try Replay(definitions, unlogged: false, session)
            for definition in definitions {
                progress(definition.name)
                for head in try session.heads() {
                    try replay.advance(definition, tenant: head.tenant, to: head.size, session)
                }
            }
            // The short end: from here on no append gets in, of a new tenant neither, and no follower moves.
            try session.script("LOCK TABLE audit_log_heads, projection_checkpoints IN EXCLUSIVE MODE")
            let heads = try session.heads()
            try session.script("SET CONSTRAINTS ALL DEFERRED")
            var results: [Result] = []
            var changed: [UUID: [String: Int64]] = [:]
            for definition in definitions {
                for head in heads { try replay.advance(definition, tenant: head.tenant, to: head.size, session) }
                var result = Result(name: definition.name, differences: 0, events: heads.reduce(0) { $0 + $1.size })
                if installed[definition.name] == definition.sha256, try Self.isWhole(definition, replay, session) {
                    for table in definition.tables {
                        let comparison = try TableComparison(table: table, schema: replay.schema, session)
                        for (tenant, rows) in try comparison.apply(from: replay.schema, session) {
                            result.differences! += rows
                            if let tenant = UUID(text: tenant) {
                                changed[tenant, default: [:]][definition.name, default: 0] += rows
                            }
                        }
                    }
                } else {
                    try Self.moveIn(definition, replay, session)
                    result.differences = nil
                }
                for head in heads {
                    try session.execute(
                        """
                        INSERT INTO projection_checkpoints VALUES (\(head.tenant), \(definition.name), \(head.size))
                        ON CONFLICT (tenant_id, projection) DO UPDATE SET position = excluded.position
                        """)
                }
                results.append(result)
            }
            if results.contains(where: { $0.differences == nil }) {
                try session.script(
                    library.projections.map(\.foreignKeys).joined() + library.viewStatements
                        + "\nSELECT projections_register();")
            }
            try replay.drop(session)
            try session.script("SET CONSTRAINTS ALL IMMEDIATE")
            for head in heads {
                let rebuilt = definitions.filter {
                    changed[head.tenant]?[$0.name] != nil || head.tenant == command.scope.tenant
                }
                let events = try rebuilt.map { definition in
                    try command.event(
                        ProjectionRebuilt(
                            name: definition.name, version: definition.version, events: head.size,
                            differences: changed[head.tenant]?[definition.name] ?? 0),
                        on: UUID(named: "projection", definition.name))
                }
                try session.append(events, tenant: head.tenant)
            }
            return results
        }
    }

    /// Whether every table of the definition is there, with the columns that it must have.
    private static func isWhole(_ definition: Definition, _ replay: Replay, _ session: Session) throws -> Bool {
        try definition.tables.allSatisfy { table in
            try TableComparison.columns(of: table, in: "public", session)
                == TableComparison.columns(of: table, in: replay.schema, session)
        }
    }

    /// Puts the replayed tables in the place of the live ones, with fold, indexes, grants and policies.
    private static func moveIn(_ definition: Definition, _ replay: Replay, _ session: Session) throws {
        let old = try session.first("SELECT tables FROM projection_definitions() WHERE name = \(definition.name)") {
            try $0.decode(0, as: [String].self)
        }
        for table in Set((old ?? []) + definition.tables).sorted() {
            try session.script("DROP TABLE IF EXISTS public.\(SQL.quoted(identifier: table)) CASCADE")
        }
        for table in definition.tables { try session.script("ALTER TABLE \(replay.schema).\(table) SET SCHEMA public") }
        try session.script(
            "SET LOCAL search_path = public, pg_temp;\n" + definition.indexes + definition.liveFold + definition.access)
    }
}

extension Session {
    /// Appends inside the session's transaction, in the name of a tenant.
    func append(_ events: [NewEvent], tenant: UUID) throws {
        guard !events.isEmpty else { return }
        try execute("SELECT set_config('atlas2.tenant_id', \(tenant.text), true)")
        try execute(EventLog.statement(appending: [events], to: tenant))
    }
}
