import Postgres
import TestSupport

/// Settings, and a schema that shadows what folds use, to bring a fold off its course.
enum HostileSession {
    static let settings: [(name: String, value: String)] = [
        ("datestyle", "SQL, DMY"), ("intervalstyle", "sql_standard"), ("bytea_output", "escape"),
        ("search_path", "hostile, pg_catalog, public"), ("lc_monetary", "C.UTF-8"), ("lc_numeric", "C.UTF-8"),
        ("lc_time", "C.UTF-8"), ("extra_float_digits", "-15"), ("transform_null_equals", "on"),
        ("standard_conforming_strings", "off"), ("backslash_quote", "on"), ("escape_string_warning", "off"),
        ("enable_hashagg", "off"), ("enable_seqscan", "off"), ("row_security", "on"), ("xmloption", "document"),
        ("array_nulls", "off"), ("quote_all_identifiers", "on"), ("check_function_bodies", "off"),
        ("default_transaction_isolation", "serializable"), ("plan_cache_mode", "force_generic_plan"),
    ]

    /// As statements; the client itself never changes the time zone of its sessions.
    static func statements(local: Bool) -> String {
        (settings + [("timezone", "Pacific/Auckland")])
            .map { "SET \(local ? "LOCAL " : "")\($0.name) = \($0.name == "search_path" ? $0.value : "'\($0.value)'")" }
            .joined(separator: ";\n") + ";"
    }

    /// Makes the schema.
    static func prepare(_ database: TestDatabase) async throws {
        try await database.tamper(
            """
            CREATE SCHEMA hostile;
            CREATE FUNCTION hostile.never(uuid, uuid) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
            CREATE OPERATOR hostile.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = hostile.never);
            CREATE FUNCTION hostile.nothing(jsonb, text) RETURNS text LANGUAGE sql IMMUTABLE RETURN 'hostile';
            CREATE OPERATOR hostile.->> (LEFTARG = jsonb, RIGHTARG = text, FUNCTION = hostile.nothing);
            CREATE FUNCTION hostile.jsonb_array_elements(jsonb) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE AS 'SELECT NULL::jsonb';
            CREATE FUNCTION hostile.step(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN 42;
            CREATE AGGREGATE hostile.sum(bigint) (SFUNC = hostile.step, STYPE = bigint);
            CREATE FUNCTION hostile.keep(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $1';
            CREATE AGGREGATE hostile.last(anyelement) (SFUNC = hostile.keep, STYPE = anyelement);
            -- What an extension may have put there.
            CREATE AGGREGATE public.last(anyelement) (SFUNC = hostile.keep, STYPE = anyelement);
            CREATE FUNCTION hostile.sha256(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE RETURN '\\x00'::bytea;
            CREATE FUNCTION hostile.audit_clock() RETURNS timestamptz LANGUAGE sql RETURN 'infinity'::timestamptz;
            CREATE FUNCTION hostile.audit_require_tenant(uuid) RETURNS void LANGUAGE sql RETURN NULL;
            DO $$
            DECLARE one text;
            BEGIN
                FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') LOOP
                    EXECUTE format('CREATE TABLE hostile.%I (LIKE public.%I INCLUDING ALL)', one, one);
                END LOOP;
            END $$;
            GRANT USAGE ON SCHEMA hostile TO PUBLIC;
            GRANT ALL ON ALL TABLES IN SCHEMA hostile TO PUBLIC;
            """)
    }
}
