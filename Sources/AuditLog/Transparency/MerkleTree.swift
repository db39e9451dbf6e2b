import Crypto

/// The Merkle tree of RFC 6962, section 2.1, as leaves are added one by one; holds one hash per level.
package struct MerkleTree: Sendable {
    /// Roots of the perfect subtrees that the leaves make, the largest first.
    private var subtrees: [[UInt8]] = []
    package private(set) var size: Int64 = 0

    package init() {}

    /// Adds a leaf's data: SHA-256(0x00 ‖ data).
    package mutating func append(data: [UInt8]) {
        var hash = SHA256()
        hash.update(data: [0])
        hash.update(data: data)
        append(leaf: hash.finalize().bytes)
    }

    /// Adds a leaf that is hashed already (32 bytes).
    package mutating func append(leaf: [UInt8]) {
        var node = leaf
        // Every set bit at the low end is a perfect subtree that the new leaf completes.
        var rest = size
        while rest & 1 == 1 {
            node = Self.parent(subtrees.removeLast(), node)
            rest >>= 1
        }
        subtrees.append(node)
        size += 1
    }

    /// The root (32 bytes); of no leaves SHA-256 of nothing.
    package var root: [UInt8] {
        guard var root = subtrees.last else { return SHA256.hash(data: [UInt8]()).bytes }
        for subtree in subtrees.dropLast().reversed() { root = Self.parent(subtree, root) }
        return root
    }

    private static func parent(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(65)
        bytes.append(1)
        bytes += left
        bytes += right
        return SHA256.hash(data: bytes).bytes
    }
}
