import Postgres

/// Which events are no longer what they were, and which erasure events say that they may be so.
struct ErasureLedger: Sendable {
    /// How an event differs from what its erasable hash was computed from.
    enum Change: Sendable, Equatable {
        /// Personal part, attachment and salt are gone.
        case emptied
        /// The parts that are there have this hash.
        case replaced(hash: [UInt8])
    }

    /// An event that differs.
    struct Entry: Sendable {
        var position: Int64
        var stream: StreamID
        var change: Change
        /// What is wrong with what is left, whatever an erasure event says.
        var defect: String?
        /// Where the event is counted.
        var group: Int
        /// The event was found wrong, and counted, for another reason.
        var isWrongAnyway: Bool
        /// What the last erasure event says that names it, and where that one stands.
        var statement: (change: Change, position: Int64)?
        var isSaidToBeEmptied = false
    }

    /// In order of position.
    private var entries: [Entry] = []

    /// Takes in an event, in order of position, whose erasable parts are not those that its hash was computed from.
    mutating func note(_ entry: Entry) {
        entries.append(entry)
    }

    /// Takes in an erasure event, whose own hashes are right: it speaks for events of its stream in front of it.
    ///
    /// - Returns: how many of the events that it names are whole all the same.
    mutating func apply(_ erasure: Erasure, by stream: StreamID, at position: Int64) -> Int64 {
        var whole: Int64 = 0
        for range in erasure.positions {
            var (named, index) = (range[1] - range[0] + 1, firstIndex(from: range[0]))
            while index < entries.count, entries[index].position <= range[1] {
                if state(.emptied, of: index, stream, position) { named -= 1 }
                index += 1
            }
            whole += named
        }
        for replacement in erasure.replaced {
            let index = firstIndex(from: replacement.position)
            let hash = [UInt8](hexadecimal: replacement.erasableHash) ?? []
            let isKnown = index < entries.count && entries[index].position == replacement.position
            if !isKnown || !state(.replaced(hash: hash), of: index, stream, position) { whole += 1 }
        }
        return whole
    }

    /// Whether the erasure event may speak for the entry.
    private mutating func state(_ change: Change, of index: Int, _ stream: StreamID, _ position: Int64) -> Bool {
        guard entries[index].stream == stream, entries[index].position < position else { return false }
        entries[index].statement = (change, position)
        if change == .emptied { entries[index].isSaidToBeEmptied = true }
        return true
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

    /// Counts what erasure events account for, and reports the rest.
    consuming func settle(into result: inout Verification, _ groups: inout VerdictGroups) {
        for entry in entries {
            let problem = entry.problem
            if let problem { result.report(entry.position, .modified, problem) }
            if entry.change == .emptied, problem == nil { result.erased += 1 }
            if entry.change != .emptied, problem == nil { result.redacted += 1 }
            switch (entry.isWrongAnyway, problem, entry.change) {
            case (true, _, _): break
            case (_, .some, _): groups.count(.modified, in: entry.group)
            case (_, nil, .emptied): groups.countErased(in: entry.group)
            case (_, nil, .replaced): groups.countRedacted(in: entry.group)
            }
        }
    }
}

extension ErasureLedger.Entry {
    /// Why no erasure event accounts for what the event has become; nil if one does.
    fileprivate var problem: String? {
        if let defect { return defect }
        switch (change, statement) {
        case (.emptied, _) where isSaidToBeEmptied: return nil
        case (.emptied, _): return "emptied without an erasure event"
        case (.replaced, nil): return "personal part, attachment or salt"
        case (let found, let stated?) where found == stated.change: return nil
        case (.replaced, let stated?):
            return "personal part, attachment or salt: not what the erasure at position \(stated.position) left"
        }
    }
}

extension [UInt8] {
    /// The bytes that lower-case hexadecimal says; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for pair in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(ofDigit: digits[pair]), let low = Self.value(ofDigit: digits[pair + 1]) else {
                return nil
            }
            append(high << 4 | low)
        }
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
