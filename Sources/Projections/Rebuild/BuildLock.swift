import Foundation
import Postgres
import Synchronization

/// Keeps two who build one projection apart.
///
/// A lock on a table that nobody but the owner reaches, held by a connection: who dies lets go of it, and no session of the
/// application can take it, as it could an advisory lock.
enum BuildLock {
    static let schema = "atlas2_locks"

    /// Runs `body` while this process alone builds the projections.
    ///
    /// - Throws: `BuildError.busy` where another builds one of them; `.ended` when the lock was taken away meanwhile.
    static func hold<T: Sendable>(
        _ names: [String], _ owner: Database, _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let names = names.sorted()
        for _ in 0..<5 {
            try await makeTables(names, owner)
            do {
                let result = try await held(names, owner, body)
                await dropTables(names, owner)
                return result
            } catch is TablesGone {
                // Another's build ended between the two steps.
            } catch {
                await dropTables(names, owner)
                throw error
            }
        }
        throw BuildError(.busy, "others build \(names.joined(separator: ", ")) at the same time: try again")
    }

    private struct TablesGone: Error {}

    private static func held<T: Sendable>(
        _ names: [String], _ owner: Database, _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let connection = try await owner.dedicatedConnection()
        let released = Flag()
        let (taken, take) = AsyncThrowingStream<Void, any Error>.makeStream()
        let result: Result<T, any Error>
        do {
            result = .success(
                try await withThrowingTaskGroup(of: T?.self) { tasks in
                    defer { released.set() }
                    tasks.addTask {
                        let isTaken = Flag()
                        do {
                            try await connection.transaction(.owner) { session in
                                for name in names {
                                    try session.script(
                                        "LOCK TABLE \(table(name)) IN SHARE UPDATE EXCLUSIVE MODE NOWAIT")
                                }
                                take.yield()
                                isTaken.set()
                                // The connection's own thread: nothing else waits here.
                                while !released.isSet {
                                    usleep(100_000)
                                    try session.execute("SELECT 1")
                                }
                            }
                            take.finish()
                        } catch {
                            take.finish(throwing: error)
                            if isTaken.isSet, !Task.isCancelled {
                                throw BuildError(.ended, "the build was ended from outside: \(error)")
                            }
                            throw error
                        }
                        return nil
                    }
                    var iterator = taken.makeAsyncIterator()
                    do {
                        _ = try await iterator.next()
                    } catch let error as PostgresError where error.sqlstate == "55P03" {
                        throw try await busy(names, owner)
                    } catch let error as PostgresError where ["42P01", "3F000"].contains(error.sqlstate) {
                        throw TablesGone()
                    }
                    tasks.addTask { try await body() }
                    while let value = try await tasks.next() {
                        if let value { return value }
                    }
                    throw CancellationError()
                })
        } catch {
            result = .failure(error)
        }
        await connection.close()
        return try result.get()
    }

    private final class Flag: Sendable {
        private let flag = Atomic<Bool>(false)
        var isSet: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }

    private static func table(_ name: String) -> String { "\(schema).\(SQL.quoted(identifier: name))" }

    private static func makeTables(_ names: [String], _ owner: Database) async throws {
        let statements = names.map { "CREATE TABLE IF NOT EXISTS \(table($0)) ();" }.joined(separator: "\n")
        for attempt in 0..<10 {
            do {
                return try await owner.transaction(.owner) { session in
                    try session.script(
                        "SET LOCAL client_min_messages = warning;\nCREATE SCHEMA IF NOT EXISTS \(schema);\n"
                            + statements)
                }
            } catch let error as PostgresError
                where ["23505", "42P06", "42P07", "3F000"].contains(error.sqlstate) && attempt < 9
            {
                // Made or dropped by another at this moment.
            }
        }
    }

    /// Takes the tables away that nobody holds.
    private static func dropTables(_ names: [String], _ owner: Database) async {
        for name in names {
            _ = try? await owner.transaction(.owner) { session in
                try session.script(
                    "LOCK TABLE \(table(name)) IN ACCESS EXCLUSIVE MODE NOWAIT; DROP TABLE \(table(name))")
            }
        }
        _ = try? await owner.transaction(.owner) { session in
            try session.script("SET LOCAL lock_timeout = '100ms'; DROP SCHEMA \(schema)")
        }
    }

    /// Who holds the lock of a projection.
    struct Holder: Sendable {
        var projection: String
        var process: Int32
        /// Since when its session is there; PostgreSQL may hide it from the owner's role.
        var since: Timestamp?
    }

    /// Who builds one of the projections now.
    static func holders(of names: [String], _ session: Session) throws -> [Holder] {
        try session.query(
            """
            SELECT c.relname::text, l.pid, a.backend_start
            FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a USING (pid)
            WHERE c.relnamespace = to_regnamespace(\(schema)) AND c.relname = ANY (\(names))
              AND l.locktype = 'relation' AND l.granted AND l.mode = 'ShareUpdateExclusiveLock'
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            ORDER BY 1
            """
        ) { Holder(projection: try $0.decode(0), process: try $0.decode(1), since: try $0.decode(2)) }
    }

    private static func busy(_ names: [String], _ owner: Database) async throws -> BuildError {
        let holder = try await owner.transaction(.owner) { try holders(of: names, $0).first }
        guard let holder else { return BuildError(.busy, "another build ended just now: try again") }
        let since = holder.since.map { ", at work since \($0)" } ?? ""
        return BuildError(
            .busy,
            "the projection \(holder.projection) is being built already, by the server's process \(holder.process)\(since): wait for it, or end it by atlas2 projections abort \(holder.projection)"
        )
    }
}

extension TransactionOptions {
    /// Acts as the owner of the schema, for as long as it takes.
    static let owner = TransactionOptions(settings: [("role", "atlas2_owner")], timeout: .none)

    /// As `owner`, all of it at one moment.
    static let ownerSnapshot = TransactionOptions(
        isolation: .repeatableRead, settings: [("role", "atlas2_owner")], timeout: .none)
}
