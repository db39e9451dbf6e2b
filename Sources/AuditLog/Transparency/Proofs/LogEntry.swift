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
        var reader = EntryReader(bytes: bytes)
        guard let event = reader.event() else { throw .malformed("the entry is not that of an event") }
        var canonical: [UInt8] = []
        canonical.reserveCapacity(bytes.count)
        Entry.append(event, to: &canonical)
        guard canonical == bytes else { throw .malformed("the entry is not written as entries are") }
        self.init(event, bytes: bytes)
    }

    init(_ event: RecordedEvent, bytes: [UInt8]) {
        self.event = event
        self.bytes = bytes
    }

    package static func == (left: LogEntry, right: LogEntry) -> Bool { left.bytes == right.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

/// Reads the members of an entry in their order.
private struct EntryReader {
    let bytes: [UInt8]
    private var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The event without its content; nil for what is no entry.
    mutating func event() -> RecordedEvent? {
        guard skip(#"{"actor":"#), let actor = optionalID(), skip(#","at":""#), let at = text(),
            let time = Timestamp(at), time.isFinite, skip(#"","causation":"#), let causation = optionalID(),
            skip(#","commitment":""#), let commitment = [UInt8](hexadecimal: text() ?? "x"), commitment.count == 32,
            skip(#"","correlation":"#), let correlation = optionalID(), skip(#","id":""#),
            let id = UUID(text: text() ?? ""), skip(#"","position":"#), let position = number(), skip(#","schema":"#),
            let schema = number().flatMap({ Int32(exactly: $0) }), skip(#","stream":""#),
            let stream = StreamID(text() ?? ""), skip(#"","tenant":""#), let tenant = UUID(text: text() ?? ""),
            skip(#"","type":""#), let type = text(), skip(#"","v":1,"version":"#), let version = number(), skip("}"),
            offset == bytes.count
        else { return nil }
        return RecordedEvent(
            tenant: tenant, position: position, id: id, recordedAt: time, stream: stream, version: version, type: type,
            schemaVersion: schema, actor: actor, correlation: correlation, causation: causation, payload: JSON("{}"),
            erasableHash: [], commitment: commitment, leafHash: [])
    }

    private mutating func skip(_ text: StaticString) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[offset..<end].elementsEqual(expected) else { return false }
        offset = end
        return true
    }

    /// What stands in front of the next quotation mark; the values of an entry need no escapes.
    private mutating func text() -> String? {
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\"),
            (0x20..<0x7F).contains(bytes[offset])
        { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func number() -> Int64? {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        return Int64(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    /// An id or null; nil for neither.
    private mutating func optionalID() -> UUID?? {
        if skip("null") { return .some(nil) }
        guard skip("\""), let id = UUID(text: text() ?? ""), skip("\"") else { return nil }
        return id
    }
}
