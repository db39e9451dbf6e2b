import Postgres

/// What a check of an export found, without any database.
package struct ExportFinding: Sendable {
    /// What was found of the events; its size and root are those of the entries in the folder.
    package var events = Verification()
    package var checkpoint: Checkpoint
    package var cosignatures: [Cosignature]
    /// Events whose payload the export does not show.
    package var payloadsMissing: Int64 = 0
    /// Events whose personal part and attachment the export does not show.
    package var withheld: Int64 = 0
    /// What is wrong with the export as a whole: tiles, root, an older checkpoint that is no beginning of it.
    package var faults: [String] = []

    package var isSound: Bool { events.isSound && faults.isEmpty }
}

extension ExportFolder {
    /// Checks the export: the log's signature on the checkpoint, that the entries make its root and its tiles, that each
    /// payload is the one its entry commits to, and what else is shown likewise.
    ///
    /// - Parameters:
    ///   - old: older checkpoints of the log, in somebody's hands; each must be a beginning of it.
    ///   - progress: is told how many events were checked, bundle by bundle.
    /// - Throws: `NoteError` for a checkpoint that is not the log's; `ProofError` for what cannot be read.
    package func verify(
        _ trust: ProofTrust, old: [SignedCheckpoint] = [],
        progress: (_ checked: Int64, _ of: Int64) -> Void = { _, _ in }
    ) throws -> ExportFinding {
        guard let bytes = try read(Self.checkpoint) else {
            throw ProofError(.folder, "\(path) has no checkpoint: it is no export, or one that was interrupted")
        }
        let signed = try SignedCheckpoint(parsing: bytes)
        let (head, cosignatures) = try trust.open(signed)
        let older = try old.map { try trust.openOld($0) }
        var verifier = ExportVerifier(folder: self, head: head, cosignatures: cosignatures, older: older)
        return try verifier.run(progress)
    }
}

private struct ExportVerifier {
    let folder: ExportFolder
    let head: Checkpoint
    /// By size.
    private var older: [Checkpoint]
    private var finding: ExportFinding
    private var edge = TileEdge()
    private var ledger = ErasureLedger()
    private var time = Timestamp.minusInfinity
    private var versions: [StreamID: Int64] = [:]
    /// Events that are not there or not to be believed: each explains one version that its stream lacks.
    private var unaccounted: Int64 = 0

    init(folder: ExportFolder, head: Checkpoint, cosignatures: [Cosignature], older: [Checkpoint]) {
        self.folder = folder
        self.head = head
        self.older = older.sorted { $0.size < $1.size }
        finding = ExportFinding(checkpoint: head, cosignatures: cosignatures)
        finding.events.size = head.size
    }

    mutating func run(_ progress: (Int64, Int64) -> Void) throws -> ExportFinding {
        compareOlder()
        while edge.size < head.size {
            guard let id = TileID(level: 0, index: edge.size / 256, treeSize: head.size) else { break }
            try checkBundle(id)
            progress(edge.size, head.size)
        }
        for tile in edge.partialTiles where tile.id.level > 0 { try compare(tile) }
        finding.events.root = edge.tree.root
        if finding.events.root != head.root {
            finding.faults.append("the entries do not make the root that the log has signed")
        }
        for checkpoint in older {
            finding.faults.append(
                "the older checkpoint of \(checkpoint.size) events is of more than the export's \(head.size): the log was cut, or the export is the older one"
            )
        }
        var groups = VerdictGroups()
        ledger.settle(into: &finding.events, &groups)
        finding.events.problems.sort { $0.position < $1.position }
        return finding
    }

    private mutating func checkBundle(_ id: TileID) throws {
        // What stands in the tile is what the checkpoint's root is made of, if the tiles are right: so the entry that
        // was changed is named, and not only the root that comes out wrong.
        let tile = try folder.read(id.path).flatMap { Tile(id: id, bytes: $0) }
        if tile == nil { finding.faults.append("\(id.path) is missing or damaged") }
        let entries = try folder.read(id.entriesPath).flatMap { EntryBundle.decode($0) }
        let isWhole = entries?.count == id.width
        if !isWhole { finding.faults.append("\(id.entriesPath) is missing or damaged") }
        let lines = try folder.lines(id.payloadsPath)
        var line = try lines?.next()
        for offset in 0..<id.width {
            let position = edge.size
            var content: ExportLine?
            if let text = line {
                content = ExportLine(parsing: text)
                if content == nil {
                    finding.events.report(position, .modified, "its line in \(id.payloadsPath) is damaged")
                }
                // A line that is left out is the content of one event that is not shown.
                if content.map({ $0.position > position }) ?? false {
                    content = nil
                } else {
                    line = try lines?.next()
                }
            }
            check(isWhole ? entries?[offset] : nil, leaf: tile?.hashes[offset], content, at: position)
        }
        if line != nil { finding.faults.append("\(id.payloadsPath) holds lines of other events") }
    }

    /// Checks the entry at a position, whose hash the tile says to be `leaf`.
    private mutating func check(_ bytes: [UInt8]?, leaf stated: MerkleHash?, _ content: ExportLine?, at position: Int64)
    {
        guard let bytes else {
            finding.events.report(position, .missing, "there is no entry at this position")
            unaccounted += 1
            return append(stated ?? .empty)
        }
        finding.events.events += 1
        let leaf = MerkleHash.leaf(bytes)
        append(leaf)
        guard stated ?? leaf == leaf, let entry = try? LogEntry(parsing: bytes), entry.position == position else {
            finding.events.report(position, .modified, "the entry is not the one that was sealed")
            unaccounted += 1
            return
        }
        checkOrder(entry)
        guard let content else {
            finding.payloadsMissing += 1
            return
        }
        check(content, of: entry)
    }

    private mutating func check(_ content: ExportLine, of entry: LogEntry) {
        guard content.position == entry.position,
            Hashes.commitment(payload: content.payload, erasable: content.erasableHash) == entry.commitment
        else {
            return finding.events.report(entry.position, .modified, "the payload is not the one that was sealed")
        }
        var event = entry.event
        event.payload = content.payload
        event.erasableHash = content.erasableHash
        switch content.erasable {
        case .withheld: finding.withheld += 1
        case .erased: note(event, .emptied)
        case .shown(let parts):
            (event.salt, event.personal, event.attachment) = (parts.salt, parts.personal, parts.attachment)
            let hash = parts.hash
            if hash != content.erasableHash { note(event, .replaced(hash: hash)) }
        }
        if let erasure = Erasure(event) { _ = ledger.apply(erasure, by: event.stream, at: event.position) }
    }

    private mutating func note(_ event: RecordedEvent, _ change: ErasureLedger.Change) {
        // No groups are counted here, which is what an event that is wrong anyway comes to.
        ledger.note(
            ErasureLedger.Entry(
                position: event.position, stream: event.stream, change: change,
                remainder: change == .emptied ? .proved : Remainder(of: event), group: 0, isWrongAnyway: true))
    }

    private mutating func append(_ leaf: MerkleHash) {
        for tile in edge.append(leaf: leaf) {
            do {
                if tile.id.level > 0 { try compare(tile) }
            } catch {
                finding.faults.append("\(error)")
            }
        }
        compareOlder()
    }

    /// Compares a tile above the leaves' with the one in the folder.
    private mutating func compare(_ tile: Tile) throws {
        guard let bytes = try folder.read(tile.id.path) else {
            return finding.faults.append("\(tile.id.path) is missing")
        }
        if bytes != tile.bytes { finding.faults.append("\(tile.id.path) is not what the entries make") }
    }

    private mutating func compareOlder() {
        while let checkpoint = older.first, checkpoint.size == edge.size {
            if edge.tree.root != checkpoint.root {
                finding.faults.append(
                    "the older checkpoint of \(checkpoint.size) events is not the beginning of this log: its past was changed, or it is another log"
                )
            }
            older.removeFirst()
        }
    }

    private mutating func checkOrder(_ entry: LogEntry) {
        if entry.recordedAt < time {
            finding.events.report(entry.position, .disordered, "recorded before the event in front of it")
        }
        time = entry.recordedAt
        let previous = versions[entry.stream] ?? 0
        let skipped = entry.version - previous - 1
        if skipped > 0, skipped <= unaccounted {
            unaccounted -= skipped
        } else if skipped != 0 {
            finding.events.report(
                entry.position, .disordered, "\(entry.stream) goes from version \(previous) to \(entry.version)")
        }
        versions[entry.stream] = entry.version
    }
}
