/// The proof that a tree begins with the leaves of an older one (RFC 9162, section 2.1.4).
package struct ConsistencyProof: Sendable, Hashable {
    /// The older tree's size.
    package var from: Int64
    /// The newer tree's size.
    package var to: Int64
    /// Empty if the older tree has no leaves, or is the newer one.
    package var hashes: [MerkleHash]

    package init(from: Int64, to: Int64, hashes: [MerkleHash]) {
        self.from = from
        self.to = to
        self.hashes = hashes
    }

    /// Whether the proof shows that the tree of the new root begins with that of the old one (RFC 9162, section 2.1.4.2).
    package func verify(oldRoot: MerkleHash, newRoot: MerkleHash) -> Bool {
        guard from >= 0, from <= to else { return false }
        if from == to { return hashes.isEmpty && oldRoot == newRoot && (from > 0 || oldRoot == .empty) }
        if from == 0 { return hashes.isEmpty && oldRoot == .empty }
        var (node, last) = (from - 1, to - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var path = hashes[...]
        // An older tree that is one perfect subtree is where the path starts.
        guard let start = from.nonzeroBitCount == 1 ? oldRoot : path.popFirst() else { return false }
        guard !path.isEmpty else { return false }
        var (old, new) = (start, start)
        for hash in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                old = .node(hash, old)
                new = .node(hash, new)
                while node & 1 == 0, node > 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                new = .node(new, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}

extension ConsistencyProof {
    /// The tiles, of the newer tree, that the proof is made from: a handful, whatever the sizes; none if it is empty.
    package static func tiles(from: Int64, to: Int64) -> [TileID] {
        TileReader.tiles(for: ProofRanges.consistency(from: from, to: to), size: to)
    }

    /// Makes the proof from the tiles that `tiles(from:to:)` names.
    ///
    /// The tiles are taken at their word: see `TileSet` for tiles of a store that is not trusted.
    package init(from: Int64, to: Int64, tiles: [TileID: Tile]) throws(TileError) {
        guard from >= 0, from <= to else { throw .outOfRange }
        let reader = TileReader(size: to, tiles: tiles)
        var hashes: [MerkleHash] = []
        for range in ProofRanges.consistency(from: from, to: to) { hashes.append(try reader.root(of: range)) }
        self.init(from: from, to: to, hashes: hashes)
    }
}
