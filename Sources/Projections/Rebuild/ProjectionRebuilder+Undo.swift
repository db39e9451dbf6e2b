package import AuditLog
import FoundationEssentials
import Postgres

extension ProjectionRebuilder {
    /// What a projection went back to.
    package struct Undone: Sendable {
        package var name: String
        /// The version that is live again.
        package var version: Int
        package var from: Int
        package var lostViews: [RebuildResult.LostView]
    }

    /// Puts the tables back that a projection had before its definition changed, brought up to the head by their own fold.
    ///
    /// The file is not built again by itself until it changes or a rebuild is asked for.
    package func undo(
        _ name: String, as command: Command, options: RebuildOptions = RebuildOptions(),
        progress: @escaping @Sendable (RebuildProgress) -> Void = { _ in }
    ) async throws -> Undone {
        let (owner, library) = (owner, library)
        return try await BuildLock.hold([name], owner) {
            let kept = KeptTables(projection: name)
            guard let note = try await owner.transaction(.owner, { try kept.note($0) }), !note.isUndone else {
                throw BuildError(
                    .unsuitable,
                    "nothing is kept of \(name): tables stay for a day after a changed definition took their place")
            }
            try await owner.transaction(.owner) { session in
                // The server may still be committing what a process did that was killed.
                try session.script("LOCK TABLE \(kept.schema).\(KeptTables.checkpoints) IN ACCESS EXCLUSIVE MODE")
            }
            try await Self.follow(kept, owner, options, progress)
            let exchange = Exchange(
                projection: name, from: kept.schema, tables: note.tables, library: library,
                // Its own keys are those that it had.
                foreignKeys: ForeignKeys.wanted(by: library.projections.filter { $0.name != name })
                    + note.foreignKeys.map {
                        ForeignKeys.Wanted(table: $0.table, target: $0.table, statement: $0.add)
                    })
            let present = try await owner.transaction(.owner) { try exchange.present($0) }
            let locks = ShortLocks(owner: owner, patience: options.patience) { progress(.step($0)) }
            let lost = try await locks.transaction(
                "putting the tables of \(name) back", on: present.tables.map { "public.\($0)" }
            ) { session in
                try Exchange.lock(present.tables, session)
                try session.script("SET LOCAL enable_seqscan = off")
                for head in try session.heads() {
                    _ = try kept.follow(head.tenant, to: head.size, limit: .max, session)
                    try session.place(name, head.tenant, at: head.size, from: kept.schema)
                }
                // Meanwhile somebody may have seen to it: it is tried again.
                try session.execute(
                    "UPDATE projection_stops SET is_due = true WHERE projection = \(name) AND set_aside")
                try session.script("SET LOCAL enable_seqscan = on; SET CONSTRAINTS ALL IMMEDIATE")
                let away = SchemaName.make("atlas2_undone_", name)
                let dependents = try Dependents(on: present.tables, session)
                try session.script("CREATE SCHEMA \(away)")
                let lost = try exchange.run(present, dependents, away: away, session) {
                    try Exchange.moveFold(of: name, from: kept.schema, to: "public", session)
                }
                try session.script(
                    """
                    SET LOCAL client_min_messages = warning;
                    DROP SCHEMA \(away) CASCADE;
                    DROP TABLE \(kept.schema).\(KeptTables.checkpoints);
                    DROP TABLE IF EXISTS \(kept.schema).projection_stops;
                    """)
                var undone = note
                undone.isUndone = true
                try session.comment(undone, on: kept.schema)
                try Build.drop(name, session)
                if let tenant = command.scope.tenant, try session.head(of: tenant) != nil {
                    let event = ProjectionReverted(name: name, version: note.version, from: note.replacedByVersion)
                    try session.append([try command.event(event, on: UUID(named: "projection", name))], tenant: tenant)
                }
                return lost
            }
            try await ForeignKeys.validate(owner)
            return Undone(name: name, version: note.version, from: note.replacedByVersion, lostViews: lost)
        }
    }

    /// Lets the kept tables read on until little is unread.
    private static func follow(
        _ kept: KeptTables, _ owner: Database, _ options: RebuildOptions,
        _ progress: @escaping @Sendable (RebuildProgress) -> Void
    ) async throws {
        for _ in 0..<20 {
            var unread: Int64 = 0
            for head in try await owner.transaction(.owner, { try $0.heads() }) {
                var rest: Int64 = 1
                while rest > 0 {
                    rest = try await owner.transaction(.owner) { session in
                        try session.script("SET LOCAL work_mem = '\(options.memory.workMemory)'")
                        return try kept.follow(
                            head.tenant, to: head.size, limit: options.memory.events, session)
                    }
                }
            }
            for head in try await owner.transaction(.owner, { try $0.heads() }) {
                unread += head.size - (try await owner.transaction(.owner) { try kept.position(of: head.tenant, $0) })
            }
            guard unread > 1000 else { return }
            progress(.step("bringing the kept tables up to the head, \(unread) events"))
        }
    }
}
