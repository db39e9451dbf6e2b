@testable import AuditLog

/// The definitions of RFC 6962, section 2.1, word for word and over bytes: what the product's trees and proofs are checked
/// against. Shares only SHA-256 with them.
final class NaiveTree {
    typealias Hash = [UInt8]

    let leaves: [Hash]
    private var known: [Range<Int>: Hash] = [:]

    /// - Parameter leaves: hashed already.
    init(leaves: [Hash]) {
        self.leaves = leaves
    }

    /// A tree of leaves whose data is `entry 0`, `entry 1` and so on.
    convenience init(count: Int) {
        self.init(leaves: (0..<count).map { Hashes.sha256([0] + Array("entry \($0)".utf8)) })
    }

    /// The largest power of two that is smaller than `count`.
    private func split(_ count: Int) -> Int {
        var split = 1
        while split * 2 < count { split *= 2 }
        return split
    }

    /// MTH(D[range]).
    func root(_ range: Range<Int>) -> Hash {
        if range.isEmpty { return Hashes.sha256([]) }
        if range.count == 1 { return leaves[range.lowerBound] }
        if let root = known[range] { return root }
        let middle = range.lowerBound + split(range.count)
        let root = Hashes.sha256([1] + root(range.lowerBound..<middle) + root(middle..<range.upperBound))
        known[range] = root
        return root
    }

    func root(size: Int) -> Hash { root(0..<size) }

    /// PATH(m, D[range]).
    func path(_ m: Int, _ range: Range<Int>) -> [Hash] {
        guard range.count > 1 else { return [] }
        let k = split(range.count)
        let middle = range.lowerBound + k
        return m < k
            ? path(m, range.lowerBound..<middle) + [root(middle..<range.upperBound)]
            : path(m - k, middle..<range.upperBound) + [root(range.lowerBound..<middle)]
    }

    /// SUBPROOF(m, D[range], b).
    func subproof(_ m: Int, _ range: Range<Int>, _ b: Bool) -> [Hash] {
        if m == range.count { return b ? [] : [root(range)] }
        let k = split(range.count)
        let middle = range.lowerBound + k
        return m <= k
            ? subproof(m, range.lowerBound..<middle, b) + [root(middle..<range.upperBound)]
            : subproof(m - k, middle..<range.upperBound, false) + [root(range.lowerBound..<middle)]
    }

    /// The tile as C2SP tlog-tiles defines it: MTH over 256^level leaves for each of its hashes.
    func tile(_ id: TileID) -> [Hash] {
        let span = (0..<id.level).reduce(1) { span, _ in span * 256 }
        return (0..<id.width).map { offset in
            let start = (Int(id.index) * 256 + offset) * span
            return root(start..<start + span)
        }
    }

    /// All tiles of the tree's first `size` leaves.
    func tiles(size: Int) -> [TileID: Tile] {
        var tiles: [TileID: Tile] = [:]
        for id in TileID.all(of: Int64(size)) {
            tiles[id] = Tile(id: id, hashes: tile(id).compactMap { MerkleHash($0) })
        }
        return tiles
    }
}

extension MerkleHash {
    /// The hash with one bit turned.
    func flipping(bit: Int) -> MerkleHash {
        var bytes = bytes
        bytes[bit / 8 % 32] ^= 1 << UInt8(bit % 8)
        return MerkleHash(bytes) ?? self
    }
}

extension [MerkleHash] {
    /// Every small forgery of a list of hashes: one bit turned, one dropped, one twice, one too many, two swapped.
    var forgeries: [(name: String, hashes: [MerkleHash])] {
        var forgeries: [(String, [MerkleHash])] = [("one too many", self + [.empty])]
        for index in indices {
            var changed = self
            changed[index] = changed[index].flipping(bit: index * 37 + 11)
            forgeries.append(("a bit of \(index)", changed))
            var dropped = self
            dropped.remove(at: index)
            forgeries.append(("without \(index)", dropped))
            var doubled = self
            doubled.insert(doubled[index], at: index)
            forgeries.append(("\(index) twice", doubled))
            if index > 0 {
                var swapped = self
                swapped.swapAt(index - 1, index)
                forgeries.append(("\(index) swapped", swapped))
            }
        }
        return forgeries
    }
}
