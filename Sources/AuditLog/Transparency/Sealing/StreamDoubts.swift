/// Events of one stream that are no longer what they were appended as, and which of them the stream's erasure events explain.
///
/// The last erasure event behind an event that names it says what it must have become. What it takes grows with the events
/// and the ranges, not with their product, whatever the erasure events say.
struct StreamDoubts {
    /// An erasure event, and where it stands.
    typealias Statement = (position: Int64, erasure: Erasure)

    /// What the sealer reads of an erasure event's payload.
    struct Erasure: Decodable {
        struct Replaced: Decodable {
            var position: Int64
            var erasableHash: String
        }
        /// Ranges of positions that were emptied: first and last.
        var positions: [[Int64]]
        var replaced: [Replaced]
    }

    /// In order of position.
    private let doubts: [RowReader.Doubt]
    /// Whether the last erasure that names a doubt says what it has become.
    private var isExplained: [Bool]
    /// For each doubt the next one, itself or behind it, that no erasure has named yet; as in a union-find forest.
    private var next: [Int]
    /// Doubts and ranges looked at.
    private(set) var steps = 0

    /// - Parameters:
    ///   - doubts: in order of position.
    ///   - erasures: likewise.
    init(_ doubts: [RowReader.Doubt], _ erasures: [Statement]) {
        self.doubts = doubts
        isExplained = Array(repeating: false, count: doubts.count)
        next = Array(0...doubts.count)
        for statement in erasures.reversed() { apply(statement) }
    }

    /// The first event that no erasure explains; nil where all are explained.
    var unexplained: RowReader.Doubt? { isExplained.firstIndex(of: false).map { doubts[$0] } }

    private mutating func apply(_ statement: Statement) {
        // An erasure speaks of what stands in front of it.
        let end = firstIndex(from: statement.position)
        var hashes: [Int: String] = [:]
        for replaced in statement.erasure.replaced {
            steps += 1
            let index = firstIndex(from: replaced.position)
            if index < end, doubts[index].position == replaced.position { hashes[index] = replaced.erasableHash }
        }
        for range in statement.erasure.positions where range.count == 2 {
            steps += 1
            let last = range[1] == .max ? end : min(end, firstIndex(from: range[1] + 1))
            var index = unnamed(from: firstIndex(from: range[0]))
            while index < last {
                isExplained[index] = doubts[index].erasableHash.map { hashes[index] == $0.hexadecimal } ?? true
                next[index] = index + 1
                index = unnamed(from: index + 1)
                steps += 1
            }
        }
        for (index, hash) in hashes where next[index] == index {
            isExplained[index] = doubts[index].erasableHash?.hexadecimal == hash
            next[index] = index + 1
        }
    }

    private mutating func unnamed(from index: Int) -> Int {
        var root = index
        while next[root] != root {
            next[root] = next[next[root]]
            root = next[root]
            steps += 1
        }
        return root
    }

    /// The index of the first doubt at the position or behind it.
    private func firstIndex(from position: Int64) -> Int {
        var (low, high) = (0, doubts.count)
        while low < high {
            let middle = (low + high) / 2
            if doubts[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
