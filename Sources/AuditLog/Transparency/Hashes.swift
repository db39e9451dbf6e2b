import Crypto
package import Postgres

/// The hashes that an event's row holds, computed from the row.
package enum Hashes {
    private static let erasableLabel = Array("atlas2/erasable/v1\n".utf8)
    private static let payloadLabel = Array("atlas2/payload/v1\n".utf8)

    /// SHA-256.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        for chunk in CollectionOfOne(Array(bytes)) { hash.update(data: chunk) }
        return Array(hash.finalize())
    }

    /// SHA-256("atlas2/erasable/v1\n" ‖ salt ‖ SHA-256(personal) ‖ SHA-256(attachment)); an absent part counts as zero bytes.
    package static func erasable(salt: [UInt8], personal: JSON?, attachment: [UInt8]?) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: erasableLabel)
        hash.update(data: salt)
        hash.update(data: SHA256.hash(data: personal?.bytes ?? []).bytes)
        hash.update(data: SHA256.hash(data: attachment ?? []).bytes)
        return hash.finalize().bytes
    }

    /// SHA-256("atlas2/payload/v1\n" ‖ SHA-256(payload) ‖ erasable hash).
    package static func commitment(payload: JSON, erasable: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: payloadLabel)
        hash.update(data: SHA256.hash(data: payload.bytes).bytes)
        hash.update(data: erasable)
        return hash.finalize().bytes
    }

    /// The Merkle leaf: SHA-256(0x00 ‖ entry) (RFC 6962, section 2.1).
    package static func leaf(_ event: RecordedEvent) -> MerkleHash {
        var entry: [UInt8] = []
        entry.reserveCapacity(512)
        Entry.append(event, to: &entry)
        return .leaf(entry)
    }
}

extension Digest {
    var bytes: [UInt8] { Array(self) }
}
