import FoundationEssentials
import TestSupport
import Testing

@testable import AuditLog

@Suite("What erasure events explain to the sealer")
struct StreamDoubtsTests {
    private static let stream = StreamID(type: "user", id: UUID(named: "stream"))
    private static let hashes = (0..<3).map { [UInt8](repeating: UInt8($0), count: 32) }

    /// What the rule says, read word for word.
    private static func isExplained(_ doubt: RowReader.Doubt, _ erasures: [StreamDoubts.Statement]) -> Bool {
        func empties(_ erasure: StreamDoubts.Erasure) -> Bool {
            erasure.positions.contains { $0.count == 2 && $0[0] <= doubt.position && doubt.position <= $0[1] }
        }
        let last = erasures.last { position, erasure in
            position > doubt.position
                && (empties(erasure) || erasure.replaced.contains { $0.position == doubt.position })
        }
        guard let erasure = last?.erasure else { return false }
        guard let hash = doubt.erasableHash else { return empties(erasure) }
        return erasure.replaced.last { $0.position == doubt.position }?.erasableHash == hash.hexadecimal
    }

    @Test("the first event without an explanation is the one that the rule says", arguments: UInt64(0)..<200)
    func agreesWithTheRule(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func number(below limit: Int) -> Int64 { Int64(Int.random(in: 0..<limit, using: &random)) }
        let positions = (0..<60 as Range<Int64>).filter { _ in number(below: 2) == 0 }
        let doubts = positions.map { position in
            RowReader.Doubt(
                position: position, stream: Self.stream,
                erasableHash: number(below: 2) == 0 ? nil : Self.hashes[Int(number(below: 3))])
        }
        let erasures: [StreamDoubts.Statement] = (20..<80 as Range<Int64>).filter { _ in number(below: 3) == 0 }.map {
            let ranges = (0..<number(below: 3)).map { _ in
                // Some are no ranges, some reach behind everything.
                switch number(below: 8) {
                case 0: [number(below: 60)]
                case 1: [number(below: 60), Int64.max]
                default: [number(below: 60), number(below: 70)]
                }
            }
            let replaced = (0..<number(below: 6)).map { _ in
                StreamDoubts.Erasure.Replaced(
                    position: number(below: 60), erasableHash: Self.hashes[Int(number(below: 3))].hexadecimal)
            }
            return ($0, StreamDoubts.Erasure(positions: ranges, replaced: replaced))
        }
        // Every doubt is the last one once, so that each is seen.
        for count in doubts.indices {
            let some = Array(doubts[count...])
            let expected = some.first { !Self.isExplained($0, erasures) }
            #expect(StreamDoubts(some, erasures).unexplained?.position == expected?.position)
        }
    }

    @Test("the work grows with events and erasures, not with their product")
    func isNearlyLinear() {
        let count: Int64 = 20_000
        let doubts = (0..<count).map { RowReader.Doubt(position: $0, stream: Self.stream) }
        let all = StreamDoubts.Erasure(positions: [[0, count]], replaced: [])
        let erasures: [StreamDoubts.Statement] = (0..<count).map { (count + $0, all) }
        let stream = StreamDoubts(doubts, erasures)
        #expect(stream.unexplained == nil)
        #expect(stream.steps < 8 * Int(count))
    }
}
