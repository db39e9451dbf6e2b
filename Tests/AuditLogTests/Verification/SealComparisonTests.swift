import Postgres
import Testing

@testable import AuditLog

@Suite("Comparing a log with what was signed of it")
struct SealComparisonTests {
    private static let count = 700
    private static let events = Sample.log(count)

    private static func tree(_ size: Int, _ events: [RecordedEvent] = events) -> MerkleTree {
        var tree = MerkleTree()
        for event in events.prefix(size) { tree.append(leaf: Hashes.leaf(event)) }
        return tree
    }

    private static func tiles(_ events: [RecordedEvent] = events) -> [Int64: [UInt8]] {
        var tiles: [Int64: [UInt8]] = [:]
        for (index, event) in events.enumerated() { tiles[Int64(index / 256), default: []] += Hashes.leaf(event).bytes }
        return tiles
    }

    private static func anchor(_ source: Anchor.Source, _ size: Int) -> Anchor {
        Anchor(source, size: Int64(size), root: tree(size).root)
    }

    private func verify(
        _ events: [RecordedEvent], _ anchors: [Anchor], tiles: [Int64: [UInt8]] = [:]
    ) -> Verification {
        var verifier = Verifier(size: Int64(events.count), anchors: anchors)
        var slice = LogSlice()
        slice.tiles = tiles
        for event in events { slice.append(event) }
        verifier.check(slice, through: 65_535)
        return verifier.finish()
    }

    private func problems(_ found: Verification) -> [String] {
        found.problems.map { "\($0.position) \($0.verdict)" }
    }

    @Test(
        "what agrees says how far events are verified; the others are not sealed",
        arguments: [0, 1, 255, 256, 699, 700])
    func agrees(size: Int) {
        let found = verify(Self.events, [Self.anchor(.stored, size)], tiles: Self.tiles())
        #expect(found.isSound)
        #expect(found.sealedSize == size && found.verified == size && found.unsealed == Self.count - size)
        #expect(found.agreements == [Self.anchor(.stored, size)])
    }

    @Test("an event that was changed with its hashes is named by its tile, and the events behind it stay proved")
    func rehashed() {
        var events = Self.events
        events[300].payload = JSON("{}")
        events[300].seal()
        let found = verify(events, [Self.anchor(.stored, 256), Self.anchor(.stored, 700)], tiles: Self.tiles())
        #expect(problems(found) == ["300 modified"])
        #expect(found.verified == 699 && found.modified == 1 && found.sealedSize == 700)
    }

    @Test("without tiles the range between what agrees and what does not is named")
    func range() {
        var events = Self.events
        events[300].payload = JSON("{}")
        events[300].seal()
        let found = verify(events, [Self.anchor(.stored, 256), Self.anchor(.stored, 400), Self.anchor(.stored, 700)])
        #expect(problems(found) == ["256 contradicted"])
        #expect(found.verified == 256 && found.unsealed == 444 && found.sealedSize == 256)
    }

    @Test("a tile that was changed is wrong, and not the event under it")
    func wrongTile() {
        var tiles = Self.tiles()
        tiles[1]?[44 * 32] ^= 1
        let found = verify(Self.events, [Self.anchor(.stored, 700)], tiles: tiles)
        #expect(problems(found) == ["300 tile"])
        #expect(found.verified == 700)
    }

    @Test(
        "a log that is shorter than what was signed has lost its end",
        arguments: [Anchor.Source.stored, .sealer, .given("x")])
    func cut(source: Anchor.Source) {
        let found = verify(Array(Self.events.prefix(600)), [Self.anchor(.stored, 500), Self.anchor(source, 700)])
        #expect(problems(found) == ["600 missing"])
        #expect(found.missing == 100 && found.verified == 500)
    }

    @Test("what the database's own key signed twice narrows nothing down")
    func signedTwice() {
        var events = Self.events
        events[300].payload = JSON("{}")
        events[300].seal()
        let forged = [256, 700].map { Anchor(.stored, size: Int64($0), root: Self.tree($0, events).root) }
        let found = verify(events, forged + [Self.anchor(.sealer, 650)])
        #expect(problems(found) == ["0 contradicted"])
        #expect(found.verified == 0 && found.sealedSize == 0)
    }

    @Test("a row that is gone is told from the rest by its tile")
    func missing() {
        var events = Self.events
        events.remove(at: 300)
        var verifier = Verifier(size: 700, anchors: [Self.anchor(.stored, 700)])
        var slice = LogSlice()
        slice.tiles = Self.tiles()
        for event in events { slice.append(event) }
        verifier.check(slice, through: 65_535)
        let found = verifier.finish()
        #expect(problems(found) == ["300 missing"])
        #expect(found.verified == 699 && found.sealedSize == 700)
    }

    @Test("a head that was set far ahead is one finding, and takes no time", .timeLimit(.minutes(10)))
    func farHead() {
        var verifier = Verifier(size: .max, anchors: [])
        for event in Self.events { verifier.check(event) }
        let found = verifier.finish()
        #expect(problems(found) == ["700 missing"])
        #expect(found.problemCount == Int64.max - 700)
    }
}
