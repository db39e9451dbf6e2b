package import Postgres

/// The hashes that an event's row holds, computed from the row.
package enum Hashes {
    private static let erasableLabel: StaticString = "atlas2/erasable/v1\n"
    private static let payloadLabel: StaticString = "atlas2/payload/v1\n"

    /// SHA-256.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(bytes).withUnsafeBytes { MerkleHash(sha256: $0).bytes }
    }

    /// SHA-256("atlas2/erasable/v1\n" ‖ salt ‖ SHA-256(personal) ‖ SHA-256(attachment)); an absent part counts as zero bytes.
    package static func erasable(salt: [UInt8], personal: JSON?, attachment: [UInt8]?) -> [UInt8] {
        salt.withUnsafeBytes { salt in
            (personal?.bytes ?? []).withUnsafeBytes { personal in
                (attachment ?? []).withUnsafeBytes { attachment in
                    erasable(salt: salt, personal: personal, attachment: attachment).bytes
                }
            }
        }
    }

    /// As `erasable(salt:personal:attachment:)`, of borrowed bytes.
    static func erasable(
        salt: UnsafeRawBufferPointer, personal: UnsafeRawBufferPointer?, attachment: UnsafeRawBufferPointer?
    ) -> MerkleHash {
        let (label, width) = (erasableLabel, MerkleHash.byteCount)
        return withUnsafeTemporaryAllocation(
            byteCount: label.utf8CodeUnitCount + salt.count + 2 * width, alignment: 8
        ) { message in
            message.copyMemory(from: label.bytes)
            var offset = label.utf8CodeUnitCount
            UnsafeMutableRawBufferPointer(rebasing: message[offset...]).copyMemory(from: salt)
            offset += salt.count
            // Most events have no attachment.
            let hashes = (
                personal.map(MerkleHash.init(sha256:)) ?? .empty, attachment.map(MerkleHash.init(sha256:)) ?? .empty
            )
            hashes.0.withBytes { UnsafeMutableRawBufferPointer(rebasing: message[offset...]).copyMemory(from: $0) }
            offset += width
            hashes.1.withBytes { UnsafeMutableRawBufferPointer(rebasing: message[offset...]).copyMemory(from: $0) }
            return MerkleHash(sha256: UnsafeRawBufferPointer(message))
        }
    }

    /// SHA-256("atlas2/payload/v1\n" ‖ SHA-256(payload) ‖ erasable hash).
    package static func commitment(payload: JSON, erasable: [UInt8]) -> [UInt8] {
        payload.bytes.withUnsafeBytes { payload in
            erasable.withUnsafeBytes { commitment(payload: payload, erasable: $0).bytes }
        }
    }

    /// As `commitment(payload:erasable:)`, of borrowed bytes.
    static func commitment(payload: UnsafeRawBufferPointer, erasable: UnsafeRawBufferPointer) -> MerkleHash {
        let (label, width) = (payloadLabel, MerkleHash.byteCount)
        return withUnsafeTemporaryAllocation(
            byteCount: label.utf8CodeUnitCount + width + erasable.count, alignment: 8
        ) { message in
            message.copyMemory(from: label.bytes)
            var offset = label.utf8CodeUnitCount
            MerkleHash(sha256: payload).withBytes {
                UnsafeMutableRawBufferPointer(rebasing: message[offset...]).copyMemory(from: $0)
            }
            offset += width
            UnsafeMutableRawBufferPointer(rebasing: message[offset...]).copyMemory(from: erasable)
            return MerkleHash(sha256: UnsafeRawBufferPointer(message))
        }
    }

    /// The Merkle leaf: SHA-256(0x00 ‖ entry) (RFC 6962, section 2.1).
    package static func leaf(_ event: RecordedEvent) -> MerkleHash {
        event.withRow { leaf($0) }
    }

    /// The Merkle leaf of a borrowed row.
    static func leaf(_ row: LogRow) -> MerkleHash {
        withUnsafeTemporaryAllocation(byteCount: 1 + Entry.longest(of: row), alignment: 8) { message in
            message[0] = 0
            let count = 1 + Entry.write(row, to: UnsafeMutableRawBufferPointer(rebasing: message[1...]))
            return MerkleHash(sha256: UnsafeRawBufferPointer(rebasing: message[..<count]))
        }
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
