import FoundationEssentials
import Postgres

/// Bundles of a log whose content and entries were written into an export's folder; what is left to do, in order, is to
/// build the tree over them and to write its tiles. Slices are made at once, on any number of threads.
struct ExportedSlice: Sendable {
    /// Why no more of the slice can be exported.
    struct Defect: Sendable {
        var position: Int64
        var detail: String
    }

    /// What is exported, and where to.
    struct Target: Sendable {
        let tenant: UUID
        /// Of the log that is exported.
        let size: Int64
        let folder: ExportFolder
        let showsErasable: Bool
    }

    /// As recomputed from the rows, up to a defect.
    private(set) var leaves: [MerkleHash] = []
    private(set) var erasures: [(position: Int64, erasure: Erasure)] = []
    private(set) var defect: Defect?

    /// Events in a slice.
    static let width: Int64 = 64 * 256

    /// Reads events from the start of a bundle on, checks each by itself, and writes their bundles.
    ///
    /// - Parameter progress: is told of the events of each bundle.
    init(_ range: Range<Int64>, of target: Target, _ session: Session, progress: (Int64) -> Void) throws {
        leaves.reserveCapacity(range.count)
        var entries: [[UInt8]] = []
        var content: FileWriter?
        try session.readInOrder()
        try session.forEach(target.rows(range), of: target.tenant) { event in
            let position = range.lowerBound + Int64(leaves.count)
            guard defect == nil else { return }
            guard event.position == position else { return report(position, "there is no event") }
            var entry: [UInt8] = []
            Entry.append(event, to: &entry)
            let leaf = MerkleHash.leaf(entry)
            guard Hashes.commitment(payload: event.payload, erasable: event.erasableHash) == event.commitment,
                leaf.bytes == event.leafHash
            else { return report(position, "the event is not what its hashes say") }
            guard let id = TileID(level: 0, index: position / 256, treeSize: target.size) else { return }
            let file = try content ?? target.folder.create(id.payloadsPath)
            content = file
            try file.append(target.line(event).bytes)
            if let erasure = Erasure(event) { erasures.append((position, erasure)) }
            leaves.append(leaf)
            entries.append(entry)
            guard entries.count == id.width else { return }
            try file.close()
            content = nil
            guard let bundle = EntryBundle.encode(entries) else {
                return report(position, "an entry of these 256 is longer than entries can be")
            }
            entries.removeAll(keepingCapacity: true)
            try target.folder.write(id.entriesPath, bundle)
            progress(Int64(id.width))
        }
        let end = range.lowerBound + Int64(leaves.count)
        if end < range.upperBound, defect == nil { report(end, "there is no event") }
    }

    private mutating func report(_ position: Int64, _ detail: String) {
        defect = Defect(position: position, detail: detail)
    }
}

extension ExportedSlice.Target {
    /// Writes the content of a bundle again, as it is now.
    func rewrite(bundle: Int64, _ session: Session) throws {
        guard let id = TileID(level: 0, index: bundle, treeSize: size) else { return }
        let file = try folder.create(id.payloadsPath)
        try session.forEach(rows(id.leaves), of: tenant) { try file.append(line($0).bytes) }
        try file.close()
    }

    fileprivate func rows(_ range: Range<Int64>) -> String {
        let columns =
            showsErasable
            ? LogRow.columns
            : LogRow.columns.replacing(
                "personal, attachment, salt", with: "NULL::json, NULL::bytea, NULL::bytea")
        // Both ends are inside the range.
        return """
            COPY (SELECT \(columns) FROM audit_logs
                  WHERE tenant_id = '\(tenant.text)' AND position BETWEEN '\(range.lowerBound)' AND '\(range.upperBound - 1)'
                  ORDER BY position, recorded_at) TO STDOUT (FORMAT binary)
            """
    }

    fileprivate func line(_ event: RecordedEvent) -> ExportLine {
        let erasable: ExportLine.Erasable =
            if !showsErasable {
                .withheld
            } else if let salt = event.salt {
                .shown(ErasableParts(salt: salt, personal: event.personal, attachment: event.attachment))
            } else {
                .erased
            }
        return ExportLine(
            position: event.position, payload: event.payload, erasableHash: event.erasableHash, erasable: erasable)
    }
}

extension Session {
    /// Lends the events that a COPY of `LogRow.columns` gives.
    fileprivate func forEach(_ copy: String, of tenant: UUID, _ body: (RecordedEvent) throws -> Void) throws {
        try copyOut(copy, columns: LogRow.columnCount) { row in
            guard let row = LogRow(row, of: tenant) else {
                throw PostgresError(
                    .decoding, "a row of audit_logs is none that the table can hold: its columns were changed")
            }
            try body(RecordedEvent(row))
        }
    }
}
