import FoundationEssentials
package import Postgres

/// Checks a log's events, in order of position, against each other and against what was signed of them.
///
/// Every commitment and leaf hash is recomputed from the row (`LogSlice`), apart from the database's own functions. An event
/// that was emptied or redacted is right only if an erasure event further on says so: it waits for that one, so memory
/// grows with the erased events and the streams, and one pass is enough.
package struct Verifier {
    package private(set) var result = Verification()
    private var comparison: SealComparison
    private var groups = VerdictGroups()
    private var streamTypes: [String] = []
    private var versions: [StreamKey: LastEvent] = [:]
    private var time = Timestamp.minusInfinity
    private var last: (position: Int64, time: Timestamp)?
    private var erasures = ErasureLedger()
    /// Events that are gone, or whose entry is not to be believed: each explains one stream version that is missing
    /// further on, so that only the position where the damage is gets named.
    private var unaccounted: Int64 = 0

    private struct StreamKey: Hashable {
        var id: UUID
        /// Its number in `streamTypes`.
        var type: Int32
    }

    private struct LastEvent {
        var version: Int64
        var position: Int64
    }

    /// - Parameters:
    ///   - size: of the log, as its head says.
    ///   - anchors: what was signed or recorded of it.
    ///   - tiles: the stored tiles above the leaves'.
    package init(size: Int64, anchors: [Anchor] = [], tiles: StoredTiles = StoredTiles()) {
        result.size = size
        comparison = SealComparison(anchors, tiles)
    }

    /// Checks one event; the next one stands behind it.
    package mutating func check(_ event: RecordedEvent) {
        var slice = LogSlice()
        slice.append(event)
        check(slice, through: -1)
    }

    /// Checks the events of a slice.
    ///
    /// - Parameter last: the last position that the slice would hold if there were an event at each.
    mutating func check(_ slice: LogSlice, through last: Int64) {
        let types = slice.kinds.all.map { number(ofStreamType: $0.streamType) }
        comparison.use(slice.tiles)
        // Something may have been signed before there was any event.
        compareWithAnchors()
        for (index, row) in slice.rows.enumerated() {
            check(row, slice, detail: slice.details.isEmpty ? nil : slice.details[index], type: types[Int(row.kind)])
        }
        reportMissing(upTo: min(last < .max ? last + 1 : last, result.size))
    }

    private mutating func check(_ row: LogSlice.Row, _ slice: LogSlice, detail: LogSlice.Detail?, type: Int32) {
        guard row.position >= 0, row.position < result.size else {
            result.report(row.position, .disordered, "the event is behind the head, which says \(result.size)")
            unaccounted += 1
            return
        }
        if row.position < comparison.size {
            result.report(row.position, .disordered, "the position stands twice")
            return
        }
        reportMissing(upTo: row.position)
        result.events += 1
        let group = groups.index(type: type, row.recordedAt)
        // Nearly all rows are right, and have nothing to be told apart.
        var verdict = Verification.Verdict.right
        if row.flaws.contains(.unsalted) {
            result.report(row.position, .modified, "the salt is gone and erasable parts are not")
            verdict = .modified
        }
        if row.flaws.contains(.payload) {
            result.report(row.position, .modified, "payload or its commitment")
            verdict = .modified
        }
        if row.flaws.contains(.entry) {
            result.report(row.position, .modified, "a column of the entry, or the leaf hash")
            unaccounted += 1
            verdict = .modified
            comparison.append(doubtful: row.position, computed: row.leaf, stated: detail?.statedLeaf)
        } else {
            let isInOrder = checkOrder(row, type)
            if !isInOrder, verdict == .right { verdict = .disordered }
            comparison.append(row.leaf, at: row.position, group: verdict == .right ? group : nil)
        }
        if row.flaws.isDisjoint(with: [.emptied, .replaced]) {
            groups.count(verdict, in: group)
        } else {
            note(row, detail, type, group, verdict)
        }
        if let erasure = detail?.erasure { apply(erasure, row, slice.kinds.all[Int(row.kind)]) }
        compareWithAnchors()
    }

    private mutating func note(
        _ row: LogSlice.Row, _ detail: LogSlice.Detail?, _ type: Int32, _ group: Int, _ verdict: Verification.Verdict
    ) {
        let change: ErasureLedger.Change =
            row.flaws.contains(.emptied) ? .emptied : .replaced(hash: detail?.replacement ?? [])
        erasures.note(
            ErasureLedger.Entry(
                position: row.position, stream: StreamID(type: streamTypes[Int(type)], id: row.streamID),
                change: change, remainder: detail?.remainder ?? .proved, group: group, isWrongAnyway: verdict != .right)
        )
        if verdict != .right { groups.count(verdict, in: group) }
    }

    private mutating func apply(_ erasure: Erasure, _ row: LogSlice.Row, _ kind: EventKind) {
        let stream = StreamID(type: kind.streamType, id: row.streamID)
        result.restored += erasures.apply(erasure, by: stream, at: row.position)
        result.erasureCount += 1
        guard result.erasures.count < Verification.shownAtMost else { return }
        result.erasures.append(
            Verification.ErasureRecord(
                position: row.position, stream: stream.description, recordedAt: row.recordedAt.description,
                basis: erasure.basis, emptied: erasure.emptiedCount, redacted: Int64(erasure.replaced.count)))
    }

    private mutating func reportMissing(upTo position: Int64) {
        while comparison.size < position {
            let missing = comparison.size
            guard position - missing <= Self.longestGap else {
                // What is so far apart was put there by hand; there is no tree over it any more.
                let count = position - missing
                result.report(missing, .missing, "there are no \(count) events from this position on", count: count)
                result.missing += count
                unaccounted = unaccounted.addingReportingOverflow(count).partialValue
                comparison.skip(to: position)
                return
            }
            result.report(missing, .missing, "there is no event at this position")
            result.missing += 1
            unaccounted += 1
            // A gap still has a place in the tree, so that the events behind it keep theirs.
            comparison.append(missing: missing)
            compareWithAnchors()
        }
    }

    private static let longestGap: Int64 = 1 << 22

    /// Checks an event's time and stream version against those of the events in front of it.
    private mutating func checkOrder(_ row: LogSlice.Row, _ type: Int32) -> Bool {
        var isInOrder = true
        if row.recordedAt < time {
            result.report(row.position, .disordered, "recorded before the event in front of it")
            isInOrder = false
        }
        time = row.recordedAt
        last = (row.position, row.recordedAt)
        let key = StreamKey(id: row.streamID, type: type)
        let event = LastEvent(version: row.version, position: row.position)
        let previous = versions.updateValue(event, forKey: key)?.version ?? 0
        // What was put there by hand may be any number.
        let (lacking, overflow) = row.version.subtractingReportingOverflow(previous &+ 1)
        if lacking != 0, overflow || !accountsFor(lacking) {
            result.report(
                row.position, .disordered, "\(name(of: key)) goes from version \(previous) to \(row.version)")
            isInOrder = false
        }
        return isInOrder
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
        check(StreamKey(id: stream.id, type: number(ofStreamType: stream.type)), statedVersion: statedVersion)
    }

    /// As `check(_:statedVersion:)`, of all streams, in any order.
    mutating func check(_ streams: StatedStreams) {
        let types = streams.types.map { number(ofStreamType: $0) }
        // Those that agree, which are nearly all, change nothing for the others; those come in order.
        let others = streams.all.filter { stream in
            let key = StreamKey(id: stream.id, type: types[Int(stream.type)])
            guard versions[key]?.version == stream.version else { return true }
            versions.removeValue(forKey: key)
            return false
        }
        .map { (key: StreamKey(id: $0.id, type: types[Int($0.type)]), version: $0.version) }
        .sorted { (streamTypes[Int($0.key.type)], $0.key.id) < (streamTypes[Int($1.key.type)], $1.key.id) }
        for stream in others { check(stream.key, statedVersion: stream.version) }
    }

    private mutating func check(_ key: StreamKey, statedVersion: Int64) {
        reportMissing(upTo: result.size)
        let found = versions.removeValue(forKey: key)
        if let found, found.version == statedVersion { return }
        let (lacking, overflow) = statedVersion.subtractingReportingOverflow(found?.version ?? 0)
        guard overflow || !accountsFor(lacking) else { return }
        result.report(
            found?.position ?? result.size, .disordered,
            "audit_streams says that \(name(of: key)) is at version \(statedVersion), and the log has \(found?.version ?? 0)"
        )
    }

    /// Compares the head with the last event; call it after the last stream.
    package mutating func checkHead(recordedAt: Timestamp) {
        for (stream, found) in versions {
            result.report(found.position, .disordered, "audit_streams does not know \(name(of: stream))")
        }
        guard let last, last.position == result.size - 1, last.time != recordedAt else { return }
        result.report(
            last.position, .disordered,
            "the head says that the last event was recorded at \(recordedAt), not \(last.time)")
    }

    /// Ends the check.
    package consuming func finish() -> Verification {
        reportMissing(upTo: result.size)
        compareWithAnchors()
        var (result, groups) = (result, groups)
        comparison.finish(into: &result, &groups)
        erasures.settle(into: &result, &groups)
        result.problems.sort { $0.position < $1.position }
        result.groups = groups.sorted(streamTypes)
        return result
    }

    private mutating func compareWithAnchors() {
        if comparison.isAnchorReached { comparison.compare(into: &result, &groups) }
    }

    private mutating func number(ofStreamType type: String) -> Int32 {
        if let index = streamTypes.firstIndex(where: { $0.utf8.elementsEqual(type.utf8) }) { return Int32(index) }
        streamTypes.append(type)
        return Int32(streamTypes.count - 1)
    }

    private func name(of stream: StreamKey) -> StreamID {
        StreamID(type: streamTypes[Int(stream.type)], id: stream.id)
    }
}
