package import FoundationEssentials
package import Postgres

/// What an entry says, read from its bytes.
package struct LogEntry: Sendable, Hashable {
    /// The bytes that the leaf hashes.
    package let bytes: [UInt8]
    /// What it says of the event, whose content only its commitment stands for.
    let event: RecordedEvent

    package var tenant: UUID { event.tenant }
    package var position: Int64 { event.position }
    package var recordedAt: Timestamp { event.recordedAt }
    package var stream: StreamID { event.stream }
    package var version: Int64 { event.version }
    package var type: String { event.type }
    /// Hash of payload and erasable parts, 32 bytes.
    package var commitment: [UInt8] { event.commitment }
    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var leaf: MerkleHash { .leaf(bytes) }

    /// Reads an entry.
    ///
    /// Only the one text that an event's head has is taken for an entry: what two readers of JSON could read in two ways
    /// (a member twice, other white space) is refused.
    package init(parsing bytes: [UInt8]) throws(ProofError) {
        let read = bytes.withUnsafeBytes { EntryReader.read($0) { RecordedEvent($0) } }
        guard var event = read else { throw .malformed("the entry is not that of an event, as entries are written") }
        event.payload = JSON("{}")
        self.init(event, bytes: bytes)
    }

    init(_ event: RecordedEvent, bytes: [UInt8]) {
        self.event = event
        self.bytes = bytes
    }

    package static func == (left: LogEntry, right: LogEntry) -> Bool { left.bytes == right.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
