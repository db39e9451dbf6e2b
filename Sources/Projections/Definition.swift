/// A projection, as its file in `projections/` defines it.
///
/// The file is SQL with a header of `-- key: value` lines and the sections `-- @schema` (tables and their comments),
/// `-- @fold` (statements over the relation `events`) and, if wanted, `-- @indexes`.
package struct Definition: Sendable, Equatable {
    package enum Mode: String, Sendable {
        /// Folded inside the append.
        case inline
        /// Follows the log.
        case async
    }

    /// What happens at an event that cannot be folded.
    package enum Poison: String, Sendable {
        /// The projection stops there.
        case stop
        /// It goes on; the event and the later ones of its stream wait.
        case setAside = "set-aside"
    }

    /// A foreign key to another projection, made in the live schema only.
    package struct Reference: Sendable, Equatable {
        package var table: String
        package var columns: String
        package var target: String
        package var targetColumns: String
    }

    package var name: String
    package var version: Int
    package var mode: Mode
    /// Event types that it reads; `user.*` is every event of a prefix.
    package var events: [String]
    /// The version that it understands of events of a pattern, where the header says one (`invoice.sent@2`).
    package var understood: [String: Int]
    /// `stream`: one row per stream; `aggregate`: rows that several streams feed.
    package var key: String
    package var poison: Poison
    /// The column that holds the user whose row it is; without one, the whole tenant sees every row.
    package var owner: String?
    package var references: [Reference]
    package var tables: [String]
    package var schema: String
    package var indexes: String
    package var fold: String
    /// SHA-256 of the file, hexadecimal.
    package var sha256: String
    /// The file's name.
    package var file: String
    /// The line of each key of the header, and the first line of each section.
    var lines: [String: Int]
    /// What its library knows of events.
    package var types = EventTypes()
}
