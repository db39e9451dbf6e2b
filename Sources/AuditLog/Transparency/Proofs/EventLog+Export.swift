import FoundationEssentials
import Glibc
import Postgres

/// What an export has done.
package struct ExportOutcome: Sendable {
    /// Of the checkpoint that the export now holds.
    package var size: Int64
    package var origin: String
    /// Events that were written; the others were there.
    package var written: Int64
    /// Events that the folder has shown whole and that were erased since: their lines were written again.
    package var erased: Int64
}

extension EventLog {
    /// Exports the log up to its latest checkpoint into a folder: all that it takes to check it without the database.
    ///
    /// A folder that holds an export of the same log is brought up to date; one that was interrupted is gone on with. The
    /// checkpoint takes its place last, when everything that it covers is on the disk. Every entry is computed from its
    /// row anew, and what they make is the checkpoint's root, or there is no new checkpoint.
    ///
    /// - Parameters:
    ///   - showsErasable: whether personal parts, attachments and salts are exported.
    ///   - progress: is told how many events are exported, bundle by bundle.
    package func export(
        to folder: ExportFolder, showsErasable: Bool, as scope: Scope,
        progress: @escaping @Sendable (_ done: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws -> ExportOutcome {
        guard let tenant = scope.tenant else { throw ProofError(.unknown, "no tenant is set") }
        return try await readingInSlices(as: scope) { (session, reading: SlicedReading<ExportedSlice>) in
            let sealed = try session.logAtCheckpoint(at: nil, of: tenant)
            var exporter = LogExporter(
                session: session, reading: reading, sealed: sealed, folder: folder, showsErasable: showsErasable,
                progress: progress)
            return try exporter.run()
        }
    }
}

/// Writes one export.
///
/// Of each bundle of 256 events the payloads come first, then the entries, then the tiles that it completes, those of
/// the leaves last: where a full tile of leaves is, all that belongs to it is. Payloads and entries are written slice by
/// slice, several at once; tiles in order.
private struct LogExporter {
    let session: Session
    let reading: SlicedReading<ExportedSlice>
    let sealed: LogAtCheckpoint
    private var folder: ExportFolder
    let showsErasable: Bool
    let progress: @Sendable (Int64, Int64) -> Void
    /// Events that the folder has shown whole, and that were erased since.
    private var erased: Int64 = 0

    private var head: Checkpoint { sealed.checkpoint.checkpoint }

    init(
        session: Session, reading: SlicedReading<ExportedSlice>, sealed: LogAtCheckpoint, folder: ExportFolder,
        showsErasable: Bool, progress: @escaping @Sendable (Int64, Int64) -> Void
    ) {
        self.session = session
        self.reading = reading
        self.sealed = sealed
        self.folder = folder
        self.folder.isPrivate = showsErasable
        self.showsErasable = showsErasable
        self.progress = progress
    }

    mutating func run() throws -> ExportOutcome {
        let old = try prepare()
        var edge = try resume()
        let start = edge.size
        // A log that has not grown has nothing to read, unless the last run was interrupted.
        let isCurrent = old?.size == head.size
        var touched: Set<Int64> = []
        if !isCurrent {
            touched = try write(&edge, exported: old?.size ?? 0)
            guard edge.tree.root == head.root else { throw foreign(resumedAt: start) }
        }
        try rewrite(touched.filter { $0 < start / 256 })
        try writeKeyChanges()
        // What the checkpoint covers is on the disk before it is there.
        sync()
        try folder.write(ExportFolder.checkpoint, Array(sealed.checkpoint.encoded.utf8))
        if let old, !isCurrent { removeEdge(of: old.size) }
        return ExportOutcome(
            size: head.size, origin: head.origin, written: isCurrent ? 0 : head.size - max(start, old?.size ?? 0),
            erased: erased)
    }

    /// Makes the folder, or sees that it is one of this log; returns the checkpoint that it holds.
    private func prepare() throws -> Checkpoint? {
        try folder.make()
        if showsErasable { try requireSealedErasures() }
        let description = ExportDescription(origin: head.origin, personal: showsErasable)
        guard let found = try ExportDescription.read(folder) else {
            let names = try folder.names().filter { $0 != ExportFolder.description + ".new" }
            guard names.isEmpty else {
                throw ProofError(.folder, "\(folder.path) holds other files (\(names[0])): give a new or empty folder")
            }
            try folder.restrict()
            try folder.write(ExportFolder.description, Array(description.document.utf8))
            return nil
        }
        guard found.origin.isIdentical(to: head.origin) else {
            throw ProofError(
                .folder, "\(folder.path) is an export of the log \(found.origin), and this log is \(head.origin)")
        }
        guard found.personal == showsErasable else {
            throw ProofError(
                .folder,
                found.personal
                    ? "the export in \(folder.path) has personal parts: go on with it by --with-personal, or give another folder"
                    : "the export in \(folder.path) has no personal parts: go on with it without --with-personal, or give another folder"
            )
        }
        try folder.restrict()
        guard let note = try folder.read(ExportFolder.checkpoint) else { return nil }
        let old = try SignedCheckpoint(parsing: note).checkpoint
        guard old.size <= head.size else {
            throw ProofError(
                .folder,
                "the export in \(folder.path) has \(old.size) events, the latest checkpoint covers \(head.size): this is not the log that was exported, or it was cut"
            )
        }
        let tiles = try session.believedTiles(ConsistencyProof.tiles(from: old.size, to: head.size), sealed)
        let proof = try tiles.consistencyProof(from: old.size)
        guard proof.verify(oldRoot: old.root, newRoot: head.root) else {
            throw ProofError(
                .folder,
                "the export in \(folder.path) is of another log, or the past of this one was changed: its checkpoint of \(old.size) events is not the beginning of the latest, of \(head.size)"
            )
        }
        return old
    }

    /// An export that shows what is left of erased events must hold the events that say so.
    private func requireSealedErasures() throws {
        let unsealed = try session.first(
            """
            SELECT position FROM audit_logs
            WHERE tenant_id = \(sealed.tenant) AND position >= \(head.size) AND event_type LIKE '%.erased'
            ORDER BY position LIMIT 1
            """
        ) { try $0.decode(0, as: Int64.self) }
        guard let unsealed else { return }
        throw ProofError(
            .notSealed, "the erasure at position \(unsealed) is not sealed yet: run atlas2 log seal, and export again")
    }

    /// Writes the first checkpoint behind each change of the key, which both keys signed: who knows a former key alone can
    /// follow it to the present one.
    private func writeKeyChanges() throws {
        for event in try session.keyEvents(of: sealed.tenant).dropFirst() where event.position < head.size {
            let found = try session.first(
                """
                SELECT size, note FROM log_checkpoints WHERE tenant_id = \(sealed.tenant) AND size > \(event.position)
                ORDER BY size LIMIT 1
                """
            ) { (size: try $0.decode(0, as: Int64.self), note: try $0.decode(1, as: String.self)) }
            guard let found, found.size <= head.size else { continue }
            let name = "\(ExportFolder.keyChanges)/\(found.size)"
            if !folder.contains(name) { try folder.write(name, Array(found.note.utf8)) }
        }
    }

    /// The edge of the tree that the folder's full tiles of leaves make, from the first without a gap.
    private func resume() throws -> TileEdge {
        var count: Int64 = 0
        while (count + 1) * 256 <= head.size, let id = TileID(level: 0, index: count), folder.contains(id.path) {
            count += 1
        }
        var tiles: [TileID: Tile] = [:]
        for id in TileID.edge(of: count * 256) {
            // Each hash of a partial tile is the root of a full one below.
            let hashes = try (0..<Int64(id.width)).map { place in
                guard let below = TileID(level: id.level - 1, index: id.index * 256 + place),
                    let bytes = try folder.read(below.path), let root = Tile(id: below, bytes: bytes)?.root
                else { throw foreign(resumedAt: count * 256) }
                return root
            }
            tiles[id] = Tile(id: id, hashes: hashes)
        }
        return try TileEdge(size: count * 256, tiles: tiles)
    }

    /// Writes everything from the edge on; returns the bundles that erasures among the new events name.
    ///
    /// - Parameter exported: the size that the folder has had.
    private mutating func write(_ edge: inout TileEdge, exported: Int64) throws -> Set<Int64> {
        let (start, end, target) = (edge.size, head.size, target)
        var tree = edge
        var touched: Set<Int64> = []
        let counter = ProgressCounter(from: start, of: end, progress)
        let count = Int((end - start + ExportedSlice.width - 1) / ExportedSlice.width)
        try reading.forEach(count, readers: count > 1 ? Self.readers : 0, in: session) { session, number in
            let first = start + Int64(number) * ExportedSlice.width
            return try ExportedSlice(
                first..<min(end, first + ExportedSlice.width), of: target, session, progress: counter.add)
        } use: { slice in
            for leaf in slice.leaves {
                for tile in tree.append(leaf: leaf).reversed() { try folder.write(tile.id.path, tile.bytes) }
            }
            if let defect = slice.defect { throw unsound(defect) }
            for (position, erasure) in slice.erasures {
                touched.formUnion(erasure.bundles)
                if showsErasable, position >= exported { erased += erasure.count(below: exported) }
            }
        }
        for tile in tree.partialTiles { try folder.write(tile.id.path, tile.bytes) }
        edge = tree
        return touched
    }

    /// Connections that read at once: as many as there are processors, and one more, since who reads waits for the server
    /// some of the time.
    private static let readers = min(8, ProcessInfo.processInfo.activeProcessorCount + 1)

    private var target: ExportedSlice.Target {
        ExportedSlice.Target(tenant: sealed.tenant, size: head.size, folder: folder, showsErasable: showsErasable)
    }

    /// Writes the payloads of bundles again, as they are now.
    private func rewrite(_ bundles: Set<Int64>) throws {
        guard showsErasable else { return }
        for bundle in bundles.sorted() { try target.rewrite(bundle: bundle, session) }
    }

    /// Removes the partial files of an older size, whose places wider ones have taken.
    private func removeEdge(of size: Int64) {
        let current = Set(TileID.edge(of: head.size))
        for id in TileID.edge(of: size) where !current.contains(id) {
            folder.remove(id.path)
            guard id.level == 0 else { continue }
            folder.remove(id.entriesPath)
            folder.remove(id.payloadsPath)
        }
    }

    private func unsound(_ defect: ExportedSlice.Defect) -> ProofError {
        ProofError(
            .unsound,
            "position \(defect.position): \(defect.detail): atlas2 log verify tells more; nothing new was exported"
        )
    }

    private func foreign(resumedAt start: Int64) -> ProofError {
        start == 0
            ? ProofError(
                .unsound,
                "the events do not make the root of the checkpoint of \(head.size): the log was changed since it was sealed; atlas2 log verify finds where"
            )
            : ProofError(
                .folder,
                "the tiles in \(folder.path) and the log do not make the checkpoint's root together: export into a new folder, and if that fails, run atlas2 log verify"
            )
    }
}

extension Erasure {
    /// The bundles of 256 events that hold what was erased.
    fileprivate var bundles: Set<Int64> {
        positions.reduce(into: Set(replaced.map { $0.position / 256 })) { bundles, range in
            bundles.formUnion(range[0] / 256...range[1] / 256)
        }
    }

    /// How many of the events that it names stand in front of a position.
    fileprivate func count(below end: Int64) -> Int64 {
        positions.reduce(Int64(replaced.count { $0.position < end })) { $0 + max(0, min($1[1] + 1, end) - $1[0]) }
    }
}
