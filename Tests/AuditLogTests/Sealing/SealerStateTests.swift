import Testing

@testable import AuditLog

@Suite("A sealer's state")
struct SealerStateTests {
    private func state(size: Int64) -> (SealerState, MerkleTree) {
        var (state, tree) = (SealerState(origin: "example.com/log"), MerkleTree())
        for index in 0..<size {
            let leaf = MerkleHash.leaf(Array("leaf \(index)".utf8))
            _ = state.append(leaf: leaf)
            tree.append(leaf: leaf)
        }
        state.note = "a note\n\n— of nobody AAAA\n"
        return (state, tree)
    }

    @Test(
        "is read as it was written, at every kind of edge",
        arguments: [0, 1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537, 66000])
    func roundTrip(size: Int64) throws {
        let (state, tree) = state(size: size)
        let read = try SealerState(parsing: state.encoded(), path: "state")
        #expect(read == state)
        #expect(read.edge.tree == tree)
        #expect(read.tail.count == (size == 0 ? 0 : Int((size - 1) % 256) + 1))
        #expect(read.tail.last == (size == 0 ? nil : MerkleHash.leaf(Array("leaf \(size - 1)".utf8))))
    }

    @Test("with any one character of a hash changed it is refused", arguments: [3, 256, 300] as [Int64])
    func changed(size: Int64) throws {
        let text = try state(size: size).0.encoded()
        // Every hash but those of the full last tile, which the events are compared with.
        for field in ["frontier", "root", "edge"] where field != "edge" || size != 256 {
            let start = try #require(text.range(of: "\"\(field)\"")?.upperBound)
            let place = try #require(
                text[start...].indices.first {
                    text[$0...].prefix(12).allSatisfy { $0.isLetter || $0.isNumber } && text[$0] != "t"
                })
            var other = text
            other.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
            #expect(throws: SealRefusal.self, "\(field)") { try SealerState(parsing: other, path: "state") }
        }
    }
}

extension String {
    fileprivate func range(of part: String) -> Range<Index>? {
        ranges(of: part).first
    }
}
