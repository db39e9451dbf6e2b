/// The Merkle tree of RFC 6962, section 2.1, as leaves are added one by one; holds one hash per level.
package struct MerkleTree: Sendable, Equatable {
    /// Leaves in the tree.
    package private(set) var size: Int64
    /// Roots of the perfect subtrees that the leaves make, the largest first: one for each set bit of `size`.
    package private(set) var frontier: [MerkleHash]

    /// The empty tree.
    package init() {
        size = 0
        frontier = []
    }

    /// The tree that a frontier is of; nil unless it has a hash for each set bit of `size`.
    package init?(size: Int64, frontier: [MerkleHash]) {
        guard size >= 0, frontier.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.frontier = frontier
    }

    /// Adds a leaf's data: SHA-256(0x00 ‖ data).
    package mutating func append(data: some Collection<UInt8>) {
        append(leaf: .leaf(data))
    }

    /// Adds a leaf that is hashed already.
    package mutating func append(leaf: MerkleHash) {
        var node = leaf
        // Every set bit at the low end is a perfect subtree that the new leaf completes.
        var rest = size
        while rest & 1 == 1 {
            node = .node(frontier.removeLast(), node)
            rest >>= 1
        }
        frontier.append(node)
        size += 1
    }

    /// The root; of no leaves SHA-256 of nothing.
    package var root: MerkleHash { Self.root(ofPerfectSubtrees: frontier) ?? .empty }

    /// The root over subtrees that lie side by side, each smaller than the one in front of it; nil of none.
    static func root(ofPerfectSubtrees hashes: [MerkleHash]) -> MerkleHash? {
        guard var root = hashes.last else { return nil }
        for hash in hashes.dropLast().reversed() { root = .node(hash, root) }
        return root
    }
}
