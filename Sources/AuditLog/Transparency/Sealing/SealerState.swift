import FoundationEssentials

/// What a sealer knows of its log without the database: what it signed last, and the edge of that tree.
///
/// It is written before a signature is given away, and extended only with new leaves: so whatever the database is made
/// to say, nothing is signed that contradicts what was signed before.
package struct SealerState: Sendable, Equatable {
    /// The log's name, for good.
    package var origin: String
    /// The key that the log is known to announce, as others verify with it.
    package var announced: String?
    /// The tree of what was signed; holds size, frontier and partial tiles.
    package var edge = TileEdge()
    /// The leaves of the last tile that has any, full or not: what is compared each time before the log is extended.
    package var tail: [MerkleHash] = []
    /// The checkpoint that was signed last.
    package var note: String?

    package var size: Int64 { edge.size }

    /// The position of the first leaf in `tail`.
    package var tailStart: Int64 { size - Int64(tail.count) }

    package init(origin: String) {
        self.origin = origin
    }

    /// Adds a leaf; returns the tiles that it completes.
    package mutating func append(leaf: MerkleHash) -> [Tile] {
        if tail.count == TileID.fullWidth { tail.removeAll(keepingCapacity: true) }
        tail.append(leaf)
        return edge.append(leaf: leaf)
    }

    package static func == (left: SealerState, right: SealerState) -> Bool {
        left.origin == right.origin && left.announced == right.announced && left.edge == right.edge
            && left.tail == right.tail && left.note == right.note
    }
}

extension SealerState {
    /// The state as its file holds it.
    private struct Document: Codable {
        var version = 1
        var origin: String
        var announced: String?
        var size: Int64
        /// Base64; checked against what the rest makes.
        var root: String
        /// Base64, the largest subtree first.
        var frontier: [String]
        /// The partial tiles by their paths, in Base64.
        var edge: [String: String]
        /// The last tile's leaves in Base64, where they are no partial tile.
        var tail: String?
        var note: String?
    }

    /// The text of the state's file.
    package func encoded() throws -> String {
        let tree = edge.tree
        var tiles: [String: String] = [:]
        for tile in edge.partialTiles { tiles[tile.id.path] = Base64.encode(tile.bytes) }
        let document = Document(
            origin: origin, announced: announced, size: size, root: tree.root.base64,
            frontier: tree.frontier.map(\.base64), edge: tiles,
            tail: tail.count == TileID.fullWidth ? Base64.encode(tail.flatMap(\.bytes)) : nil, note: note)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }

    /// Reads the text of a state's file.
    ///
    /// - Throws: `SealRefusal` when it is none, or does not fit together.
    package init(parsing text: String, path: String) throws(SealRefusal) {
        func damaged(_ what: String) -> SealRefusal {
            SealRefusal(
                .stateDamaged,
                "\(path) \(what): put it back from a copy, or remove it and run atlas2 log seal --adopt after the log was verified"
            )
        }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8)), document.version == 1
        else { throw damaged("is not a sealer's state") }
        var tiles: [TileID: Tile] = [:]
        for (path, base64) in document.edge {
            guard let id = TileID(path: path), let bytes = Base64.decode(base64.utf8),
                let tile = Tile(id: id, bytes: bytes)
            else { throw damaged("holds a tile that is none") }
            tiles[id] = tile
        }
        guard let edge = try? TileEdge(size: document.size, tiles: tiles), edge.tree.root.base64 == document.root,
            edge.tree.frontier.map(\.base64) == document.frontier
        else { throw damaged("does not make the root that it states") }
        self.init(origin: document.origin)
        announced = document.announced
        self.edge = edge
        note = document.note
        if edge.size % Int64(TileID.fullWidth) != 0 {
            tail = edge.partialTiles.first?.hashes ?? []
        } else if edge.size > 0 {
            guard let id = TileID(level: 0, index: edge.size / 256 - 1),
                let bytes = document.tail.flatMap({ Base64.decode($0.utf8) }), let tile = Tile(id: id, bytes: bytes)
            else { throw damaged("holds another number of leaves than it states") }
            tail = tile.hashes
        }
    }
}
