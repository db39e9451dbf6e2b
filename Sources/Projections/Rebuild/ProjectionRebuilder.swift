package import AuditLog
import FoundationEssentials
package import Postgres

/// Rebuilds projections from the log while everything goes on.
///
/// Each is built in a schema of its own, beside the live tables. Then the live tables of an unchanged definition get the
/// rows that differ, and no others; the tables of a changed one are exchanged for those that were built. Killed at any
/// moment, live tables are what they were or what they are to be, and the next rebuild goes on where this one was.
package struct ProjectionRebuilder: Sendable {
    package let owner: Database
    package let library: Library

    package init(owner: Database, library: Library) {
        self.owner = owner
        self.library = library
    }

    /// - Parameters:
    ///   - names: the projections; empty: all.
    ///   - command: in whose name; its tenant's log records the rebuild, and so does every tenant's that had differences.
    /// - Throws: `BuildError`; what was built is kept, but where another definition or `abort` did away with it.
    package func rebuild(
        _ names: [String] = [], as command: Command, options: RebuildOptions = RebuildOptions(),
        progress: @escaping @Sendable (RebuildProgress) -> Void = { _ in }
    ) async throws -> [RebuildResult] {
        try await rebuild(names, as: command, options, progress, isRepair: false)
    }

    /// Corrects the rows of live tables that are not what the log says; each is listed by an event in its tenant's log.
    ///
    /// As `rebuild`, but a definition that changed is refused, because then every row would be another.
    package func repair(
        _ names: [String] = [], as command: Command, options: RebuildOptions = RebuildOptions(),
        progress: @escaping @Sendable (RebuildProgress) -> Void = { _ in }
    ) async throws -> [RebuildResult] {
        try await rebuild(names, as: command, options, progress, isRepair: true)
    }

    private func rebuild(
        _ names: [String], as command: Command, _ options: RebuildOptions,
        _ progress: @escaping @Sendable (RebuildProgress) -> Void, isRepair: Bool
    ) async throws -> [RebuildResult] {
        let wanted = try library.definitions(names)
        let stopped = names.isEmpty ? try await stopped(wanted) : [:]
        let definitions = wanted.filter { stopped[$0.name] == nil }
        let results = try await BuildLock.hold(definitions.map(\.name), owner) {
            let run = RebuildRun(
                owner: owner, library: library, command: command, options: options, progress: progress)
            return try await run.rebuild(definitions, isRepair: isRepair)
        }
        return wanted.compactMap { definition in
            stopped[definition.name].map {
                RebuildResult(name: definition.name, differences: nil, reason: $0, isLeftOut: true)
            } ?? results.first { $0.name == definition.name }
        }
    }

    /// Projections that stand at an event, where they would stop again, and must not keep the others waiting: why.
    private func stopped(_ definitions: [Definition]) async throws -> [String: String] {
        try await owner.transaction(.owner) { session in
            let stops = try session.query(
                """
                SELECT DISTINCT ON (s.projection) s.projection, s.position, s.event_type, d.sha256
                FROM projection_stops s JOIN projection_definitions() d ON d.name = s.projection
                JOIN projection_checkpoints c USING (tenant_id, projection, position)
                WHERE NOT s.set_aside AND NOT s.is_due AND s.sqlstate <> '23503' ORDER BY s.projection, s.position
                """
            ) { row in
                let (position, type) = (try row.decode(1, as: Int64.self), try row.decode(2, as: String.self))
                return (
                    name: try row.decode(0, as: String.self), why: "it stopped at position \(position), \(type)",
                    sha256: try row.decode(3, as: String.self)
                )
            }
            // What is built of a mended file may get by.
            return Dictionary(
                uniqueKeysWithValues: stops.filter { stop in
                    definitions.contains { $0.name == stop.name && $0.sha256 == stop.sha256 }
                }.map { ($0.name, $0.why) })
        }
    }

    /// Builds, and compares with the live tables; the next rebuild goes on from there.
    package func compare(
        _ names: [String] = [], as command: Command, options: RebuildOptions = RebuildOptions(),
        progress: @escaping @Sendable (RebuildProgress) -> Void = { _ in }
    ) async throws -> [BuildComparison] {
        let definitions = try library.definitions(names)
        return try await BuildLock.hold(definitions.map(\.name), owner) {
            let run = RebuildRun(
                owner: owner, library: library, command: command, options: options, progress: progress)
            let (builds, _) = try await run.build(definitions)
            var comparisons: [BuildComparison] = []
            for build in builds {
                progress(.step("comparing \(build.definition.name)"))
                comparisons.append(
                    try await owner.transaction(.ownerSnapshot) { session in
                        try session.script("SET LOCAL work_mem = '\(options.memory.workMemory)'")
                        return try BuildComparison(build, options.tenant, session)
                    })
            }
            return comparisons
        }
    }

    /// Drops what is being built, and ends whoever builds it.
    ///
    /// - Returns: the projections of which something was dropped.
    package func abort(_ names: [String] = []) async throws -> [String] {
        let known = try await builds()
        let wanted = known.filter { names.isEmpty || names.contains($0) }
        for name in wanted {
            let owner = owner
            // Who builds notices it within a moment, and ends.
            try await owner.transaction(.owner) { session in
                for holder in try BuildLock.holders(of: [name], session) {
                    // The login's own right, not the owner's.
                    try session.script("RESET ROLE")
                    try session.execute("SELECT pg_terminate_backend(\(holder.process), 5000)")
                    try session.script("SET LOCAL ROLE atlas2_owner")
                }
            }
            try await BuildLock.hold([name], owner) {
                try await owner.transaction(.owner) { try Build.drop(name, $0) }
            }
        }
        return wanted
    }

    /// Projections of which something is built that is not live.
    package func builds() async throws -> [String] {
        try await owner.transaction(.owner) { session in
            let schemas: [String] = try session.query(
                "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'atlas2\\_build\\_%' AND nspowner = 'atlas2_owner'::regrole ORDER BY 1"
            ) { try $0.decode(0) }
            return try schemas.compactMap { schema in
                let note: Build.Note? = try session.note(on: schema)
                return note?.projection
            }
        }
    }

    /// Drops tables that are kept beside the live ones for longer than a day.
    package func dropExpired() async throws { try await KeptTables.dropExpired(owner) }

    /// Drops every copy of rows beside the live ones: it may hold what was erased since.
    ///
    /// A build that runs now goes on: it folds the erasure as well.
    package func dropCopies() async throws {
        try await KeptTables.dropAll(owner)
        for name in try await builds() {
            do {
                let owner = owner
                try await BuildLock.hold([name], owner) {
                    try await owner.transaction(.owner) { try Build.drop(name, $0) }
                }
            } catch let error as BuildError where error.code == .busy {
                continue
            }
        }
    }
}

extension Library {
    /// The projections with these names; without names all.
    func definitions(_ names: [String]) throws -> [Definition] {
        for name in names where !projections.contains(where: { $0.name == name }) {
            throw SchemaError("there is no projection \(name): atlas2 projections list shows them")
        }
        return projections.filter { names.isEmpty || names.contains($0.name) }
    }
}

extension [Definition] {
    /// Such that each stands behind those that it refers to.
    var inOrderOfReference: [Definition] {
        var (waiting, ordered) = (self, [Definition]())
        while let next = waiting.firstIndex(where: { one in
            !waiting.contains { other in
                other.name != one.name && one.references.contains { other.tables.contains($0.target) }
            }
        }) { ordered.append(waiting.remove(at: next)) }
        return ordered + waiting
    }
}
