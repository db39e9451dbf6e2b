package import AuditLog
import FoundationEssentials
import Postgres

extension ProjectionRebuilder {
    /// Makes the rows of one stream what its events say, in every projection with `key: stream` that reads it.
    ///
    /// Only that stream's events are read; checkpoints stay where they are.
    ///
    /// - Parameter names: the projections; empty: all that read such streams.
    package func rebuild(
        stream: StreamID, _ names: [String] = [], as command: Command, options: RebuildOptions = RebuildOptions()
    ) async throws -> [RebuildResult] {
        guard let tenant = command.scope.tenant else { return [] }
        let definitions = try library.definitions(names)
        let readers = definitions.filter {
            $0.key == "stream" && StreamReplay.streamTypes(of: $0).contains(stream.type)
        }
        guard !readers.isEmpty, names.isEmpty || readers.count == definitions.count else {
            let others = definitions.filter { one in !readers.contains { $0.name == one.name } }.map(\.name)
            throw BuildError(
                .unsuitable,
                "\(names.isEmpty ? "no projection" : others.joined(separator: ", ")) has rows that each come from one stream of the type \(stream.type): rebuild it whole"
            )
        }
        let locks = ShortLocks(owner: owner, patience: options.patience) { _ in }
        return try await BuildLock.hold(readers.map(\.name), owner) {
            var results: [RebuildResult] = []
            for definition in readers.inOrderOfReference {
                let result = try await locks.transaction("correcting \(definition.name)") { session in
                    try Self.correct(stream, of: tenant, definition, command, session)
                }
                results.append(result)
            }
            return results
        }
    }

    private static func correct(
        _ stream: StreamID, of tenant: UUID, _ definition: Definition, _ command: Command, _ session: Session
    ) throws -> RebuildResult {
        let installed = try session.first(
            "SELECT sha256 FROM projection_definitions() WHERE name = \(definition.name)"
        ) { try $0.decode(0, as: String.self) }
        guard installed == definition.sha256, try TableShape.differences(of: definition, session).isEmpty else {
            throw BuildError(
                .unsuitable,
                "the tables of \(definition.name) are not those of its file: atlas2 projections rebuild \(definition.name)"
            )
        }
        let replay = try StreamReplay(definition, session)
        let start = try session.checkpoint(of: definition.name, tenant) ?? 0
        try replay.fold(stream, tenant, 0..<start, session)
        // What moves the projection waits from here on: appends, or who follows the log.
        if definition.mode == .inline {
            try session.execute("SELECT FROM audit_log_heads WHERE tenant_id = \(tenant) FOR UPDATE")
        }
        let end =
            try session.first(
                "SELECT position FROM projection_checkpoints WHERE tenant_id = \(tenant) AND projection = \(definition.name) FOR UPDATE"
            ) { try $0.decode(0, as: Int64.self) } ?? 0
        try replay.fold(stream, tenant, min(start, end)..<end, session)
        try session.script("SET CONSTRAINTS ALL DEFERRED")
        var corrected: [RowDifference] = []
        for comparison in replay.comparisons {
            let keys = try replay.keys(of: stream, tenant, comparison, session)
            let rows = try comparison.differing(
                from: replay.replay.schema, tenant: tenant, keys: keys, limit: keys.count, session)
            _ = try comparison.correct(rows.map(\.key), from: replay.replay.schema, session)
            corrected += rows
        }
        try session.script("SET CONSTRAINTS ALL IMMEDIATE")
        try replay.replay.drop(session)
        try Repairs(definition: definition, command: command).record(corrected, of: tenant, session)
        return RebuildResult(name: definition.name, differences: Int64(corrected.count), events: end)
    }
}
