import Postgres

/// Which events are no longer what they were, and which erasure events say that they may be so.
///
/// An erasure event speaks for its own stream only, so each stream is a ledger of its own. Taking in an event or an
/// erasure costs a binary search for each range that it names, whatever is in the range; what they come to is worked out
/// once, at the end (``StreamErasures``).
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
        /// What is wrong with what is left, or what nothing proves of it, whatever an erasure event says.
        var remainder = Remainder.proved
        /// Where the event is counted.
        var group: Int
        /// The event was found wrong, and counted, for another reason.
        var isWrongAnyway: Bool
    }

    private var streams: [StreamID: StreamErasures] = [:]
    /// Entries and ranges looked at so far: what bounds the work, whatever a log says.
    private(set) var steps = 0

    /// Takes in an event, in order of position, whose erasable parts are not those that its hash was computed from.
    mutating func note(_ entry: Entry) {
        streams[entry.stream, default: StreamErasures()].note(entry)
    }

    /// Takes in an erasure event, whose own hashes are right: it speaks for events of its stream in front of it.
    ///
    /// - Returns: how many of the events that it names are whole all the same.
    mutating func apply(_ erasure: Erasure, by stream: StreamID, at position: Int64) -> Int64 {
        steps += erasure.positions.count + erasure.replaced.count
        return streams[stream, default: StreamErasures()].apply(erasure, at: position)
    }

    /// Counts what erasure events account for, and reports the rest.
    ///
    /// - Returns: the steps that all of it took.
    @discardableResult
    consuming func settle(into result: inout Verification, _ groups: inout VerdictGroups) -> Int {
        var steps = steps
        var settled: [(entry: Entry, statement: StreamErasures.Statement?)] = []
        for stream in streams.values {
            let (statements, taken) = stream.statements()
            steps += taken + stream.entries.count
            settled += zip(stream.entries, statements).map { (entry: $0, statement: $1) }
        }
        // The first problems are those that are named.
        settled.sort { $0.entry.position < $1.entry.position }
        for (entry, statement) in settled { Self.settle(entry, statement, into: &result, &groups) }
        return steps
    }

    private static func settle(
        _ entry: Entry, _ statement: StreamErasures.Statement?, into result: inout Verification,
        _ groups: inout VerdictGroups
    ) {
        let problem = entry.problem(statement)
        if let problem { result.report(entry.position, .modified, problem) }
        switch (problem, entry.change) {
        case (.some, _): break
        case (nil, .emptied): result.erased += 1
        case (nil, .replaced):
            result.redacted += 1
            if case .unproved = entry.remainder { result.unproved += 1 }
        }
        switch (entry.isWrongAnyway, problem, entry.change) {
        case (true, _, _): break
        case (_, .some, _): groups.count(.modified, in: entry.group)
        case (_, nil, .emptied): groups.countErased(in: entry.group)
        case (_, nil, .replaced): groups.countRedacted(in: entry.group)
        }
    }
}

extension ErasureLedger.Entry {
    /// Why no erasure event accounts for what the event has become; nil if one does.
    fileprivate func problem(_ statement: StreamErasures.Statement?) -> String? {
        if case .wrong(let defect) = remainder { return defect }
        switch (change, statement) {
        case (.emptied, .some(let stated)) where stated.isEmptied: return nil
        case (.emptied, _): return "emptied without an erasure event"
        case (.replaced, nil): return "personal part, attachment or salt"
        case (let found, let stated?) where found == stated.change: return nil
        case (.replaced, let stated?):
            return "personal part, attachment or salt: not what the erasure at position \(stated.position) left"
        }
    }
}
