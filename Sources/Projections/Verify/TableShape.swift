import FoundationEssentials
import Postgres

/// What a table is besides its rows: columns, constraints, indexes, policies, grants, triggers.
///
/// What should be is read from tables that the definition makes beside the live ones, and that are dropped again.
enum TableShape {
    /// Properties of a projection's live tables that are not what its definition makes.
    static func differences(of definition: Definition, _ session: Session) throws -> [Difference] {
        let scratch = "atlas2_shape_" + UUID().text.replacing("-", with: "_")
        try session.script(
            """
            SET LOCAL client_min_messages = warning;
            CREATE SCHEMA \(scratch);
            SET LOCAL search_path = \(scratch), fold, pg_temp;
            \(definition.schema)
            \(definition.indexes)
            SET LOCAL search_path = public, pg_temp;
            \(definition.access.replacing("public.", with: "\(scratch)."))
            """)
        defer { try? session.script("DROP SCHEMA IF EXISTS \(scratch) CASCADE") }
        return try definition.tables.flatMap { table in
            try differences(table, expected: try properties(of: table, in: scratch, session), session)
        } + missingKeys(definition, session)
    }

    private static func differences(
        _ table: String, expected: [Property: String], _ session: Session
    ) throws -> [Difference] {
        let found = try properties(of: table, in: "public", session)
        guard !found.isEmpty else {
            return [Difference(table: table, kind: .table, key: "{}", column: nil, expected: "a table", found: nil)]
        }
        return Set(expected.keys).union(found.keys).sorted().compactMap { property in
            let (wanted, held) = (expected[property], found[property])
            guard wanted != held else { return nil }
            return Difference(
                table: table, kind: .shape, key: property.json, column: nil, expected: wanted, found: held)
        }
    }

    struct Property: Hashable, Comparable {
        var kind: String
        var name: String

        var json: String { "{\"\(kind)\": \"\(name.replacing("\"", with: "'"))\"}" }
        static func < (left: Property, right: Property) -> Bool { (left.kind, left.name) < (right.kind, right.name) }
    }

    /// Everything about a table, in words that do not depend on its schema; empty where there is no table.
    private static func properties(
        of table: String, in schema: String, _ session: Session
    ) throws -> [Property: String] {
        // Names come out with their schema, whose name is then made the same.
        try session.script("SET LOCAL search_path = pg_catalog, pg_temp")
        defer { try? session.script("SET LOCAL search_path = public, pg_temp") }
        let lines = try session.query(
            """
            WITH t AS (SELECT * FROM pg_class WHERE oid = to_regclass(\(schema + "." + SQL.quoted(identifier: table))))
            SELECT 'column', a.attname::text,
                   format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                   || coalesce(' COLLATE ' || (SELECT collname FROM pg_collation WHERE oid = nullif(a.attcollation, 100)), '')
                   || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
            FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
            UNION ALL
            SELECT 'constraint', c.conname, pg_get_constraintdef(c.oid)
            FROM t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'c', 'x')
            UNION ALL
            SELECT 'index', i.relname, pg_get_indexdef(x.indexrelid) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
            FROM t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
            UNION ALL
            SELECT 'policy', p.polname, format('%s %s TO %s USING %s CHECK %s', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                       p.polcmd, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
            FROM t JOIN pg_policy p ON p.polrelid = t.oid
            UNION ALL
            SELECT 'security', 'row level', CASE WHEN t.relrowsecurity THEN 'on' ELSE 'off' END FROM t
            UNION ALL
            SELECT 'owner', t.relname, pg_get_userbyid(t.relowner) FROM t
            UNION ALL
            SELECT 'persistence', t.relname, 'unlogged' FROM t WHERE t.relpersistence = 'u'
            UNION ALL
            SELECT 'rights', coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC'), string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
            FROM t CROSS JOIN LATERAL aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) a
            -- Whom the administrator lets read besides is the administrator's affair.
            WHERE a.privilege_type <> 'SELECT' OR a.grantee IN ('atlas2_app'::regrole, 'atlas2_readonly'::regrole)
            GROUP BY a.grantee
            UNION ALL
            SELECT 'trigger', g.tgname, pg_get_triggerdef(g.oid) FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
            UNION ALL
            SELECT 'rule', r.rulename, pg_get_ruledef(r.oid) FROM t JOIN pg_rewrite r ON r.ev_class = t.oid
            """
        ) { row in
            (
                Property(kind: try row.decode(0), name: try row.decode(1)),
                try row.decode(2, as: String.self).replacing("\(schema).", with: "public.")
            )
        }
        return Dictionary(lines, uniquingKeysWith: { one, _ in one })
    }

    /// Foreign keys that the file asks for and that are not there, or are not checked.
    static func missingKeys(_ definition: Definition, _ session: Session) throws -> [Difference] {
        try definition.references.compactMap { reference in
            let name = "\(reference.table)_\(reference.target)_fkey"
            // Where a table is gone, its own projection says so.
            let isThere = try session.first(
                """
                SELECT to_regclass(\("public." + reference.target)) IS NULL OR to_regclass(\("public." + reference.table)) IS NULL
                    OR EXISTS (SELECT FROM pg_constraint WHERE conname = \(name) AND conrelid = to_regclass(\("public." + reference.table)))
                """
            ) { try $0.decode(0, as: Bool.self) }
            guard isThere == false else { return nil }
            return Difference(
                table: reference.table, kind: .key, key: Property(kind: "constraint", name: name).json, column: nil,
                expected:
                    "FOREIGN KEY (\(reference.columns)) REFERENCES \(reference.target)(\(reference.targetColumns))",
                found: nil)
        }
    }
}
