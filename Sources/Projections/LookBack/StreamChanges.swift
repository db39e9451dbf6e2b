package import AuditLog
package import FoundationEssentials
package import Postgres

/// What changed on one resource between two of its versions, in the columns of the read model.
package struct StreamChanges: Sendable {
    package let owner: Database
    package let library: Library

    package init(owner: Database, library: Library) {
        self.owner = owner
        self.library = library
    }

    /// A value of the read model, or none.
    package struct Value: Sendable, Equatable {
        /// As JSON.
        package var json: String
        /// As people read it: text as it is, objects and lists in lines.
        package var text: String
    }

    /// A column of a row with another value than before.
    package struct Change: Sendable, Equatable {
        package var table: String
        /// What tells the row from others of the resource, as JSON by column; empty where it has one row.
        package var key: String
        package var column: String
        package var old: Value?
        package var new: Value?
        /// The version whose event gave the column its last value.
        package var version: Int64
    }

    /// Folds the resource's events, and no others, into tables beside the live ones, one event at a time, and compares what
    /// they hold at the two versions. Nothing stays behind.
    ///
    /// - Parameters:
    ///   - from: the version before; 0: before there was anything.
    ///   - to: the version after.
    /// - Returns: the changes by version, table, row and column; nil where no projection keeps rows of such resources.
    package func between(_ from: Int64, _ to: Int64, of stream: StreamID, tenant: UUID) async throws -> [Change]? {
        let definitions = library.projections.filter {
            $0.keepsRows(of: stream.type) && !Self.repeating.contains($0.name)
        }
        guard !definitions.isEmpty else { return nil }
        do {
            return try await owner.transaction(Replays.options) { session in
                let replay = try Replay(definitions, unlogged: true, session)
                // Of tables whose rows depend on nobody else's, and that nobody will see.
                try session.script("SET CONSTRAINTS ALL DEFERRED")
                let positions = try session.query(
                    """
                    SELECT stream_version, position FROM audit_logs
                    WHERE tenant_id = \(tenant) AND stream_type = \(stream.type) AND stream_id = \(stream.id)
                      AND stream_version <= \(to) ORDER BY stream_version
                    """
                ) { (version: try $0.decode(0, as: Int64.self), position: try $0.decode(1, as: Int64.self)) }
                let tables = try definitions.flatMap(\.tables).map {
                    try TableComparison(table: $0, schema: replay.schema, session)
                }
                for (_, position) in positions.filter({ $0.version <= from }) {
                    try replay.fold(eventAt: position, of: tenant, session)
                }
                let before = try Self.cells(tables, of: stream, replay, session)
                var (now, changedAt) = (before, [Place: Int64]())
                for (version, position) in positions where version > from {
                    try replay.fold(eventAt: position, of: tenant, session)
                    let next = try Self.cells(tables, of: stream, replay, session)
                    for place in Set(now.keys).union(next.keys) where now[place] != next[place] {
                        changedAt[place] = version
                    }
                    now = next
                }
                throw Compared(
                    changes: changedAt.filter { before[$0.key] != now[$0.key] }
                        .sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map {
                            Change(
                                table: $0.key.table, key: $0.key.key, column: $0.key.column, old: before[$0.key],
                                new: now[$0.key], version: $0.value)
                        })
            }
        } catch let compared as Compared {
            return compared.changes
        }
    }

    /// Projections that say in other words what another one says.
    private static let repeating: Set = ["transformation_rules"]

    /// Tables that keep every version of a resource, and the column that says which: versions are compared, not their rows.
    private static let versioned = ["mapping_configurations": "version"]

    /// A column of a row.
    private struct Place: Hashable, Comparable {
        var table: String
        var key: String
        /// The column's place in the table.
        var ordinal: Int32
        var column: String

        static func < (one: Place, other: Place) -> Bool {
            (one.table, one.key, one.ordinal) < (other.table, other.key, other.ordinal)
        }
    }

    /// What the tables hold, without nulls and what names the resource itself.
    private static func cells(
        _ tables: [TableComparison], of stream: StreamID, _ replay: Replay, _ session: Session
    ) throws -> [Place: Value] {
        var cells: [Place: Value] = [:]
        for table in tables {
            let version = versioned[table.table]
            let key = table.key.filter { $0 != "tenant_id" && $0 != version }.map { "'\($0)'" }
            let source = "\(replay.schema).\(table.table)"
            let newest = version.map { " ORDER BY \(SQL.quoted(identifier: $0)) DESC LIMIT 1" } ?? ""
            _ = try session.query(
                """
                SELECT k.key, c.key, c.value::text, a.attnum::integer,
                       CASE WHEN jsonb_typeof(c.value) = 'string' THEN c.value#>>'{}'
                            WHEN jsonb_typeof(c.value) IN ('object', 'array') AND c.value NOT IN ('{}', '[]') THEN jsonb_pretty(c.value)
                            ELSE c.value::text END
                FROM (SELECT to_jsonb(t) AS value FROM \(raw: source) t\(raw: newest)) r
                CROSS JOIN LATERAL (
                    SELECT coalesce(jsonb_object_agg(n, r.value->n) FILTER (WHERE r.value->>n <> \(stream.id.text)), '{}')::text AS key
                    FROM unnest(ARRAY[\(raw: key.joined(separator: ", "))]::text[]) n) k
                CROSS JOIN LATERAL jsonb_each(r.value) c
                JOIN pg_attribute a ON a.attrelid = \(raw: "'\(source)'::regclass") AND a.attname = c.key
                WHERE jsonb_typeof(c.value) <> 'null' AND c.key <> ALL (ARRAY['tenant_id'\(raw: key.map { ", " + $0 }.joined())])
                """
            ) { row in
                let place = Place(
                    table: table.table, key: try row.decode(0), ordinal: try row.decode(3), column: try row.decode(1))
                cells[place] = Value(json: try row.decode(2), text: try row.decode(4))
            }
        }
        return cells
    }

    /// Ends the transaction without committing it.
    private struct Compared: Error {
        var changes: [Change]
    }
}

extension Definition {
    /// Whether each resource of the type has rows of its own here.
    fileprivate func keepsRows(of streamType: String) -> Bool {
        key == "stream" && events.contains { $0.split(separator: ".").first.map(String.init) == streamType }
    }
}

extension Replay {
    /// Folds one event into every projection that reads it: a range of one position has no other. Where it stops one, the
    /// event changes nothing.
    fileprivate func fold(eventAt position: Int64, of tenant: UUID, _ session: Session) throws {
        for definition in definitions {
            _ = try session.fold(definition.name, of: tenant, in: schema, from: position, to: position + 1)
        }
    }
}
