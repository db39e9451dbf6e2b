/// Which tile of a log it is (C2SP tlog-tiles; height 8).
package struct TileID: Sendable, Hashable {
    /// A full tile holds this many hashes.
    package static let fullWidth = 256
    /// Levels above this one would be of trees that no Int64 counts.
    package static let maximumLevel = 7

    /// 0 holds leaves; each level up holds the roots of the full tiles below.
    package let level: Int
    /// Among the tiles of its level.
    package let index: Int64
    /// Hashes in it: 1 to 256, which is full.
    package let width: Int

    /// The tile; nil where no tree of at most 2^63 − 1 leaves has it.
    package init?(level: Int, index: Int64, width: Int = Self.fullWidth) {
        guard (0...Self.maximumLevel).contains(level), index >= 0, (1...Self.fullWidth).contains(width) else {
            return nil
        }
        let most = Int64.max >> Int64(8 * level)
        guard index <= most / 256, index < most / 256 || width <= most % 256 else { return nil }
        self.level = level
        self.index = index
        self.width = width
    }

    /// The tile as it stands in a tree of `size` leaves; nil if that has none there.
    package init?(level: Int, index: Int64, treeSize size: Int64) {
        guard (0...Self.maximumLevel).contains(level), index >= 0, size >= 0 else { return nil }
        let hashes = size >> Int64(8 * level)
        guard index <= hashes / 256 else { return nil }
        let width = index == hashes / 256 ? Int(hashes % 256) : Self.fullWidth
        self.init(level: level, index: index, width: width)
    }

    package var isFull: Bool { width == Self.fullWidth }

    /// The tile that holds this one's root, in a tree of `size` leaves; nil unless this one is full.
    package func parent(in size: Int64) -> TileID? {
        isFull ? TileID(level: level + 1, index: index / 256, treeSize: size) : nil
    }

    /// The leaves under the tile.
    package var leaves: Range<Int64> {
        let shift = Int64(8 * level)
        let start = (index * 256) << shift
        return start..<start + Int64(width) << shift
    }
}

extension TileID {
    /// Every tile of a tree of `size` leaves, level by level.
    package static func all(of size: Int64) -> some Sequence<TileID> & Sendable { changed(from: 0, to: size) }

    /// The tiles that are new or wider in a tree of `new` leaves than in one of `old`, level by level.
    package static func changed(from old: Int64, to new: Int64) -> some Sequence<TileID> & Sendable {
        let (old, new) = (max(0, old), max(0, new))
        return (0...maximumLevel).lazy.flatMap { level in
            let (first, end) = (old >> Int64(8 * level), new >> Int64(8 * level))
            let indices = first < end ? first / 256..<(end - 1) / 256 + 1 : 0..<0
            return indices.lazy.compactMap { TileID(level: level, index: $0, treeSize: new) }
        }
    }

    /// The partial tiles of a tree of `size` leaves: at most one a level, the leaves' first.
    ///
    /// Every hash of the tree that is under no other lies in them.
    package static func edge(of size: Int64) -> [TileID] {
        (0...maximumLevel).compactMap { level in
            TileID(level: level, index: size >> Int64(8 * level) / 256, treeSize: size)
        }
    }
}
