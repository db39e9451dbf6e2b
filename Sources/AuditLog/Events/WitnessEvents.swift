/// The log's checkpoints go to a witness from now on; again for the same key: to another address.
///
/// On the stream of what a tenant's log says of itself (`LogKeyAdded.streamID`).
package struct LogWitnessAdded: Event {
    package struct Payload: Codable, Sendable {
        /// What `/add-checkpoint` is put behind.
        package var url: String
        /// As verifiers take it: `<name>+<key id>+<base64>`.
        package var key: String
    }
    package static let type = "log.witness_added"
    package var payload: Payload

    package init(url: String, key: String) {
        payload = Payload(url: url, key: key)
    }
}

/// The log's checkpoints go to a witness no more; what it has cosigned stays.
package struct LogWitnessRemoved: Event {
    package struct Payload: Codable, Sendable {
        package var key: String
    }
    package static let type = "log.witness_removed"
    package var payload: Payload

    package init(key: String) {
        payload = Payload(key: key)
    }
}
