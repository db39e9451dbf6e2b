import FoundationEssentials
import Postgres

/// A row of a live table that is not what the log says.
package struct Difference: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// The log says there is a row, and there is none.
        case missing
        /// There is a row that the log knows nothing of.
        case unexpected
        /// A column has another value.
        case changed
        /// The whole table is not there, or has other columns.
        case table
        /// A constraint, index, policy, grant or trigger of the table is not what its file makes.
        case shape
        /// A foreign key to another projection is not there.
        case key
        /// A view of the product is not there, or is another.
        case view
    }
    package var table: String
    package var kind: Kind
    /// The primary key, as JSON.
    package var key: String
    /// The column; nil where the whole row differs.
    package var column: String?
    /// What the log says, as JSON; nil where it says nothing.
    package var expected: String?
    /// What the table holds, as JSON; nil where it holds nothing.
    package var found: String?

    /// A checkpoint that is not where it must be: the events that come next would be skipped, or folded twice.
    static func checkpoint(of projection: String, _ tenant: UUID, at position: Int64, expected: Int64) -> Difference {
        Difference(
            table: "projection_checkpoints", kind: .changed,
            key: #"{"tenant_id": "\#(tenant.text)", "projection": "\#(projection)"}"#, column: "position",
            expected: String(expected), found: String(position))
    }
}
