import AuditLog
import FoundationEssentials
package import Postgres

/// Proves live tables equal to a replay of the log, or names what differs.
package struct ProjectionVerifier: Sendable {
    package let owner: Database
    package let definitions: [Definition]

    package init(owner: Database, definitions: [Definition]) {
        self.owner = owner
        self.definitions = definitions
    }

    package struct Result: Sendable {
        package var name: String
        /// Rows that the log says there are.
        package var rows: Int64 = 0
        /// Rows that differ, also those that `differences` has no room for.
        package var differenceCount: Int64 = 0
        package var differences: [Difference] = []
        package var isEqual: Bool { differenceCount == 0 }
    }

    package struct Report: Sendable {
        /// Events in the logs that were replayed.
        package var events: Int64 = 0
        package var projections: [Result] = []
        package var isEqual: Bool { projections.allSatisfy(\.isEqual) }
    }

    /// Replays every tenant's log up to where each projection has read, and compares.
    ///
    /// One snapshot: live rows, checkpoints and events are of the same moment while the system runs. The transaction is
    /// rolled back, so that nothing stays behind.
    ///
    /// - Parameters:
    ///   - limit: how many differing rows are named per table.
    ///   - progress: is told which projection is being replayed.
    package func verify(
        limit: Int = 100, progress: @escaping @Sendable (_ projection: String) -> Void = { _ in }
    ) async throws -> Report {
        var options = TransactionOptions(isolation: .repeatableRead, timeout: .none)
        options.settings = [("role", "atlas2_owner")]
        let definitions = definitions
        do {
            return try await owner.transaction(options) { session in
                let heads = try session.heads()
                var report = Report(events: heads.reduce(0) { $0 + $1.size })
                var replay = try Replay(definitions, unlogged: true, session)
                for definition in definitions {
                    progress(definition.name)
                    let checkpoints = Dictionary(
                        uniqueKeysWithValues: try session.query(
                            "SELECT tenant_id, position FROM projection_checkpoints WHERE projection = \(definition.name)"
                        ) { (try $0.decode(0, as: UUID.self), try $0.decode(1, as: Int64.self)) })
                    let sizes = Dictionary(uniqueKeysWithValues: heads.map { ($0.tenant, $0.size) })
                    var misplaced: [Difference] = []
                    for tenant in Set(checkpoints.keys).union(sizes.keys).sorted(by: { $0.text < $1.text }) {
                        let (position, size) = (checkpoints[tenant] ?? 0, sizes[tenant] ?? 0)
                        // What is folded inside the append has read all there is, whatever its checkpoint says.
                        let isInline = definition.mode == .inline
                        try replay.advance(
                            definition, tenant: tenant, to: isInline ? size : min(position, size), session)
                        if position > size || isInline && position < size {
                            misplaced.append(.checkpoint(of: definition.name, tenant, at: position, size: size))
                        }
                    }
                    var result = try Self.compare(definition, replay, limit: limit, session)
                    result.differenceCount += Int64(misplaced.count)
                    result.differences += misplaced
                    report.projections.append(result)
                }
                throw Finished(report: report)
            }
        } catch let finished as Finished {
            return finished.report
        }
    }

    private static func compare(
        _ definition: Definition, _ replay: Replay, limit: Int, _ session: Session
    ) throws -> Result {
        var result = Result(name: definition.name)
        for table in definition.tables {
            let comparison = try TableComparison(table: table, schema: replay.schema, session)
            result.rows +=
                try session.first("SELECT count(*) FROM \(raw: replay.schema).\(raw: table)") { try $0.decode(0) } ?? 0
            let (count, differences) = try comparison.differences(expected: replay.schema, limit: limit, session)
            result.differenceCount += count
            result.differences += differences
        }
        return result
    }

    /// Ends the transaction without committing it.
    private struct Finished: Error {
        var report: Report
    }
}
