import FoundationEssentials
import Postgres

/// A row of a live table that is not what the log says.
package struct Difference: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// The log says there is a row, and there is none.
        case missing
        /// There is a row that the log knows nothing of.
        case unexpected
        /// A column has another value.
        case changed
        /// The whole table is not there, or has other columns.
        case table
    }
    package var table: String
    package var kind: Kind
    /// The primary key, as JSON.
    package var key: String
    /// The column; nil where the whole row differs.
    package var column: String?
    /// What the log says, as JSON; nil where it says nothing.
    package var expected: String?
    /// What the table holds, as JSON; nil where it holds nothing.
    package var found: String?

    /// A checkpoint that is ahead of the log: the events that come next would be skipped.
    static func checkpoint(of projection: String, _ tenant: UUID, at position: Int64, size: Int64) -> Difference {
        Difference(
            table: "projection_checkpoints", kind: .changed,
            key: #"{"tenant_id": "\#(tenant.text)", "projection": "\#(projection)"}"#, column: "position",
            expected: String(size), found: String(position))
    }
}

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

    private func list(_ columns: [String], of alias: String? = nil) -> String {
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
        let join = """
            \(schema).\(table) e FULL JOIN public.\(table) f USING (\(list(key)))
            WHERE ROW(\(list(columns, of: "e"))) IS DISTINCT FROM ROW(\(list(columns, of: "f")))
            """
        let count: Int64 = try session.first("SELECT count(*) FROM \(raw: join)") { try $0.decode(0) } ?? 0
        guard count > 0 else { return (0, []) }
        let keyObject = key.map { "'\($0)', \(SQL.quoted(identifier: $0))" }.joined(separator: ", ")
        let rows: [[Difference]] = try session.query(
            """
            SELECT d.kind, d.key::text, c.key, c.expected::text, c.found::text
            FROM (
                SELECT jsonb_build_object(\(raw: keyObject)) AS key, to_jsonb(e) AS expected, to_jsonb(f) AS found,
                       CASE WHEN e.tenant_id IS NULL THEN 'unexpected' WHEN f.tenant_id IS NULL THEN 'missing' ELSE 'changed' END AS kind
                FROM \(raw: join)
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
            [
                Difference(
                    table: table, kind: Difference.Kind(rawValue: try row.decode(0)) ?? .changed,
                    key: try row.decode(1),
                    column: try row.decode(2), expected: try row.decode(3), found: try row.decode(4))
            ]
        }
        return (count, rows.flatMap { $0 })
    }

    /// Makes the live table's rows those of `schema`; touches only rows that differ.
    ///
    /// - Returns: how many rows changed, by tenant.
    func apply(from schema: String, _ session: Session) throws -> [(tenant: String, rows: Int64)] {
        let rest = columns.filter { !key.contains($0) }
        let same = key.map { "e.\(SQL.quoted(identifier: $0)) = f.\(SQL.quoted(identifier: $0))" }.joined(
            separator: " AND ")
        let update = rest.map { "\(SQL.quoted(identifier: $0)) = excluded.\(SQL.quoted(identifier: $0))" }
        let onConflict =
            rest.isEmpty
            ? "DO NOTHING"
            : """
            DO UPDATE SET \(update.joined(separator: ", "))
            WHERE ROW(\(list(rest, of: "f"))) IS DISTINCT FROM ROW(\(list(rest, of: "excluded")))
            """
        return try session.query(
            """
            WITH gone AS (
                DELETE FROM public.\(raw: table) f
                WHERE NOT EXISTS (SELECT FROM \(raw: schema).\(raw: table) e WHERE \(raw: same)) RETURNING f.tenant_id
            ), written AS (
                INSERT INTO public.\(raw: table) AS f (\(raw: list(columns)))
                SELECT \(raw: list(columns)) FROM \(raw: schema).\(raw: table)
                ON CONFLICT (\(raw: list(key))) \(raw: onConflict) RETURNING f.tenant_id
            )
            SELECT tenant_id::text, count(*) FROM (SELECT * FROM gone UNION ALL SELECT * FROM written) x
            GROUP BY tenant_id ORDER BY tenant_id
            """
        ) { (try $0.decode(0), try $0.decode(1)) }
    }
}
