package import AuditLog
import FoundationEssentials
import Postgres

/// What a rebuild would take.
package struct RebuildEstimate: Sendable {
    package var name: String
    /// Events that are not folded yet: all of the logs, but for what a build has behind it that would be gone on with.
    package var events: Int64
    /// Milliseconds of folding on one connection.
    package var milliseconds: Int64
    /// Space on the server's disk while old and new tables stand side by side.
    package var bytes: Int64
    /// Whether the rate is that of the last rebuild; else it comes from folding some events, whose result was thrown away.
    package var isFromLastRebuild: Bool
}

extension ProjectionRebuilder {
    /// Events that a sample folds.
    private static let sample: Int64 = 20_000

    /// Says what a rebuild would take, and leaves nothing behind.
    package func estimate(_ names: [String] = [], as command: Command) async throws -> [RebuildEstimate] {
        let definitions = try library.definitions(names)
        let verifier = ProjectionVerifier(owner: owner, definitions: definitions)
        var estimates: [RebuildEstimate] = []
        for definition in definitions {
            estimates.append(
                try await verifier.rolledBack { session in
                    let build = Build(definition)
                    let done = try build.isGoneOnWith(session) ? try build.positions(session).values.reduce(0, +) : 0
                    let heads = try session.heads()
                    let events = max(0, heads.reduce(Int64(0)) { $0 + $1.size } - done)
                    let last = try Self.lastRate(of: definition.name, command, session)
                    let rate = try last ?? Self.sampledRate(of: definition, heads, session)
                    return RebuildEstimate(
                        name: definition.name, events: events,
                        milliseconds: rate.events == 0 ? 0 : events * rate.milliseconds / rate.events,
                        bytes: try Self.size(of: definition, session), isFromLastRebuild: last != nil)
                })
        }
        return estimates
    }

    private static func size(of definition: Definition, _ session: Session) throws -> Int64 {
        let tables = definition.tables.map { "public." + SQL.quoted(identifier: $0) }
        return try session.first(
            "SELECT coalesce(sum(pg_total_relation_size(to_regclass(t))), 0)::bigint FROM unnest(\(tables)) t"
        ) { try $0.decode(0) } ?? 0
    }

    /// Of a rebuild of so many events that its time says something.
    private static func lastRate(
        of projection: String, _ command: Command, _ session: Session
    ) throws -> ProjectionRebuilt.Folding? {
        try session.first(
            """
            SELECT (payload::jsonb->'folding'->>'events')::bigint, (payload::jsonb->'folding'->>'milliseconds')::bigint
            FROM audit_logs WHERE tenant_id = \(command.scope.tenant) AND stream_type = 'projection'
              AND stream_id = \(UUID(named: "projection", projection)) AND event_type = 'projection.rebuilt'
              AND (payload::jsonb->'folding'->>'events')::bigint >= \(sample)
            ORDER BY position DESC LIMIT 1
            """
        ) { ProjectionRebuilt.Folding(events: try $0.decode(0), milliseconds: try $0.decode(1)) }
    }

    /// Folds some events of the largest log into tables that are thrown away.
    private static func sampledRate(
        of definition: Definition, _ heads: [(tenant: UUID, size: Int64)], _ session: Session
    ) throws -> ProjectionRebuilt.Folding {
        guard let head = heads.max(by: { $0.size < $1.size }), head.size > 0 else {
            return ProjectionRebuilt.Folding(events: 0, milliseconds: 0)
        }
        let replay = try Replay([definition], unlogged: true, session)
        let events = min(head.size, sample)
        let begin = ContinuousClock.now
        try replay.fold(definition, tenant: head.tenant, 0..<events, session)
        let (seconds, rest) = (ContinuousClock.now - begin).components
        return ProjectionRebuilt.Folding(
            events: events, milliseconds: max(1, seconds * 1000 + rest / 1_000_000_000_000_000))
    }
}

extension Build {
    /// Whether the next rebuild goes on with what is there.
    fileprivate func isGoneOnWith(_ session: Session) throws -> Bool { try note(session)?.sha256 == fingerprint }
}
