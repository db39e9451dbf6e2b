import FoundationEssentials
import Postgres
import Testing

@testable import AuditLog

@Suite("Verifying a log")
struct VerifierTests {
    private func verify(_ events: [RecordedEvent], size: Int = 30) -> Verification {
        var verifier = Verifier(size: Int64(size))
        for event in events { verifier.check(event) }
        return verifier.finish()
    }

    /// Position and verdict of every problem, once.
    private func problems(_ verification: Verification) -> [String] {
        verification.problems.reduce(into: []) { lines, problem in
            let line = "\(problem.position) \(problem.verdict)"
            if lines.last != line { lines.append(line) }
        }
    }

    @Test("a sound log has no problem, and the root of its leaves", arguments: [0, 1, 2, 30])
    func sound(size: Int) {
        let events = Sample.log(size)
        var tree = MerkleTree()
        for event in events { tree.append(leaf: Hashes.leaf(event)) }
        let result = verify(events, size: size)
        #expect(result.isSound)
        #expect(result.events == Int64(size))
        #expect(result.erased == 0)
        #expect(result.root == tree.root)
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var found: [String]
        var apply: @Sendable (inout [RecordedEvent]) -> Void

        init(_ name: String, _ found: [String], _ apply: @escaping @Sendable (inout [RecordedEvent]) -> Void) {
            testDescription = name
            self.found = found
            self.apply = apply
        }
    }

    /// Nothing is modified then: order alone speaks, also of those that now stand between the wrong ones.
    private static let swapped = [10, 11, 13, 20, 22, 23].map { "\($0) disordered" }

    @Test(
        "damage is named at its own position and at no other",
        arguments: [
            Damage("payload", ["10 modified"]) { $0[10].payload = JSON(#"{"number":11}"#) },
            Damage("one byte of the payload", ["10 modified"]) { $0[10].payload.bytes.append(0x20) },
            Damage("personal part", ["10 modified"]) { $0[10].personal = JSON("{}") },
            Damage("personal part removed", ["10 modified"]) { $0[10].personal = nil },
            Damage("attachment", ["10 modified"]) { $0[10].attachment = [1] },
            Damage("attachment added", ["0 modified"]) { $0[0].attachment?.append(0) },
            Damage("salt", ["10 modified"]) { $0[10].salt?[0] ^= 1 },
            Damage("salt removed alone", ["10 modified"]) { $0[10].salt = nil },
            Damage("erasable hash", ["10 modified"]) { $0[10].erasableHash[0] ^= 1 },
            Damage("commitment", ["10 modified"]) { $0[10].commitment[0] ^= 1 },
            Damage("leaf hash", ["10 modified"]) { $0[10].leafHash[0] ^= 1 },
            Damage("actor", ["10 modified"]) { $0[10].actor = nil },
            Damage("stream", ["10 modified"]) { $0[10].stream.id = Sample.other },
            Damage("version", ["10 modified"]) { $0[10].version += 5 },
            Damage("time", ["10 modified"]) { $0[10].recordedAt = .now },
            Damage("type", ["10 modified"]) { $0[10].type = "user.deactivated" },
            Damage("event removed", ["10 missing"]) { $0.remove(at: 10) },
            Damage("several removed", ["10 missing", "11 missing", "20 missing"]) {
                $0.remove(at: 20)
                $0.removeSubrange(10...11)
            },
            Damage("first removed", ["0 missing"]) { $0.removeFirst() },
            Damage("last removed", ["29 missing"]) { $0.removeLast() },
            Damage("event doubled", ["10 disordered"]) { $0.insert($0[10], at: 10) },
            Damage("event behind the head", ["30 disordered"]) { $0.append(Sample.log(31)[30]) },
            Damage("event far behind the head", ["9000000000000000000 disordered"]) {
                var event = $0[29]
                event.position = 9_000_000_000_000_000_000
                $0.append(event)
            },
            Damage("positions swapped", ["10 modified", "20 modified"]) { events in
                events.swapAt(10, 20)
                events[10].position = 10
                events[20].position = 20
            },
            Damage("positions swapped and hashes made to fit", Self.swapped) { events in
                events.swapAt(10, 20)
                for position in [10, 20] {
                    events[position].position = Int64(position)
                    events[position].seal()
                }
            },
        ])
    func damage(_ damage: Damage) {
        var events = Sample.log(30)
        damage.apply(&events)
        let result = verify(events)
        #expect(problems(result) == damage.found)
        #expect(result.problemCount == Int64(result.problems.count))
    }

    @Test("an erased event is counted, its payload is still verified, and the root stays")
    func erased() {
        var events = Sample.log(30)
        let root = verify(events).root
        for position in [3, 4] {
            events[position].personal = nil
            events[position].attachment = nil
            events[position].salt = nil
        }
        let result = verify(events)
        #expect(result.isSound)
        #expect(result.erased == 2)
        #expect(result.root == root)
        events[4].payload = JSON("{}")
        #expect(problems(verify(events)) == ["4 modified"])
    }

    @Test("an event whose hashes were made to fit changes the root, and so no longer fits an old checkpoint")
    func forged() {
        var events = Sample.log(30)
        let root = verify(events).root
        events[10].payload = JSON(#"{"number":99}"#)
        events[10].seal()
        let result = verify(events)
        #expect(result.isSound)
        #expect(result.root != root)
    }

    @Test("more problems than there is room for are counted")
    func manyProblems() {
        let result = verify([], size: 5000)
        #expect(result.problemCount == 5000)
        #expect(result.problems.count == 1000)
        #expect(!result.isSound)
    }
}
