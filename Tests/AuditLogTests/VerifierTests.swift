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

    /// What erasure events at the end of a log of 30 say of the events in front of them, and what is found.
    struct Told: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var payloads: [String]
        var problems: [String]
        var counts: [Int64]
        var apply: @Sendable (inout [RecordedEvent]) -> Void

        /// - Parameter counts: erased, redacted, restored.
        init(
            _ name: String, _ payloads: [String], _ problems: [String] = [], counts: [Int64],
            _ apply: @escaping @Sendable (inout [RecordedEvent]) -> Void
        ) {
            testDescription = name
            self.payloads = payloads
            self.problems = problems
            self.counts = counts
            self.apply = apply
        }
    }

    /// The payload of an erasure event; a replacement is a position and the hash that it must have.
    private static func erasure(_ positions: [[Int64]], replaced: [(Int64, [UInt8])] = []) -> String {
        let replaced = replaced.map { #"{"position":\#($0),"erasable_hash":"\#($1.hexadecimal)"}"# }
        return #"{"basis":"b","positions":\#(positions),"replaced":[\#(replaced.joined(separator: ","))],"types":{}}"#
    }

    private static func empty(_ event: inout RecordedEvent) {
        event.personal = nil
        event.attachment = nil
        event.salt = nil
    }

    /// Replaces the erasable parts of an event, and says which hash they have then.
    @discardableResult
    private static func redact(_ event: inout RecordedEvent, _ personal: String = "{}") -> [UInt8] {
        event.salt = Array(repeating: 7, count: 16)
        event.personal = JSON(personal)
        event.attachment = nil
        return Hashes.erasable(salt: event.salt ?? [], personal: event.personal, attachment: nil)
    }

    private static func redacted(_ personal: String = "{}") -> [UInt8] {
        var event = Sample.log(1)[0]
        return redact(&event, personal)
    }

    // Stream 0 of the sample has the positions 0, 3, 6 …; each erasure event is the next one of it.
    @Test(
        "an event that lost its erasable parts is right exactly when an erasure event of its stream says so",
        arguments: [
            Told("nothing, for nothing", [erasure([])], counts: [0, 0, 0]) { _ in },
            Told("emptied", [erasure([[3, 3], [9, 9]])], counts: [2, 0, 0]) {
                empty(&$0[3]); empty(&$0[9])
            },
            Told("emptied, and nobody says so", [], ["3 modified"], counts: [0, 0, 0]) { empty(&$0[3]) },
            Told("another one is named", [erasure([[6, 6]])], ["3 modified"], counts: [0, 0, 1]) { empty(&$0[3]) },
            Told("of another stream", [erasure([[4, 4]])], ["4 modified"], counts: [0, 0, 1]) { empty(&$0[4]) },
            Told("named, and whole", [erasure([[3, 3], [6, 6]])], counts: [1, 0, 1]) { empty(&$0[3]) },
            Told("redacted", [erasure([], replaced: [(3, redacted())])], counts: [0, 1, 0]) { redact(&$0[3]) },
            Told(
                "redacted otherwise than said", [erasure([], replaced: [(3, redacted("[]"))])], ["3 modified"],
                counts: [0, 0, 0]
            ) {
                redact(&$0[3])
            },
            Told(
                "redacted twice: the last one counts",
                [erasure([], replaced: [(3, redacted("[]"))]), erasure([], replaced: [(3, redacted())])],
                counts: [0, 1, 0]
            ) { redact(&$0[3]) },
            Told(
                "put back to what it was after the first redaction",
                [erasure([], replaced: [(3, redacted())]), erasure([], replaced: [(3, redacted("[]"))])],
                ["3 modified"],
                counts: [0, 0, 0]
            ) { redact(&$0[3]) },
            Told(
                "redacted, then emptied", [erasure([], replaced: [(3, redacted())]), erasure([[3, 3]])],
                counts: [1, 0, 0]
            ) {
                empty(&$0[3])
            },
            Told("emptied, and there again in part", [erasure([[3, 3]])], ["3 modified"], counts: [0, 0, 0]) {
                redact(&$0[3])
            },
            Told(
                "redacted, and emptied since", [erasure([], replaced: [(3, redacted())])], ["3 modified"],
                counts: [0, 0, 0]
            ) {
                empty(&$0[3])
            },
            Told("payload too", [erasure([[3, 3]])], ["3 modified"], counts: [1, 0, 0]) {
                empty(&$0[3])
                $0[3].payload = JSON("{}")
            },
            Told("it speaks of itself", [erasure([[30, 30]])], ["3 modified"], counts: [0, 0, 0]) { empty(&$0[3]) },
            Told("of the future", [erasure([[3, 9_000_000_000_000_000_000]])], ["3 modified"], counts: [0, 0, 0]) {
                empty(&$0[3])
            },
            Told("backwards", [erasure([[6, 3]])], ["3 modified"], counts: [0, 0, 0]) { empty(&$0[3]) },
            Told("below zero", [erasure([[-5, 3]])], ["3 modified"], counts: [0, 0, 0]) { empty(&$0[3]) },
            Told(
                "garbage",
                [
                    "{}", #"{"positions":"all"}"#, #"{"positions":[[3]],"replaced":[],"types":{},"basis":"b"}"#,
                    #"{"positions":[[3,99999999999999999999999]],"replaced":[],"types":{},"basis":"b"}"#,
                    #"{"positions":[["3","3"]],"replaced":[],"types":{},"basis":"b"}"#,
                    #"{"positions":[],"replaced":[{"position":3,"erasable_hash":"zz"}],"types":{},"basis":"b"}"#,
                ], ["3 modified"], counts: [0, 0, 0]
            ) { empty(&$0[3]) },
        ])
    func erased(_ told: Told) {
        var events = Sample.log(30)
        let root = verify(events).root
        for payload in told.payloads {
            var event = Sample.log(events.count + 1)[events.count]
            event.stream = events[0].stream
            event.type = "user.erased"
            event.version = 11 + Int64(events.count - 30)
            event.payload = JSON(payload)
            event.seal()
            events.append(event)
        }
        let before = verify(events, size: events.count).root
        told.apply(&events)
        let result = verify(events, size: events.count)
        #expect(problems(result) == told.problems)
        #expect([result.erased, result.redacted, result.restored] == told.counts)
        #expect(result.root == before)
        #expect(verify(Array(events.prefix(30))).root == root)
    }

    @Test("an erasure event that was changed speaks for nobody")
    func forgedErasure() {
        var events = Sample.log(31)
        events[30].stream = events[0].stream
        events[30].type = "user.erased"
        events[30].payload = JSON("{}")
        events[30].version = 11
        events[30].seal()
        events[30].payload = JSON(Self.erasure([[3, 3]]))
        Self.empty(&events[3])
        #expect(problems(verify(events, size: 31)) == ["3 modified", "30 modified"])
    }

    /// What the tables beside the log say, and what is found.
    @Test(
        "stream versions and the head's time are compared with the events",
        arguments: [
            ([10, 10, 10], 0, []), ([10, 11, 10], 0, ["28 disordered"]), ([10, 10, 9], 0, ["29 disordered"]),
            ([10, 10], 0, ["29 disordered"]), ([10, 10, 10, 1], 0, ["30 disordered"]),
            ([10, 10, 10], 1, ["29 disordered"]),
        ] as [([Int64], Int64, [String])])
    func beside(versions: [Int64], later: Int64, found: [String]) throws {
        let events = Sample.log(30)
        var verifier = Verifier(size: 30)
        for event in events { verifier.check(event) }
        for (index, version) in versions.enumerated() {
            verifier.check(StreamID(type: "user", id: UUID(named: "stream", String(index))), statedVersion: version)
        }
        var time = try #require(events.last).recordedAt
        time.microseconds += later
        verifier.checkHead(recordedAt: time)
        #expect(problems(verifier.finish()) == found)
    }

    @Test("a stream whose last event is missing is explained by that, and not named again")
    func besideMissing() throws {
        let events = Sample.log(30)
        var verifier = Verifier(size: 30)
        for event in events where event.position != 28 { verifier.check(event) }
        for index in 0..<3 {
            verifier.check(StreamID(type: "user", id: UUID(named: "stream", String(index))), statedVersion: 10)
        }
        verifier.checkHead(recordedAt: try #require(events.last).recordedAt)
        #expect(problems(verifier.finish()) == ["28 missing"])
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
