import Testing

@testable import AuditLog

@Suite("Tiles that are not trusted")
struct TileSetTests {
    private static let sizes: [Int64] = [1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 1000, 65_536, 65_537, 66_049]

    private let store: TileStore
    private let root: MerkleHash
    private let size: Int64

    init() {
        size = 1000
        store = TileStore(count: 1000)
        root = store.edge.tree.root
    }

    private func isBelieved(_ tiles: [Tile], size: Int64? = nil, root: MerkleHash? = nil) -> Bool {
        (try? TileSet(size: size ?? self.size, root: root ?? self.root, tiles: tiles)) != nil
    }

    @Test("all tiles of a log are believed, and so is any one with what is needed to check it", arguments: sizes)
    func honest(size: Int64) throws {
        let store = TileStore(count: Int(size))
        let root = store.edge.tree.root
        let set = try TileSet(size: size, root: root, tiles: Array(store.tiles.values))
        for index in [0, size / 2, size - 1] {
            #expect(try set.leaf(index) == .leaf("entry \(index)".utf8))
            let needed = TileSet.required(InclusionProof.tiles(index: index, size: size), size: size)
            let few = try TileSet(size: size, root: root, tiles: needed.compactMap { store.tiles[$0] })
            #expect(try few.inclusionProof(of: index).verify(leaf: .leaf("entry \(index)".utf8), root: root))
            #expect(needed.count <= 8)
        }
        for from in [1, size / 2, size] where from > 0 {
            let needed = TileSet.required(ConsistencyProof.tiles(from: from, to: size), size: size)
            let few = try TileSet(size: size, root: root, tiles: needed.compactMap { store.tiles[$0] })
            let old = TileStore(count: Int(from)).edge.tree.root
            #expect(try few.consistencyProof(from: from).verify(oldRoot: old, newRoot: root))
        }
    }

    @Test("of the empty log there are no tiles, and its root is that of nothing")
    func emptyLog() throws {
        let tile = try #require(TileStore(count: 1).tiles.values.first)
        #expect(isBelieved([], size: 0, root: .empty))
        #expect(!isBelieved([], size: 0, root: .leaf([])))
        #expect(!isBelieved([tile], size: 0, root: .empty))
        #expect(!isBelieved([], size: -1, root: .empty))
        #expect(!isBelieved([], size: .min, root: .empty))
        #expect(!isBelieved([], size: .max, root: .empty))
    }

    @Test("a changed hash in any tile is refused", arguments: sizes)
    func changedHash(size: Int64) throws {
        let store = TileStore(count: Int(size))
        let root = store.edge.tree.root
        for (id, tile) in store.tiles where id.index % 50 == 0 || !id.isFull {
            for place in Set([0, 1, id.width / 2, id.width - 1]) where place < id.width {
                var hashes = tile.hashes
                hashes[place] = hashes[place].flipping(bit: place * 31 + 7)
                var tiles = store.only(TileSet.required([id], size: size))
                #expect(isBelieved(Array(tiles.values), size: size, root: root))
                tiles[id] = Tile(id: id, hashes: hashes)
                #expect(!isBelieved(Array(tiles.values), size: size, root: root), "\(id.path), hash \(place)")
            }
        }
    }

    @Test("a dropped, doubled, added or swapped hash in any tile is refused, in every tile that can hold as many")
    func forgedHashes() throws {
        for (id, tile) in store.tiles where tile.hashes.count > 1 {
            for (name, hashes) in tile.hashes.forgeries {
                guard let width = TileID(level: id.level, index: id.index, width: hashes.count),
                    let forged = Tile(id: width, hashes: hashes)
                else { continue }
                var tiles = store.tiles
                tiles[id] = forged
                #expect(!isBelieved(Array(tiles.values)), "\(id.path): \(name)")
            }
        }
    }

    @Test("a changed bit anywhere in a log of two leaves is refused")
    func everyBit() throws {
        let store = TileStore(count: 2)
        let tile = try #require(store.tiles.values.first { $0.id.width == 2 })
        for place in 0..<2 {
            for bit in 0..<256 {
                var hashes = tile.hashes
                hashes[place] = hashes[place].flipping(bit: bit)
                let forged = try #require(Tile(id: tile.id, hashes: hashes))
                #expect(!isBelieved([forged], size: 2, root: store.edge.tree.root))
            }
        }
    }

    @Test("one tile in another's place is refused")
    func swapped() throws {
        for (id, tile) in store.tiles {
            for other in store.tiles.values where other.id != id && other.id.width == id.width {
                var tiles = store.tiles
                tiles[id] = Tile(id: id, hashes: other.hashes)
                #expect(!isBelieved(Array(tiles.values)), "\(other.id.path) for \(id.path)")
            }
            #expect(isBelieved(Array(store.tiles.values) + [tile]), "the same tile twice does no harm")
        }
        let tile = try #require(store.tiles.values.first { $0.id.isFull })
        let forged = try #require(Tile(id: tile.id, hashes: tile.hashes.reversed()))
        #expect(!isBelieved(Array(store.tiles.values) + [forged]))
        #expect(!isBelieved([forged] + Array(store.tiles.values)))
    }

    @Test("tiles that are recomputed up to the edge do not make the signed root")
    func recomputed() throws {
        var forged = TileStore()
        for index in 0..<1000 {
            forged.append(leaf: .leaf("entry \(index == 17 ? 18 : index)".utf8), storesPartial: index == 999)
        }
        #expect(throws: TileError.wrongRoot) { try TileSet(size: size, root: root, tiles: Array(forged.tiles.values)) }
        // One tile alone, its parents left as they were, is named.
        let id = try #require(TileID(level: 0, index: 0))
        var tiles = store.tiles
        tiles[id] = forged.tiles[id]
        #expect(throws: TileError.forged(id)) { try TileSet(size: size, root: root, tiles: Array(tiles.values)) }
    }

    @Test("tiles of another size are not this tree's")
    func otherSize() throws {
        for other in [999, 1001, 744, 1256, 256, 768] as [Int64] {
            #expect(!isBelieved(Array(store.tiles.values), size: other))
            let tiles = Array(TileStore(count: Int(other)).tiles.values)
            #expect(!isBelieved(tiles))
        }
        let narrow = try #require(TileID(level: 0, index: 0, width: 9))
        let tile = try #require(store.tile("tile/0/000")?.narrowed(to: 9))
        #expect(throws: TileError.foreign(narrow)) {
            try TileSet(size: size, root: root, tiles: Array(store.tiles.values) + [tile])
        }
    }

    @Test("without the tiles that check it, a tile is not believed")
    func missing() throws {
        let id = try #require(TileID(level: 0, index: 2))
        let needed = TileSet.required([id], size: size)
        #expect(Set(needed) == Set(TileID.edge(of: size) + [id]))
        for left in needed where left != id {
            let tiles = needed.filter { $0 != left }.compactMap { store.tiles[$0] }
            #expect(throws: TileError.missing(left)) { try TileSet(size: size, root: root, tiles: tiles) }
        }
        let set = try TileSet(size: size, root: root, tiles: needed.compactMap { store.tiles[$0] })
        let absent = try #require(TileID(level: 0, index: 0))
        #expect(throws: TileError.missing(absent)) { try set.leaf(0) }
        #expect(throws: TileError.outOfRange) { try set.leaf(1000) }
        #expect(throws: TileError.outOfRange) { try set.leaf(-1) }
    }
}
