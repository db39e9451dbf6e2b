import Foundation
import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("Sessions and transactions")
    struct TransactionTests {
        struct Stop: Error {}

        private func count(_ database: Database) async throws -> Int {
            let count = try await database.session {
                try $0.first("SELECT count(*) FROM t") { try $0.decode(0, as: Int.self) }
            }
            return try #require(count)
        }

        @Test("a transaction commits when its body returns, and is rolled back when it throws")
        func commitAndRollback() async throws {
            try await withDatabase(poolSize: 1) { database in
                try await database.session { try $0.script("CREATE TABLE t (a int)") }
                let inserted = try await database.transaction { try $0.execute("INSERT INTO t VALUES (1), (2)") }
                #expect(inserted == 2)
                await #expect(throws: Stop.self) {
                    try await database.transaction { session in
                        try session.execute("INSERT INTO t VALUES (3)")
                        throw Stop()
                    }
                }
                #expect(try await count(database) == 2)
            }
        }

        @Test("a transaction whose body hides a failed statement does not pretend to have committed")
        func hiddenFailure() async throws {
            try await withDatabase(poolSize: 1) { database in
                try await database.session { try $0.script("CREATE TABLE t (a int)") }
                let error = await postgresError {
                    try await database.transaction { session in
                        try session.execute("INSERT INTO t VALUES (1)")
                        try? session.script("SELECT 1/0")
                    }
                }
                #expect(error?.sqlstate == "25P02")
                #expect(try await count(database) == 0)
            }
        }

        @Test("a deferred constraint fails the commit, and the connection goes on")
        func deferred() async throws {
            try await withDatabase(poolSize: 1) { database in
                try await database.session { session in
                    try session.script("CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
                }
                let error = await postgresError {
                    try await database.transaction { _ = try $0.execute("INSERT INTO t VALUES (1), (1)") }
                }
                #expect(error?.sqlstate == "23505")
                #expect(error?.code == .server)
                #expect(try await count(database) == 0)
            }
        }

        @Test("a body that ends the transaction itself is told so")
        func ended() async throws {
            try await withDatabase { database in
                let error = await postgresError { try await database.transaction { try $0.script("COMMIT") } }
                #expect(error?.code == .usage)
            }
        }

        @Test("settings and timeout of a transaction end with it")
        func settings() async throws {
            try await withDatabase(poolSize: 1) { database in
                let options = TransactionOptions(
                    isolation: .serializable, readOnly: true,
                    settings: [("atlas2.tenant_id", "o'neill \\ 1"), ("atlas2.role", "")], timeout: .after(.seconds(7)))
                @Sendable func read(_ session: Session) throws -> [String?]? {
                    try session.first(
                        """
                        SELECT current_setting('atlas2.tenant_id', true), current_setting('transaction_isolation'),
                          current_setting('transaction_read_only'), current_setting('statement_timeout'), pg_backend_pid()::text
                        """
                    ) { row in try (0..<5).map { try row.decode($0, as: String?.self) } }
                }
                let inside = try await database.transaction(options) { try read($0) }
                #expect(inside?.dropLast() == ["o'neill \\ 1", "serializable", "on", "7s"])
                let outside = try await database.session { try read($0) }
                #expect(outside?.dropLast() == ["", "read committed", "off", "30s"])
                #expect(inside?.last == outside?.last, "the same connection")
                let unlimited = try await database.session(timeout: .none) { try read($0) }
                #expect(unlimited?[3] == "0")
                let interactive = try await database.transaction { try read($0) }
                #expect(interactive?[3] == "30s")
            }
        }

        @Test("a read-only transaction refuses to write")
        func readOnly() async throws {
            try await withDatabase { database in
                let error = await postgresError {
                    try await database.transaction(.init(readOnly: true)) { try $0.script("CREATE TABLE t ()") }
                }
                #expect(error?.sqlstate == "25006")
            }
        }

        @Test("sessions have UTC, ISO dates, UTF-8, their name and the configured settings")
        func sessionSettings() async throws {
            var configuration = PostgresConfiguration(
                conninfo: try TestCluster.shared.get().conninfo()
                    + " options='-c TimeZone=Asia/Tokyo -c DateStyle=German'")
            configuration.applicationName = "the test's own"
            configuration.settings = [("work_mem", "7MB"), ("search_path", "pg_catalog, public")]
            try await withDatabase(configuration) { database in
                let settings = try await database.session { session in
                    try [
                        "TimeZone", "DateStyle", "client_encoding", "standard_conforming_strings", "work_mem",
                        "application_name",
                    ]
                    .map { name in
                        try session.first("SELECT current_setting(\(name))") { try $0.decode(0, as: String.self) }
                    }
                }
                #expect(settings == ["UTC", "ISO, DMY", "UTF8", "on", "7MB", "the test's own"])
            }
        }

        @Test("a statement that runs too long ends with a timeout; the connection goes on")
        func timeout() async throws {
            try await withDatabase(poolSize: 1, timeout: .milliseconds(200)) { database in
                let clock = ContinuousClock()
                let elapsed = await clock.measure {
                    let error = await postgresError {
                        try await database.session { _ = try $0.execute("SELECT pg_sleep(10)") }
                    }
                    #expect(error?.code == .timeout)
                    #expect(error?.sqlstate == "57014")
                }
                #expect(elapsed < .seconds(3))
                try await database.session(timeout: .none) { _ = try $0.execute("SELECT pg_sleep(0.5)") }
                let error = await postgresError {
                    try await database.transaction(.init(timeout: .after(.milliseconds(50)))) {
                        try $0.script("SELECT pg_sleep(9)")
                    }
                }
                #expect(error?.code == .timeout)
            }
        }

        @Test("a million rows pass through forEach in bounded memory", .timeLimit(.minutes(10)))
        func millionRows() async throws {
            try await withDatabase { database in
                // 500 bytes a row: held in memory they would be half a gigabyte.
                let (sum, growth) = try await database.session(timeout: .none) { session in
                    let before = residentKilobytes()
                    var sum = 0
                    var peak = before
                    try session.forEach("SELECT n, repeat('x', 500) FROM generate_series(1, 1000000) n") { row in
                        let value = try row.decode(0, as: Int.self)
                        sum += value
                        if value % 10_000 == 0 { peak = max(peak, residentKilobytes()) }
                    }
                    return (sum, peak - before)
                }
                #expect(sum == 500_000_500_000)
                #expect(growth < 100_000)
            }
        }

        @Test("a body that throws amid the rows stops the statement, and the pool goes on", .timeLimit(.minutes(10)))
        func stopped() async throws {
            try await withDatabase(poolSize: 1) { database in
                await #expect(throws: Stop.self) {
                    try await database.transaction { session in
                        try session.forEach("SELECT generate_series(1, 1000000000000)") { row in
                            if try row.decode(0, as: Int.self) == 10_000 { throw Stop() }
                        }
                    }
                }
                let one = try await database.session { try $0.first("SELECT 1") { try $0.decode(0, as: Int.self) } }
                #expect(one == 1)
            }
        }

        @Test("an error amid the rows is thrown after the rows before it")
        func lateError() async throws {
            try await withDatabase { database in
                let error = await postgresError {
                    try await database.session { session in
                        var last = 0
                        do {
                            try session.forEach("SELECT n, 1 / (5 - n) FROM generate_series(1, 10) n") { row in
                                last = try row.decode(0, as: Int.self)
                            }
                        } catch {
                            #expect(last == 4)
                            throw error
                        }
                    }
                }
                #expect(error?.sqlstate == "22012")
            }
        }
    }
}

/// The memory of this process that is its own, as Linux counts it.
private func residentKilobytes() -> Int {
    let line = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let fields = line.split(separator: " ").compactMap { Int($0) }
    return fields.count > 2 ? (fields[1] - fields[2]) * 4 : 0
}
