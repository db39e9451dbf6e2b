import Testing

@testable import AuditLog

@Suite("Forged proofs")
struct ForgedProofTests {
    private static let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 31, 33, 64, 100, 129, 255, 256, 257, 300, 600]

    @Test("a changed, dropped, doubled, added or swapped hash proves no leaf", arguments: sizes)
    func inclusionHashes(size: Int) throws {
        let naive = NaiveTree(count: size)
        let root = try #require(MerkleHash(naive.root(size: size)))
        for index in Set([0, 1, size / 3, size / 2, size - 2, size - 1]) where (0..<size).contains(index) {
            let leaf = try #require(MerkleHash(naive.leaves[index]))
            let hashes = naive.path(index, 0..<size).compactMap { MerkleHash($0) }
            let proof = InclusionProof(index: Int64(index), size: Int64(size), hashes: hashes)
            #expect(proof.verify(leaf: leaf, root: root))
            #expect(!proof.verify(leaf: leaf.flipping(bit: index), root: root))
            #expect(!proof.verify(leaf: leaf, root: root.flipping(bit: index)))
            for (name, hashes) in hashes.forgeries {
                let forged = InclusionProof(index: Int64(index), size: Int64(size), hashes: hashes)
                #expect(!forged.verify(leaf: leaf, root: root), "\(index) of \(size): \(name)")
            }
        }
    }

    @Test("a changed bit anywhere in a proof proves no leaf")
    func everyBit() throws {
        let naive = NaiveTree(count: 11)
        let root = try #require(MerkleHash(naive.root(size: 11)))
        let leaf = try #require(MerkleHash(naive.leaves[6]))
        let hashes = naive.path(6, 0..<11).compactMap { MerkleHash($0) }
        for place in hashes.indices {
            for bit in 0..<256 {
                var forged = hashes
                forged[place] = forged[place].flipping(bit: bit)
                #expect(!InclusionProof(index: 6, size: 11, hashes: forged).verify(leaf: leaf, root: root))
            }
        }
    }

    @Test("a proof shows its leaf at its own index only", arguments: [2, 3, 5, 8, 33, 100, 257])
    func inclusionIndex(size: Int) throws {
        let naive = NaiveTree(count: size)
        let root = try #require(MerkleHash(naive.root(size: size)))
        for index in 0..<size {
            let leaf = try #require(MerkleHash(naive.leaves[index]))
            let hashes = naive.path(index, 0..<size).compactMap { MerkleHash($0) }
            let accepted = (-1...size).filter {
                InclusionProof(index: Int64($0), size: Int64(size), hashes: hashes).verify(leaf: leaf, root: root)
            }
            #expect(accepted == [index])
        }
    }

    @Test("a proof holds for the checkpoint of its own size only", arguments: [1, 2, 3, 5, 8, 33, 100])
    func inclusionSize(size: Int) throws {
        let naive = NaiveTree(count: 120)
        let roots = try (0...120).map { try #require(MerkleHash(naive.root(size: $0))) }
        for index in 0..<size {
            let leaf = try #require(MerkleHash(naive.leaves[index]))
            let hashes = naive.path(index, 0..<size).compactMap { MerkleHash($0) }
            let accepted = (0...120).filter {
                InclusionProof(index: Int64(index), size: Int64($0), hashes: hashes).verify(leaf: leaf, root: roots[$0])
            }
            #expect(accepted == [size])
        }
    }

    @Test("a changed, dropped, doubled, added or swapped hash proves no consistency", arguments: sizes)
    func consistencyHashes(to: Int) throws {
        let naive = NaiveTree(count: to)
        let new = try #require(MerkleHash(naive.root(size: to)))
        for from in Set([1, 2, to / 3, to / 2, to - 1, to]) where (1...to).contains(from) {
            let old = try #require(MerkleHash(naive.root(size: from)))
            let hashes = naive.subproof(from, 0..<to, true).compactMap { MerkleHash($0) }
            let proof = ConsistencyProof(from: Int64(from), to: Int64(to), hashes: hashes)
            #expect(proof.verify(oldRoot: old, newRoot: new))
            #expect(!proof.verify(oldRoot: old.flipping(bit: from), newRoot: new))
            #expect(!proof.verify(oldRoot: old, newRoot: new.flipping(bit: from)))
            for (name, hashes) in hashes.forgeries {
                let forged = ConsistencyProof(from: Int64(from), to: Int64(to), hashes: hashes)
                #expect(!forged.verify(oldRoot: old, newRoot: new), "\(from) to \(to): \(name)")
            }
        }
    }

    @Test("a consistency proof holds for the checkpoints of its own two sizes only")
    func consistencySizes() throws {
        let most = 40
        let naive = NaiveTree(count: most)
        let roots = try (0...most).map { try #require(MerkleHash(naive.root(size: $0))) }
        for to in 2...most {
            for from in 1..<to {
                let hashes = naive.subproof(from, 0..<to, true).compactMap { MerkleHash($0) }
                for other in 0...most {
                    let old = ConsistencyProof(from: Int64(other), to: Int64(to), hashes: hashes)
                    #expect(old.verify(oldRoot: roots[other], newRoot: roots[to]) == (other == from))
                    let new = ConsistencyProof(from: Int64(from), to: Int64(other), hashes: hashes)
                    #expect(new.verify(oldRoot: roots[from], newRoot: roots[other]) == (other == to))
                }
            }
        }
    }

    @Test("a log whose past was changed has no proof that leads from its old root")
    func rewrittenPast() throws {
        let honest = NaiveTree(count: 50)
        var leaves = honest.leaves
        leaves[20][0] ^= 1
        let rewritten = NaiveTree(leaves: leaves)
        let old = try #require(MerkleHash(honest.root(size: 30)))
        let new = try #require(MerkleHash(rewritten.root(size: 50)))
        for tree in [honest, rewritten] {
            let hashes = tree.subproof(30, 0..<50, true).compactMap { MerkleHash($0) }
            #expect(!ConsistencyProof(from: 30, to: 50, hashes: hashes).verify(oldRoot: old, newRoot: new))
        }
    }

    @Test("nothing but an empty proof leads from the empty log, or from a log to itself")
    func trivialConsistency() throws {
        let root = MerkleHash.leaf([1])
        func verify(_ from: Int64, _ to: Int64, _ hashes: [MerkleHash], _ old: MerkleHash, _ new: MerkleHash) -> Bool {
            ConsistencyProof(from: from, to: to, hashes: hashes).verify(oldRoot: old, newRoot: new)
        }
        #expect(verify(0, 5, [], .empty, root))
        #expect(!verify(0, 5, [root], .empty, root))
        #expect(!verify(0, 5, [], root, root))
        #expect(verify(5, 5, [], root, root))
        #expect(!verify(5, 5, [root], root, root))
        #expect(!verify(5, 5, [], root, .empty))
        #expect(!verify(5, 6, [], root, root))
        #expect(!verify(6, 5, [], root, root))
        #expect(verify(0, 0, [], .empty, .empty))
        #expect(!verify(0, 0, [], root, root))
    }
}
