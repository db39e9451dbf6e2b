import AuditLog
import FoundationEssentials
import Postgres

/// Replays the events of single streams, for projections whose rows each come from one (`key: stream`).
struct StreamReplay {
    let replay: Replay
    let definition: Definition
    let comparisons: [TableComparison]

    init(_ definition: Definition, _ session: Session) throws {
        self.definition = definition
        let replay = try Replay([definition], unlogged: true, session)
        self.replay = replay
        comparisons = try definition.tables.map { try TableComparison(table: $0, schema: replay.schema, session) }
    }

    /// Types of the streams that a projection reads.
    static func streamTypes(of definition: Definition) -> [String] {
        Set(definition.events.map { String($0.prefix { $0 != "." }) }).sorted()
    }

    /// Folds a stream's events of these positions, and no others.
    func fold(_ stream: StreamID, _ tenant: UUID, _ positions: Range<Int64>, _ session: Session) throws {
        let places: [Int64] = try session.query(
            """
            SELECT position FROM audit_logs
            WHERE tenant_id = \(tenant) AND stream_type = \(stream.type) AND stream_id = \(stream.id)
              AND position >= \(positions.lowerBound) AND position < \(positions.upperBound)
            ORDER BY position
            """
        ) { try $0.decode(0) }
        var rest = places[...]
        while let first = rest.first {
            var end = first
            while rest.first == end {
                rest.removeFirst()
                end += 1
            }
            try replay.fold(definition, tenant: tenant, first..<end, session)
        }
    }

    /// Keys of the rows that are a stream's: those that its events give, and live ones that bear its id.
    func keys(of stream: StreamID, _ tenant: UUID, _ comparison: TableComparison, _ session: Session) throws -> [String]
    {
        let table = SQL.quoted(identifier: comparison.table)
        let key = comparison.keyObject()
        let column = comparison.streamColumn.map { SQL.quoted(identifier: $0) }
        let replayed = column.map { "WHERE \($0) = '\(stream.id.text)'::uuid" } ?? ""
        var keys: [String] = try session.query(
            "SELECT \(raw: key)::text FROM \(raw: replay.schema).\(raw: table) \(raw: replayed)"
        ) { try $0.decode(0) }
        guard let column else { return keys }
        keys += try session.query(
            """
            SELECT \(raw: key)::text FROM public.\(raw: table)
            WHERE tenant_id = \(tenant) AND \(raw: column) = \(stream.id)
            """
        ) { try $0.decode(0) }
        return Set(keys).sorted()
    }
}

extension TableComparison {
    /// The column of the key that holds the stream's id: the first one that is a uuid, but for the tenant.
    ///
    /// Nil where the key is made of other things, as a name that the id follows from.
    var streamColumn: String? {
        if key == ["tenant_id"] { return "tenant_id" }
        return key.dropFirst().first { name in definitions.contains(Column(name: name, type: "uuid")) }
    }
}
