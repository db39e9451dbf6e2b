package import FoundationEssentials
package import Postgres

/// An event that a projection could not fold.
package struct ProjectionStop: Error, Sendable, Equatable, CustomStringConvertible {
    package var projection: String
    package var position: Int64
    package var streamType: String
    package var streamID: UUID
    package var eventID: UUID
    package var eventType: String
    /// The projection went on: this event and the later ones of its stream wait.
    package var isSetAside: Bool
    package var sqlstate: String
    /// In the database's words, which may quote the event; nil for who may not read every event.
    package var error: String?
    /// When it was tried last.
    package var stoppedAt: Timestamp

    /// Whether it waits for another projection, whose row it refers to: it is tried again without being asked.
    package var isOwed: Bool { sqlstate == "23503" }

    package var description: String {
        let place = "position \(position) (\(eventType) of \(streamType)/\(streamID.text))"
        let what = isSetAside ? "\(projection) has set aside \(place)" : "\(projection) stopped at \(place)"
        return "the projection \(what): \(error ?? "SQLSTATE \(sqlstate)")"
    }

    /// The columns of `projection_stops`, and of `projection_status`, in the order in which `init` reads them.
    static let columns = "stream_type, stream_id, event_id, event_type, set_aside, sqlstate, error, stopped_at"

    /// - Parameter first: the number of the first of `columns` in the row.
    init(projection: String, position: Int64, _ row: borrowing Row, from first: Int) throws {
        self.projection = projection
        self.position = position
        streamType = try row.decode(first)
        streamID = try row.decode(first + 1)
        eventID = try row.decode(first + 2)
        eventType = try row.decode(first + 3)
        isSetAside = try row.decode(first + 4)
        sqlstate = try row.decode(first + 5)
        error = try row.decode(first + 6)
        stoppedAt = try row.decode(first + 7)
    }
}

extension Session {
    /// Folds positions into a projection's tables in `schema` with `projection_fold`, whose contract holds.
    ///
    /// - Returns: the position that it came to, and, if that is not `end`, what it stopped at.
    package func fold(
        _ projection: String, of tenant: UUID, in schema: String, from start: Int64, to end: Int64
    ) throws -> (reached: Int64, stop: ProjectionStop?) {
        let result = try first(
            "SELECT reached, stopped FROM projection_fold(\(schema), \(projection), \(tenant), \(start), \(end))"
        ) { (reached: try $0.decode(0, as: Int64.self), isStopped: try $0.decode(1, as: Bool.self)) }
        guard let result, result.isStopped else { return (end, nil) }
        let stop = try first(
            """
            SELECT \(raw: ProjectionStop.columns) FROM \(identifier: schema).projection_stops
            WHERE tenant_id = \(tenant) AND projection = \(projection) AND position = \(result.reached)
            """
        ) { try ProjectionStop(projection: projection, position: result.reached, $0, from: 0) }
        return (result.reached, stop)
    }

    /// Folds several tenants' positions into a projection's tables in `schema` with `projection_fold_many`.
    ///
    /// - Returns: where the projection stopped, of the tenants where it did.
    func fold(
        _ projection: String, in schema: String, _ ranges: [(tenant: UUID, start: Int64, end: Int64)]
    ) throws -> [UUID: Int64] {
        let stops = try query(
            """
            SELECT tenant, reached FROM projection_fold_many(
                \(schema), \(projection), \(ranges.map(\.tenant)), \(ranges.map(\.start)), \(ranges.map(\.end)))
            """
        ) { (try $0.decode(0, as: UUID.self), try $0.decode(1, as: Int64.self)) }
        return Dictionary(uniqueKeysWithValues: stops)
    }
}
