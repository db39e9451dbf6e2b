import Testing

@testable import AuditLog

@Suite("Proofs of the Merkle tree")
struct ProofTests {
    /// Every size up to two full tiles of leaves and a bit would take minutes; this passes the border of the first.
    private static let most = 264

    @Test(
        "every inclusion proof of every size is the one that RFC 6962 defines, and verifies", .timeLimit(.minutes(10)))
    func inclusion() throws {
        let naive = NaiveTree(count: Self.most)
        let leaves = try naive.leaves.map { try #require(MerkleHash($0)) }
        var store = TileStore()
        for size in 1...Self.most {
            store.append(leaf: leaves[size - 1])
            let root = try #require(MerkleHash(naive.root(size: size)))
            for index in 0..<size {
                let proof = try store.inclusion(Int64(index), Int64(size))
                guard proof.hashes.map(\.bytes) == naive.path(index, 0..<size),
                    proof.verify(leaf: leaves[index], root: root)
                else {
                    Issue.record("the proof of \(index) in \(size) is wrong")
                    return
                }
            }
        }
    }

    @Test(
        "every consistency proof of every two sizes is the one that RFC 6962 defines, and verifies",
        .timeLimit(.minutes(10)))
    func consistency() throws {
        let naive = NaiveTree(count: Self.most)
        var store = TileStore()
        for to in 0...Self.most {
            if to > 0 { store.append(leaf: try #require(MerkleHash(naive.leaves[to - 1]))) }
            let new = try #require(MerkleHash(naive.root(size: to)))
            for from in 0...to {
                let proof = try store.consistency(Int64(from), Int64(to))
                let old = try #require(MerkleHash(naive.root(size: from)))
                guard proof.hashes.map(\.bytes) == (from == 0 ? [] : naive.subproof(from, 0..<to, true)),
                    proof.verify(oldRoot: old, newRoot: new)
                else {
                    Issue.record("the proof from \(from) to \(to) is wrong")
                    return
                }
            }
        }
    }

    /// The leaves of the well-known test tree of Certificate Transparency.
    private static func referenceStore(size: Int) -> TileStore {
        var store = TileStore()
        for leaf in MerkleTreeTests.leaves.prefix(size) { store.append(leaf: .leaf(leaf)) }
        return store
    }

    @Test(
        "inclusion proofs of Certificate Transparency's test tree are the published ones",
        arguments: [
            (0, 1, []),
            (
                0, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                5, 8,
                [
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
            (
                1, 5,
                [
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ])
    func knownInclusion(index: Int, size: Int, hashes: [String]) throws {
        let proof = try Self.referenceStore(size: size).inclusion(Int64(index), Int64(size))
        #expect(proof.hashes.map(\.hexadecimal) == hashes)
    }

    @Test(
        "consistency proofs of Certificate Transparency's test tree are the published ones",
        arguments: [
            (1, 1, []),
            (
                1, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                6, 8,
                [
                    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (
                2, 5,
                [
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ])
    func knownConsistency(from: Int, to: Int, hashes: [String]) throws {
        let proof = try Self.referenceStore(size: to).consistency(Int64(from), Int64(to))
        #expect(proof.hashes.map(\.hexadecimal) == hashes)
    }

    @Test("numbers that no tree has are refused, and none traps")
    func hostileNumbers() throws {
        let numbers: [Int64] = [.min, -1, 0, 1, 2, 255, 256, 1 << 62, .max - 1, .max]
        let hashes = [[], [MerkleHash.empty], [MerkleHash](repeating: .empty, count: 70)]
        for first in numbers {
            for second in numbers {
                for hashes in hashes {
                    let inclusion = InclusionProof(index: first, size: second, hashes: hashes)
                    let isPossible = first >= 0 && first < second
                    if !isPossible { #expect(inclusion.root(leaf: .empty) == nil) }
                    let alone = isPossible && second == 1 && hashes.isEmpty
                    #expect(inclusion.verify(leaf: .empty, root: .empty) == alone, "\(first) in \(second)")
                    let consistency = ConsistencyProof(from: first, to: second, hashes: hashes)
                    let trivial = hashes.isEmpty && first >= 0 && (first == second || (first == 0 && second > 0))
                    #expect(consistency.verify(oldRoot: .empty, newRoot: .empty) == trivial, "\(first) to \(second)")
                }
                for tile in InclusionProof.tiles(index: first, size: second) {
                    #expect(tile.leaves.upperBound <= second)
                }
                for tile in ConsistencyProof.tiles(from: first, to: second) {
                    #expect(tile.leaves.upperBound <= second)
                }
                if first < 0 || first >= second {
                    #expect(throws: TileError.outOfRange) {
                        try InclusionProof(index: first, size: second, tiles: [:])
                    }
                }
            }
        }
    }

    @Test("a proof costs a handful of tiles in the largest log there can be")
    func fewTiles() {
        for size in [1 << 20, 1_000_003, 1 << 40, Int64.max] as [Int64] {
            for index in [0, 1, size / 3, size / 2, size - 1] {
                let inclusion = InclusionProof.tiles(index: index, size: size)
                let consistency = ConsistencyProof.tiles(from: index, to: size)
                #expect(inclusion.count <= 16 && consistency.count <= 16, "\(index) of \(size)")
                #expect(Set(inclusion).count == inclusion.count)
            }
        }
        #expect(InclusionProof.tiles(index: 3, size: 1_000_000).count <= 5)
    }

    @Test("a proof without one of its tiles, or with another in its place, is refused")
    func wrongTiles() throws {
        let tiles = NaiveTree(count: 600).tiles(size: 600)
        let needed = InclusionProof.tiles(index: 300, size: 600)
        for id in needed {
            var cut = tiles
            cut[id] = nil
            #expect(throws: TileError.missing(id)) { try InclusionProof(index: 300, size: 600, tiles: cut) }
            let other = try #require(tiles.values.first { $0.id != id })
            cut[id] = other
            #expect(throws: TileError.foreign(other.id)) { try InclusionProof(index: 300, size: 600, tiles: cut) }
        }
    }
}
