import AuditLog
import Postgres
import Processing
import Projections

extension Installation {
    /// Takes what an erasure left behind out of the tables: the old versions of the rows that it changed, and the samples of
    /// their values in the statistics.
    ///
    /// - Parameter thorough: rewrites the tables, under a lock, instead of freeing the space inside them.
    /// - Returns: what was done, or what is left to do, for people.
    func clean(after positions: [Int64], thorough: Bool, as scope: Scope) async throws -> String {
        let partitions: [String] = try await app.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                """
                SELECT DISTINCT tableoid::regclass::text COLLATE "C" FROM audit_logs
                WHERE tenant_id = \(scope.tenant) AND position = ANY (\(positions)) ORDER BY 1
                """
            ) { try $0.decode(0) }
        }
        let tables = partitions + (try await Projections(app).status(as: scope)).flatMap(\.tables)
        do {
            let owner = try await owner()
            try await ProjectionRebuilder(owner: owner, library: library).dropCopies()
            for table in tables {
                try await owner.session(timeout: .none) { session in
                    try session.script("VACUUM (\(thorough ? "FULL" : "INDEX_CLEANUP ON"), ANALYZE) \(table)")
                }
            }
        } catch let failure as Failure where failure.code == .permission {
            return
                "the old versions of the rows stay until the owner of the tables runs VACUUM on \(tables.joined(separator: ", "))"
        } catch let error as PostgresError {
            return
                "the old versions of the rows are still there (\(error)): run VACUUM on \(tables.joined(separator: ", "))"
        }
        return thorough
            ? "rewrote \(tables.count.counting("table")): no byte of it is left in them"
            : "vacuumed \(tables.count.counting("table")); --thorough rewrites them, so that no byte stays in free space"
    }
}
