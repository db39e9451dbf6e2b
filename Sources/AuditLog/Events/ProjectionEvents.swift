package import FoundationEssentials
import Postgres

/// A projection's tables were rebuilt from the log.
package struct ProjectionRebuilt: Event {
    package struct Payload: Codable, Sendable {
        package var name: String
        package var version: Int
        /// Events replayed.
        package var events: Int64
        /// Rows that were wrong, missing or too many before.
        package var differences: Int64
        /// How long the folding of all logs took, and of how many events: what the next estimate goes by.
        package var folding: Folding?
    }

    package struct Folding: Codable, Sendable {
        package var events: Int64
        package var milliseconds: Int64

        package init(events: Int64, milliseconds: Int64) {
            self.events = events
            self.milliseconds = milliseconds
        }
    }

    package static let type = "projection.rebuilt"
    package var payload: Payload

    package init(name: String, version: Int, events: Int64, differences: Int64, folding: Folding? = nil) {
        payload = Payload(name: name, version: version, events: events, differences: differences, folding: folding)
    }
}

/// Rows of a projection that were not what the log says were corrected.
///
/// It names rows and columns; what they held is not repeated, because it may have been somebody's.
package struct ProjectionRepaired: Event {
    package struct Row: Codable, Sendable, Equatable {
        package var table: String
        /// The primary key.
        package var key: JSONValue
        /// `changed`, `missing` or `unexpected`.
        package var kind: String
        /// Columns that held something else, of a changed row.
        package var columns: [String]

        package init(table: String, key: JSONValue, kind: String, columns: [String]) {
            self.table = table
            self.key = key
            self.kind = kind
            self.columns = columns
        }
    }

    package struct Payload: Codable, Sendable {
        package var name: String
        package var version: Int
        package var rows: [Row]
    }

    package static let type = "projection.repaired"
    package var payload: Payload

    package init(name: String, version: Int, rows: [Row]) {
        payload = Payload(name: name, version: version, rows: rows)
    }
}

/// A projection went back to the tables and the fold that it had before a rebuild.
package struct ProjectionReverted: Event {
    package struct Payload: Codable, Sendable {
        package var name: String
        /// The version that it has again.
        package var version: Int
        /// The version that it had.
        package var from: Int
    }

    package static let type = "projection.reverted"
    package var payload: Payload

    package init(name: String, version: Int, from: Int) {
        payload = Payload(name: name, version: version, from: from)
    }
}

/// A further projection was removed, with its tables.
package struct ProjectionRemoved: Event {
    package struct Payload: Codable, Sendable {
        package var name: String
        package var version: Int
        package var tables: [String]
    }
    package static let type = "projection.removed"
    package var payload: Payload

    package init(name: String, version: Int, tables: [String]) {
        payload = Payload(name: name, version: version, tables: tables)
    }
}

/// What a projection could not fold is tried again.
package struct ProjectionRetried: Event {
    package struct Payload: Codable, Sendable {
        package var projection: String
    }
    package static let type = "projection.retried"
    package var payload: Payload

    package init(projection: String) {
        payload = Payload(projection: projection)
    }
}

/// A projection leaves out an event that it could not fold, and does so in every replay.
package struct ProjectionEventSkipped: Event {
    package struct Payload: Codable, Sendable {
        package var projection: String
        /// The event that is left out.
        package var position: Int64
        package var eventID: String
        package var eventType: String

        package enum CodingKeys: String, CodingKey {
            case projection
            case position
            case eventID = "event_id"
            case eventType = "event_type"
        }
    }
    package struct Personal: Codable, Sendable {
        package var reason: String
    }
    package static let type = "projection.event_skipped"
    package var payload: Payload
    package var personal: Personal?

    /// - Parameter reason: why, in words.
    package init(projection: String, position: Int64, eventID: UUID, eventType: String, reason: String) {
        payload = Payload(projection: projection, position: position, eventID: eventID.text, eventType: eventType)
        personal = Personal(reason: reason)
    }
}
