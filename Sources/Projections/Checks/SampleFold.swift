import AuditLog
import FoundationEssentials
package import Postgres

/// Folds the first events of the log that a projection reads, in batches of several sizes, and compares.
///
/// Tables and folds are made in schemas of their own; the caller's transaction takes them back.
package struct SampleFold {
    private let definition: Definition
    /// How many events are folded.
    private let limit: Int64

    package init(_ definition: Definition, limit: Int64) {
        self.definition = definition
        self.limit = limit
    }

    package struct Result: Sendable, Equatable {
        package var events: Int64 = 0
        package var rows: Int64 = 0
        /// What is not the same, or could not be folded; nothing: the rows are equal however they are folded.
        package var differences: [Difference] = []
        package var isEqual: Bool { differences.isEmpty }
    }

    /// A row, or a whole way to fold, that is not as folding all at once has it.
    package struct Difference: Sendable, Equatable {
        /// How it was folded: "in batches of 7".
        package var way: String
        package var table: String?
        /// The row's primary key, as JSON.
        package var key: String?
        package var column: String?
        /// When all events are folded at once, as JSON; nil where there is no such row.
        package var expected: String?
        package var found: String?
        package var reason: String
    }

    /// - Parameter session: inside a transaction, as `atlas2_owner`.
    package func result(_ session: Session) throws -> Result {
        let sample = try sample(session)
        var result = Result(events: Int64(sample.reduce(0) { $0 + $1.positions.count }))
        guard result.events > 0 else { return result }
        let whole: Replay
        switch try fold(sample, .max, session) {
        case .success(let replay): whole = replay
        case .failure(let stop):
            result.differences = [failure("all at once", stop, "the fold cannot take these events")]
            return result
        }
        for table in definition.tables {
            result.rows +=
                try session.first("SELECT count(*) FROM \(raw: whole.schema).\(raw: table)") { try $0.decode(0) } ?? 0
        }
        for (batch, way) in [(Int.max, "all at once, again"), (7, "in batches of 7"), (1, "one by one")] {
            switch try fold(sample, batch, session) {
            case .success(let replay):
                for table in definition.tables {
                    result.differences += try differences(of: table, whole.schema, replay.schema, way, session)
                }
            case .failure(let stop):
                let reason =
                    stop.sqlstate.hasPrefix("23")
                    ? "a row is there from an earlier batch: INSERT needs ON CONFLICT (key) DO UPDATE"
                    : "the fold cannot take these events so"
                result.differences.append(failure(way, stop, reason))
            }
            // Smaller batches would only say the same again.
            if !result.differences.isEmpty { break }
        }
        return result
    }

    private func failure(_ way: String, _ stop: ProjectionStop, _ reason: String) -> Difference {
        Difference(way: way, table: nil, key: nil, column: nil, expected: nil, found: stop.error, reason: reason)
    }

    /// Positions of the first events that the projection reads, by tenant.
    private func sample(_ session: Session) throws -> [(tenant: UUID, positions: [Int64])] {
        let patterns = definition.events.map { $0.replacing("_", with: "\\_").replacing("*", with: "%") }
        var left = limit
        var sample: [(tenant: UUID, positions: [Int64])] = []
        for head in try session.heads() where left > 0 {
            let positions: [Int64] = try session.query(
                """
                SELECT position FROM audit_logs WHERE tenant_id = \(head.tenant) AND event_type LIKE ANY (\(patterns))
                ORDER BY position LIMIT \(left)
                """
            ) { try $0.decode(0) }
            left -= Int64(positions.count)
            if !positions.isEmpty { sample.append((head.tenant, positions)) }
        }
        return sample
    }

    /// Folds the sample, so many of its events at a time.
    private func fold(
        _ sample: [(tenant: UUID, positions: [Int64])], _ batch: Int, _ session: Session
    ) throws -> Swift.Result<Replay, ProjectionStop> {
        try session.script("SAVEPOINT atlas2_fold")
        do {
            var replay = try Replay([definition], unlogged: true, session)
            for (tenant, positions) in sample {
                for start in stride(from: 0, to: positions.count, by: min(batch, positions.count)) {
                    let last = positions[min(start + min(batch, positions.count), positions.count) - 1]
                    try replay.advance(definition, tenant: tenant, to: last + 1, session)
                }
            }
            return .success(replay)
        } catch let stop as ProjectionStop {
            try session.script("ROLLBACK TO SAVEPOINT atlas2_fold")
            return .failure(stop)
        }
    }

    /// Up to three rows of a table that are not the same in two schemas, one line per column.
    private func differences(
        of table: String, _ expected: String, _ found: String, _ way: String, _ session: Session
    ) throws -> [Difference] {
        let key = try TableComparison(table: table, schema: expected, session).key
        let columns = key.map { SQL.quoted(identifier: $0) }.joined(separator: ", ")
        let isRepeat = way.hasSuffix("again")
        return try session.query(
            """
            SELECT d.key::text, c.key, d.expected->>c.key, d.found->>c.key, d.expected IS NULL, d.found IS NULL,
                   jsonb_typeof(coalesce(d.expected->c.key, d.found->c.key))
            FROM (SELECT jsonb_build_object(\(raw: key.map { "'\($0)', \(SQL.quoted(identifier: $0))" }.joined(separator: ", "))) AS key,
                         to_jsonb(e) AS expected, to_jsonb(f) AS found
                  FROM \(raw: expected).\(raw: table) e FULL JOIN \(raw: found).\(raw: table) f USING (\(raw: columns))
                  WHERE to_jsonb(e) IS DISTINCT FROM to_jsonb(f) ORDER BY \(raw: columns) LIMIT 3) d
            CROSS JOIN LATERAL (
                SELECT NULL AS key WHERE d.expected IS NULL OR d.found IS NULL
                UNION ALL SELECT x.key FROM jsonb_each(d.expected) x WHERE x.value IS DISTINCT FROM d.found->x.key) c
            """
        ) { row in
            let column: String? = try row.decode(1)
            let (isUnexpected, isMissing) = (try row.decode(4, as: Bool.self), try row.decode(5, as: Bool.self))
            let type: String? = try row.decode(6)
            return Difference(
                way: way, table: table, key: try row.decode(0), column: column,
                expected: try row.decode(2) ?? (isUnexpected ? nil : column == nil ? "a row" : "null"),
                found: try row.decode(3) ?? (isMissing ? nil : column == nil ? "a row" : "null"),
                reason: isRepeat ? Self.unrepeatable : Self.reason(column, type: type, table))
        }
    }

    private static let unrepeatable =
        "folding the same events twice gives other rows: a value comes from outside of them"

    private static func reason(_ column: String?, type: String?, _ table: String) -> String {
        guard let column else {
            return
                "whether the row is there depends on the batches: DELETE and INSERT must say the same for a range and for its parts"
        }
        guard type == "number" else {
            return
                "the last value must win, coalesce(excluded.\(column), \(table).\(column)), or the first must stay, coalesce(\(table).\(column), excluded.\(column))"
        }
        return
            "a count must be added to what is there, \(column) = \(table).\(column) + excluded.\(column); of other numbers the last must win or the first must stay"
    }
}
