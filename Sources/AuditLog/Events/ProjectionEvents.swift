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
