/// The hashes of a tree of `size` leaves as its tiles give them.
struct TileReader {
    let size: Int64
    let tiles: [TileID: Tile]

    /// The root over a range that RFC 6962 splits off.
    func root(of leaves: Range<Int64>) throws(TileError) -> MerkleHash {
        var hashes: [MerkleHash] = []
        for node in TreeNode.covering(leaves) { hashes.append(try hash(of: node)) }
        guard let root = MerkleTree.root(ofPerfectSubtrees: hashes) else { throw .outOfRange }
        return root
    }

    func hash(of node: TreeNode) throws(TileError) -> MerkleHash {
        guard let (id, places) = node.place(in: size), places.upperBound <= id.width else { throw .outOfRange }
        guard let tile = tiles[id] else { throw .missing(id) }
        // The key is the caller's word for what it holds.
        guard tile.id == id else { throw .foreign(tile.id) }
        return Tile.root(of: tile.hashes[places])
    }

    /// The tiles that the roots of `ranges` are made of, each once.
    static func tiles(for ranges: [Range<Int64>], size: Int64) -> [TileID] {
        var seen: Set<TileID> = []
        return ranges.flatMap(TreeNode.covering).compactMap { $0.place(in: size)?.tile }
            .filter { seen.insert($0).inserted }
    }
}
