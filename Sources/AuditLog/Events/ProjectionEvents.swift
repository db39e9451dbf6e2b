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
    }
    package static let type = "projection.rebuilt"
    package var payload: Payload

    package init(name: String, version: Int, events: Int64, differences: Int64) {
        payload = Payload(name: name, version: version, events: events, differences: differences)
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
