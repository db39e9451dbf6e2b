package import FoundationEssentials
package import Postgres

/// An event as it stands in the log.
package struct RecordedEvent: Sendable {
    package var tenant: UUID
    package var position: Int64
    package var id: UUID
    package var recordedAt: Timestamp
    package var stream: StreamID
    package var version: Int64
    package var type: String
    package var schemaVersion: Int32
    package var actor: UUID?
    package var correlation: UUID?
    package var causation: UUID?
    package var payload: JSON
    package var personal: JSON?
    package var attachment: [UInt8]?
    package var salt: [UInt8]?
    package var erasableHash: [UInt8]
    package var commitment: [UInt8]
    package var leafHash: [UInt8]

    /// The columns of `audit_logs` in the order in which `init(_:)` reads them.
    static let columns = """
        tenant_id, position, event_id, recorded_at, stream_type, stream_id, stream_version, event_type, schema_version, \
        actor_id, correlation_id, causation_id, payload, personal, attachment, salt, erasable_hash, commitment, leaf_hash
        """
}

extension RecordedEvent {
    /// Reads a row of `columns`.
    init(_ row: borrowing Row) throws {
        tenant = try row.decode(0)
        position = try row.decode(1)
        id = try row.decode(2)
        recordedAt = try row.decode(3)
        stream = StreamID(type: try row.decode(4), id: try row.decode(5))
        version = try row.decode(6)
        type = try row.decode(7)
        schemaVersion = try row.decode(8)
        actor = try row.decode(9)
        correlation = try row.decode(10)
        causation = try row.decode(11)
        payload = try row.decode(12)
        personal = try row.decode(13)
        attachment = try row.decode(14)
        salt = try row.decode(15)
        erasableHash = try row.decode(16)
        commitment = try row.decode(17)
        leafHash = try row.decode(18)
    }
}
