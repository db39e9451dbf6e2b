/// A perfect subtree of a Merkle tree: the leaves from `index` · 2^`level`, 2^`level` of them.
struct TreeNode: Sendable, Hashable {
    /// 0 is a leaf; at most 62.
    var level: Int
    /// Among the subtrees of its level.
    var index: Int64

    /// The perfect subtrees that `leaves` make, the largest first.
    ///
    /// - Parameter leaves: begin at a multiple of the largest power of two that is not above their count, as every range
    ///   does that RFC 6962 splits off.
    static func covering(_ leaves: Range<Int64>) -> [TreeNode] {
        var nodes: [TreeNode] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            let level = (leaves.upperBound - start).mostSignificantBit
            nodes.append(TreeNode(level: level, index: start >> Int64(level)))
            start += 1 << Int64(level)
        }
        return nodes
    }

    /// Where the node's hash comes from: these hashes of this tile, at a level that tiles hold.
    func place(in size: Int64) -> (tile: TileID, hashes: Range<Int>)? {
        let first = index << Int64(level % 8)
        guard let tile = TileID(level: level / 8, index: first / 256, treeSize: size) else { return nil }
        let start = Int(first % 256)
        return (tile, start..<start + (1 << (level % 8)))
    }
}

/// The ranges of leaves whose roots make a proof (RFC 6962, sections 2.1.1 and 2.1.2).
enum ProofRanges {
    /// The siblings of the leaf's path, its own sibling first; `index` lies in the tree.
    static func inclusion(index: Int64, size: Int64) -> [Range<Int64>] {
        var siblings: [Range<Int64>] = []
        var (start, end) = (Int64(0), size)
        while end - start > 1 {
            let middle = start + (1 << Int64((end - start - 1).mostSignificantBit))
            if index < middle {
                siblings.append(middle..<end)
                end = middle
            } else {
                siblings.append(start..<middle)
                start = middle
            }
        }
        return siblings.reversed()
    }

    /// What leads from the root of the first `from` leaves to that of the first `to`; none unless 0 < `from` < `to`.
    static func consistency(from: Int64, to: Int64) -> [Range<Int64>] {
        guard from > 0, from < to else { return [] }
        var ranges: [Range<Int64>] = []
        var (start, end) = (Int64(0), to)
        while from != end {
            let middle = start + (1 << Int64((end - start - 1).mostSignificantBit))
            if from <= middle {
                ranges.append(middle..<end)
                end = middle
            } else {
                ranges.append(start..<middle)
                start = middle
            }
        }
        // The old tree's own root is known to whoever asks.
        if start > 0 { ranges.append(start..<end) }
        return ranges.reversed()
    }
}

extension Int64 {
    /// The position of the highest set bit of a number above zero.
    var mostSignificantBit: Int { Self.bitWidth - 1 - leadingZeroBitCount }
}
