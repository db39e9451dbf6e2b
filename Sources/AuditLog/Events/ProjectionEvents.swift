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
