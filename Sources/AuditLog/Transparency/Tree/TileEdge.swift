/// The right edge of a tree in tiles: what it takes to add leaves and to store the tiles that they change.
///
/// Holds the partial tiles, at most one a level, so that a log of any length is extended in bounded memory.
package struct TileEdge: Sendable, Equatable {
    /// Leaves in the tree.
    package private(set) var size: Int64 = 0
    /// The hashes of each level's partial tile, leaves first.
    private var levels = [[MerkleHash]](repeating: [], count: TileID.maximumLevel + 1)

    /// The edge of the empty tree.
    package init() {}

    /// The edge of a tree of `size` leaves.
    ///
    /// - Parameter tiles: hold those of `TileID.edge(of: size)`. They are taken at their word: compare `tree.root`.
    package init(size: Int64, tiles: [TileID: Tile]) throws(TileError) {
        guard size >= 0 else { throw .outOfRange }
        for id in TileID.edge(of: size) {
            guard let tile = tiles[id] else { throw .missing(id) }
            guard tile.id == id else { throw .foreign(tile.id) }
            levels[id.level] = tile.hashes
        }
        self.size = size
    }

    /// Adds a leaf and gives the tiles that it completes, leaves first: of 256 leaves one completes any.
    package mutating func append(leaf: MerkleHash) -> [Tile] {
        size += 1
        levels[0].append(leaf)
        return levels[0].count == TileID.fullWidth ? complete() : []
    }

    /// Takes the full tiles out of the edge, and their roots up a level.
    private mutating func complete() -> [Tile] {
        var tiles: [Tile] = []
        for level in 0..<TileID.maximumLevel where levels[level].count == TileID.fullWidth {
            let index = size >> Int64(8 * (level + 1)) - 1
            guard let id = TileID(level: level, index: index), let tile = Tile(id: id, hashes: levels[level]),
                let root = tile.root
            else { break }
            tiles.append(tile)
            levels[level].removeAll(keepingCapacity: true)
            levels[level + 1].append(root)
        }
        return tiles
    }

    /// The partial tiles as they stand, leaves first: `TileID.edge(of: size)`.
    package var partialTiles: [Tile] {
        levels.enumerated().compactMap { level, hashes in
            TileID(level: level, index: size >> Int64(8 * level) / 256, treeSize: size)
                .flatMap { Tile(id: $0, hashes: hashes) }
        }
    }

    /// The tree that this is the edge of.
    package var tree: MerkleTree {
        var frontier: [MerkleHash] = []
        for hashes in levels.reversed() {
            for node in TreeNode.covering(0..<Int64(hashes.count)) {
                let start = Int(node.index) << node.level
                frontier.append(Tile.root(of: hashes[start..<start + 1 << node.level]))
            }
        }
        return MerkleTree(size: size, frontier: frontier) ?? MerkleTree()
    }
}

extension MerkleTree {
    /// The tree of `size` leaves, from the tiles that `TileID.edge(of: size)` names, which are taken at their word.
    package init(size: Int64, tiles: [TileID: Tile]) throws(TileError) {
        self = try TileEdge(size: size, tiles: tiles).tree
    }
}
