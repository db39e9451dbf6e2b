import Logging
import TestSupport
import Testing

@testable import Postgres

/// Everything that talks to a server runs one test at a time: many of them measure time.
@Suite("PostgreSQL", .serialized)
enum PostgresTests {}

/// A client of a new, empty database in the shared cluster; closed when the body is done.
func withDatabase<T: Sendable>(
    poolSize: Int = 4, timeout: Duration = .seconds(30), _ body: (Database) async throws -> T
) async throws -> T {
    var configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().createDatabase())
    configuration.poolSize = poolSize
    configuration.timeout = timeout
    return try await withDatabase(configuration, body)
}

func withDatabase<T: Sendable>(
    _ configuration: PostgresConfiguration, _ body: (Database) async throws -> T
) async throws -> T {
    let database = Database(configuration, logger: .quiet)
    do {
        let result = try await body(database)
        await database.close()
        return result
    } catch {
        await database.close()
        throw error
    }
}

/// The error that the body throws, if it is one of the client's.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
