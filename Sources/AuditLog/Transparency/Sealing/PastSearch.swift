import FoundationEssentials
import Postgres

/// Finds where a log first differs from the tree that was signed.
///
/// All leaves are recomputed from their rows. They are compared with what is known of the tree: the state's own hashes, and
/// those stored tiles that these bear out, level by level. Where the tiles of a place were changed too, the hash above says
/// between which positions it is.
struct PastSearch {
    private let reader: RowReader
    private let state: SealerState
    private let edge: [TileID: Tile]
    /// The tile that was asked for last, of each level.
    private var known: [Int: (index: Int64, hashes: [MerkleHash]?)] = [:]

    init(reader: RowReader, state: SealerState) {
        self.reader = reader
        self.state = state
        edge = Dictionary(state.edge.partialTiles.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The refusal that names the first event that is not the one that was sealed.
    consuming func refusal() throws -> SealRefusal {
        do {
            guard let range = try firstDifference() else {
                return SealRefusal(
                    .changed, "the events changed while they were read: atlas2 log verify tells more")
            }
            let place =
                range.count == 1
                ? "the event at position \(range.lowerBound) is not the one that was sealed"
                : "an event from position \(range.lowerBound) to \(range.upperBound - 1) is not the one that was sealed, and the tiles there were changed too"
            return SealRefusal(
                .changed, at: range.lowerBound,
                "the log's past changed: \(place). Put the events back from a backup; atlas2 log verify tells more")
        } catch let refusal as SealRefusal {
            return refusal
        }
    }

    private mutating func firstDifference() throws -> Range<Int64>? {
        var own = TileEdge()
        while own.size < state.size {
            var leaves: [MerkleHash] = []
            var gap: SealRefusal?
            do {
                try reader.entries(own.size..<min(state.size, own.size + 4096), code: .changed) { leaves.append($1) }
            } catch let refusal as SealRefusal {
                // What comes before the gap may differ already.
                gap = refusal
            }
            for leaf in leaves {
                for tile in own.append(leaf: leaf) {
                    if let range = try difference(tile) { return range }
                }
            }
            if let gap {
                // Of a tile that is not whole, the leaves there are.
                if let partial = own.partialTiles.first, let range = try difference(partial) { return range }
                throw gap
            }
        }
        for tile in own.partialTiles {
            if let range = try difference(tile) { return range }
        }
        return nil
    }

    /// The leaves under the first hash of a recomputed tile that is not the one that was signed.
    private mutating func difference(_ own: Tile) throws -> Range<Int64>? {
        guard let signed = try signed(level: own.id.level, index: own.id.index),
            let place = own.hashes.indices.first(where: { $0 >= signed.count || own.hashes[$0] != signed[$0] })
        else { return nil }
        let width = Int64(1) << Int64(8 * own.id.level)
        let start = own.id.leaves.lowerBound + Int64(place) * width
        return start..<start + width
    }

    /// The hashes of a tile of the tree that was signed; nil where nothing that can be believed says them.
    private mutating func signed(level: Int, index: Int64) throws -> [MerkleHash]? {
        guard let id = TileID(level: level, index: index, treeSize: state.size) else { return nil }
        if let tile = edge[id] { return tile.hashes }
        if let last = known[level], last.index == index { return last.hashes }
        var hashes: [MerkleHash]?
        if let above = try signed(level: level + 1, index: index / 256),
            let stored = try reader.session.tiles([id], of: reader.tenant).first,
            stored.root == above[Int(index % 256)]
        {
            hashes = stored.hashes
        }
        if hashes == nil, level == 0, state.tail.count == 256, index == state.tailStart / 256 { hashes = state.tail }
        known[level] = (index, hashes)
        return hashes
    }
}
