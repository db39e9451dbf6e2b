import FoundationEssentials
import Postgres
import TestSupport

@testable import Projections

/// Changes a live table by hand, in every way, and says what a verification must find.
struct Tampering {
    private let table: String
    /// Those of the primary key, in order.
    private let key: [String]
    /// The others, each with an expression that changes it whatever it holds.
    let columns: [(name: String, changed: String)]

    init(_ table: String, _ database: TestDatabase) async throws {
        self.table = table
        let all: [(name: String, type: String, isKey: Bool)] = try await database.administrator.session { session in
            try session.query(
                """
                SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnum = ANY (i.indkey)
                FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
                WHERE a.attrelid = \(table)::regclass AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY array_position(i.indkey::int2[], a.attnum), a.attnum
                """
            ) { (try $0.decode(0), try $0.decode(1), try $0.decode(2)) }
        }
        key = all.filter(\.isKey).map(\.name)
        // A status or a type may hold certain words only: one of the other rows lends its own. A sum is changed with its parts.
        columns = all.filter { !$0.isKey && $0.name != Self.sum }.map { column in
            let name = SQL.quoted(identifier: column.name)
            let other =
                "(SELECT o.\(name) FROM \(table) o WHERE o.\(name) IS DISTINCT FROM t.\(name) ORDER BY o LIMIT 1)"
            let changed =
                switch column.type {
                case "bigint", "integer": "coalesce(\(name), 0) + 7"
                case "timestamp with time zone": "coalesce(\(name), '2020-02-02') + interval '1 microsecond'"
                case "uuid": "gen_random_uuid()"
                case "boolean": "NOT \(name)"
                case "jsonb": "jsonb_build_object('x', \(name))"
                default: other
                }
            return (column.name, changed)
        }
    }

    /// Tables check that it is what these add up to.
    private static let sum = "processed_rows"
    private static let parts: Set = ["accepted_rows", "rejected_rows", "skipped_rows"]

    private var keyObject: String {
        "jsonb_build_object(\(key.map { "'\($0)', t.\(SQL.quoted(identifier: $0))" }.joined(separator: ", ")))"
    }

    private var order: String { key.map { SQL.quoted(identifier: $0) }.joined(separator: ", ") }

    /// Updates each column in a row of its own, as far as there are rows, deletes one row and inserts another.
    func apply(_ database: TestDatabase) async throws -> [Difference] {
        try await database.administrator.transaction { session in
            var differences: [Difference] = []
            // The first and the second row are for those who come last.
            for (number, column) in columns.enumerated() {
                differences += try update(column, skipping: 2 + number, session)
            }
            differences += try delete(session)
            differences += try insert(session)
            return differences
        }
    }

    private func update(_ column: (name: String, changed: String), skipping: Int, _ session: Session) throws
        -> [Difference]
    {
        let name = SQL.quoted(identifier: column.name)
        let isPart = Self.parts.contains(column.name)
        let also = isPart ? ", \(Self.sum) = t.\(Self.sum) + 7" : ""
        let sum = isPart ? Self.sum : "NULL::bigint"
        let changes: [[Difference]] = try session.query(
            """
            WITH old AS (
                SELECT ctid AS place, to_jsonb(\(raw: name)) AS held, \(raw: sum) AS sum FROM \(raw: table)
                ORDER BY \(raw: order) OFFSET \(skipping) % ((SELECT count(*) FROM \(raw: table)) - 2) + 2 LIMIT 1)
            UPDATE \(raw: table) t SET \(raw: name) = \(raw: column.changed)\(raw: also) FROM old WHERE t.ctid = old.place
            RETURNING \(raw: keyObject)::text, coalesce(old.held, 'null')::text, coalesce(to_jsonb(t.\(raw: name)), 'null')::text,
                      old.sum
            """
        ) {
            let key: String = try $0.decode(0)
            let change = Difference(
                table: table, kind: .changed, key: key, column: column.name, expected: try $0.decode(1),
                found: try $0.decode(2))
            guard let sum = try $0.decode(3, as: Int64?.self) else { return [change] }
            return [
                change,
                Difference(
                    table: table, kind: .changed, key: key, column: Self.sum, expected: String(sum),
                    found: String(sum + 7)),
            ]
        }
        return changes.flatMap(\.self)
    }

    private func delete(_ session: Session) throws -> [Difference] {
        try session.query(
            """
            DELETE FROM \(raw: table) t WHERE ctid = (SELECT ctid FROM \(raw: table) ORDER BY \(raw: order) LIMIT 1)
            RETURNING \(raw: keyObject)::text, to_jsonb(t)::text
            """
        ) {
            Difference(
                table: table, kind: .missing, key: try $0.decode(0), column: nil, expected: try $0.decode(1), found: nil
            )
        }
    }

    /// A copy of a row under another key; of a table whose only key is the tenant, for a tenant that has no log.
    private func insert(_ session: Session) throws -> [Difference] {
        let column = key.count > 1 ? key[1] : key[0]
        return try session.query(
            """
            INSERT INTO \(raw: table) AS t
            SELECT (jsonb_populate_record(r, jsonb_build_object(\(column),
                CASE WHEN pg_typeof(r.\(identifier: column)) = 'uuid'::regtype THEN gen_random_uuid()::text
                     WHEN pg_typeof(r.\(identifier: column)) = 'date'::regtype THEN '2001-01-01' ELSE 'zzz' END))).*
            FROM \(raw: table) r ORDER BY \(raw: order) LIMIT 1
            RETURNING \(raw: keyObject)::text, to_jsonb(t)::text
            """
        ) {
            Difference(
                table: table, kind: .unexpected, key: try $0.decode(0), column: nil, expected: nil,
                found: try $0.decode(1))
        }
    }
}
