package import Postgres

/// Checks events one after the other, in order of position, against what the log promises.
///
/// Recomputes every commitment and leaf hash from the row, apart from the database's own functions. An event that was
/// emptied or redacted is right only if an erasure event further on says so: it waits for that one, so memory grows with
/// the erased events and the streams, and one pass is enough.
package struct Verifier {
    package private(set) var result = Verification()
    private var tree = MerkleTree()
    private var time = Timestamp.minusInfinity
    private var versions: [StreamID: (version: Int64, position: Int64)] = [:]
    private var erasures = ErasureLedger()
    /// Events that are gone, or whose entry is not to be believed: each explains one stream version that is missing
    /// further on, so that only the position where the damage is gets named.
    private var unaccounted: Int64 = 0
    private var last: (position: Int64, time: Timestamp)?

    /// - Parameter size: of the log, as its head says.
    package init(size: Int64) {
        result.size = size
    }

    package mutating func check(_ event: RecordedEvent) {
        guard event.position < result.size else {
            result.report(event.position, .disordered, "the event is behind the head, which says \(result.size)")
            unaccounted += 1
            return
        }
        if event.position < tree.size {
            result.report(event.position, .disordered, "the position stands twice")
            return
        }
        reportMissing(upTo: event.position)
        result.events += 1
        let leaf = Hashes.leaf(event)
        tree.append(leaf: leaf)
        checkErasableParts(event)
        let isPayloadRight = Hashes.commitment(payload: event.payload, erasable: event.erasableHash) == event.commitment
        if !isPayloadRight {
            result.report(event.position, .modified, "payload or its commitment")
        }
        if leaf == MerkleHash(event.leafHash) {
            checkOrder(event)
            if isPayloadRight, let erasure = Erasure(event) { result.restored += erasures.apply(erasure, event) }
        } else {
            result.report(event.position, .modified, "a column of the entry, or the leaf hash")
            unaccounted += 1
        }
    }

    private mutating func reportMissing(upTo position: Int64) {
        while tree.size < position {
            result.report(tree.size, .missing, "there is no event at this position")
            unaccounted += 1
            // A gap still has a place in the tree, so that the events behind it keep theirs.
            tree.append(leaf: .empty)
        }
    }

    private mutating func checkErasableParts(_ event: RecordedEvent) {
        guard let salt = event.salt else {
            if event.personal != nil || event.attachment != nil {
                result.report(event.position, .modified, "the salt is gone and erasable parts are not")
            } else {
                erasures.note(event, .emptied)
            }
            return
        }
        let hash = Hashes.erasable(salt: salt, personal: event.personal, attachment: event.attachment)
        if hash != event.erasableHash { erasures.note(event, .replaced(hash: hash)) }
    }

    /// Checks an event's time and stream version against those of the events in front of it.
    private mutating func checkOrder(_ event: RecordedEvent) {
        if event.recordedAt < time {
            result.report(event.position, .disordered, "recorded before the event in front of it")
        }
        time = event.recordedAt
        last = (event.position, event.recordedAt)
        let previous = versions[event.stream]?.version ?? 0
        if !accountsFor(event.version - previous - 1) {
            result.report(
                event.position, .disordered, "\(event.stream) goes from version \(previous) to \(event.version)")
        }
        versions[event.stream] = (event.version, event.position)
    }

    /// Whether the events that are not accounted for can be those that a stream lacks.
    private mutating func accountsFor(_ lacking: Int64) -> Bool {
        guard lacking >= 0, lacking <= unaccounted else { return false }
        unaccounted -= lacking
        return true
    }

    /// Compares what `audit_streams` says of a stream with the events that were checked; call it for every stream, after
    /// the last event.
    package mutating func check(_ stream: StreamID, statedVersion: Int64) {
        reportMissing(upTo: result.size)
        let found = versions.removeValue(forKey: stream)
        guard !accountsFor(statedVersion - (found?.version ?? 0)) else { return }
        result.report(
            found?.position ?? result.size, .disordered,
            "audit_streams says that \(stream) is at version \(statedVersion), and the log has \(found?.version ?? 0)")
    }

    /// Compares the head with the last event; call it after the last stream.
    package mutating func checkHead(recordedAt: Timestamp) {
        for (stream, found) in versions {
            result.report(found.position, .disordered, "audit_streams does not know \(stream)")
        }
        guard let last, last.position == result.size - 1, last.time != recordedAt else { return }
        result.report(
            last.position, .disordered,
            "the head says that the last event was recorded at \(recordedAt), not \(last.time)")
    }

    /// Ends the check.
    package consuming func finish() -> Verification {
        reportMissing(upTo: result.size)
        erasures.settle(into: &result)
        result.problems.sort { $0.position < $1.position }
        result.root = tree.root
        return result
    }
}
