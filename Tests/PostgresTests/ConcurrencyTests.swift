import Foundation
import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("Pool, cancellation and threads", .timeLimit(.minutes(10)))
    struct ConcurrencyTests {
        @Test("two hundred tasks share eight connections, and each gets its own answer")
        func crowd() async throws {
            try await withDatabase(poolSize: 8) { database in
                let backends = try await withThrowingTaskGroup(of: (Int, Int32).self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            try await database.transaction { session in
                                let row = try session.first("SELECT \(number), pg_backend_pid(), pg_sleep(0.002)") {
                                    (try $0.decode(0, as: Int.self), try $0.decode(1, as: Int32.self))
                                }
                                let (answer, backend) = try #require(row)
                                #expect(answer == number)
                                return (answer, backend)
                            }
                        }
                    }
                    return try await group.reduce(into: Set<Int32>()) { $0.insert($1.1) }
                }
                #expect(backends.count <= 8)
            }
        }

        @Test("who waits too long for a connection is told, and nobody else suffers")
        func exhaustion() async throws {
            try await withDatabase(poolSize: 1, timeout: .milliseconds(300)) { database in
                async let holder: Void = database.session(timeout: .none) { _ = try $0.execute("SELECT pg_sleep(1.5)") }
                try await Task.sleep(for: .milliseconds(100))
                let clock = ContinuousClock()
                let elapsed = await clock.measure {
                    let error = await postgresError { try await database.session { _ in } }
                    #expect(error?.code == .poolTimeout)
                    #expect(error?.message.contains("all 1 are in use") == true)
                }
                #expect(elapsed > .milliseconds(250))
                #expect(elapsed < .milliseconds(1200))
                try await holder
                try await database.session { _ in }
            }
        }

        @Test("cancelling a task ends its statement in well under a second, and the pool goes on")
        func cancel() async throws {
            try await withDatabase(poolSize: 1) { database in
                let task = Task { try await database.transaction { _ = try $0.execute("SELECT pg_sleep(10)") } }
                try await Task.sleep(for: .milliseconds(300))
                let clock = ContinuousClock()
                let elapsed = await clock.measure {
                    task.cancel()
                    let error = await postgresError { try await task.value }
                    #expect(error?.code == .cancelled)
                    #expect(error?.sqlstate == "57014")
                }
                #expect(elapsed < .milliseconds(900))
                let one = try await database.session { try $0.first("SELECT 1") { try $0.decode(0, as: Int.self) } }
                #expect(one == 1)
            }
        }

        @Test("cancelling a task that waits for a connection frees its place in the queue")
        func cancelWaiting() async throws {
            try await withDatabase(poolSize: 1) { database in
                async let holder: Void = database.session { _ = try $0.execute("SELECT pg_sleep(1)") }
                try await Task.sleep(for: .milliseconds(100))
                let task = Task { try await database.session { _ in } }
                try await Task.sleep(for: .milliseconds(100))
                task.cancel()
                let clock = ContinuousClock()
                let elapsed = await clock.measure {
                    #expect(await postgresError { try await task.value }?.code == .cancelled)
                }
                #expect(elapsed < .milliseconds(500))
                try await holder
            }
        }

        @Test("a task cancelled before it starts does nothing, and costs no connection")
        func cancelledBefore() async throws {
            try await withDatabase(poolSize: 1) { database in
                try await database.session { try $0.script("CREATE TABLE t ()") }
                let task = Task {
                    while !Task.isCancelled { await Task.yield() }
                    try await database.session { try $0.script("DROP TABLE t") }
                }
                task.cancel()
                #expect(await postgresError { try await task.value }?.code == .cancelled)
                try await database.session { try $0.script("SELECT FROM t") }
            }
        }

        @Test("cancelled again and again at any moment, work is done wholly or not at all, and the pool stays whole")
        func cancelStorm() async throws {
            try await withDatabase(poolSize: 3) { database in
                try await database.session { try $0.script("CREATE TABLE t (a int)") }
                let committed = await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<60 {
                        group.addTask {
                            let task = Task {
                                try await database.transaction { session in
                                    try session.execute("INSERT INTO t VALUES (1)")
                                    try session.execute("SELECT pg_sleep(0.003)")
                                    try session.execute("INSERT INTO t VALUES (1)")
                                }
                            }
                            try? await Task.sleep(for: .microseconds(number * 400))
                            task.cancel()
                            return (try? await task.value) != nil
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                let rows = try await database.session {
                    try $0.first("SELECT count(*) FROM t") { try $0.decode(0, as: Int.self) }
                }
                #expect(rows == 2 * committed)
            }
        }

        @Test("blocked connections do not hold up other tasks")
        func notBlocking() async throws {
            try await withDatabase(poolSize: 16) { database in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<16 {
                        group.addTask { try await database.session { try $0.script("SELECT pg_sleep(0.7)") } }
                    }
                    let clock = ContinuousClock()
                    var worst = Duration.zero
                    for _ in 0..<50 {
                        worst = max(worst, try await clock.measure { try await Task.sleep(for: .milliseconds(1)) })
                    }
                    #expect(worst < .milliseconds(400))
                    try await group.waitForAll()
                }
            }
        }

        @Test("closing waits for who works, fails who waits, and refuses who comes")
        func close() async throws {
            let configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            var one = configuration
            one.poolSize = 1
            let database = Database(one, logger: .quiet)
            async let worker: Void = database.session { try $0.script("SELECT pg_sleep(0.5)") }
            try await Task.sleep(for: .milliseconds(100))
            let waiter = Task { try await database.session { _ in } }
            try await Task.sleep(for: .milliseconds(100))
            await database.close()
            try await worker
            #expect(await postgresError { try await waiter.value }?.code == .poolClosed)
            #expect(await postgresError { try await database.session { _ in } }?.code == .poolClosed)
            await database.close()
        }

        @Test("a connection that breaks the transaction's rules is not given to the next")
        func leftovers() async throws {
            try await withDatabase(poolSize: 1) { database in
                let error = await postgresError {
                    try await database.session { try $0.script("BEGIN; CREATE TABLE t ()") }
                }
                #expect(error?.code == .usage)
                let exists = try await database.session { session in
                    try session.first("SELECT to_regclass('t') IS NOT NULL") { try $0.decode(0, as: Bool.self) }
                }
                #expect(exists == false)
            }
        }
    }
}

extension PostgresTests {
    @Suite("Threads")
    struct ThreadTests {
        @Test("closed connections leave no file descriptor behind", .timeLimit(.minutes(10)))
        func noLeaks() async throws {
            let configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            weak var thread: ConnectionThread?
            do {
                let connection = try Connection(configuration, logger: .quiet)
                thread = connection.thread
                try await connection.open()
                await connection.close()
            }
            for _ in 0..<100 where thread != nil { try await Task.sleep(for: .milliseconds(20)) }
            #expect(thread == nil)
        }

        @Test("a connection dropped without being closed closes itself, and its thread ends", .timeLimit(.minutes(10)))
        func dropped() async throws {
            let cluster = try TestCluster.shared.get()
            weak var thread: ConnectionThread?
            do {
                var configuration = PostgresConfiguration(conninfo: cluster.conninfo())
                configuration.applicationName = "to be dropped"
                let connection = try Connection(configuration, logger: .quiet)
                thread = connection.thread
                try await connection.open()
            }
            for _ in 0..<100 where thread != nil { try await Task.sleep(for: .milliseconds(20)) }
            #expect(thread == nil)
            try await withDatabase(PostgresConfiguration(conninfo: cluster.conninfo())) { database in
                for _ in 0..<100 {
                    let left = try await database.session { session in
                        try session.first(
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'to be dropped'"
                        ) {
                            try $0.decode(0, as: Int.self)
                        }
                    }
                    if left == 0 { return }
                    try await Task.sleep(for: .milliseconds(20))
                }
                Issue.record("the server still holds the connection")
            }
        }
    }
}
