import FoundationEssentials
import TestSupport
import Testing

@testable import AuditLog

@Suite("The ledger of erasures")
struct ErasureLedgerTests {
    private static let stream = StreamID(type: "user", id: Sample.user)
    private static let other = StreamID(type: "user", id: Sample.other)

    private static func entry(
        _ position: Int64, _ change: ErasureLedger.Change = .emptied, _ stream: StreamID = stream,
        remainder: Remainder = .proved
    ) -> ErasureLedger.Entry {
        ErasureLedger.Entry(
            position: position, stream: stream, change: change, remainder: remainder, group: 0, isWrongAnyway: true)
    }

    private static func erasure(_ positions: [[Int64]], _ replaced: [(Int64, [UInt8])] = []) -> Erasure {
        Erasure(
            basis: "b", positions: positions,
            replaced: replaced.map { .init(position: $0, erasableHash: $1.hexadecimal) }, types: [:])
    }

    private static func settle(_ ledger: consuming ErasureLedger) -> (result: Verification, steps: Int) {
        var (result, groups) = (Verification(), VerdictGroups())
        let steps = ledger.settle(into: &result, &groups)
        return (result, steps)
    }

    @Test("100,000 events under 10,000 erasures that each name all of them take a step or two each")
    func linear() {
        let (events, erasures) = (Int64(100_000), Int64(10_000))
        var ledger = ErasureLedger()
        for position in 0..<events { ledger.note(Self.entry(position)) }
        var whole: Int64 = 0
        for index in 0..<erasures {
            // They overlap in every way: all, all but the ends, and each a piece of its own in the middle.
            let ranges = [[0, events - 1], [index, events - 1 - index], [events / 2, events / 2 + index]]
            whole += ledger.apply(Self.erasure(ranges), by: Self.stream, at: events + index)
        }
        let (result, steps) = Self.settle(ledger)
        #expect(whole == 0)
        #expect(result.erased == events && result.isSound)
        #expect(steps <= 3 * Int(events) + 10 * Int(erasures), "\(steps)")
    }

    @Test("erasures of one stream cost nothing for the events of another")
    func apart() {
        var ledger = ErasureLedger()
        for position in 0..<10_000 as Range<Int64> { ledger.note(Self.entry(position, .emptied, Self.other)) }
        let whole = ledger.apply(Self.erasure([[0, 9_999]]), by: Self.stream, at: 10_000)
        let (result, steps) = Self.settle(ledger)
        #expect(whole == 10_000)
        #expect(result.problemCount == 10_000 && result.erased == 0)
        #expect(steps <= 10_010, "\(steps)")
    }

    @Test("of more problems than are named, the first ones are")
    func inOrder() {
        var ledger = ErasureLedger()
        for position in 0..<3000 as Range<Int64> {
            let stream = StreamID(type: "user", id: UUID(named: "stream", String(position % 7)))
            ledger.note(Self.entry(position, .emptied, stream))
        }
        let result = Self.settle(ledger).result
        #expect(result.problems.map(\.position) == Array(0..<1000) && result.problemCount == 3000)
    }

    /// The rule as docs/erasure.md has it, one entry after the other.
    private static func isRight(_ entry: ErasureLedger.Entry, _ erasures: [Erasure]) -> Bool {
        var last: ErasureLedger.Change?
        var isEmptied = false
        for erasure in erasures {
            if erasure.positions.contains(where: { $0[0] <= entry.position && entry.position <= $0[1] }) {
                (last, isEmptied) = (.emptied, true)
            }
            if let replaced = erasure.replaced.last(where: { $0.position == entry.position }) {
                last = .replaced(hash: [UInt8](hexadecimal: replaced.erasableHash) ?? [])
            }
        }
        return entry.change == .emptied ? isEmptied : entry.change == last
    }

    @Test("it says the same as looking at every erasure for every event", arguments: 0..<200 as Range<UInt64>)
    func likeNaive(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let size = Int64.random(in: 1...40, using: &random)
        let hashes: [[UInt8]] = [[1], [2]]
        var (ledger, entries) = (ErasureLedger(), [ErasureLedger.Entry]())
        for position in 0..<size where Bool.random(using: &random) {
            let change: ErasureLedger.Change =
                Bool.random(using: &random) ? .emptied : .replaced(hash: hashes.randomElement(using: &random) ?? [])
            entries.append(Self.entry(position, change))
            ledger.note(entries[entries.count - 1])
        }
        var (erasures, whole, expected): ([Erasure], Int64, Int64) = ([], 0, 0)
        for index in 0..<Int64.random(in: 0...6, using: &random) {
            let ranges = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                let first = Int64.random(in: 0..<size, using: &random)
                return [first, Int64.random(in: first..<size, using: &random)]
            }
            let replaced = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                (Int64.random(in: 0..<size, using: &random), hashes.randomElement(using: &random) ?? [])
            }
            let erasure = Self.erasure(ranges, replaced)
            erasures.append(erasure)
            whole += ledger.apply(erasure, by: Self.stream, at: size + index)
            for position in ranges.flatMap({ $0[0]...$0[1] }) + replaced.map(\.0)
            where !entries.contains(where: { $0.position == position }) { expected += 1 }
        }
        let wrong = entries.filter { !Self.isRight($0, erasures) }.map(\.position)
        let result = Self.settle(ledger).result
        #expect(result.problems.map(\.position) == wrong)
        #expect(whole == expected)
    }

    @Test("what nothing proves is counted by itself, and what is wrong is no redaction")
    func remainders() {
        var ledger = ErasureLedger()
        let hash: [UInt8] = [7]
        for (position, remainder) in [Remainder.proved, .unproved, .wrong("it was changed")].enumerated() {
            ledger.note(Self.entry(Int64(position), .replaced(hash: hash), remainder: remainder))
        }
        _ = ledger.apply(Self.erasure([], [(0, hash), (1, hash), (2, hash)]), by: Self.stream, at: 3)
        let result = Self.settle(ledger).result
        #expect([result.redacted, result.unproved] == [2, 1])
        #expect(result.problems.map(\.detail) == ["it was changed"])
    }
}
