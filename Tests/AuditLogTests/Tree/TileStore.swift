@testable import AuditLog

/// Tiles as a log keeps them, in memory: full ones for good, partial ones as they stand at each size.
struct TileStore {
    private(set) var edge = TileEdge()
    private(set) var tiles: [TileID: Tile] = [:]

    init() {}

    /// A log whose entries are `entry 0`, `entry 1` and so on.
    init(count: Int) {
        for index in 0..<count { append(leaf: .leaf("entry \(index)".utf8), storesPartial: index == count - 1) }
    }

    mutating func append(leaf: MerkleHash, storesPartial: Bool = true) {
        for tile in edge.append(leaf: leaf) { tiles[tile.id] = tile }
        if storesPartial { for tile in edge.partialTiles { tiles[tile.id] = tile } }
    }

    /// The tile at a path, if it is stored.
    func tile(_ path: String) -> Tile? { TileID(path: path).flatMap { tiles[$0] } }

    /// The tiles of these ids alone, so that a proof that needs others fails.
    func only(_ ids: [TileID]) -> [TileID: Tile] {
        var found: [TileID: Tile] = [:]
        for id in ids { found[id] = tiles[id] }
        return found
    }

    func inclusion(_ index: Int64, _ size: Int64) throws -> InclusionProof {
        try InclusionProof(index: index, size: size, tiles: only(InclusionProof.tiles(index: index, size: size)))
    }

    func consistency(_ from: Int64, _ to: Int64) throws -> ConsistencyProof {
        try ConsistencyProof(from: from, to: to, tiles: only(ConsistencyProof.tiles(from: from, to: to)))
    }
}
