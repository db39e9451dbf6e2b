import FoundationEssentials
import Postgres

/// A row of `audit_logs`, borrowed: its variable parts lie in somebody else's memory, valid while they say so.
struct LogRow {
    var tenant: UUID
    var position: Int64
    var id: UUID
    var recordedAt: Timestamp
    var streamType: UnsafeRawBufferPointer
    var streamID: UUID
    var version: Int64
    var type: UnsafeRawBufferPointer
    var schemaVersion: Int32
    var actor: UUID?
    var correlation: UUID?
    var causation: UUID?
    var payload: UnsafeRawBufferPointer
    var personal: UnsafeRawBufferPointer?
    var attachment: UnsafeRawBufferPointer?
    var salt: UnsafeRawBufferPointer?
    var erasableHash: UnsafeRawBufferPointer
    var commitment: UnsafeRawBufferPointer
    var leafHash: UnsafeRawBufferPointer
}

extension LogRow {
    /// Those of `RecordedEvent.columns` but the tenant, which every row of a COPY would repeat.
    static let columns = RecordedEvent.columns.replacing("tenant_id, ", with: "")
    static let columnCount = 18

    /// Reads a row of `columns`; nil for one that the table's own rules do not allow.
    init?(_ row: borrowing CopiedRow, of tenant: UUID) {
        func id(_ column: Int) -> UUID? {
            row[column].flatMap { $0.count == 16 ? UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) : nil }
        }
        func integer<Value: FixedWidthInteger>(_ column: Int) -> Value? {
            row[column].flatMap {
                $0.count == MemoryLayout<Value>.size ? Value(bigEndian: $0.loadUnaligned(as: Value.self)) : nil
            }
        }
        guard let position: Int64 = integer(0), let event = id(1), let time: Int64 = integer(2),
            let streamType = row[3], let streamID = id(4), let version: Int64 = integer(5), let type = row[6],
            let schemaVersion: Int32 = integer(7), let payload = row[11], let erasableHash = row[15],
            let commitment = row[16], let leafHash = row[17], erasableHash.count == MerkleHash.byteCount,
            commitment.count == MerkleHash.byteCount
        else { return nil }
        self.tenant = tenant
        self.position = position
        self.id = event
        recordedAt = Timestamp(microseconds: time)
        self.streamType = streamType
        self.streamID = streamID
        self.version = version
        self.type = type
        self.schemaVersion = schemaVersion
        actor = id(8)
        correlation = id(9)
        causation = id(10)
        self.payload = payload
        personal = row[12]
        attachment = row[13]
        salt = row[14]
        self.erasableHash = erasableHash
        self.commitment = commitment
        self.leafHash = leafHash
    }
}

extension RecordedEvent {
    /// Copies a borrowed row.
    init(_ row: LogRow) {
        self.init(
            tenant: row.tenant, position: row.position, id: row.id, recordedAt: row.recordedAt,
            stream: StreamID(type: String(decoding: row.streamType, as: UTF8.self), id: row.streamID),
            version: row.version, type: String(decoding: row.type, as: UTF8.self), schemaVersion: row.schemaVersion,
            actor: row.actor, correlation: row.correlation, causation: row.causation,
            payload: JSON(bytes: Array(row.payload)), personal: row.personal.map { JSON(bytes: Array($0)) },
            attachment: row.attachment.map(Array.init), salt: row.salt.map(Array.init),
            erasableHash: Array(row.erasableHash), commitment: Array(row.commitment), leafHash: Array(row.leafHash))
    }

    /// Lends the event as a row.
    func withRow<Result>(_ body: (LogRow) throws -> Result) rethrows -> Result {
        // One buffer behind all parts, so that there is one thing to keep alive.
        let parts: [some Collection<UInt8>] = [
            Array(stream.type.utf8), Array(type.utf8), payload.bytes, personal?.bytes ?? [], attachment ?? [],
            salt ?? [], erasableHash, commitment, leafHash,
        ]
        return try parts.flatMap(\.self).withUnsafeBytes { bytes in
            var offset = 0
            let places = parts.map { part in
                defer { offset += part.count }
                return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + part.count])
            }
            return try body(
                LogRow(
                    tenant: tenant, position: position, id: id, recordedAt: recordedAt, streamType: places[0],
                    streamID: stream.id, version: version, type: places[1], schemaVersion: schemaVersion, actor: actor,
                    correlation: correlation, causation: causation, payload: places[2],
                    personal: personal == nil ? nil : places[3], attachment: attachment == nil ? nil : places[4],
                    salt: salt == nil ? nil : places[5], erasableHash: places[6], commitment: places[7],
                    leafHash: places[8]))
        }
    }
}
