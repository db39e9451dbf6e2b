import AuditLog
import FoundationEssentials
import Postgres
import Projections

extension EventLog {
    /// Appends what was checked against projections' tables, alone: if one of them has not read everything and cannot be
    /// brought to, nothing is appended, because what its constraints refuse could get in.
    ///
    /// - Throws: `PostgresError` with SQLSTATE 55000 that says which one, where it stopped, and what to do; else as `append`.
    @discardableResult
    func append(
        _ events: [NewEvent], as scope: Scope, checkedAgainst projections: [String]
    ) async throws -> ClosedRange<Int64> {
        try await afterCatchingUp(as: scope) {
            try await append(events, as: scope, isolation: .alone, requiring: projections)
        }
    }

    /// Asks that projections have read everything, for a command that reads their tables before it appends.
    ///
    /// - Throws: as `append(_:as:checkedAgainst:)`.
    func require(_ projections: [String], as scope: Scope) async throws {
        try await afterCatchingUp(as: scope) {
            try await database.transaction(scope.transaction(readOnly: true)) { session in
                _ = try session.execute("SELECT projection_required(\(scope.tenant), \(projections))")
            }
        }
    }

    /// Runs `body`, and once more after projections were brought to the head, where it asked for that.
    private func afterCatchingUp<T>(as scope: Scope, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError where error.sqlstate == "55000" {
            try await Projections(database).catchUp(as: scope)
            return try await body()
        }
    }
}
