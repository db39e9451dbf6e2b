import Foundation
import Postgres

/// A row that differs: which, how, and in which columns.
struct RowDifference: Sendable, Equatable {
    var table: String
    var kind: Difference.Kind
    /// The primary key, as JSON.
    var key: String
    /// Those that differ, where both sides have the row.
    var columns: [String]
}

extension TableComparison {
    /// Rows of a tenant that differ from those of `schema`, at most `limit`.
    ///
    /// - Parameter keys: nil: all rows; else only those with these keys.
    func differing(
        from schema: String, tenant: UUID, keys: [String]? = nil, limit: Int, _ session: Session
    ) throws -> [RowDifference] {
        return try session.query(
            """
            SELECT d.kind, d.key::text,
                   ARRAY(SELECT x.key FROM jsonb_each(d.expected) x
                         WHERE d.kind = 'changed' AND x.value IS DISTINCT FROM d.found->x.key ORDER BY 1)
            FROM (
                SELECT \(raw: keyObject()) AS key, to_jsonb(e) AS expected, to_jsonb(f) AS found,
                       CASE WHEN e.tenant_id IS NULL THEN 'unexpected' WHEN f.tenant_id IS NULL THEN 'missing' ELSE 'changed' END AS kind
                FROM \(sql: differing(from: schema, tenant: tenant, keys: keys))
                LIMIT \(limit)
            ) d
            """
        ) { row in
            RowDifference(
                table: table, kind: Difference.Kind(rawValue: try row.decode(0)) ?? .changed, key: try row.decode(1),
                columns: try row.decode(2))
        }
    }

    /// Tenants of which a row differs.
    func differingTenants(from schema: String, tenant: UUID?, _ session: Session) throws -> [UUID] {
        try session.query("SELECT DISTINCT tenant_id FROM \(sql: differing(from: schema, tenant: tenant))") {
            try $0.decode(0)
        }
    }

    /// Makes the live rows with these keys those of `schema`.
    ///
    /// - Returns: the keys of the rows that changed.
    func correct(_ keys: [String], from schema: String, _ session: Session) throws -> [String] {
        guard !keys.isEmpty else { return [] }
        let rest = columns.filter { !key.contains($0) }
        func same(_ one: String, _ other: String) -> String {
            key.map { "\(one).\(SQL.quoted(identifier: $0)) = \(other).\(SQL.quoted(identifier: $0))" }
                .joined(separator: " AND ")
        }
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
            WITH k AS MATERIALIZED (\(sql: keyRows(keys))),
            gone AS (
                DELETE FROM public.\(raw: quoted) f USING k
                WHERE \(raw: same("f", "k")) AND NOT EXISTS (SELECT FROM \(raw: schema).\(raw: quoted) e WHERE \(raw: same("e", "k")))
                RETURNING \(raw: keyObject("f")) AS key
            ), written AS (
                INSERT INTO public.\(raw: quoted) AS f (\(raw: list(columns)))
                SELECT \(raw: list(columns, of: "e")) FROM \(raw: schema).\(raw: quoted) e JOIN k ON \(raw: same("e", "k"))
                ON CONFLICT (\(raw: list(key))) \(raw: onConflict) RETURNING \(raw: keyObject("f")) AS key
            )
            SELECT key::text FROM gone UNION ALL SELECT key::text FROM written
            """
        ) { try $0.decode(0) }
    }

    private var quoted: String { SQL.quoted(identifier: table) }
}
