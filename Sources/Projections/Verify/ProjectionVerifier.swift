import AuditLog
import FoundationEssentials
package import Postgres

/// Proves live tables equal to a replay of the log, or names what differs.
package struct ProjectionVerifier: Sendable {
    package let owner: Database
    package let definitions: [Definition]
    /// Views over the tables, which are compared with their files.
    package let views: [Library.File]

    package init(owner: Database, definitions: [Definition], views: [Library.File] = []) {
        self.owner = owner
        self.definitions = definitions
        self.views = views
    }

    package struct Result: Sendable {
        package var name: String
        /// Rows that the log says there are, of those that were looked at.
        package var rows: Int64 = 0
        /// Rows that differ, also those that `differences` has no room for.
        package var differenceCount: Int64 = 0
        package var differences: [Difference] = []
        /// Whether it is installed as its file says; else a rebuild builds what the file says now.
        package var isCurrent = true
        /// Streams whose rows were looked at; nil: every row was.
        package var sampled: Int64?
        /// Where it stands in a log that it has not read to the end; it is compared up to there.
        package var standsAt: Int64?
        /// Streams that it goes on without, until somebody decides about an event.
        package var setAside: Int64 = 0
        package var isEqual: Bool { differenceCount == 0 }
    }

    package struct Report: Sendable {
        /// Events in the logs that were replayed.
        package var events: Int64 = 0
        package var projections: [Result] = []
        /// Views that are not what their files say.
        package var views: [Difference] = []
        /// Projections that a sample cannot look at.
        package var skipped: [String] = []
        package var isEqual: Bool { views.isEmpty && projections.allSatisfy(\.isEqual) }
    }

    /// Replays every tenant's log up to where each projection has read, and compares.
    ///
    /// One snapshot: live rows, checkpoints and events are of the same moment while the system runs. The transaction is
    /// rolled back, so that nothing stays behind. What does not fit into memory is sorted and joined on the server's disk.
    ///
    /// - Parameters:
    ///   - limit: how many differing rows are named per table.
    ///   - progress: is told how many events of all projections are replayed, of how many.
    package func verify(
        limit: Int = 100, progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> Report {
        for _ in 0..<5 {
            do {
                return try await verified(limit: limit, progress: progress)
            } catch is Replaced {
                // A rebuild was done meanwhile.
            }
        }
        throw BuildError(.busy, "tables are being replaced again and again: verify when the rebuilds are done")
    }

    /// The catalog knows no snapshot: a table that is replaced meanwhile looks as if it were gone.
    private struct Replaced: Error {}

    private static func identities(of definitions: [Definition], _ session: Session) throws -> [Int64] {
        try session.query(
            """
            SELECT coalesce(to_regclass('public.' || quote_ident(t))::oid::bigint, 0)
            FROM unnest(\(definitions.flatMap(\.tables))) WITH ORDINALITY x (t, place) ORDER BY place
            """
        ) { try $0.decode(0) }
    }

    private func verified(
        limit: Int, progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void
    ) async throws -> Report {
        let definitions = definitions
        return try await rolledBack { session in
            let identities = try Self.identities(of: definitions, session)
            let heads = try session.heads()
            var report = Report(events: heads.reduce(0) { $0 + $1.size })
            report.views = try ViewComparison.differences(of: views, session)
            var replay = try Replay(definitions, unlogged: true, session)
            let total = report.events * Int64(definitions.count)
            var done: Int64 = 0
            for definition in definitions {
                progress(done, total)
                let (misplaced, standsAt) = try Self.replay(definition, heads, &replay, session) {
                    progress(done + $0, total)
                }
                done += report.events
                var result = try Self.compare(definition, replay, limit: limit, session)
                result.standsAt = standsAt
                result.setAside =
                    try session.first(
                        "SELECT count(*) FROM projection_stops WHERE projection = \(definition.name) AND set_aside"
                    ) { try $0.decode(0) } ?? 0
                result.differenceCount += Int64(misplaced.count)
                result.differences += misplaced
                report.projections.append(result)
            }
            guard try report.isEqual || Self.identities(of: definitions, session) == identities else {
                throw Replaced()
            }
            return report
        }
    }

    /// Replays every tenant's log up to where a projection has read.
    ///
    /// - Returns: checkpoints that are not where they must be; and where the projection stands in the first log that it
    ///   has not read to the end.
    private static func replay(
        _ definition: Definition, _ heads: [(tenant: UUID, size: Int64)], _ replay: inout Replay, _ session: Session,
        progress: (Int64) -> Void
    ) throws -> (misplaced: [Difference], standsAt: Int64?) {
        let checkpoints = Dictionary(
            uniqueKeysWithValues: try session.query(
                "SELECT tenant_id, position FROM projection_checkpoints WHERE projection = \(definition.name)"
            ) { (try $0.decode(0, as: UUID.self), try $0.decode(1, as: Int64.self)) })
        let sizes = Dictionary(uniqueKeysWithValues: heads.map { ($0.tenant, $0.size) })
        let tenants = Set(checkpoints.keys).union(sizes.keys).sorted { $0.text < $1.text }
        // What is folded inside the append has read all there is, whatever its checkpoint says.
        let isInline = definition.mode == .inline
        let ends = tenants.map { tenant in
            let (position, size) = (checkpoints[tenant] ?? 0, sizes[tenant] ?? 0)
            return (tenant: tenant, position: isInline ? size : min(position, size))
        }
        var done: Int64 = 0
        let stops = try replay.advance(definition, to: ends, session) { events in
            done += events
            progress(done)
        }
        var (misplaced, standsAt): ([Difference], Int64?) = ([], nil)
        for (tenant, end) in ends {
            let (position, size) = (checkpoints[tenant] ?? 0, sizes[tenant] ?? 0)
            // Where the replay stopped, the live one must have stopped too.
            let reached = stops[tenant] ?? end
            if reached < size, standsAt == nil { standsAt = reached }
            if position > reached || isInline && position < reached {
                misplaced.append(.checkpoint(of: definition.name, tenant, at: position, expected: reached))
            }
        }
        return (misplaced, standsAt)
    }

    private static func compare(
        _ definition: Definition, _ replay: Replay, limit: Int, _ session: Session
    ) throws -> Result {
        var result = Result(name: definition.name, isCurrent: try isCurrent(definition, session))
        for table in definition.tables {
            let comparison = try TableComparison(table: table, schema: replay.schema, session)
            result.rows +=
                try session.first("SELECT count(*) FROM \(raw: replay.schema).\(raw: table)") { try $0.decode(0) } ?? 0
            let (count, differences) = try comparison.differences(expected: replay.schema, limit: limit, session)
            result.differenceCount += count
            result.differences += differences
        }
        // A table with other columns is named once.
        let named = Set(result.differences.filter { $0.kind == .table }.map(\.table))
        let shapes = try TableShape.differences(of: definition, session).filter { !named.contains($0.table) }
        result.differenceCount += Int64(shapes.count)
        result.differences += shapes
        return result
    }

    static func isCurrent(_ definition: Definition, _ session: Session) throws -> Bool {
        try session.first("SELECT sha256 FROM projection_definitions() WHERE name = \(definition.name)") {
            try $0.decode(0, as: String.self)
        } == definition.sha256
    }

    /// Runs `body` in one snapshot, and leaves nothing of what it did behind.
    func rolledBack<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        do {
            return try await owner.transaction(.ownerSnapshot) { session in
                throw Finished(value: try body(session))
            }
        } catch let finished as Finished<T> {
            return finished.value
        }
    }

    /// Ends the transaction without committing it.
    private struct Finished<T: Sendable>: Error {
        var value: T
    }
}
