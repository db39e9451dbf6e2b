import AuditLog
import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("Laws 1 and 3: who may write")
    struct GrantTests {
        private struct Relation: Sendable {
            var name: String
            var column: String
            var isPartition: Bool
        }

        private func tables(_ database: TestDatabase) async throws -> [Relation] {
            try await database.administrator.session { session in
                try session.query(
                    """
                    SELECT c.oid::regclass::text, quote_ident(a.attname), c.relispartition FROM pg_class c
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
                    WHERE c.relkind IN ('r', 'p') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                      AND c.relnamespace <> 'pg_toast'::regnamespace
                    ORDER BY 1
                    """
                ) { Relation(name: try $0.decode(0), column: try $0.decode(1), isPartition: try $0.decode(2)) }
            }
        }

        @Test(
            "neither the application nor a reader may write to any table, whatever it claims to be",
            arguments: [TestDatabase.Login.app, .sealer, .readonly])
        func nobodyWrites(login: TestDatabase.Login) async throws {
            try await TestTemplate.history.withCopy { database in
                let tables = try await tables(database)
                #expect(tables.count >= 21)
                #expect(tables.contains { $0.isPartition })
                let client = try database.client(login)
                for table in tables {
                    for statement in [
                        "INSERT INTO \(table.name) DEFAULT VALUES", "DELETE FROM \(table.name)",
                        "TRUNCATE \(table.name)",
                        "UPDATE \(table.name) SET \(table.column) = \(table.column)",
                        "LOCK \(table.name) IN ROW EXCLUSIVE MODE",
                        "ALTER TABLE \(table.name) DISABLE ROW LEVEL SECURITY",
                    ] {
                        let error = await postgresError {
                            try await client.transaction(Scope.system(HistoryTenants.first).transaction()) {
                                try $0.script(statement)
                            }
                        }
                        #expect(error?.sqlstate == "42501", "\(statement)")
                    }
                }
                await client.close()
            }
        }

        @Test(
            "the functions that write are the application's by name, those that seal the sealer's, and a reader's never",
            arguments: [
                (
                    TestDatabase.Login.app,
                    [
                        "audit_append", "audit_erase", "projection_advance", "projection_required",
                        "projection_resume", "refresh_user_dashboard_stats",
                    ]
                ),
                (
                    .sealer,
                    [
                        "audit_append", "audit_cosign", "audit_cosign_failed", "audit_erase", "audit_seal",
                        "audit_unseal", "projection_advance", "projection_required", "projection_resume",
                        "refresh_user_dashboard_stats",
                    ]
                ), (.readonly, []),
            ])
        func functions(login: TestDatabase.Login, expected: [String]) async throws {
            try await TestTemplate.schema.withCopy { database in
                let callable: [String] = try await database.column(
                    """
                    SELECT oid::regproc::text FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'fold'::regnamespace)
                      AND provolatile = 'v' AND prorettype <> 'trigger'::regtype
                      AND has_function_privilege(\(login.rawValue), oid, 'EXECUTE') ORDER BY 1
                    """)
                #expect(callable == expected)
            }
        }

        @Test("the application may not become the owner, nor make anything in the schemas")
        func noEscape() async throws {
            try await TestTemplate.schema.withCopy { database in
                for statement in [
                    "SET ROLE atlas2_owner", "SET SESSION AUTHORIZATION atlas2_owner", "CREATE TABLE public.x (a int)",
                    "CREATE FUNCTION public.last(text) RETURNS text LANGUAGE sql RETURN ''",
                    "CREATE TABLE fold.x (a int)",
                    "CREATE SCHEMA x", "SET session_replication_role = replica",
                ] {
                    let error = await postgresError { try await database.app.session { try $0.script(statement) } }
                    #expect(error?.sqlstate == "42501", "\(statement)")
                }
            }
        }

        @Test("the owner too is stopped by the log's triggers, on the log and on each of its partitions")
        func ownerIsStopped() async throws {
            try await TestTemplate.history.withCopy { database in
                let before: [Int64] = try await database.column("SELECT count(*) FROM audit_logs")
                let filled: [String] = try await database.column(
                    "SELECT DISTINCT tableoid::regclass::text FROM audit_logs")
                #expect(filled.count >= 2)
                let all: [String] = try await database.column(
                    "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass")
                #expect(all.count > filled.count)
                let statements =
                    (["audit_logs"] + filled).flatMap { ["UPDATE \($0) SET payload = payload", "DELETE FROM \($0)"] }
                    + (["audit_logs"] + all).map { "TRUNCATE \($0)" }
                for statement in statements {
                    let error = await postgresError {
                        try await database.owner.transaction { session in
                            try session.script("SET LOCAL ROLE atlas2_owner")
                            try session.script(statement)
                        }
                    }
                    #expect(error?.sqlstate == "42501", "\(statement)")
                    #expect(error?.message.hasPrefix("audit_logs is append only") ?? false, "\(statement)")
                }
                #expect(try await database.column("SELECT count(*) FROM audit_logs") == before)
            }
        }
    }
}
