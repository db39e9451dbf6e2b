/// The events of one stream that are no longer what they were, and what the stream's erasure events say of them.
struct StreamErasures: Sendable {
    /// What erasure events say of an entry.
    struct Statement: Sendable {
        /// What the last one says that names it.
        var change: ErasureLedger.Change
        /// Where that one stands.
        var position: Int64
        /// Whether any of them says that it was emptied.
        var isEmptied: Bool
    }

    /// Entries that an erasure event says were emptied.
    private struct EmptiedRange: Sendable {
        var entries: Range<Int>
        var position: Int64
    }

    /// In order of position.
    private(set) var entries: [ErasureLedger.Entry] = []
    /// In order of the erasure events that name them; those without entries are left out.
    private var emptied: [EmptiedRange] = []
    /// By entry, the last one.
    private var replaced: [Int: (hash: [UInt8], position: Int64)] = [:]

    mutating func note(_ entry: ErasureLedger.Entry) {
        entries.append(entry)
    }

    /// - Returns: how many of the events that the erasure names are whole all the same.
    mutating func apply(_ erasure: Erasure, at position: Int64) -> Int64 {
        var whole: Int64 = 0
        for range in erasure.positions {
            // The range ends in front of the erasure event, so everything in it was noted by now.
            let found = firstIndex(from: range[0])..<firstIndex(behind: range[1])
            whole += range[1] - range[0] + 1 - Int64(found.count)
            if !found.isEmpty { emptied.append(EmptiedRange(entries: found, position: position)) }
        }
        for replacement in erasure.replaced {
            let index = firstIndex(from: replacement.position)
            if index < entries.count, entries[index].position == replacement.position {
                replaced[index] = ([UInt8](hexadecimal: replacement.erasableHash) ?? [], position)
            } else {
                whole += 1
            }
        }
        return whole
    }

    /// For each entry what is said of it, nil for nothing; and how many steps it took to find out.
    ///
    /// The last erasure is looked at first, and an entry that has its statement is passed over from then on: every entry is
    /// visited once, however many ranges overlap.
    func statements() -> (statements: [Statement?], steps: Int) {
        var statements = [Statement?](repeating: nil, count: entries.count)
        var steps = 0
        // For each entry the next one, itself or behind it, that no range has reached; as in a union-find forest.
        var next = Array(0...entries.count)
        func unreached(from index: Int) -> Int {
            var root = index
            while next[root] != root {
                next[root] = next[next[root]]
                root = next[root]
                steps += 1
            }
            return root
        }
        for range in emptied.reversed() {
            steps += 1
            var index = unreached(from: range.entries.lowerBound)
            while index < range.entries.upperBound {
                statements[index] = Statement(change: .emptied, position: range.position, isEmptied: true)
                next[index] = index + 1
                index = unreached(from: index + 1)
                steps += 1
            }
        }
        for (index, replacement) in replaced {
            steps += 1
            let emptied = statements[index]
            guard emptied.map({ $0.position <= replacement.position }) ?? true else { continue }
            statements[index] = Statement(
                change: .replaced(hash: replacement.hash), position: replacement.position, isEmptied: emptied != nil)
        }
        return (statements, steps)
    }

    /// The index of the first entry at the position or behind it.
    private func firstIndex(from position: Int64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The index of the first entry behind the position.
    private func firstIndex(behind position: Int64) -> Int {
        position == .max ? entries.count : firstIndex(from: position + 1)
    }
}
