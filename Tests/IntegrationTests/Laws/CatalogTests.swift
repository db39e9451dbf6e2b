import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("The catalog")
    struct CatalogTests {
        /// The administrator sees every relation; partitions of the history are among them.
        private func expectNone(_ sql: SQL) async throws {
            try await TestTemplate.history.withCopy { database in
                let found: [String] = try await database.column(sql)
                #expect(found == [])
            }
        }

        @Test("every table, partition, view and column has a comment")
        func relations() async throws {
            try await expectNone(
                """
                SELECT c.oid::regclass || coalesce('.' || a.attname, '') FROM pg_class c
                LEFT JOIN LATERAL (
                    SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                    UNION ALL SELECT NULL, 0) a ON true
                WHERE c.relkind IN ('r', 'p', 'v', 'c') AND c.relnamespace IN ('public'::regnamespace, 'fold'::regnamespace)
                  AND coalesce(col_description(c.oid, a.attnum), '') = '' AND (a.attnum > 0 OR obj_description(c.oid, 'pg_class') IS NULL)
                  AND NOT (c.relkind = 'c' AND a.attnum = 0)
                """)
        }

        @Test("every function and schema has a comment")
        func functions() async throws {
            try await expectNone(
                """
                SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'fold'::regnamespace)
                  AND obj_description(oid, 'pg_proc') IS NULL
                UNION ALL SELECT nspname FROM pg_namespace
                WHERE nspname IN ('public', 'fold') AND obj_description(oid, 'pg_namespace') IS NULL
                """)
        }

        @Test("a function with the owner's rights has a pinned search_path, with pg_temp last")
        func definers() async throws {
            try await expectNone(
                """
                SELECT oid::regprocedure::text FROM pg_proc
                WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND prosecdef
                  AND NOT EXISTS (SELECT FROM unnest(proconfig) s WHERE s ~ '^search_path=[a-z, ]*, pg_temp$')
                """)
        }

        @Test("no function that can write may be called by everyone")
        func everyone() async throws {
            try await expectNone(
                """
                SELECT p.oid::regprocedure::text FROM pg_proc p
                CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                WHERE p.pronamespace IN ('public'::regnamespace, 'fold'::regnamespace) AND a.grantee = 0
                  AND p.provolatile = 'v' AND p.prorettype <> 'trigger'::regtype
                """)
        }

        @Test("everything belongs to atlas2_owner, who is no superuser and cannot log in")
        func owner() async throws {
            try await expectNone(
                """
                SELECT oid::regclass::text FROM pg_class
                WHERE relnamespace IN ('public'::regnamespace, 'fold'::regnamespace) AND relowner <> 'atlas2_owner'::regrole
                UNION ALL SELECT oid::regprocedure::text FROM pg_proc
                WHERE pronamespace IN ('public'::regnamespace, 'fold'::regnamespace) AND proowner <> 'atlas2_owner'::regrole
                UNION ALL SELECT rolname FROM pg_roles
                WHERE rolname LIKE 'atlas2\\_%' AND (rolsuper OR rolcanlogin OR rolbypassrls OR rolcreaterole OR rolcreatedb)
                """)
        }

        @Test("every table has row-level security, and every view the rights of who reads it")
        func rowSecurity() async throws {
            try await expectNone(
                """
                SELECT oid::regclass::text FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND (
                    relkind IN ('r', 'p') AND NOT relrowsecurity AND relname <> 'schema_migrations'
                    OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))
                """)
        }

        @Test("a policy uses settings only, never another table")
        func policies() async throws {
            try await expectNone(
                """
                SELECT p.polrelid::regclass::text FROM pg_policy p
                WHERE pg_get_expr(p.polqual, p.polrelid) ~ '\\mFROM\\M'
                """)
        }

        @Test("no key comes from a sequence, and tenant_id is the first column of every key")
        func keys() async throws {
            try await expectNone(
                """
                SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'
                UNION ALL
                SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND a.attname <> 'tenant_id'
                  AND c.relname <> 'schema_migrations'
                """)
        }
    }
}
