import Foundation
import TestSupport
import Testing

@testable import Projections

@Suite("Checking a projection's file without a database")
struct FileCheckTests {
    /// A file that nothing is wrong with; a case replaces its table or its fold, which begin on lines 7 and 11.
    private static func file(table: String? = nil, fold: String? = nil, indexes: String? = nil) -> String {
        """
        -- projection: visits
        -- version: 1
        -- mode: inline
        -- events: user.*
        -- key: aggregate
        -- @schema
        \(table ?? "CREATE TABLE visits (tenant_id uuid, page text COLLATE \"C\", visits bigint, PRIMARY KEY (tenant_id, page));")
        COMMENT ON TABLE visits IS 'x'; COMMENT ON COLUMN visits.tenant_id IS 'x';
        COMMENT ON COLUMN visits.page IS 'x'; COMMENT ON COLUMN visits.visits IS 'x';
        -- @fold
        \(fold ?? "DELETE FROM visits;")
        \(indexes.map { "-- @indexes\n" + $0 } ?? "")
        """
    }

    private static let names = TakenNames(
        projections: ["users": ["users"], "visits": ["visits"]], views: ["audit_trail"], log: ["audit_logs"])

    private func findings(_ text: String) throws -> [Finding] {
        FileCheck(try Definition(parsing: text, file: "visits.sql"), names: Self.names).findings()
    }

    @Test(
        "a fold that depends on its events and its own tables only is fine",
        arguments: [
            "INSERT INTO visits AS v SELECT tenant_id, payload->>'page', count(*) FROM events GROUP BY 1, 2 ON CONFLICT (tenant_id, page) DO UPDATE SET visits = v.visits + excluded.visits",
            "UPDATE visits SET visits = e.n FROM (SELECT tenant_id, max(position) AS n FROM events GROUP BY 1) e WHERE visits.tenant_id = e.tenant_id",
            "DELETE FROM visits v USING (SELECT DISTINCT tenant_id FROM events) e WHERE v.tenant_id = e.tenant_id",
            "DELETE FROM visits v USING events e, visits w WHERE v.tenant_id = e.tenant_id",
            "WITH x AS (SELECT * FROM events), y (a, b) AS MATERIALIZED (SELECT tenant_id, 1 FROM x) INSERT INTO visits SELECT a, 'p', b FROM y, x JOIN y z USING (a)",
            "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x WHERE n < 3) DELETE FROM visits WHERE visits IN (SELECT n FROM x)",
            "INSERT INTO visits SELECT e.tenant_id, f.value->>'now', 1 FROM events e, jsonb_array_elements(e.payload->'fields') WITH ORDINALITY f",
            "INSERT INTO visits SELECT tenant_id, extract(year FROM recorded_at)::text, 1 FROM events WHERE payload->>'a' IS DISTINCT FROM payload->>'b'",
            "INSERT INTO visits SELECT tenant_id, substring(payload->>'a' FROM 2 FOR 3), 1 FROM events",
            "INSERT INTO visits SELECT DISTINCT ON (tenant_id) tenant_id, 'a', 1 FROM events ORDER BY tenant_id, position DESC",
            "INSERT INTO visits SELECT tenant_id, (array_agg(payload->>'a' ORDER BY position))[1], 1 FROM events GROUP BY 1",
            "INSERT INTO visits SELECT tenant_id, last(payload->>'a' ORDER BY position) FILTER (WHERE actor_id IS NOT NULL), 1 FROM events GROUP BY 1",
            "INSERT INTO visits SELECT tenant_id, first_value(payload->>'a') OVER w, row_number() OVER (PARTITION BY tenant_id ORDER BY position) FROM events WINDOW w AS (PARTITION BY tenant_id ORDER BY position)",
            "INSERT INTO visits SELECT tenant_id, (SELECT x FROM unnest(ARRAY['a']) x ORDER BY x LIMIT 1), 1 FROM events OFFSET 0",
            "INSERT INTO visits SELECT tenant_id, 'now() and random()', 1 FROM events -- now()",
            "INSERT INTO visits SELECT tenant_id, $x$ gen_random_uuid() $x$, 1 FROM events /* SELECT now() /* nested */ */",
            "INSERT INTO visits SELECT tenant_id, E'it\\'s now()', age(recorded_at, '2020-01-01')::text::int FROM events WHERE payload->>'when' = 'today'",
            "INSERT INTO visits SELECT e.tenant_id, e.\"user\", 1 FROM (SELECT tenant_id, payload->>'user' AS user FROM events) e",
            "MERGE INTO visits v USING (SELECT tenant_id FROM events) e ON v.tenant_id = e.tenant_id WHEN MATCHED THEN UPDATE SET visits = 1 WHEN NOT MATCHED THEN INSERT VALUES (e.tenant_id, 'a', 1)",
            "INSERT INTO visits SELECT tenant_id, 'a', 1 FROM events WHERE payload @> '{\"real\": 1}' AND (payload->>'x')::numeric(10, 2) > 1",
        ])
    func fine(fold: String) throws {
        #expect(try findings(Self.file(fold: fold + ";")) == [])
    }

    @Test(
        "a fold that depends on anything else is refused where it says so",
        arguments: [
            ("INSERT INTO visits SELECT tenant_id, now()::text, 1 FROM events", 38, "now() reads the clock"),
            ("INSERT INTO visits SELECT tenant_id, NOW ( )::text, 1 FROM events", 38, "now() reads the clock"),
            ("INSERT INTO visits SELECT tenant_id, \"now\"()::text, 1 FROM events", 38, "now() reads the clock"),
            ("INSERT INTO visits SELECT tenant_id, pg_catalog.now()::text, 1 FROM events", 49, "now() reads the clock"),
            (
                "INSERT INTO visits SELECT tenant_id, 'ä', 1 FROM events WHERE recorded_at < current_timestamp", 77,
                "current_timestamp reads the clock"
            ),
            ("UPDATE visits SET page = current_date", 26, "current_date reads the clock"),
            ("UPDATE visits SET page = localtime", 26, "localtime reads the clock"),
            ("UPDATE visits SET page = 'now'::timestamptz", 26, "'now' reads the clock"),
            ("UPDATE visits SET page = coalesce(page, 'today 12:00')", 41, "'today 12:00' reads the clock"),
            ("UPDATE visits SET page = E'no\\x77'", 26, "numbered escapes"),
            ("UPDATE visits SET page = timestamp 'today '", 36, "reads the clock"),
            ("DELETE FROM visits WHERE page < 'yesterday'", 33, "reads the clock"),
            ("UPDATE visits SET page = age(x)", 26, "age() of one time"),
            ("UPDATE visits SET page = timeofday()", 26, "reads the clock"),
            ("UPDATE visits SET page = random()", 26, "gives another value each time"),
            ("UPDATE visits SET page = gen_random_uuid()", 26, "gives another value each time"),
            ("UPDATE visits SET page = uuid_generate_v4()", 26, "gives another value each time"),
            ("UPDATE visits SET page = nextval('s')", 26, "gives another value each time"),
            ("DELETE FROM visits WHERE setseed(1) IS NULL", 26, "gives another value each time"),
            ("INSERT INTO visits SELECT * FROM visits TABLESAMPLE system (1)", 41, "gives another value each time"),
            ("UPDATE visits SET page = current_setting('x')", 26, "depends on the session"),
            ("UPDATE visits SET page = set_config('x', 'y', true)", 26, "depends on the session"),
            ("UPDATE visits SET page = current_user", 26, "depends on the session"),
            ("UPDATE visits SET page = user", 26, "depends on the session"),
            ("UPDATE visits SET page = pg_backend_pid()", 26, "depends on the session"),
            ("UPDATE visits SET page = txid_current()", 26, "depends on the session"),
            ("UPDATE visits SET page = pg_current_xact_id()", 26, "depends on the session"),
            ("UPDATE visits SET page = pg_read_file('/etc/passwd')", 26, "reaches out of the fold"),
            ("DELETE FROM visits USING dblink('x', 'y') z", 26, "reaches out of the fold"),
            ("UPDATE visits SET page = xmin", 26, "how the server stores"),
            ("UPDATE visits SET page = v.ctid FROM visits v", 28, "how the server stores"),
            ("UPDATE visits SET visits = p_from", 28, "in which batches"),
            ("UPDATE visits SET page = 'visits'::regclass", 36, "this server only"),
            ("UPDATE visits SET page = public.f(1)", 33, "function of another schema"),
            ("UPDATE visits SET page = 1 OPERATOR(public.+) 2", 28, "operator of another schema"),
            ("INSERT INTO visits SELECT tenant_id, 'a', 1 FROM U&\"\\0065vents\"", 50, "hides what it says"),
        ])
    func impure(fold: String, column: Int, message: String) throws {
        let findings = try findings(Self.file(fold: fold + ";"))
        let finding = try #require(findings.first { $0.message.contains(message) }, "\(findings)")
        #expect(finding.line == 11 && finding.column == column && finding.severity == .error, "\(finding)")
        #expect(String(describing: finding).hasPrefix("visits.sql:11:\(column): "))
    }

    @Test(
        "relations that are neither events nor the file's own are refused",
        arguments: [
            ("INSERT INTO visits SELECT * FROM users", "users is neither"),
            ("INSERT INTO visits SELECT * FROM events e, users u", "users is neither"),
            ("INSERT INTO visits SELECT e.* FROM events e JOIN users u ON true", "users is neither"),
            ("INSERT INTO visits SELECT * FROM (SELECT * FROM users) e", "users is neither"),
            ("INSERT INTO visits SELECT * FROM ((users JOIN events ON true))", "users is neither"),
            ("INSERT INTO visits SELECT * FROM ONLY users", "users is neither"),
            (
                "MERGE INTO visits v USING (users u CROSS JOIN events e) ON v.page = u.name WHEN MATCHED THEN DELETE",
                "users is neither"
            ),
            (
                "MERGE INTO visits v USING (public.users u CROSS JOIN events e) ON true WHEN MATCHED THEN DELETE",
                "public.users is in another schema"
            ),
            ("INSERT INTO visits SELECT tenant_id, (TABLE users), 1 FROM events", "users is neither"),
            ("INSERT INTO visits SELECT * FROM \"users\"", "users is neither"),
            ("DELETE FROM visits USING users", "users is neither"),
            ("UPDATE visits SET page = 'a' FROM users", "users is neither"),
            ("DELETE FROM visits WHERE EXISTS (SELECT FROM users)", "users is neither"),
            ("INSERT INTO visits SELECT * FROM public.events", "public.events is in another schema"),
            ("INSERT INTO visits SELECT * FROM events, pg_catalog.pg_class", "another schema"),
            ("INSERT INTO users SELECT * FROM events", "users is not this projection's to write"),
            ("INSERT INTO public.visits SELECT * FROM events", "another schema"),
            ("DELETE FROM users", "not this projection's to write"),
            ("DELETE FROM events", "not this projection's to write"),
            ("UPDATE users SET name = 'x'", "not this projection's to write"),
            (
                "WITH x AS (DELETE FROM users RETURNING *) INSERT INTO visits SELECT * FROM x",
                "not this projection's to write"
            ),
            (
                "WITH x AS (UPDATE users SET name = 'x' RETURNING *) DELETE FROM visits",
                "not this projection's to write"
            ),
            ("MERGE INTO users USING events ON true WHEN MATCHED THEN DELETE", "not this projection's to write"),
            ("WITH events AS (SELECT 1) DELETE FROM visits", "defines events anew"),
        ])
    func relations(fold: String, message: String) throws {
        let findings = try findings(Self.file(fold: fold + ";"))
        #expect(findings.contains { $0.message.contains(message) && $0.line == 11 }, "\(findings)")
    }

    @Test(
        "what depends on the order of rows needs one",
        arguments: [
            (
                "INSERT INTO visits SELECT tenant_id, string_agg(payload->>'a', ','), 1 FROM events GROUP BY 1",
                "string_agg() without ORDER BY"
            ),
            (
                "INSERT INTO visits SELECT tenant_id, (array_agg(payload))[1], 1 FROM events GROUP BY 1",
                "array_agg() without"
            ),
            (
                "INSERT INTO visits SELECT tenant_id, jsonb_object_agg('a', payload), 1 FROM events GROUP BY 1 ORDER BY 1",
                "jsonb_object_agg() without"
            ),
            ("INSERT INTO visits SELECT tenant_id, last(payload->>'a'), 1 FROM events GROUP BY 1", "last() without"),
            (
                "INSERT INTO visits SELECT tenant_id, json_agg((SELECT 1 ORDER BY 1)), 1 FROM events GROUP BY 1",
                "json_agg() without"
            ),
            ("UPDATE visits SET page = forgotten(a, b, c, 'd')", "forgotten() without"),
            ("INSERT INTO visits SELECT tenant_id, 'a', 1 FROM events LIMIT 1", "LIMIT without ORDER BY"),
            (
                "INSERT INTO visits SELECT tenant_id, (SELECT 'a' FROM events LIMIT 1), 1 FROM events ORDER BY position",
                "LIMIT without"
            ),
            ("INSERT INTO visits SELECT * FROM events FETCH FIRST ROW ONLY", "FETCH without"),
            ("INSERT INTO visits SELECT * FROM events OFFSET 3", "OFFSET without"),
            ("INSERT INTO visits SELECT DISTINCT ON (tenant_id) * FROM events", "DISTINCT ON without"),
            (
                "INSERT INTO visits SELECT tenant_id, 'a', row_number() OVER (PARTITION BY tenant_id) FROM events",
                "row_number() over rows without"
            ),
            (
                "INSERT INTO visits SELECT tenant_id, lag('a') OVER w, 1 FROM events WINDOW w AS (PARTITION BY actor_id)",
                "lag() over rows without"
            ),
            ("UPDATE visits SET visits = x::float8", "float8 is not exact"),
            ("UPDATE visits SET visits = CAST(page || 'a' AS double precision)", "double precision is not exact"),
            ("UPDATE visits SET visits = date_part('year', x)", "floating-point"),
            ("UPDATE visits SET visits = float8(x)", "floating-point"),
            ("UPDATE visits SET visits = x::public.mine", "type of another schema"),
        ])
    func order(fold: String, message: String) throws {
        let findings = try findings(Self.file(fold: fold + ";"))
        #expect(findings.contains { $0.message.contains(message) && $0.line == 11 }, "\(findings)")
    }

    @Test(
        "a fold writes its tables and does nothing else",
        arguments: [
            "CREATE TABLE more (a int)", "DROP TABLE visits", "TRUNCATE visits", "ALTER TABLE visits ADD x int",
            "COMMIT",
            "BEGIN", "SET search_path = public", "COPY visits TO PROGRAM 'id'", "SELECT 1", "DO $$ BEGIN END $$",
            "GRANT ALL ON visits TO PUBLIC", "EXECUTE 'x'", "PERFORM 1", "IF true THEN", "CALL x()", "LOCK visits",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "WITH x AS (SELECT 1) SELECT 2",
        ])
    func kinds(fold: String) throws {
        let findings = try findings(Self.file(fold: "DELETE FROM visits;\n\(fold);"))
        #expect(
            findings.contains { $0.message.contains("cannot stand here") && $0.line == 12 && $0.column == 1 },
            "\(findings)")
    }

    @Test(
        "a table that a replay would fill otherwise, or that is somebody else's, is refused",
        arguments: [
            ("(tenant_id uuid PRIMARY KEY, at timestamptz DEFAULT now())", "now() reads the clock"),
            ("(tenant_id uuid PRIMARY KEY, id uuid DEFAULT gen_random_uuid())", "gives another value"),
            ("(tenant_id uuid PRIMARY KEY, id bigserial)", "draws numbers from a sequence"),
            ("(tenant_id uuid PRIMARY KEY, id int GENERATED BY DEFAULT AS IDENTITY)", "draws numbers from a sequence"),
            ("(tenant_id uuid PRIMARY KEY, x real)", "real is not exact"),
            ("(tenant_id uuid PRIMARY KEY, x double precision)", "double precision is not exact"),
            ("(tenant_id uuid PRIMARY KEY, x float4[])", "float4 is not exact"),
            ("(tenant_id uuid PRIMARY KEY, x money)", "locale"),
            ("(id uuid PRIMARY KEY)", "has no column tenant_id"),
            ("(tenant_id text COLLATE \"C\" PRIMARY KEY)", "tenant_id is no uuid"),
            ("(tenant_id uuid, id uuid)", "has no primary key"),
            ("(tenant_id uuid, id uuid, PRIMARY KEY (id, tenant_id))", "does not begin with tenant_id"),
            ("(tenant_id uuid, id uuid PRIMARY KEY)", "does not begin with tenant_id"),
            ("(tenant_id uuid, name text, PRIMARY KEY (tenant_id, name))", "compared by the server's locale"),
            (
                "(tenant_id uuid, name varchar(9) COLLATE \"de_DE\", CONSTRAINT k PRIMARY KEY (tenant_id, name))",
                "compared by the server's locale"
            ),
            ("(tenant_id uuid PRIMARY KEY REFERENCES tenants)", "foreign key cannot be made here"),
            (
                "(tenant_id uuid PRIMARY KEY, FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id))",
                "foreign key cannot be made here"
            ),
            ("(LIKE users, tenant_id uuid PRIMARY KEY)", "LIKE takes its columns"),
            ("(tenant_id uuid PRIMARY KEY) INHERITS (users)", "INHERITS cannot be used"),
            ("(tenant_id uuid PRIMARY KEY) PARTITION BY HASH (tenant_id)", "PARTITION cannot be used"),
        ])
    func tables(columns: String, message: String) throws {
        let findings = try findings(Self.file(table: "CREATE TABLE visits \(columns);"))
        #expect(
            findings.contains { $0.message.contains(message) && $0.line == 7 && $0.severity == .error }, "\(findings)")
    }

    @Test(
        "a name that is taken, and statements that do not belong there, are refused",
        arguments: [
            ("CREATE TABLE users (tenant_id uuid PRIMARY KEY);", "a table of the projection users"),
            ("CREATE TABLE audit_trail (tenant_id uuid PRIMARY KEY);", "a view of Atlas2"),
            ("CREATE TABLE audit_logs (tenant_id uuid PRIMARY KEY);", "a table of the log"),
            ("CREATE TABLE audit_logs_2027_01 (tenant_id uuid PRIMARY KEY);", "a table of the log"),
            ("CREATE TABLE events (tenant_id uuid PRIMARY KEY);", "the relation that a fold reads"),
            ("CREATE TABLE public.visits (tenant_id uuid PRIMARY KEY);", "a schema is named"),
            ("CREATE TABLE \"Visits\" (tenant_id uuid PRIMARY KEY);", "is no name for a table"),
            ("CREATE TABLE v AS SELECT 1;", "creates no table by its columns"),
            ("CREATE TABLE v (tenant_id uuid PRIMARY KEY); CREATE TEMP TABLE w (tenant_id uuid);", "cannot stand here"),
            ("CREATE TABLE v (tenant_id uuid PRIMARY KEY); INSERT INTO v VALUES (NULL);", "cannot stand here"),
            ("CREATE TABLE v (tenant_id uuid PRIMARY KEY); DROP TABLE users;", "cannot stand here"),
        ])
    func schema(table: String, message: String) throws {
        let findings = try findings(Self.file(table: table))
        #expect(findings.contains { $0.message.contains(message) && $0.line == 7 }, "\(findings)")
    }

    @Test(
        "what is opened and not closed is refused before anything else",
        arguments: [
            ("DELETE FROM visits WHERE page = 'a;", 33, "a quote is opened"),
            ("DELETE FROM visits WHERE page = \"a;", 33, "a quote is opened"),
            ("DELETE FROM visits WHERE page = $a$a;", 33, "a quote is opened"),
            ("DELETE FROM visits /* /* */;", 20, "a comment is opened"),
            ("DELETE FROM visits; -- $fold$; DROP TABLE users; --", 24, "is Atlas2's own quote"),
            ("DELETE FROM visits WHERE page = '$install$';", 34, "is Atlas2's own quote"),
        ])
    func closed(fold: String, column: Int, message: String) throws {
        let findings = try findings(Self.file(fold: fold))
        #expect(findings.count == 1)
        #expect(
            findings[0].message.contains(message) && findings[0].line == 11 && findings[0].column == column,
            "\(findings)")
    }

    @Test(
        "indexes are of the file's own tables",
        arguments: [
            ("CREATE INDEX i ON users (id);", "users is no table of this file"),
            ("CREATE INDEX CONCURRENTLY i ON visits (page);", "CONCURRENTLY"),
            ("CREATE INDEX i ON visits (now());", "reads the clock"), ("DROP INDEX i;", "cannot stand here"),
        ])
    func indexes(indexes: String, message: String) throws {
        let findings = try findings(Self.file(indexes: indexes))
        #expect(findings.contains { $0.message.contains(message) && $0.line == 13 }, "\(findings)")
        #expect(
            try self.findings(Self.file(indexes: "CREATE INDEX i ON visits (page); COMMENT ON INDEX i IS 'x';")) == [])
    }

    @Test("a header that the tables do not bear out is refused on its line")
    func header() throws {
        let text = Self.file().replacing("-- key: aggregate", with: "-- key: aggregate\n-- owner: user_id")
        #expect(try findings(text).map(\.message) == ["visits has no column user_id, which the header names as owner"])
        let reference = Self.file().replacing(
            "-- key: aggregate", with: "-- key: aggregate\n-- references: visits (tenant_id) -> audit_logs (tenant_id)")
        #expect(try findings(reference).map(\.line) == [6])
        let name = Self.file().replacing("projection: visits", with: "projection: inline")
        #expect(try findings(name).contains { $0.line == 1 && $0.message.contains("fold_inline") })
    }

    @Test(
        "a comment on what is not the file's own is refused",
        arguments: ["TABLE users", "TABLE public.visits", "COLUMN users.name", "CONSTRAINT users_pkey ON users"])
    func comment(on what: String) throws {
        let text = Self.file().replacing(
            "COMMENT ON TABLE visits IS 'x';", with: "COMMENT ON TABLE visits IS 'x'; COMMENT ON \(what) IS 'x';")
        #expect(try findings(text).map(\.message) == ["COMMENT ON cannot stand here"])
    }

    @Test(
        "what is no name cannot stand in the header",
        arguments: [
            "owner: true OR visits", "owner: \"visits\"", "references: visits (tenant_id) -> public.users (tenant_id)",
            "references: visits (tenant_id, a b) -> users (tenant_id)",
        ])
    func names(line: String) throws {
        let text = Self.file().replacing("-- key: aggregate", with: "-- key: aggregate\n-- \(line)")
        let error = #expect(throws: DefinitionError.self) { try findings(text) }
        #expect(error?.line == 6)
    }

    @Test("a missing comment is a hint, and no mistake")
    func comments() throws {
        let findings = try findings(Self.file().replacing("COMMENT ON COLUMN visits.page IS 'x';", with: ""))
        #expect(findings.map(\.severity) == [.hint])
        #expect(findings[0].message.contains("visits.page has no comment"))
    }

    @Test("nothing is wrong with the product's own files, nor with the examples")
    func product() throws {
        let library = try Library.project(additional: [ProjectFolder.path + "/examples/projections"])
        #expect(library.faulty.isEmpty, "\(library.faulty)")
        #expect(library.further.map(\.name) == ["mapping_changes", "rejected_rows"])
        for definition in library.projections {
            #expect(FileCheck(definition, names: library.takenNames).findings() == [], "\(definition.name)")
        }
        let product = try Library.project().projections.map(\.name)
        #expect(Library.product == Set(product))
    }
}
