/// A tile: up to 256 hashes that lie side by side at one level (C2SP tlog-tiles).
package struct Tile: Sendable, Hashable {
    package let id: TileID
    /// As many as `id.width`.
    package let hashes: [MerkleHash]

    /// The tile of these hashes; nil unless there are as many as its width says.
    package init?(id: TileID, hashes: [MerkleHash]) {
        guard hashes.count == id.width else { return nil }
        self.id = id
        self.hashes = hashes
    }

    /// The tile of these bytes; nil unless there are 32 for each hash of its width.
    package init?(id: TileID, bytes: some RandomAccessCollection<UInt8>) {
        guard bytes.count == id.width * MerkleHash.byteCount else { return nil }
        var hashes: [MerkleHash] = []
        hashes.reserveCapacity(id.width)
        var rest = bytes[...]
        while let hash = MerkleHash(rest.prefix(MerkleHash.byteCount)) {
            hashes.append(hash)
            rest = rest.dropFirst(MerkleHash.byteCount)
        }
        self.init(id: id, hashes: hashes)
    }

    /// The hashes one after the other: what is stored and served.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * MerkleHash.byteCount)
        for hash in hashes { hash.withBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// The tile as it stood when it had `width` hashes; nil if it never had, or has not yet.
    package func narrowed(to width: Int) -> Tile? {
        guard let id = TileID(level: id.level, index: id.index, width: width), width <= hashes.count else { return nil }
        return Tile(id: id, hashes: Array(hashes.prefix(width)))
    }

    /// The hash that stands for a full tile in the level above; nil of a partial one.
    package var root: MerkleHash? { id.isFull ? Self.root(of: hashes[...]) : nil }

    /// The root over hashes whose count is a power of two.
    static func root(of hashes: ArraySlice<MerkleHash>) -> MerkleHash {
        var row = Array(hashes)
        while row.count > 1 {
            let count = row.count / 2
            for index in 0..<count { row[index] = .node(row[2 * index], row[2 * index + 1]) }
            row.removeLast(row.count - count)
        }
        return row[0]
    }
}

/// Why nothing can be made of tiles.
package enum TileError: Error, Hashable, CustomStringConvertible {
    /// The tile is needed and was not given.
    case missing(TileID)
    /// The tree has no such tile: it is past its end, or of another width.
    case foreign(TileID)
    /// The tile's hashes are not those that the root is made of.
    case forged(TileID)
    /// The tree's edge does not make its root: one of the edge's tiles, size or root is wrong.
    case wrongRoot
    /// The tree has no such leaf, or is no such tree.
    case outOfRange

    package var description: String {
        switch self {
        case .missing(let tile): "the tile \(tile.path) is missing"
        case .foreign(let tile): "the tree has no tile \(tile.path)"
        case .forged(let tile): "the tile \(tile.path) is not part of the tree"
        case .wrongRoot: "the tiles do not make the tree's root"
        case .outOfRange: "the tree does not reach there"
        }
    }
}
