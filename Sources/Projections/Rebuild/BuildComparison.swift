import FoundationEssentials
import Postgres

/// What would change if a build went live, at one moment.
package struct BuildComparison: Sendable {
    package struct Table: Sendable {
        package var name: String
        package var oldRows: Int64 = 0
        package var newRows: Int64 = 0
        /// Columns that only one of the two has.
        package var removedColumns: [String] = []
        package var addedColumns: [String] = []
        /// Nil: the two have no key in common, so that no row can be found in the other.
        package var rows: Rows?
    }

    package struct Rows: Sendable {
        package var onlyOld: Int64 = 0
        package var onlyNew: Int64 = 0
        package var changed: Int64 = 0
        /// By column that both have, in how many rows it holds something else.
        package var changedColumns: [(column: String, rows: Int64)] = []
        /// Some of the rows that differ; `expected` is the new one.
        package var samples: [Difference] = []
    }

    package var name: String
    package var tables: [Table] = []
    package var isEqual: Bool {
        tables.allSatisfy { table in
            table.removedColumns.isEmpty && table.addedColumns.isEmpty
                && table.rows.map { $0.onlyOld + $0.onlyNew + $0.changed == 0 } ?? false
        }
    }

    /// Folds the build as far as the live tables are, in the session's snapshot, and compares.
    init(_ build: Build, _ tenant: UUID?, _ session: Session) throws {
        name = build.definition.name
        for head in try session.heads() where tenant == nil || head.tenant == tenant {
            let position =
                build.definition.mode == .inline ? head.size : try session.checkpoint(of: name, head.tenant) ?? 0
            try build.fold(head.tenant, to: min(position, head.size), session)
        }
        tables = try build.definition.tables.map { try Self.compare($0, build.schema, tenant, session) }
    }

    private static func compare(
        _ table: String, _ schema: String, _ tenant: UUID?, _ session: Session
    ) throws -> Table {
        var result = Table(name: table)
        let new = try TableComparison(table: table, schema: schema, session)
        let oldColumns = try TableComparison.columns(of: table, in: "public", session)
        let filter: SQL = tenant.map { "WHERE tenant_id = \($0)" } ?? ""
        func count(_ schema: String) throws -> Int64 {
            try session.first(
                "SELECT count(*) FROM \(raw: schema).\(identifier: table) \(sql: filter)"
            ) { try $0.decode(0) } ?? 0
        }
        result.newRows = try count(schema)
        result.addedColumns = new.columns.filter { name in !oldColumns.contains { $0.name == name } }
        guard !oldColumns.isEmpty else { return result }
        result.oldRows = try count("public")
        result.removedColumns = oldColumns.map(\.name).filter { !new.columns.contains($0) }
        let shared = new.definitions.filter(oldColumns.contains)
        guard new.key.allSatisfy({ key in shared.contains { $0.name == key } }) else { return result }
        let comparison = TableComparison(table: table, key: new.key, definitions: shared)
        let values = shared.map(\.name).filter { !new.key.contains($0) }
        let both = "e.tenant_id IS NOT NULL AND f.tenant_id IS NOT NULL"
        let counts = values.map {
            let column = SQL.quoted(identifier: $0)
            return "count(*) FILTER (WHERE \(both) AND e.\(column) IS DISTINCT FROM f.\(column))"
        }
        let join: SQL = """
            (SELECT * FROM \(raw: schema).\(identifier: table) \(sql: filter)) e
            FULL JOIN (SELECT * FROM public.\(identifier: table) \(sql: filter)) f USING (\(raw: comparison.list(new.key)))
            """
        result.rows = try session.first(
            """
            SELECT count(*) FILTER (WHERE e.tenant_id IS NULL), count(*) FILTER (WHERE f.tenant_id IS NULL),
                   count(*) FILTER (WHERE \(raw: both)), ARRAY[\(raw: counts.joined(separator: ", "))]::bigint[]
            FROM \(sql: join)
            WHERE ROW(\(raw: comparison.list(comparison.columns, of: "e"))) IS DISTINCT FROM ROW(\(raw: comparison.list(comparison.columns, of: "f")))
            """
        ) { row in
            Rows(
                onlyOld: try row.decode(0), onlyNew: try row.decode(1), changed: try row.decode(2),
                changedColumns: zip(values, try row.decode(3, as: [Int64].self)).filter { $0.1 > 0 }.map {
                    (column: $0.0, rows: $0.1)
                })
        }
        result.rows?.samples = try comparison.named(expected: schema, tenant: tenant, limit: 3, session)
        return result
    }
}
