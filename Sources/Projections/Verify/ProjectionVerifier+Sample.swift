import AuditLog
import FoundationEssentials
import Postgres

extension ProjectionVerifier {
    /// Compares the rows of some streams, chosen by chance, with a replay of their events alone.
    ///
    /// Quick, whatever the length of the log. Rows that no chosen stream has are not looked at, and of projections whose
    /// rows several streams feed none: the report says which.
    ///
    /// - Parameter streams: how many of each projection and tenant.
    package func sample(
        streams: Int, limit: Int = 100,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> Report {
        let definitions = definitions
        return try await rolledBack { session in
            let heads = try session.heads()
            var report = Report(events: heads.reduce(0) { $0 + $1.size })
            report.skipped = definitions.filter { $0.key != "stream" }.map(\.name)
            let sampled = definitions.filter { $0.key == "stream" }
            for (number, definition) in sampled.enumerated() {
                progress(Int64(number), Int64(sampled.count))
                report.projections.append(
                    try Self.sample(definition, heads.map(\.tenant), streams, limit, session))
            }
            return report
        }
    }

    private static func sample(
        _ definition: Definition, _ tenants: [UUID], _ count: Int, _ limit: Int, _ session: Session
    ) throws -> Result {
        let replay = try StreamReplay(definition, session)
        var result = Result(name: definition.name, isCurrent: try isCurrent(definition, session), sampled: 0)
        result.differences = try TableShape.differences(of: definition, session)
        // Rows of a table that is not there, or has other columns, compare with nothing.
        let isWhole = try replay.comparisons.allSatisfy {
            try TableComparison.columns(of: $0.table, in: "public", session) == $0.definitions
        }
        for tenant in isWhole ? tenants : [] {
            let end = min(
                try session.checkpoint(of: definition.name, tenant) ?? 0, try session.head(of: tenant) ?? 0)
            let streams = try session.query(
                """
                SELECT stream_type, stream_id FROM audit_streams
                WHERE tenant_id = \(tenant) AND stream_type = ANY (\(StreamReplay.streamTypes(of: definition)))
                ORDER BY random() LIMIT \(count)
                """
            ) { StreamID(type: try $0.decode(0), id: try $0.decode(1)) }
            for stream in streams { try replay.fold(stream, tenant, 0..<end, session) }
            result.sampled! += Int64(streams.count)
            for comparison in replay.comparisons {
                let keys = Set(try streams.flatMap { try replay.keys(of: $0, tenant, comparison, session) })
                result.rows += Int64(keys.count)
                result.differences += try comparison.named(
                    expected: replay.replay.schema, tenant: tenant, keys: keys.sorted(), limit: limit, session)
            }
        }
        result.differenceCount = Int64(Set(result.differences.map { $0.table + $0.key }).count)
        return result
    }
}
