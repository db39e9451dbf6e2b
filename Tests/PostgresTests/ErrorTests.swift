import TestSupport
import Testing

@testable import Postgres

extension PostgresTests {
    @Suite("Errors")
    struct ErrorTests {
        @Test(
            "a constraint violation names schema, table, constraint and SQLSTATE",
            arguments: [
                ("INSERT INTO people VALUES (1, 'a', 1)", "23505", "people_pkey" as String?, nil as String?),
                ("INSERT INTO people VALUES (2, NULL, 1)", "23502", nil as String?, "name" as String?),
                ("INSERT INTO people VALUES (3, 'a', -1)", "23514", "positive" as String?, nil as String?),
            ])
        func constraint(_ sql: String, _ sqlstate: String, _ constraint: String?, _ column: String?) async throws {
            try await withDatabase { database in
                try await database.session { session in
                    try session.script(
                        """
                        CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, age int CONSTRAINT positive CHECK (age > 0));
                        INSERT INTO people VALUES (1, 'secret-name', 1);
                        """)
                }
                let error = try #require(
                    await postgresError { _ = try await database.session { try $0.execute(SQL(raw: sql)) } })
                #expect(error.code == .server)
                #expect(error.isConstraintViolation)
                #expect(error.sqlstate == sqlstate)
                #expect(error.schema == "public")
                #expect(error.table == "people")
                #expect(error.constraint == constraint)
                #expect(error.column == column)
                #expect(error.detail != nil)
                #expect(!error.description.contains("(1)"))
            }
        }

        @Test("a syntax error says where")
        func position() async throws {
            try await withDatabase { database in
                let error = await postgresError { try await database.session { try $0.script("SELECT 1;\nSELEKT 2") } }
                #expect(error?.sqlstate == "42601")
                #expect(error?.position == 11)
            }
        }

        @Test("the description keeps values out, the debug description has all")
        func sensitive() async throws {
            try await withDatabase { database in
                let value = "hush \"hush\""
                let error = try #require(
                    await postgresError { _ = try await database.session { try $0.execute("SELECT \(value)::int") } })
                #expect(error.description == "PostgreSQL (server 22P02): invalid input syntax for type integer: \"…\"")
                #expect("\(error)" == error.description)
                #expect(String(reflecting: error).contains("hush \"hush\""))
            }
        }

        @Test("an error inside a function says which")
        func context() async throws {
            try await withDatabase { database in
                let error = await postgresError {
                    try await database.session { session in
                        try session.script(
                            """
                            CREATE FUNCTION refuse() RETURNS void LANGUAGE plpgsql AS $$
                            BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'AT001', HINT = 'ask nicely', DETAIL = 'why'; END $$
                            """)
                        try session.execute("SELECT refuse()")
                    }
                }
                #expect(error?.sqlstate == "AT001")
                #expect(error?.hint == "ask nicely")
                #expect(error?.detail == "why")
                #expect(error?.context?.contains("refuse()") == true)
            }
        }

        @Test("no server is a connection error at once, and says where it looked")
        func noServer() async throws {
            let clock = ContinuousClock()
            let elapsed = try await clock.measure {
                try await withDatabase(PostgresConfiguration(conninfo: "host=/nowhere dbname=x")) { database in
                    let error = await postgresError { try await database.session { _ in } }
                    #expect(error?.code == .connection)
                    #expect(error?.message.contains("/nowhere") == true)
                }
            }
            #expect(elapsed < .seconds(5))
        }

        @Test("a setting that the server does not know fails the connection with the server's reason")
        func wrongSetting() async throws {
            var configuration = PostgresConfiguration(conninfo: try TestCluster.shared.get().conninfo())
            configuration.settings = [("no_such_setting", "1")]
            try await withDatabase(configuration) { database in
                let error = await postgresError { try await database.session { _ in } }
                #expect(error?.sqlstate == "42704")
            }
        }

        @Test("a statement inside another's rows is refused, and a session outlives its closure in vain")
        func misuse() async throws {
            final class Smuggler: @unchecked Sendable {
                var session: Session?
            }
            let smuggler = Smuggler()
            try await withDatabase { database in
                let inner = await postgresError {
                    try await database.session { session in
                        smuggler.session = session
                        try session.forEach("SELECT generate_series(1, 10)") { _ in try session.execute("SELECT 1") }
                    }
                }
                #expect(inner?.code == .usage)
                let late = await postgresError { _ = try smuggler.session?.execute("SELECT 1") }
                #expect(late?.code == .usage)
                #expect(late?.message.contains("closure") == true)
            }
        }

        @Test(
            "COPY, and an open transaction left behind, are refused where they do not belong",
            arguments: [
                "COPY (SELECT 1) TO STDOUT", "CREATE TEMP TABLE t (a int); COPY t FROM STDIN", "BEGIN",
            ])
        func misplaced(_ sql: String) async throws {
            try await withDatabase(poolSize: 1) { database in
                let error = await postgresError { try await database.session { try $0.script(sql) } }
                #expect(error?.code == .usage)
                let one = try await database.session { try $0.first("SELECT 1") { try $0.decode(0, as: Int.self) } }
                #expect(one == 1)
            }
        }
    }
}
