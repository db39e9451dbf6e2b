/// Tiles of a tree whose root is known, checked against it: what they say can be believed, wherever they came from.
///
/// A partial tile is checked with the other partial ones, which make the root together; a full tile against the hash
/// that stands for it in the level above (as Go's `tlog.TileHashReader` does).
package struct TileSet: Sendable {
    package let size: Int64
    package let root: MerkleHash
    private let tiles: [TileID: Tile]

    /// The tiles that are needed to check `ids`, them included: also the tree's edge, and whatever lies above each.
    package static func required(_ ids: [TileID], size: Int64) -> [TileID] {
        var seen: Set<TileID> = []
        var required: [TileID] = []
        for id in TileID.edge(of: size) + ids {
            var next: TileID? = id
            while let tile = next, seen.insert(tile).inserted {
                required.append(tile)
                next = tile.parent(in: size)
            }
        }
        return required
    }

    /// Checks tiles against the root of a tree of `size` leaves.
    ///
    /// - Parameter tiles: with all that `required(_:size:)` names for them.
    package init(size: Int64, root: MerkleHash, tiles: [Tile]) throws(TileError) {
        guard size >= 0 else { throw .outOfRange }
        var known: [TileID: Tile] = [:]
        for tile in tiles {
            guard TileID(level: tile.id.level, index: tile.id.index, treeSize: size) == tile.id else {
                throw .foreign(tile.id)
            }
            // Two that differ cannot both be right.
            guard known.updateValue(tile, forKey: tile.id) ?? tile == tile else { throw .forged(tile.id) }
        }
        guard try MerkleTree(size: size, tiles: known).root == root else { throw .wrongRoot }
        for tile in tiles {
            guard let parent = tile.id.parent(in: size) else { continue }
            guard let above = known[parent] else { throw .missing(parent) }
            guard above.hashes[Int(tile.id.index % 256)] == tile.root else { throw .forged(tile.id) }
        }
        self.size = size
        self.root = root
        self.tiles = known
    }

    package subscript(id: TileID) -> Tile? { tiles[id] }

    /// The hash of the leaf at `index`.
    package func leaf(_ index: Int64) throws(TileError) -> MerkleHash {
        guard index >= 0, index < size else { throw .outOfRange }
        return try TileReader(size: size, tiles: tiles).hash(of: TreeNode(level: 0, index: index))
    }

    /// The proof of the leaf at `index`, if the set holds what `InclusionProof.tiles(index:size:)` names.
    package func inclusionProof(of index: Int64) throws(TileError) -> InclusionProof {
        try InclusionProof(index: index, size: size, tiles: tiles)
    }

    /// The proof from the tree's first `from` leaves, if the set holds what `ConsistencyProof.tiles(from:to:)` names.
    package func consistencyProof(from: Int64) throws(TileError) -> ConsistencyProof {
        try ConsistencyProof(from: from, to: size, tiles: tiles)
    }
}
