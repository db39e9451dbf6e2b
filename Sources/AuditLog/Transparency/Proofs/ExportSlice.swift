import FoundationEssentials
import Postgres

/// Some bundles of an export, each event checked by itself: what is left to do is to compare them with each other and with
/// the checkpoint. Slices are made at once, on any number of threads.
struct ExportSlice: Sendable {
    /// What an entry says that others are compared with.
    struct Event: Sendable {
        var recordedAt: Timestamp
        var version: Int64
        var streamID: UUID
        /// The number of its kind in the slice.
        var kind: Int32
    }

    /// What few events have.
    struct Detail: Sendable {
        var change: ErasureLedger.Change?
        /// What speaks for what an erasure left.
        var remainder = Remainder.proved
        var erasure: Erasure?
        /// The payload of an event that announces a key.
        var key: [UInt8]?
    }

    /// Of its first event.
    let start: Int64
    /// Of the entries; where one is missing what the tile says.
    private(set) var leaves: [MerkleHash] = []
    /// Nil where the entry is missing, or not to be believed.
    private(set) var events: [Event?] = []
    /// By the event's index.
    private(set) var details: [Int: Detail] = [:]
    private(set) var kinds = EventKinds()
    private(set) var entries: Int64 = 0
    private(set) var payloadsMissing: Int64 = 0
    private(set) var withheld: Int64 = 0
    private(set) var problems: [Verification.Problem] = []
    private(set) var faults: [String] = []
    /// Whether nothing of it is in the folder.
    private(set) var isAbsent = true

    /// Events in a slice.
    static let width: Int64 = 16 * 256

    /// Reads the slice of a log of `size` events that starts at a position.
    init(_ folder: ExportFolder, from start: Int64, size: Int64) throws {
        self.start = start
        let end = min(size - start, Self.width) + start
        leaves.reserveCapacity(Int(end - start))
        events.reserveCapacity(Int(end - start))
        for index in start / 256...(end - 1) / 256 {
            guard let id = TileID(level: 0, index: index, treeSize: size) else { return }
            try read(id, folder)
        }
    }

    private mutating func read(_ id: TileID, _ folder: ExportFolder) throws {
        // What stands in the tile is what the checkpoint's root is made of, if the tiles are right: so the entry that
        // was changed is named, and not only the root that comes out wrong.
        let (tileBytes, bundle) = (try folder.read(id.path), try folder.read(id.entriesPath))
        let lines = try folder.lines(id.payloadsPath)
        if tileBytes != nil || bundle != nil || lines != nil { isAbsent = false }
        let tile = tileBytes.flatMap { Tile(id: id, bytes: $0) }
        if tile == nil { faults.append("\(id.path) is \(tileBytes == nil ? "missing" : "damaged")") }
        let found = bundle.flatMap { EntryBundle.decode($0) }.flatMap { $0.count == id.width ? $0 : nil }
        if found == nil { faults.append("\(id.entriesPath) is \(bundle == nil ? "missing" : "damaged")") }
        var line = try lines?.next()
        for offset in 0..<id.width {
            let position = start + Int64(leaves.count)
            var content: ExportLine?
            if let text = line {
                content = ExportLine(parsing: text)
                if content == nil { report(position, .modified, "its line in \(id.payloadsPath) is damaged") }
                // A line that is left out is the content of one event that is not shown.
                if content.map({ $0.position > position }) ?? false {
                    content = nil
                } else {
                    line = try lines?.next()
                }
            }
            check(found?[offset], leaf: tile?.hashes[offset], content, at: position)
        }
        if line != nil { faults.append("\(id.payloadsPath) holds lines of other events") }
    }

    /// Checks the entry at a position, whose hash the tile says to be `leaf`.
    private mutating func check(_ entry: [UInt8]?, leaf stated: MerkleHash?, _ content: ExportLine?, at position: Int64)
    {
        guard let entry else {
            report(position, .missing, "there is no entry at this position")
            leaves.append(stated ?? .empty)
            events.append(nil)
            return
        }
        entries += 1
        let leaf = MerkleHash.leaf(entry)
        leaves.append(leaf)
        let isRight = entry.withUnsafeBytes { bytes in
            EntryReader.read(bytes) { row in
                guard stated ?? leaf == leaf, row.position == position else { return false }
                let kind = kinds.number(of: row)
                events.append(
                    Event(recordedAt: row.recordedAt, version: row.version, streamID: row.streamID, kind: kind))
                if let content { check(content, of: row, kind) } else { payloadsMissing += 1 }
                return true
            }
        }
        if isRight != true {
            events.append(nil)
            report(position, .modified, "the entry is not the one that was sealed")
        }
    }

    private mutating func check(_ content: ExportLine, of row: LogRow, _ kind: Int32) {
        let isRight = content.payload.bytes.withUnsafeBytes { payload in
            content.erasableHash.withUnsafeBytes { erasable in
                Hashes.commitment(payload: payload, erasable: erasable).withBytes(row.commitment.isEqual)
            }
        }
        guard content.position == row.position, isRight else {
            return report(row.position, .modified, "the payload is not the one that was sealed")
        }
        var detail = Detail()
        switch content.erasable {
        case .withheld: withheld += 1
        case .erased: detail.change = .emptied
        case .shown(let parts):
            let hash = parts.hash
            guard hash != content.erasableHash else { break }
            detail.change = .replaced(hash: hash)
            detail.remainder = Remainder(of: Self.event(row, content, parts))
        }
        let type = kinds.all[Int(kind)].type
        if kinds.all[Int(kind)].isErasure { detail.erasure = Erasure(Self.event(row, content, nil)) }
        if type == LogKeyAdded.type, row.streamID == LogKeyAdded.streamID(tenant: row.tenant) {
            detail.key = content.payload.bytes
        }
        if detail.change != nil || detail.erasure != nil || detail.key != nil { details[events.count - 1] = detail }
    }

    private static func event(_ row: LogRow, _ content: ExportLine, _ parts: ErasableParts?) -> RecordedEvent {
        var event = RecordedEvent(row)
        (event.payload, event.erasableHash) = (content.payload, content.erasableHash)
        (event.salt, event.personal, event.attachment) = (parts?.salt, parts?.personal, parts?.attachment)
        return event
    }

    private mutating func report(_ position: Int64, _ verdict: Verification.Problem.Verdict, _ detail: String) {
        problems.append(Verification.Problem(position: position, verdict: verdict, detail: detail))
    }
}
