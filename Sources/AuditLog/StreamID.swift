package import FoundationEssentials
import Postgres

/// One resource's events: its kind and its id. As text `job/<uuid>`.
package struct StreamID: Sendable, Hashable, CustomStringConvertible {
    package var type: String
    package var id: UUID

    package init(type: String, id: UUID) {
        self.type = type
        self.id = id
    }

    /// Reads `type/uuid`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = UUID(text: String(parts[1])) else { return nil }
        self.init(type: String(parts[0]), id: id)
    }

    package var description: String { "\(type)/\(id.text)" }
}
