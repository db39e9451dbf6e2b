import Postgres

/// Tiles as the database holds them, by place; they are not trusted.
package struct StoredTiles: Sendable {
    package struct Place: Sendable, Hashable {
        var level: Int
        var index: Int64
    }

    /// The hashes, one after the other.
    private(set) var hashes: [Place: [UInt8]] = [:]
    /// The leaves that the tiles of level 0 hold; nil where nothing was ever sealed.
    var leafCount: Int64 = 0

    package init() {}

    subscript(level: Int, index: Int64) -> [UInt8]? {
        get { hashes[Place(level: level, index: index)] }
        set { hashes[Place(level: level, index: index)] = newValue }
    }
}

/// Builds the tree over a log's leaves and compares it, at each size of which something was signed, with that.
///
/// Where a row is missing or contradicts itself, the leaf that was stored for it stands in, so that the events behind it
/// are proved all the same. Where a row is right by itself and the stored tile holds another leaf, either may have been
/// changed: both trees are carried on to the next anchor, which says which one was signed.
struct SealComparison {
    /// In order of size.
    private let anchors: [Anchor]
    private var nextAnchor = 0
    private let upperTiles: StoredTiles
    private var tiles: [Int64: [UInt8]] = [:]
    private var currentTile: (index: Int64, hashes: [UInt8]) = (-1, [])
    private(set) var size: Int64 = 0
    /// Over the leaves as the rows make them.
    private var edge = TileEdge()
    /// Over the leaves as the tiles hold them, since the first that differs.
    private var storedEdge: TileEdge?
    /// Rows whose leaf is not the tile's, since the last anchor that agreed; a group where the row is right by itself.
    private var conflicts: [(position: Int64, group: Int?)] = []
    /// Leaves that are not known at all: no anchor behind them can be compared.
    private var unknownLeaves = false
    private var provedSize: Int64 = 0
    private var wrongTiles: [TileID] = []
    private var contradicted: Set<Anchor.Source> = []
    private var agreements: [Anchor.Source: Anchor] = [:]

    init(_ anchors: [Anchor], _ upperTiles: StoredTiles) {
        self.anchors = anchors.sorted { $0.size < $1.size }
        self.upperTiles = upperTiles
    }

    /// The stored tiles of leaves for the events that come next.
    mutating func use(_ tiles: [Int64: [UInt8]]) {
        self.tiles = tiles
        currentTile = (-1, [])
    }

    // MARK: Leaves

    /// Adds the leaf of a row that is right by itself.
    ///
    /// - Parameter group: where the row was counted as right; nil where it was not.
    mutating func append(_ leaf: MerkleHash, at position: Int64, group: Int?) {
        let agrees = withStoredLeaf(position) { leaf.withBytes($0.isEqual) } ?? true
        if !agrees {
            conflicts.append((position, group))
            if storedEdge == nil { storedEdge = edge }
        }
        add(leaf, stored: agrees ? leaf : storedLeaf(position) ?? leaf)
    }

    /// Adds what stands in for the leaf of a row that contradicts itself.
    mutating func append(doubtful position: Int64, computed: MerkleHash, stated: MerkleHash?) {
        let leaf = storedLeaf(position) ?? stated ?? computed
        add(leaf, stored: leaf)
    }

    /// Adds what stands in for the leaf of a row that is not there.
    mutating func append(missing position: Int64) {
        let leaf = storedLeaf(position)
        if leaf == nil { unknownLeaves = true }
        add(leaf ?? .empty, stored: leaf ?? .empty)
    }

    /// Leaves out a gap that no tree can be made over.
    mutating func skip(to position: Int64) {
        unknownLeaves = true
        size = position
    }

    private mutating func add(_ leaf: MerkleHash, stored: MerkleHash) {
        size += 1
        // Behind a gap that was left out, there is only order to be checked.
        guard edge.size == size - 1 else { return }
        let completed = edge.append(leaf: leaf)
        let alternative = storedEdge?.append(leaf: stored) ?? []
        for (index, tile) in completed.enumerated() where tile.id.level > 0 {
            compare(tile, index < alternative.count ? alternative[index] : nil)
        }
    }

    private mutating func compare(_ tile: Tile, _ alternative: Tile?) {
        let stored = upperTiles[tile.id.level, tile.id.index]
        // What is not there belongs to leaves that are not sealed yet, or is missing, which others say. What is there behind
        // the tile's hashes is of a log that was longer.
        guard let stored, !tile.bytes.starts(with: stored.prefix(tile.bytes.count)) else { return }
        if let alternative, alternative.bytes.starts(with: stored) { return }
        if contradicted.isEmpty, !unknownLeaves { wrongTiles.append(tile.id) }
    }

    private mutating func withStoredLeaf<Result>(
        _ position: Int64, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        if currentTile.index != position >> 8 { currentTile = (position >> 8, tiles[position >> 8] ?? []) }
        let start = Int(position & 255) * MerkleHash.byteCount
        guard currentTile.hashes.count >= start + MerkleHash.byteCount else { return nil }
        return currentTile.hashes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[start..<start + MerkleHash.byteCount]))
        }
    }

    private mutating func storedLeaf(_ position: Int64) -> MerkleHash? {
        withStoredLeaf(position) { MerkleHash($0) }.flatMap(\.self)
    }

    // MARK: Anchors

    var isAnchorReached: Bool { nextAnchor < anchors.count && anchors[nextAnchor].size <= size }

    /// Compares the tree with the anchors of its size.
    mutating func compare(into result: inout Verification, _ groups: inout VerdictGroups) {
        while isAnchorReached {
            let anchor = anchors[nextAnchor]
            nextAnchor += 1
            if anchor.root == edge.tree.root, edge.size == anchor.size {
                // The rows are what was signed: where tiles differ, the tiles are wrong.
                for conflict in conflicts {
                    result.report(
                        conflict.position, .tile,
                        "tile/0/\(conflict.position >> 8) holds another leaf than the event's, which is the one that was signed"
                    )
                }
                agree(anchor, &groups)
            } else if let storedEdge, storedEdge.size == anchor.size, storedEdge.tree.root == anchor.root {
                for conflict in conflicts {
                    result.report(
                        conflict.position, .modified,
                        "the event is not the one that was sealed: its leaf is another than that of the tile which \(anchor.description) bears out"
                    )
                    if let group = conflict.group { groups.retract(from: group) }
                }
                edge = storedEdge
                agree(anchor, &groups)
            } else if unknownLeaves {
                continue
            } else if contradicted.insert(anchor.source).inserted {
                let first = firstDoubtful(anchor)
                result.report(
                    first, .contradicted,
                    "\(anchor.description) has another root: one or more of the events from position \(first) to \(anchor.size - 1) are not those that were signed"
                )
            }
        }
    }

    /// The first position that an anchor may contradict.
    ///
    /// What the database holds of the log's own signatures narrows it down, unless the same key also signed a log that is
    /// at least as long and has another past: then it was stolen, and nothing that it signed says anything.
    private func firstDoubtful(_ anchor: Anchor) -> Int64 {
        let isSignedTwice = anchors.contains { $0.source == .stored && $0.size >= anchor.size }
        return anchor.source != .stored && isSignedTwice ? outsideSize : provedSize
    }

    /// The size up to which something from outside the database agrees.
    private var outsideSize: Int64 { agreements.values.filter { $0.source != .stored }.map(\.size).max() ?? 0 }

    private mutating func agree(_ anchor: Anchor, _ groups: inout VerdictGroups) {
        conflicts = []
        storedEdge = nil
        provedSize = anchor.size
        agreements[anchor.source] = anchor
        groups.verifyAll()
    }

    /// Reports what is left to report when all events are there.
    mutating func finish(into result: inout Verification, _ groups: inout VerdictGroups) {
        for conflict in conflicts {
            result.report(
                conflict.position, .modified,
                "its leaf is not the one in tile/0/\(conflict.position >> 8); one of the two was changed")
            if let group = conflict.group { groups.retract(from: group) }
        }
        if edge.size == size, storedEdge == nil {
            for tile in edge.partialTiles where tile.id.level > 0 { compare(tile, nil) }
        }
        for tile in wrongTiles {
            result.report(tile.leaves.lowerBound, .tile, "\(tile.path) is not what the events make")
        }
        var shortest: Set<Anchor.Source> = []
        for anchor in anchors[nextAnchor...].reversed() where shortest.insert(anchor.source).inserted {
            result.missing = max(result.missing, anchor.size - size)
            result.report(
                size, .missing,
                "the log ends here, and \(anchor.description) says that there were \(anchor.size - size) more")
        }
        if nextAnchor == anchors.count, upperTiles.leafCount > size {
            result.missing = max(result.missing, upperTiles.leafCount - size)
            result.report(
                size, .missing,
                "the log ends here, and the stored tiles hold the leaves of \(upperTiles.leafCount - size) more events")
        }
        // What the key signed in the database is no evidence against what it signed elsewhere.
        if contradicted.contains(where: { $0 != .stored }) {
            groups.distrustAll()
            provedSize = outsideSize
        }
        result.sealedSize = provedSize
        result.root = edge.tree.root
        result.agreements = agreements.values.sorted { ($0.size, "\($0.source)") < ($1.size, "\($1.source)") }
    }
}
