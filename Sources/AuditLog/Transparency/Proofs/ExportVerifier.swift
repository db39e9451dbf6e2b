import FoundationEssentials
import Postgres

extension ExportFolder {
    /// Checks the export: the log's signature on the checkpoint, that the entries make its root and its tiles, that each
    /// payload is the one its entry commits to, and what else is shown likewise.
    ///
    /// A key that the log put in the place of one that was given is followed, where the export has the checkpoint that both
    /// signed. Slices are read on every core; memory holds a few of them, and what grows with streams and erased events.
    ///
    /// - Parameters:
    ///   - kept: older checkpoints of the log, in somebody's hands; each must be a beginning of it.
    ///   - progress: is told how many events were checked.
    /// - Throws: `NoteError` for a checkpoint that is not the log's; `ProofError` for what cannot be read.
    package func verify(
        _ trust: ProofTrust, kept: [KeptCheckpoint] = [], readers: Int = 2,
        progress: (_ checked: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws -> ExportFinding {
        try find()
        guard let bytes = try read(Self.checkpoint) else {
            throw ProofError(.folder, "\(path) has no checkpoint: it is no export, or one that was interrupted")
        }
        let signed = try SignedCheckpoint(parsing: bytes)
        var isFollowing = false
        do throws(NoteError) {
            _ = try trust.openOld(signed)
        } catch {
            // Whether a later key is the log's is known when the entries are.
            guard error.code == .unsigned, try !names(in: Self.keyChanges).isEmpty else { throw error }
            isFollowing = true
        }
        let cosignatures = try trust.cosignatures(on: signed)
        var verifier = ExportVerifier(
            folder: self, head: signed, trust: trust, kept: kept, changes: try keyChangeCheckpoints(),
            ExportFinding(checkpoint: signed.checkpoint, cosignatures: cosignatures))
        try await verifier.read(readers: max(1, readers), progress)
        return try verifier.finish(isFollowing: isFollowing)
    }

    /// Nobody has to believe them: they are checked.
    private func keyChangeCheckpoints() throws -> [SignedCheckpoint] {
        try names(in: Self.keyChanges).compactMap { NoteText.number($0) }.sorted().prefix(1000).compactMap { size in
            guard let bytes = try read("\(Self.keyChanges)/\(size)"),
                let signed = try? SignedCheckpoint(parsing: bytes),
                signed.checkpoint.size == size
            else { return nil }
            return signed
        }
    }
}

/// Compares the events of an export with each other, and with what was signed.
private struct ExportVerifier {
    private let folder: ExportFolder
    private let head: SignedCheckpoint
    private let trust: ProofTrust
    private let kept: [KeptCheckpoint]
    private let changes: [SignedCheckpoint]
    /// Sizes whose root is asked for, the least last.
    private var wanted: [Int64]
    private var roots: [Int64: MerkleHash] = [:]
    private var keyEvents: [(position: Int64, payload: [UInt8])] = []
    private var finding: ExportFinding
    private var edge = TileEdge()
    private var ledger = ErasureLedger()
    private var time = Timestamp.minusInfinity
    private var versions: [StreamKey: Int64] = [:]
    private var streamTypes: [String] = []
    /// Events that are not there or not to be believed: each explains one version that its stream lacks.
    private var unaccounted: Int64 = 0
    private var absent: Int64 = 0
    private var faultCount = 0

    private struct StreamKey: Hashable {
        var id: UUID
        /// Its number in `streamTypes`.
        var type: Int32
    }

    private var size: Int64 { head.checkpoint.size }

    init(
        folder: ExportFolder, head: SignedCheckpoint, trust: ProofTrust, kept: [KeptCheckpoint],
        changes: [SignedCheckpoint], _ finding: ExportFinding
    ) {
        (self.folder, self.head, self.trust, self.kept, self.changes) = (folder, head, trust, kept, changes)
        self.finding = finding
        wanted = Set((kept.map(\.checkpoint) + changes).map(\.checkpoint.size)).sorted(by: >)
    }

    /// Reads slices side by side, and takes them in order.
    mutating func read(readers: Int, _ progress: (Int64, Int64) -> Void) async throws {
        noteRoot()
        let (folder, size) = (folder, size)
        try await withThrowingTaskGroup(of: ExportSlice.self) { group in
            var (next, waiting): (Int64, [Int64: ExportSlice]) = (0, [:])
            func start() {
                guard next < size else { return }
                let start = next
                // The end of the last one may be no Int64.
                next = size - start > ExportSlice.width ? start + ExportSlice.width : size
                group.addTask { try ExportSlice(folder, from: start, size: size) }
            }
            // Twice as many as are read at once, so that nobody waits for the slowest.
            for _ in 0..<2 * readers { start() }
            while let slice = try await group.next() {
                waiting[slice.start] = slice
                while let slice = waiting.removeValue(forKey: edge.size) {
                    take(slice)
                    guard absent < Self.mostAbsent else {
                        group.cancelAll()
                        return
                    }
                    progress(edge.size, size)
                    start()
                }
            }
        }
    }

    /// Where so much in a row is missing, the rest is not looked for: who made the checkpoint may have said any size.
    private static let mostAbsent: Int64 = 16 * ExportSlice.width

    private mutating func take(_ slice: ExportSlice) {
        absent = slice.isAbsent ? absent + Int64(slice.leaves.count) : 0
        finding.events.events += slice.entries
        finding.payloadsMissing += slice.payloadsMissing
        finding.withheld += slice.withheld
        for problem in slice.problems { finding.events.report(problem.position, problem.verdict, problem.detail) }
        for fault in slice.faults { report(fault) }
        let types = slice.kinds.all.map { number(of: $0.streamType) }
        for (index, leaf) in slice.leaves.enumerated() {
            for tile in edge.append(leaf: leaf) where tile.id.level > 0 { compare(tile) }
            noteRoot()
            guard let event = slice.events[index] else {
                unaccounted += 1
                continue
            }
            let position = slice.start + Int64(index)
            let type = types[Int(event.kind)]
            checkOrder(event, type, at: position)
            guard let detail = slice.details[index] else { continue }
            take(detail, StreamID(type: streamTypes[Int(type)], id: event.streamID), at: position)
        }
    }

    private mutating func take(_ detail: ExportSlice.Detail, _ stream: StreamID, at position: Int64) {
        if let change = detail.change {
            // No groups are counted here, which is what an event that is wrong anyway comes to.
            ledger.note(
                ErasureLedger.Entry(
                    position: position, stream: stream, change: change, remainder: detail.remainder, group: 0,
                    isWrongAnyway: true))
        }
        if let erasure = detail.erasure { _ = ledger.apply(erasure, by: stream, at: position) }
        if let key = detail.key { keyEvents.append((position, key)) }
    }

    /// Compares a tile above the leaves' with the one in the folder.
    private mutating func compare(_ tile: Tile) {
        do throws(ProofError) {
            guard let bytes = try folder.read(tile.id.path) else { return report("\(tile.id.path) is missing") }
            if bytes != tile.bytes { report("\(tile.id.path) is not what the entries make") }
        } catch {
            report(error.description)
        }
    }

    private mutating func noteRoot() {
        while let size = wanted.last, size == edge.size {
            roots[size] = edge.tree.root
            wanted.removeLast()
        }
    }

    private mutating func checkOrder(_ event: ExportSlice.Event, _ type: Int32, at position: Int64) {
        if event.recordedAt < time {
            finding.events.report(position, .disordered, "recorded before the event in front of it")
        }
        time = event.recordedAt
        let key = StreamKey(id: event.streamID, type: type)
        let previous = versions.updateValue(event.version, forKey: key) ?? 0
        let skipped = event.version.subtractingReportingOverflow(previous + 1).partialValue
        if skipped > 0, skipped <= unaccounted {
            unaccounted -= skipped
        } else if skipped != 0 {
            let stream = StreamID(type: streamTypes[Int(type)], id: event.streamID)
            finding.events.report(
                position, .disordered, "\(stream) goes from version \(previous) to \(event.version)")
        }
    }

    private mutating func number(of type: String) -> Int32 {
        if let index = streamTypes.firstIndex(where: { $0.isIdentical(to: type) }) { return Int32(index) }
        streamTypes.append(type)
        return Int32(streamTypes.count - 1)
    }

    private mutating func report(_ fault: String) {
        if finding.faults.count < Verification.shownAtMost { finding.faults.append(fault) }
    }

    // MARK: What was signed

    /// Ends the check.
    ///
    /// - Parameter isFollowing: whether the head is signed by none of the keys that were given.
    mutating func finish(isFollowing: Bool) throws -> ExportFinding {
        if edge.size < size {
            report("the export ends at position \(edge.size - absent): the checkpoint covers \(size) events")
        }
        for tile in edge.partialTiles where tile.id.level > 0 { compare(tile) }
        finding.events.root = edge.tree.root
        let isWhole = finding.events.root == head.checkpoint.root
        if !isWhole { report("the entries do not make the root that the log has signed") }
        var groups = VerdictGroups()
        ledger.settle(into: &finding.events, &groups)
        // What the entries announce counts only if they are those that were signed.
        let history = KeyHistory(events: isWhole ? keyEvents : [], trusted: trust.keys)
        if isFollowing { try follow(history) }
        let keys = trust.keys + history.keys
        finding.kept = kept.map { ($0.name, $0.checkpoint.checkpoint.size, outcome(of: $0, keys)) }
        finding.events.problems.sort { $0.position < $1.position }
        return finding
    }

    /// Sees that the head's key took the place of one that was given, with that one's signature.
    private mutating func follow(_ history: KeyHistory) throws {
        var history = history
        guard !keyEvents.isEmpty else {
            throw NoteError(
                .unsigned,
                "no key that was given has signed the checkpoint, and the payloads that would say which key came after it are not in the export"
            )
        }
        guard history.isTrusted else {
            throw NoteError(
                .unsigned,
                "no key that was given has signed the checkpoint, and none of them is among the log's former keys")
        }
        let own = changes.filter { roots[$0.checkpoint.size] == $0.checkpoint.root && $0.checkpoint.size < size }
        history.follow((own + [head]).map(history.sighting))
        for checkpoint in own + [head] {
            if let problem = history.problem(of: checkpoint) {
                throw NoteError(
                    .unsigned, "the key of the checkpoint cannot be followed from the one given: \(problem)")
            }
        }
        finding.followedKeyChange = true
    }

    private func outcome(of kept: KeptCheckpoint, _ keys: [NoteVerifier]) -> KeptCheckpoint.Outcome {
        if let problem = kept.problem(origin: head.checkpoint.origin, keys: keys) { return .unusable(problem) }
        let checkpoint = kept.checkpoint.checkpoint
        guard checkpoint.size <= size else {
            return .contradicts(
                "it covers \(checkpoint.size) events, the export \(size): the log was cut, or the export is the older one"
            )
        }
        return roots[checkpoint.size] == checkpoint.root
            ? .agrees
            : .contradicts(
                "the first \(checkpoint.size) events are not those that it was signed over: the log's past was changed")
    }
}
