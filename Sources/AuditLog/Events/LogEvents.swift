package import FoundationEssentials
import Postgres

/// The log's checkpoints are signed with a new key.
package struct LogKeyAdded: Event {
    package struct Payload: Codable, Sendable {
        /// As verifiers take it: `<name>+<key id>+<base64>`.
        package var key: String
        /// The key that it comes in place of; the first checkpoint that covers this event bears both signatures.
        package var replaces: String?
    }
    package static let type = "log.key_added"
    package var payload: Payload

    package init(key: String, replaces: String?) {
        payload = Payload(key: key, replaces: replaces)
    }

    /// The stream of what a tenant's log says of itself.
    package static func streamID(tenant: UUID) -> UUID { UUID(named: "log", tenant.text) }
}
