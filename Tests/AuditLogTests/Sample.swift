import FoundationEssentials
import Postgres

@testable import AuditLog

/// Events as they would stand in a log, made without a database.
enum Sample {
    static let salt: [UInt8] = Array(0..<16)
    static let personal = JSON(#"{"email":"ada@example.org","login":"ada"}"#)
    static let attachment: [UInt8] = [0, 255, 10]
    static let user = id(0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF)
    static let other = id(9, 9, 9, 9, 9, 9, 0x49, 9, 0x89, 9, 9, 9, 9, 9, 9, 9)

    private static func id(_ bytes: UInt8...) -> UUID {
        bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// The event that the fixed vectors were computed from, outside Swift.
    static func event() -> RecordedEvent {
        var event = RecordedEvent(
            tenant: id(0x99, 0x99, 0x99, 0x99, 0x88, 0x88, 0x47, 0x77, 0x86, 0x66, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55),
            position: 7,
            id: id(0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x43, 0x33, 0x84, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55),
            recordedAt: Timestamp("2026-11-23T16:40:12.123456Z") ?? .infinity,
            stream: StreamID(type: "user", id: user), version: 3, type: "user.created", schemaVersion: 1, actor: user,
            correlation: id(0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 0x49, 0x08, 0x87, 0x06, 5, 4, 3, 2, 1, 0),
            causation: nil, payload: JSON(#"{"role":"admin"}"#), personal: personal, attachment: attachment, salt: salt,
            erasableHash: [], commitment: [], leafHash: [])
        event.seal()
        return event
    }

    /// A sound log of `count` events in three streams.
    static func log(_ count: Int) -> [RecordedEvent] {
        (0..<count).map { index in
            var event = event()
            event.position = Int64(index)
            event.recordedAt.microseconds += Int64(index / 2)
            event.stream.id = UUID(named: "stream", String(index % 3))
            event.version = Int64(index / 3) + 1
            event.id = UUID(named: "event", String(index))
            event.payload = JSON(#"{"number":\#(index)}"#)
            event.seal()
            return event
        }
    }
}

extension RecordedEvent {
    /// Computes the hashes anew, as somebody could who may write to the database.
    mutating func seal() {
        erasableHash = Hashes.erasable(salt: salt ?? [], personal: personal, attachment: attachment)
        commitment = Hashes.commitment(payload: payload, erasable: erasableHash)
        leafHash = Hashes.leaf(self).bytes
    }
}
