import AuditLog
import FoundationEssentials
import Postgres
import Projections
import Synchronization
import TestSupport
import Testing

extension LookBackTests {
    @Suite("A question to the past", .timeLimit(.minutes(20)))
    struct QuestionTests {
        private static let scope = Scope(tenant: HistoryTenants.first, role: .admin)
        private static let moment = Moment("2026-02-20 12:00") ?? .position(0)

        /// The answer's rows, and the projections that were replayed for it.
        private func ask(
            _ database: TestDatabase, _ sql: String, as scope: Scope = scope, form: Question.Form = .columns
        ) async throws -> (columns: [String], rows: [[String?]], projections: [String]) {
            let answer = Mutex<(columns: [String], rows: [[String?]], projections: [String])>(([], [], []))
            try await database.question.ask(
                sql, at: Self.moment, as: scope, form: form,
                columns: { names, basis in answer.withLock { ($0.columns, $0.projections) = (names, basis.projections) }
                },
                row: { values in answer.withLock { $0.rows.append(values) } })
            return answer.withLock { $0 }
        }

        @Test("is answered from the tables and views as they stood, and of the asker's tenant")
        func answers() async throws {
            try await TestTemplate.history.withCopy { database in
                _ = try await database.replays.make("past", at: Self.moment, by: nil)
                for relation in database.readModel + ["audit_logs", "projection_checkpoints"] {
                    let expected: [Int64] = try await database.column(
                        "SELECT count(*) FROM past.\(raw: relation) WHERE tenant_id = \(HistoryTenants.first)")
                    let (_, rows, projections) = try await ask(database, "SELECT count(*) FROM \(relation)")
                    #expect(rows == [["\(expected[0])"]], "\(relation)")
                    #expect(projections.count < database.library.projections.count, "\(relation)")
                }
                let text = "SELECT email, role FROM users ORDER BY id"
                let expected: [String] = try await database.column(
                    "SELECT coalesce(email, '') || '|' || role FROM past.users WHERE tenant_id = \(HistoryTenants.first) ORDER BY id"
                )
                let (columns, rows, projections) = try await ask(database, text + " ; \n")
                #expect(columns == ["email", "role"] && projections == ["users"])
                #expect(rows.map { "\($0[0] ?? "")|\($0[1] ?? "")" } == expected && !expected.isEmpty)
            }
        }

        @Test("replays what it reads, views' tables too, and nothing for names that only look like tables")
        func projections() async throws {
            try await TestTemplate.history.withCopy { database in
                for (sql, projections) in [
                    ("SELECT 1", []), ("WITH users AS (SELECT 1 AS a) SELECT a AS tenants FROM users", []),
                    ("SELECT 'users', \"position\" FROM audit_logs LIMIT 1", []),
                    ("SELECT 1 FROM Users -- file_data", ["users"]), ("TABLE \"users\"", ["users"]),
                    ("SELECT count(*) FROM audit_trail", ["users"]), ("SELECT 1 FROM processing_errors", []),
                    ("SELECT 1 FROM system_health", ["processing_jobs"]), ("SELECT count(*) FROM public.users", []),
                    (
                        "SELECT (SELECT max(f.size) FROM file_data f WHERE f.job_id = j.id) FROM processing_jobs j",
                        ["file_data", "processing_jobs"]
                    ),
                ] {
                    #expect(try await ask(database, sql).projections == projections, "\(sql)")
                }
                let empty = try await ask(database, "SELECT id, 1 AS one, 2 AS one FROM users WHERE false")
                #expect(empty.columns == ["id", "one", "one"] && empty.rows == [])
                let json = try await ask(
                    database, "SELECT NULL AS n, 1.50 AS d, ARRAY[1,2] AS l, 'ä\"' AS t", form: .json)
                #expect(json.rows == [["{\"n\":null,\"d\":1.50,\"l\":[1,2],\"t\":\"ä\\\"\"}"]])
            }
        }

        @Test("sees what the asker may see, of the tables of now too")
        func rights() async throws {
            try await TestTemplate.history.withCopy { database in
                let tenant = HistoryTenants.first
                let users: [UUID] = try await database.column(
                    "SELECT min(id::text)::uuid FROM users WHERE tenant_id = \(tenant)")
                let user = try #require(users.first)
                let own = Scope(tenant: tenant, user: user, role: .user)
                for schema in ["", "public."] {
                    let mine = try await ask(database, "SELECT id FROM \(schema)users", as: own)
                    #expect(mine.rows == [[user.text]], "\(schema)")
                    let tenants = try await ask(
                        database,
                        "SELECT DISTINCT tenant_id FROM \(schema)users UNION SELECT tenant_id FROM \(schema)audit_logs")
                    #expect(tenants.rows == [[tenant.text]], "\(schema)")
                }
                let events = try await ask(database, "SELECT DISTINCT actor_id FROM audit_logs", as: own)
                #expect(events.rows == [[user.text]] || events.rows == [])
            }
        }

        /// What must not get through, and what is said of it.
        private static let hostile: [(sql: String, words: String)] = [
            ("COMMIT", "syntax error"), ("ROLLBACK; SELECT 1", "syntax error"),
            ("SET ROLE atlas2_owner", "syntax error"),
            ("RESET ROLE", "syntax error"), ("DROP TABLE users", "syntax error"),
            ("DO $$ BEGIN END $$", "syntax error"),
            ("COPY users TO STDOUT", "syntax error"), ("EXPLAIN ANALYZE SELECT 1", "syntax error"),
            ("", "syntax error"),
            ("DELETE FROM public.users", "syntax error"), ("SELECT 1; DROP SCHEMA public CASCADE", "syntax error"),
            ("SELECT 1) AS q; DROP SCHEMA public CASCADE; SELECT * FROM (SELECT 1", "syntax error"),
            ("SELECT 1) AS q); COMMIT; SELECT EXISTS (SELECT 1 FROM (SELECT 1", "multiple commands"),
            ("WITH d AS (DELETE FROM users RETURNING 1) SELECT * FROM d", "must be at the top level"),
            ("SELECT 1 INTO taken", "INTO"), ("SELECT $1", "there is no parameter $1"), ("SELECT '", "unterminated"),
            ("SELECT set_config('atlas2.tenant_id', 'x', true)", "cannot call set_config()"),
            ("SELECT 1 FROM users, set_config('role', 'none', true)", "cannot call set_config()"),
            (
                "SELECT pg_catalog.set_config('atlas2.role', 'system', false) FROM public.users",
                "cannot call set_config()"
            ),
            ("SELECT query_to_xml('SELECT 1', true, false, '')", "cannot call query_to_xml()"),
            ("SELECT table_to_xml('public.users', true, false, '')", "cannot call table_to_xml()"),
            ("SELECT pg_read_file('/etc/passwd')", "cannot call pg_read_file()"),
            ("SELECT pg_sleep(1000)", "cannot call pg_sleep()"),
            ("SELECT lo_create(0)", "cannot call lo_create()"),
            ("SELECT pg_advisory_lock(1)", "cannot call pg_advisory_lock()"),
            ("SELECT 1 ORDER BY random()", "cannot call random()"),
            ("SELECT gen_random_uuid()", "cannot call gen_random_uuid()"),
            ("SELECT pg_terminate_backend(1)", "cannot call pg_terminate_backend()"),
            ("SELECT public.projection_advance('users', NULL)", "cannot call projection_advance()"),
            ("SELECT rolpassword FROM pg_authid", "permission denied"),
            ("SELECT * FROM users FOR UPDATE", "cannot execute SELECT FOR UPDATE"),
            ("SELECT * FROM no_such_table", "relation \"no_such_table\" does not exist (line 1, column 15)"),
            ("SELECT\n  emial FROM users", "column \"emial\" does not exist (line 2, column 3)"),
            ("SELECT 1/0", "division by zero"), ("SELECT 1 FROM schema_migrations", "does not exist"),
        ]

        @Test("that is anything but one query that reads is refused")
        func hostile() async throws {
            try await TestTemplate.history.withCopy { database in
                let rows: [Int64] = try await database.column("SELECT count(*) FROM users")
                for (sql, words) in Self.hostile {
                    let answer = await refusal { _ = try await ask(database, sql) }
                    #expect(answer?.contains(words) == true, "\(sql): \(answer ?? "was answered")")
                    #expect(try await database.pastSchemas() == [], "\(sql)")
                }
                #expect(try await database.column("SELECT count(*) FROM users") == rows)
            }
        }

        @Test("leaves nothing when its reader gives up and when its task is cancelled")
        func interrupted() async throws {
            struct Enough: Error {}
            try await TestTemplate.history.withCopy { database in
                let endless = "SELECT generate_series(1, 1000000000000) FROM users"
                let asked = Task {
                    try await database.question.ask(
                        endless, at: Self.moment, as: Self.scope, form: .columns, columns: { _, _ in },
                        row: { _ in throw Enough() })
                }
                await #expect(throws: Enough.self) { try await asked.value }
                let left = try await database.pastSchemas()
                #expect(left == [])

                let (begun, begin) = AsyncStream.makeStream(of: Void.self)
                let cancelled = Task {
                    try await database.question.ask(
                        endless, at: Self.moment, as: Self.scope, form: .columns, columns: { _, _ in },
                        row: { _ in begin.yield() })
                }
                for await _ in begun { break }
                #expect(try await database.pastSchemas().count == 1)
                cancelled.cancel()
                await #expect(throws: (any Error).self) { try await cancelled.value }
                #expect(try await database.pastSchemas() == [])
            }
        }

        @Test("drops the schemas that killed ones left, and no others")
        func abandoned() async throws {
            try await TestTemplate.history.withCopy { database in
                _ = try await database.replays.make("past", at: Self.moment, by: nil)
                let comment: [String] = try await database.column(
                    "SELECT obj_description('past'::regnamespace, 'pg_namespace')")
                try await database.tamper(
                    """
                    SET ROLE atlas2_owner;
                    CREATE SCHEMA atlas2_asof_dead; COMMENT ON SCHEMA atlas2_asof_dead IS '\(comment[0])';
                    CREATE SCHEMA atlas2_asof_alive; COMMENT ON SCHEMA atlas2_asof_alive IS '\(comment[0])';
                    CREATE SCHEMA atlas2_asof_foreign;
                    RESET ROLE;
                    """)
                let holder = try await database.owner.dedicatedConnection()
                _ = try await holder.session {
                    try $0.execute("SELECT pg_advisory_lock(hashtextextended('atlas2_asof_alive', 0))")
                }
                _ = try await ask(database, "SELECT 1")
                #expect(try await database.pastSchemas() == ["atlas2_asof_alive", "atlas2_asof_foreign", "past"])
                await holder.close()
                try await database.replays.drop("past")
                #expect(try await database.pastSchemas().contains("past") == false)
            }
        }
    }
}
