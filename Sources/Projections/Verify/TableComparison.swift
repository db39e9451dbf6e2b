import FoundationEssentials
import Postgres

/// Compares a table of two schemas, whatever its columns.
struct TableComparison {
    let table: String
    let key: [String]
    /// As SQL defines them: name and type.
    let definitions: [Column]
    var columns: [String] { definitions.map(\.name) }

    struct Column: Equatable, CustomStringConvertible {
        var name: String
        var type: String
        var description: String { "\(name) \(type)" }
    }

    init(table: String, key: [String], definitions: [Column]) {
        self.table = table
        self.key = key
        self.definitions = definitions
    }

    /// Reads the table's columns and primary key from its copy in `schema`.
    init(table: String, schema: String, _ session: Session) throws {
        self.table = table
        definitions = try Self.columns(of: table, in: schema, session)
        key = try session.query(
            """
            SELECT a.attname::text FROM pg_index i
            CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = \(raw: "'\(schema).\(table)'::regclass") AND i.indisprimary ORDER BY k.place
            """
        ) { try $0.decode(0) }
        guard key.first == "tenant_id" else {
            throw SchemaError("the table \(table) needs a primary key whose first column is tenant_id")
        }
    }

    static func columns(of table: String, in schema: String, _ session: Session) throws -> [Column] {
        try session.query(
            """
            SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
            WHERE a.attrelid = to_regclass(\("\(schema).\(table)")) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """
        ) { Column(name: try $0.decode(0), type: try $0.decode(1)) }
    }

    func list(_ columns: [String], of alias: String? = nil) -> String {
        columns.map { (alias.map { "\($0)." } ?? "") + SQL.quoted(identifier: $0) }.joined(separator: ", ")
    }

    /// Live rows that differ from those of `expected`, one line per column, and how many rows differ in all.
    func differences(expected schema: String, limit: Int, _ session: Session) throws -> (
        count: Int64, rows: [Difference]
    ) {
        let found = try Self.columns(of: table, in: "public", session)
        guard found == definitions else {
            func list(_ columns: [Column]) -> String { columns.map(\.description).joined(separator: ", ") }
            let difference = Difference(
                table: table, kind: .table, key: "{}", column: nil, expected: list(definitions),
                found: found.isEmpty ? nil : list(found))
            return (1, [difference])
        }
        let count: Int64 =
            try session.first("SELECT count(*) FROM \(sql: differing(from: schema, tenant: nil))") {
                try $0.decode(0)
            } ?? 0
        return count == 0 ? (0, []) : (count, try named(expected: schema, tenant: nil, limit: limit, session))
    }

    /// The first rows that differ, one line per column.
    ///
    /// - Parameter keys: nil: of all rows; else of those with these keys.
    func named(
        expected schema: String, tenant: UUID?, keys: [String]? = nil, limit: Int, _ session: Session
    ) throws -> [Difference] {
        return try session.query(
            """
            SELECT d.kind, d.key::text, c.key, c.expected::text, c.found::text
            FROM (
                SELECT \(raw: keyObject()) AS key, to_jsonb(e) AS expected, to_jsonb(f) AS found,
                       CASE WHEN e.tenant_id IS NULL THEN 'unexpected' WHEN f.tenant_id IS NULL THEN 'missing' ELSE 'changed' END AS kind
                FROM \(sql: differing(from: schema, tenant: tenant, keys: keys))
                ORDER BY \(raw: list(key)) LIMIT \(limit)
            ) d
            CROSS JOIN LATERAL (
                SELECT NULL AS key, d.expected, d.found WHERE d.kind <> 'changed'
                UNION ALL
                SELECT x.key, x.value, d.found->x.key FROM jsonb_each(d.expected) x
                WHERE d.kind = 'changed' AND x.value IS DISTINCT FROM d.found->x.key
            ) c
            """
        ) { row in
            Difference(
                table: table, kind: Difference.Kind(rawValue: try row.decode(0)) ?? .changed, key: try row.decode(1),
                column: try row.decode(2), expected: try row.decode(3), found: try row.decode(4))
        }
    }

    /// Rows of `schema` (e) and live ones (f) that are not the same; what is missing is null.
    func differing(from schema: String, tenant: UUID?, keys: [String]? = nil) -> SQL {
        func rows(of schema: String) -> SQL {
            let all: SQL = "SELECT \(raw: list(columns, of: "r")) FROM \(raw: schema).\(identifier: table) r"
            if let keys { return "\(sql: all) JOIN (\(sql: keyRows(keys))) k USING (\(raw: list(key)))" }
            if let tenant { return "\(sql: all) WHERE r.tenant_id = \(tenant)" }
            return all
        }
        return """
            (\(sql: rows(of: schema))) e FULL JOIN (\(sql: rows(of: "public"))) f USING (\(raw: list(key)))
            WHERE ROW(\(raw: list(columns, of: "e"))) IS DISTINCT FROM ROW(\(raw: list(columns, of: "f")))
            """
    }

    /// The key of a row as a JSON object.
    func keyObject(_ alias: String? = nil) -> String {
        let members = key.map { "'\($0)', \(alias.map { "\($0)." } ?? "")\(SQL.quoted(identifier: $0))" }
        return "jsonb_build_object(\(members.joined(separator: ", ")))"
    }

    /// Keys, as JSON objects, as rows.
    func keyRows(_ keys: [String]) -> SQL {
        let columns = key.map { "(x.r).\(SQL.quoted(identifier: $0))" }.joined(separator: ", ")
        return """
            SELECT \(raw: columns) FROM (
                SELECT jsonb_populate_record(NULL::public.\(identifier: table), k::jsonb) AS r FROM unnest(\(keys)) k OFFSET 0) x
            """
    }
}
