package import Postgres

/// A projection as it is installed, how far it has read a tenant's log, and where it could not go on.
package struct ProjectionStatus: Sendable {
    package var name: String
    package var version: Int32
    package var mode: String
    package var events: [String]
    package var tables: [String]
    package var sha256: String
    /// The next position it will read.
    package var position: Int64
    /// The size of the log.
    package var head: Int64
    /// When the oldest unread event was recorded.
    package var unreadSince: Timestamp?
    /// Events a second when it last followed the log; nil for one that was never behind.
    package var rate: Double?
    /// Where it stands still.
    package var stop: ProjectionStop?
    /// Where streams begin that it goes on without.
    package var setAside: [ProjectionStop]

    /// How many events are unread.
    package var lag: Int64 { max(0, head - position) }

    /// How far its checkpoint, which somebody moved, is beyond the end of the log.
    package var lead: Int64 { max(0, position - head) }

    /// All that waits for a decision.
    package var stops: [ProjectionStop] { (stop.map { [$0] } ?? []) + setAside }

    /// Reads a line of `projection_status`; those of one projection differ in their stops.
    init(_ row: borrowing Row) throws {
        name = try row.decode(0)
        version = try row.decode(1)
        mode = try row.decode(2)
        events = try row.decode(3)
        tables = try row.decode(4)
        sha256 = try row.decode(5)
        position = try row.decode(6)
        head = try row.decode(7)
        unreadSince = try row.decode(8)
        let (events, seconds) = (try row.decode(9, as: Int64?.self), try row.decode(10, as: Double?.self))
        rate = events.flatMap { events in seconds.map { Double(events) / max($0, 0.000_001) } }
        setAside = []
        if let at = try row.decode(11, as: Int64?.self) {
            let stop = try ProjectionStop(projection: name, position: at, row, from: 12)
            if stop.isSetAside { setAside = [stop] } else { self.stop = stop }
        }
    }
}
