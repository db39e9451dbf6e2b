/// The proof that a leaf stands at an index of a tree (RFC 9162, section 2.1.3).
package struct InclusionProof: Sendable, Hashable {
    /// Of the leaf.
    package var index: Int64
    /// Of the tree.
    package var size: Int64
    /// The siblings on the way to the root, the leaf's own first.
    package var hashes: [MerkleHash]

    package init(index: Int64, size: Int64, hashes: [MerkleHash]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// The root that the proof leads to from `leaf` (RFC 9162, section 2.1.3.2); nil if it has the wrong length, or no
    /// tree of this size has the index.
    package func root(leaf: MerkleHash) -> MerkleHash? {
        guard index >= 0, index < size else { return nil }
        var (node, last) = (index, size - 1)
        var root = leaf
        for hash in hashes {
            guard last > 0 else { return nil }
            if node & 1 == 1 || node == last {
                root = .node(hash, root)
                // The last node of a level that has no sibling goes up as it is.
                while node & 1 == 0, node > 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                root = .node(root, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 ? root : nil
    }

    /// Whether the proof shows that `leaf` is in the tree of this root.
    package func verify(leaf: MerkleHash, root: MerkleHash) -> Bool { self.root(leaf: leaf) == root }
}

extension InclusionProof {
    /// The tiles that the proof is made from: a handful, whatever the size; none if the tree has no such leaf.
    package static func tiles(index: Int64, size: Int64) -> [TileID] {
        guard index >= 0, index < size else { return [] }
        return TileReader.tiles(for: ProofRanges.inclusion(index: index, size: size), size: size)
    }

    /// Makes the proof from the tiles that `tiles(index:size:)` names.
    ///
    /// The tiles are taken at their word: see `TileSet` for tiles of a store that is not trusted.
    package init(index: Int64, size: Int64, tiles: [TileID: Tile]) throws(TileError) {
        guard index >= 0, index < size else { throw .outOfRange }
        let reader = TileReader(size: size, tiles: tiles)
        var hashes: [MerkleHash] = []
        for range in ProofRanges.inclusion(index: index, size: size) { hashes.append(try reader.root(of: range)) }
        self.init(index: index, size: size, hashes: hashes)
    }
}
