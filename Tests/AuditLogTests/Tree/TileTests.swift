import Testing

@testable import AuditLog

@Suite("Tiles")
struct TileTests {
    @Test(
        "a tile has one path, which names it",
        arguments: [
            (0, 0, 256, "tile/0/000"), (0, 999, 256, "tile/0/999"), (0, 1000, 255, "tile/0/x001/000.p/255"),
            (0, 1_234_067, 256, "tile/0/x001/x234/067"), (3, 5, 7, "tile/3/005.p/7"),
            (0, 100_000_000_000, 256, "tile/0/x100/x000/x000/000"), (7, 0, 127, "tile/7/000.p/127"),
        ] as [(Int, Int64, Int, String)])
    func paths(level: Int, index: Int64, width: Int, path: String) throws {
        let tile = try #require(TileID(level: level, index: index, width: width))
        #expect(tile.path == path)
        #expect(TileID(path: path) == tile)
        #expect(tile.entriesPath == "tile/entries/" + path.dropFirst("tile/0/".count))
    }

    @Test(
        "what is no tile's path is refused",
        arguments: [
            "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/-1/000",
            "tile/+1/000", "tile/8/000", "tile/99999999999999999999/000", "tile/0/x000/000", "tile/0/x001/x000",
            "tile/0/001/000", "tile/0/xx01/000", "tile/0/-01", "tile/0/+01", "tile/0/000.p", "tile/0/000.p/",
            "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/+1", "tile/0/000.p/-1",
            "tile/0/000.p/1/", "tile/0/000/1", "tile/0/x001.p/000", "tile/7/000.p/128", "tile/7/000", "tile/7/001.p/1",
            "/tile/0/000", "tile//000", "tile/0/０００", "tile/0/00é", "tile/entries/000", "tile/0/000.p/1.p/1",
            "tile/0/x036/x028/x797/x018/x963/968", "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/0/" + String(repeating: "x001/", count: 1000) + "000",
        ])
    func noPaths(path: String) {
        #expect(TileID(path: path) == nil)
    }

    @Test("the last tile of the largest log is a tile, and the one behind it is not")
    func lastTile() throws {
        let last = try #require(TileID(level: 0, index: Int64.max / 256, width: 255))
        #expect(last.leaves.upperBound == .max)
        #expect(TileID(path: last.path) == last)
        #expect(TileID(level: 0, index: Int64.max / 256) == nil)
        #expect(TileID(level: 0, index: .max, width: 1) == nil)
        #expect(TileID(level: 0, index: -1) == nil)
        #expect(TileID(level: -1, index: 0) == nil)
        #expect(TileID(level: 0, index: 0, width: 0) == nil)
        #expect(TileID(level: 0, index: 0, width: 257) == nil)
    }

    @Test(
        "the tiles of a tree hold every hash that tlog-tiles defines, and nothing else",
        arguments: [1, 255, 256, 257, 511, 512, 66_000])
    func contents(size: Int) throws {
        let naive = NaiveTree(count: size)
        let store = TileStore(count: size)
        for id in TileID.all(of: Int64(size)) {
            let tile = try #require(store.tiles[id])
            #expect(tile.hashes.map(\.bytes) == naive.tile(id))
            let bytes = naive.tile(id).flatMap(\.self)
            #expect(tile.bytes == bytes)
            #expect(Tile(id: id, bytes: bytes) == tile)
            #expect(Tile(id: id, bytes: bytes.dropLast()) == nil)
            #expect(Tile(id: id, bytes: bytes + [0]) == nil)
            #expect(Tile(id: id, bytes: bytes.dropLast(32)) == nil)
            #expect(Tile(id: id, hashes: tile.hashes + [.empty]) == nil)
        }
        let all = Array(TileID.all(of: Int64(size)))
        #expect(Set(all).count == all.count)
        let edge = store.edge.partialTiles.map(\.id)
        #expect(all.filter { !$0.isFull } == edge)
        #expect(edge == TileID.edge(of: Int64(size)))
        #expect(all.filter { $0.level == 0 }.reduce(0) { $0 + $1.width } == size)
        #expect(Set(store.tiles.keys) == Set(all))
    }

    @Test("what a growing tree changes is what the larger one has and the smaller one has not")
    func changed() {
        let sizes: [Int64] = [0, 1, 2, 255, 256, 257, 300, 511, 512, 65_535, 65_536, 65_537, 70_000]
        for old in sizes {
            for new in sizes {
                let before = Set(TileID.all(of: old))
                let expected = new < old ? [] : TileID.all(of: new).filter { !before.contains($0) }
                #expect(Array(TileID.changed(from: old, to: new)) == expected, "\(old) to \(new)")
            }
        }
        #expect(Array(TileID.changed(from: .min, to: -1)).isEmpty)
        #expect(TileID.changed(from: .max - 1, to: .max).reduce(0) { count, _ in count + 1 } == 1)
    }

    @Test(
        "an edge goes on from stored tiles as if it had never stopped", arguments: [0, 1, 255, 256, 257, 511, 512, 900])
    func resumed(stop: Int) throws {
        let before = TileStore(count: stop)
        var edge = try TileEdge(size: Int64(stop), tiles: before.only(TileID.edge(of: Int64(stop))))
        #expect(edge == before.edge)
        var tiles = before.tiles
        for index in stop..<1000 {
            for tile in edge.append(leaf: .leaf("entry \(index)".utf8)) { tiles[tile.id] = tile }
        }
        for tile in edge.partialTiles { tiles[tile.id] = tile }
        let whole = TileStore(count: 1000)
        #expect(edge == whole.edge)
        for id in TileID.all(of: 1000) { #expect(tiles[id] == whole.tiles[id]) }
    }

    @Test("an edge that lacks a tile, or has another in its place, is refused")
    func incompleteEdge() throws {
        let store = TileStore(count: 300)
        for id in TileID.edge(of: 300) {
            var tiles = store.tiles
            tiles[id] = nil
            #expect(throws: TileError.missing(id)) { try TileEdge(size: 300, tiles: tiles) }
            #expect(throws: TileError.missing(id)) { try MerkleTree(size: 300, tiles: tiles) }
            let other = try #require(TileID(level: 0, index: 0))
            tiles[id] = store.tiles[other]
            #expect(throws: TileError.foreign(other)) { try TileEdge(size: 300, tiles: tiles) }
        }
        #expect(throws: TileError.outOfRange) { try TileEdge(size: -1, tiles: [:]) }
    }

    @Test("a partial tile is the beginning of the wider one")
    func narrowed() throws {
        let wide = try #require(TileStore(count: 300).tile("tile/0/001.p/44"))
        for width in 1...44 {
            let narrow = try #require(wide.narrowed(to: width))
            #expect(narrow.id == TileID(level: 0, index: 1, width: width))
            #expect(narrow.hashes == Array(wide.hashes.prefix(width)))
        }
        for width in [Int.min, -1, 0, 45, 256, 257, Int.max] { #expect(wide.narrowed(to: width) == nil) }
    }

    @Test("a bundle gives back its entries, whatever their bytes")
    func bundles() throws {
        let bundles: [[[UInt8]]] = [
            [], [[]], [[], []], [[1]], [[UInt8](repeating: 7, count: 65_535), [0, 0]],
            (0..<256).map { [UInt8](repeating: UInt8($0), count: $0) },
        ]
        for entries in bundles {
            let bytes = try #require(EntryBundle.encode(entries))
            #expect(EntryBundle.decode(bytes) == entries)
            // Cut anywhere but between two entries it is no bundle.
            for cut in 1..<max(1, min(bytes.count, 300)) {
                if let fewer = EntryBundle.decode(bytes.dropLast(cut)) { #expect(entries.starts(with: fewer)) }
            }
        }
        #expect(EntryBundle.encode([[0x61, 0x62], [0x63]]) == [0, 2, 0x61, 0x62, 0, 1, 0x63])
        #expect(EntryBundle.encode([[UInt8](repeating: 7, count: 65_536)]) == nil)
        #expect(EntryBundle.encode([[UInt8]](repeating: [], count: 257)) == nil)
        #expect(EntryBundle.decode([UInt8](repeating: 0, count: 2 * 257)) == nil)
        for bytes in [[0], [0, 1], [1, 0, 5], [255, 255]] as [[UInt8]] { #expect(EntryBundle.decode(bytes) == nil) }
    }
}
