import Glibc
import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("Lost connections", .timeLimit(.minutes(10)))
    struct RecoveryTests {
        private func backend(_ session: Session) throws -> Int32 {
            let id = try session.first("SELECT pg_backend_pid()") { try $0.decode(0, as: Int32.self) }
            return try #require(id)
        }

        @Test("a backend that dies in a statement is a connection error; later sessions have another")
        func backendDies() async throws {
            let cluster = try TestCluster()
            var configuration = PostgresConfiguration(conninfo: cluster.conninfo())
            configuration.poolSize = 1
            try await withDatabase(configuration) { database in
                let error = await postgresError {
                    try await database.transaction { session in
                        let victim = try backend(session)
                        // The server ends all sessions when one is killed so, and recovers.
                        #expect(kill(victim, SIGKILL) == 0)
                        try session.execute("SELECT pg_sleep(5)")
                    }
                }
                #expect(error?.code == .connection)
                // The client itself waits while the server starts up. Only a connection that the server took before it
                // noticed the death dies with the others, and says so.
                var one: Int?
                for _ in 0..<20 where one == nil {
                    do {
                        one = try await database.session { try $0.first("SELECT 1") { try $0.decode(0, as: Int.self) } }
                    } catch let error as PostgresError {
                        #expect(error.code == .connection)
                        try await Task.sleep(for: .milliseconds(100))
                    }
                }
                #expect(one == 1)
            }
            cluster.stop()
        }

        @Test("a connection that an administrator ended is noticed before it is used", arguments: [false, true])
        func terminated(inTransaction: Bool) async throws {
            try await withDatabase(poolSize: 2) { database in
                let victim = try await database.session { try backend($0) }
                try TestCluster.shared.get().psql("SELECT pg_terminate_backend(\(victim))")
                if inTransaction {
                    #expect(try await database.transaction { try backend($0) } != victim)
                } else {
                    try await Task.sleep(for: .milliseconds(100))
                    #expect(try await database.session { try backend($0) } != victim)
                }
            }
        }

        @Test("a connection ended between BEGIN and COMMIT fails the transaction for certain")
        func terminatedInside() async throws {
            try await withDatabase { database in
                let cluster = try TestCluster.shared.get()
                let error = await postgresError {
                    try await database.transaction { session in
                        try cluster.psql("SELECT pg_terminate_backend(\(try backend(session)))")
                        try session.execute("SELECT 1")
                    }
                }
                #expect(error?.code == .connection)
                #expect(error?.sqlstate == "57P01")
            }
        }

        @Test("a connection lost during COMMIT has an unknown outcome")
        func lostInCommit() async throws {
            try await withDatabase { database in
                let cluster = try TestCluster.shared.get()
                try await database.session { session in
                    try session.script(
                        """
                        CREATE TABLE t (a int);
                        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(10); RETURN NULL; END $$;
                        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                          FOR EACH ROW EXECUTE FUNCTION wait();
                        """)
                }
                async let outcome = postgresError {
                    try await database.transaction { _ = try $0.execute("INSERT INTO t VALUES (1)") }
                }
                try await Task.sleep(for: .milliseconds(500))
                try cluster.psql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'COMMIT' AND datname = '\(try await name(database))'"
                )
                #expect(await outcome?.code == .outcomeUnknown)
            }
        }

        private func name(_ database: Database) async throws -> String {
            let name = try await database.session {
                try $0.first("SELECT current_database()") { try $0.decode(0, as: String.self) }
            }
            return try #require(name)
        }

        @Test("a server killed and started again: clear errors while it is down, then work goes on")
        func serverKilled() async throws {
            let cluster = try TestCluster()
            try await withDatabase(PostgresConfiguration(conninfo: cluster.conninfo())) { database in
                try await database.session { try $0.script("CREATE TABLE t AS SELECT 1 AS a") }
                async let interrupted = postgresError {
                    try await database.session { try $0.script("SELECT pg_sleep(20)") }
                }
                try await Task.sleep(for: .milliseconds(200))
                try cluster.kill()
                #expect(await interrupted?.code == .connection)
                #expect(await postgresError { try await database.session { _ in } }?.code == .connection)
                try cluster.start()
                let rows = try await database.session {
                    try $0.first("SELECT a FROM t") { try $0.decode(0, as: Int.self) }
                }
                #expect(rows == 1)
            }
            cluster.stop()
        }

        @Test("a listener hears what is sent, and says when it was away")
        func listen() async throws {
            let cluster = try TestCluster()
            try await withDatabase(PostgresConfiguration(conninfo: cluster.conninfo())) { database in
                var heard = database.listen(["appended", "Odd \"name"]).makeAsyncIterator()
                #expect(try await heard.next() == .connected)
                try await database.session {
                    try $0.script("NOTIFY appended, 'one'; NOTIFY other, 'x'; NOTIFY \"Odd \"\"name\"")
                }
                #expect(try await heard.next() == .received(channel: "appended", payload: "one"))
                #expect(try await heard.next() == .received(channel: "Odd \"name", payload: ""))
                cluster.stop(keep: true)
                try cluster.start()
                #expect(try await heard.next() == .connected)
                try await database.session { try $0.script("NOTIFY appended, 'two'") }
                #expect(try await heard.next() == .received(channel: "appended", payload: "two"))
            }
            cluster.stop()
        }

        @Test("a listener waits for a server that is down, and ends when its task is cancelled or the database closed")
        func listenEnds() async throws {
            let cluster = try TestCluster()
            try await withDatabase(PostgresConfiguration(conninfo: cluster.conninfo())) { database in
                let cancelled = Task {
                    try await database.listen(["a"]).reduce(into: [DatabaseNotification]()) { $0.append($1) }
                }
                let closed = Task {
                    try await database.listen(["a"]).reduce(into: [DatabaseNotification]()) { $0.append($1) }
                }
                try await Task.sleep(for: .milliseconds(500))
                cancelled.cancel()
                #expect(try await cancelled.value == [.connected])
                try cluster.kill()
                try await Task.sleep(for: .milliseconds(300))
                try cluster.start()
                try await Task.sleep(for: .seconds(1))
                await database.close()
                #expect(try await closed.value == [.connected, .connected])
            }
            cluster.stop()
        }

        @Test("listening without a server fails at once")
        func listenNowhere() async throws {
            try await withDatabase(PostgresConfiguration(conninfo: "host=/nowhere")) { database in
                let error = await postgresError { for try await _ in database.listen(["a"]) {} }
                #expect(error?.code == .connection)
            }
        }
    }
}

extension PostgresTests {
    @Suite("Dedicated connections", .timeLimit(.minutes(10)))
    struct DedicatedConnectionTests {
        private func lock(_ connection: DedicatedConnection) async throws -> Bool? {
            try await connection.session {
                try $0.first("SELECT pg_try_advisory_lock(7)") { try $0.decode(0, as: Bool.self) }
            }
        }

        @Test("an advisory lock is held until its connection is closed, and by one only")
        func advisoryLock() async throws {
            try await withDatabase { database in
                let first = try await database.dedicatedConnection()
                let second = try await database.dedicatedConnection()
                #expect(try await lock(first) == true)
                #expect(try await lock(second) == false)
                await first.close()
                var isLocked = false
                for _ in 0..<100 where !isLocked {
                    isLocked = try await lock(second) == true
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(isLocked)
                await second.close()
                #expect(await postgresError { _ = try await lock(second) }?.code == .connection)
            }
        }

        @Test("an advisory lock ends with the value that holds its connection")
        func dropped() async throws {
            try await withDatabase { database in
                do {
                    let first = try await database.dedicatedConnection()
                    #expect(try await lock(first) == true)
                }
                let second = try await database.dedicatedConnection()
                var isLocked = false
                for _ in 0..<100 where !isLocked {
                    isLocked = try await lock(second) == true
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(isLocked)
            }
        }

        @Test("the holder learns of the loss, while its sessions run meanwhile")
        func loss() async throws {
            try await withDatabase { database in
                let cluster = try TestCluster.shared.get()
                let connection = try await database.dedicatedConnection()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await connection.waitUntilLost() }
                    for number in 0..<50 {
                        let answer = try await connection.transaction { session in
                            try session.first("SELECT \(number)") { try $0.decode(0, as: Int.self) }
                        }
                        #expect(answer == number)
                    }
                    let backend = try await connection.session { session in
                        try session.first("SELECT pg_backend_pid()") { try $0.decode(0, as: Int32.self) }
                    }
                    try cluster.psql("SELECT pg_terminate_backend(\(try #require(backend)))")
                    try await group.waitForAll()
                }
                try await connection.waitUntilLost()
                #expect(await postgresError { _ = try await lock(connection) }?.code == .connection)
            }
        }

        @Test("waiting for the loss ends when the task is cancelled or the connection closed")
        func cancelled() async throws {
            try await withDatabase { database in
                let connection = try await database.dedicatedConnection()
                let waiting = Task { try await connection.waitUntilLost() }
                try await Task.sleep(for: .milliseconds(100))
                waiting.cancel()
                #expect(await postgresError { try await waiting.value }?.code == .cancelled)
                #expect(try await lock(connection) == true)
                async let closed: Void = connection.waitUntilLost()
                try await Task.sleep(for: .milliseconds(100))
                await connection.close()
                try await closed
            }
        }
    }
}
