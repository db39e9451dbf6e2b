import CSHA256

/// A hash of the Merkle tree: SHA-256, 32 bytes held in line.
package struct MerkleHash: Sendable, Hashable {
    /// The bytes as they lie in memory, eight a word.
    private var words: Words

    private struct Words: Sendable, Hashable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    /// A hash has this many bytes.
    package static let byteCount = 32

    /// SHA-256 of nothing: the root of the empty tree.
    package static let empty = MerkleHash(sha256: UnsafeRawBufferPointer(start: nil, count: 0))

    /// SHA-256 of borrowed bytes.
    package init(sha256 bytes: UnsafeRawBufferPointer) {
        words = Words()
        withUnsafeMutableBytes(of: &words) {
            _ = CCryptoBoringSSL_SHA256(bytes.baseAddress, bytes.count, $0.baseAddress)
        }
    }

    /// The hash that `bytes` are; nil unless they are 32.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        words = bytes.loadUnaligned(as: Words.self)
    }

    /// The hash that `bytes` are; nil unless they are 32.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        words = Words()
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// The hash that `base64` says (RFC 4648, section 4, padded); nil unless that is 32 bytes.
    package init?(base64: some StringProtocol) {
        guard let bytes = Base64.decode(base64.utf8), let hash = MerkleHash(bytes) else { return nil }
        self = hash
    }

    /// The 32 bytes.
    package var bytes: [UInt8] { withBytes(Array.init) }

    /// Lower-case hexadecimal, 64 digits.
    package var hexadecimal: String { bytes.hexadecimal }

    /// Base64, 44 characters.
    package var base64: String { Base64.encode(bytes) }

    /// The 32 bytes, where they lie.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words, body)
    }

    /// The hash of a leaf: SHA-256(0x00 ‖ data) (RFC 6962, section 2.1).
    package static func leaf(_ data: some Collection<UInt8>) -> MerkleHash {
        withUnsafeTemporaryAllocation(byteCount: 1 + data.count, alignment: 8) { bytes in
            bytes[0] = 0
            UnsafeMutableRawBufferPointer(rebasing: bytes[1...]).copyBytes(from: data)
            return MerkleHash(sha256: UnsafeRawBufferPointer(bytes))
        }
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 6962, section 2.1).
    package static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * byteCount, alignment: 8) { bytes in
            bytes[0] = 1
            bytes.storeBytes(of: left.words, toByteOffset: 1, as: Words.self)
            bytes.storeBytes(of: right.words, toByteOffset: 1 + byteCount, as: Words.self)
            return MerkleHash(sha256: UnsafeRawBufferPointer(bytes))
        }
    }
}

extension MerkleHash: CustomStringConvertible {
    package var description: String { hexadecimal }
}
