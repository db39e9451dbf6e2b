import FoundationEssentials
import Postgres

/// The canonical bytes of an event, version 1 (RFC 8785 JSON): what a Merkle leaf hashes.
///
/// Made from the event's row alone and independently of the database's own function, so that the two check each other.
package struct Entry {
    /// Appends the entry of `event` to `bytes`.
    package static func append(_ event: RecordedEvent, to bytes: inout [UInt8]) {
        bytes += #"{"actor":"#.utf8
        append(event.actor, to: &bytes)
        bytes += #","at":""#.utf8
        event.recordedAt.appendText(to: &bytes)
        bytes += #"","causation":"#.utf8
        append(event.causation, to: &bytes)
        bytes += #","commitment":""#.utf8
        bytes.append(hexadecimal: event.commitment)
        bytes += #"","correlation":"#.utf8
        append(event.correlation, to: &bytes)
        bytes += #","id":""#.utf8
        event.id.appendText(to: &bytes)
        bytes += #"","position":"#.utf8
        bytes += String(event.position).utf8
        bytes += #","schema":"#.utf8
        bytes += String(event.schemaVersion).utf8
        bytes += #","stream":""#.utf8
        bytes += event.stream.type.utf8
        bytes.append(UInt8(ascii: "/"))
        event.stream.id.appendText(to: &bytes)
        bytes += #"","tenant":""#.utf8
        event.tenant.appendText(to: &bytes)
        bytes += #"","type":""#.utf8
        bytes += event.type.utf8
        bytes += #"","v":1,"version":"#.utf8
        bytes += String(event.version).utf8
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ id: UUID?, to bytes: inout [UInt8]) {
        guard let id else { return bytes += "null".utf8 }
        bytes.append(UInt8(ascii: "\""))
        id.appendText(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

extension [UInt8] {
    /// Appends `data` in lower-case hexadecimal.
    package mutating func append(hexadecimal data: some Sequence<UInt8>) {
        for byte in data {
            append(Self.digits[Int(byte >> 4)])
            append(Self.digits[Int(byte & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Lower-case hexadecimal.
    package var hexadecimal: String {
        var text: [UInt8] = []
        text.append(hexadecimal: self)
        return String(decoding: text, as: UTF8.self)
    }
}
