import AuditLog
import FoundationEssentials
import Postgres

extension RebuildRun {
    /// Puts the built tables in the place of the live ones, in one transaction.
    ///
    /// The tables before them stay for a day where the definition changed.
    func replace(
        _ build: Build, because reason: String, _ folding: ProjectionRebuilt.Folding
    ) async throws -> RebuildResult {
        let (definition, command, memory) = (build.definition, command, options.memory)
        progress(.step("finishing \(definition.name)"))
        try await owner.transaction(.owner) { try build.finish(memory, $0) }
        // Making the indexes took a while.
        _ = try await BuildQueue(owner: owner, options: options, progress: progress).run([build])
        let exchange = Exchange(
            projection: definition.name, from: build.schema, tables: definition.tables, library: library,
            foreignKeys: ForeignKeys.wanted(by: library.projections))
        let present = try await owner.transaction(.owner) { try exchange.present($0) }
        let kept = KeptTables(projection: definition.name)
        let isKept = present.isWhole && present.sha256 != definition.sha256
        let away = isKept ? kept.schema : SchemaName.make("atlas2_undone_", definition.name)
        // What was kept before gives way: one goes back one step only.
        if isKept { try await owner.transaction(.owner) { try kept.drop($0) } }
        let lost = try await locks.transaction(
            "replacing the tables of \(definition.name)", on: present.tables.map { "public.\($0)" }
        ) { session in
            try Exchange.lock(present.tables, session)
            let heads = try session.heads()
            try session.script("SET LOCAL enable_seqscan = off")
            for head in heads { try build.fold(head.tenant, to: head.size, session) }
            try session.script("SET LOCAL enable_seqscan = on; SET CONSTRAINTS ALL IMMEDIATE")
            let dependents = try Dependents(on: present.tables, session)
            try session.script("CREATE SCHEMA \(away)")
            let lost = try exchange.run(present, dependents, away: away, session) {
                try session.script(
                    "SET LOCAL search_path = public, pg_temp;\n" + definition.liveFold + definition.access)
            }
            if isKept, let version = present.version, let sha256 = present.sha256 {
                try kept.fill(
                    KeptTables.Note(
                        projection: definition.name, version: Int(version), sha256: sha256, tables: present.tables,
                        foreignKeys: dependents.own, replacedByVersion: definition.version,
                        replacedBy: definition.sha256, keptAt: Timestamp.now.description, isUndone: false), session)
            } else {
                try session.script("SET LOCAL client_min_messages = warning; DROP SCHEMA \(away) CASCADE")
            }
            for head in heads { try session.place(definition.name, head.tenant, at: head.size, from: build.schema) }
            try session.execute(
                """
                DELETE FROM projection_checkpoints WHERE projection = \(definition.name)
                  AND NOT EXISTS (SELECT FROM audit_log_heads h WHERE h.tenant_id = projection_checkpoints.tenant_id)
                """)
            try build.drop(session)
            if let tenant = command.scope.tenant, let head = try session.head(of: tenant) {
                let event = ProjectionRebuilt(
                    name: definition.name, version: definition.version, events: head, differences: 0, folding: folding)
                try session.append(
                    [try command.event(event, on: UUID(named: "projection", definition.name))], tenant: tenant)
            }
            return lost
        }
        return RebuildResult(name: definition.name, differences: nil, reason: reason, lostViews: lost)
    }
}

extension RebuildRun {
    /// Makes the foreign keys and views of the library that are missing or are others.
    func complete() async throws {
        let library = library
        try await locks.transaction("making keys and views") { session in
            let keys = try library.projections.flatMap { try TableShape.missingKeys($0, session) }
            let views = try ViewComparison.differences(of: library.views, session).map(\.table)
            guard !keys.isEmpty || !views.isEmpty else { return }
            if !keys.isEmpty {
                for key in ForeignKeys.wanted(by: library.projections) { try session.script(key.statement) }
            }
            for view in views.reversed() { try session.script("DROP VIEW IF EXISTS public.\(view)") }
            for view in library.views where views.contains(String(view.stem)) { try session.make(view, orFail: true) }
            try session.script("SELECT projections_register()")
        }
        try await ForeignKeys.validate(owner)
    }
}

extension KeptTables {
    /// Writes down what is kept in the schema, how far it has read, and what it goes on without.
    func fill(_ note: Note, _ session: Session) throws {
        try session.script(
            """
            CREATE TABLE \(schema).\(Self.checkpoints) (tenant_id uuid PRIMARY KEY, position bigint NOT NULL);
            INSERT INTO \(schema).\(Self.checkpoints)
            SELECT tenant_id, position FROM projection_checkpoints WHERE projection = '\(projection)';
            CREATE TABLE \(schema).projection_stops
                (LIKE public.projection_stops INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
            INSERT INTO \(schema).projection_stops
            SELECT * FROM public.projection_stops WHERE projection = '\(projection)';
            """)
        try session.comment(note, on: schema)
    }
}
