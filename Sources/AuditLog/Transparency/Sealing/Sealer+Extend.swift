import FoundationEssentials
import Postgres

extension Sealer {
    /// What one reading of the log adds to a state.
    struct Extension: Sendable {
        var state: SealerState
        /// The tiles that the database lacks.
        var tiles: [Tile] = []
        /// Events in the log.
        var head: Int64
        /// The database's latest checkpoint.
        var latest: LogCheckpoint?
        /// What is wrong with the database's tiles, while the events are right as far as they were read.
        var damage: String?
        var patrolled: Int64 = 0
        /// Where the next patrol begins.
        var patrolEnd: Int64?
    }

    /// Reads what is new, and checks it and what it builds on, all as of one moment.
    ///
    /// - Parameter slice: how many older events are compared.
    func extend(_ state: SealerState, _ keys: LogKeys, patrolling slice: Int64) async throws -> Extension {
        // One snapshot: an erasure and the event that says so are seen together.
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        let patrolStart = try folder.read(.patrol).flatMap { Int64($0.prefix { !$0.isNewline }) } ?? 0
        return try await log.database.transaction(options) { session in
            let reader = RowReader(session: session, tenant: tenant)
            var next = Extension(
                state: state, head: try session.head(of: tenant), latest: try session.checkpoint(of: tenant))
            try Self.expect(head: next.head, size: state.size)
            try compareTail(of: state, reader)
            if let latest = next.latest, latest.size >= state.size {
                try patrol(from: patrolStart, count: slice, &next, reader)
                try follow(latest, &next, keys, reader)
            } else {
                try collectUnpublished(&next, reader)
            }
            let end = min(next.head, next.state.size + step)
            if next.state.size < end {
                _ = try reader.events(next.state.size..<end, code: .unsound) { event, leaf in
                    try Self.checkKey(event, keys)
                    next.tiles += next.state.append(leaf: leaf)
                }
            }
            let published = next.latest?.size ?? 0
            next.tiles += next.state.edge.partialTiles.filter { tile in
                let shift = Int64(8 * tile.id.level)
                return published >> shift < next.state.size >> shift
            }
            return next
        }
    }

    /// Compares the events that were sealed last with the state: what is cut off and grown again is seen there.
    private func compareTail(of state: SealerState, _ reader: RowReader) throws {
        var leaves: [MerkleHash] = []
        do {
            try reader.entries(state.tailStart..<state.size, code: .changed) { leaves.append($1) }
            guard leaves != state.tail else { return }
        } catch is SealRefusal {
            // The search says what comes first.
        }
        // A search reads the whole log: not again for every command.
        if let known = SealRefusal.Record(folder), known.refusal.code == .changed, known.isRecent {
            throw known.refusal
        }
        throw try PastSearch(reader: reader, state: state).refusal()
    }

    /// Takes over what another sealer with this log's key signed, once the events bear it out.
    private func follow(_ latest: LogCheckpoint, _ next: inout Extension, _ keys: LogKeys, _ reader: RowReader) throws {
        if latest.size > next.state.size {
            let known =
                keys.verifiers
                + (try reader.session.announcedKeys(of: tenant)).compactMap { try? NoteVerifier(vkey: $0) }
            guard let signed = try? SignedCheckpoint(parsing: latest.note),
                (try? signed.note.verify(with: known)) != nil,
                signed.checkpoint.origin == keys.origin, signed.checkpoint.size == latest.size,
                signed.checkpoint.root == latest.root
            else {
                throw SealRefusal(
                    .foreignCheckpoint,
                    "the database holds a checkpoint of size \(latest.size) that no key of this log has signed: find out who wrote it, and let the owner of the schema delete it from log_checkpoints"
                )
            }
            try Self.expect(head: next.head, size: latest.size)
            _ = try reader.events(next.state.size..<latest.size, code: .unsound) { event, leaf in
                try Self.checkKey(event, keys)
                _ = next.state.append(leaf: leaf)
            }
            next.state.note = latest.note
        }
        guard next.state.edge.tree.root == latest.root else {
            throw SealRefusal(
                .foreignCheckpoint,
                "the database holds a checkpoint of size \(latest.size) whose root is not that of its events: one of the two was changed; atlas2 log verify tells more"
            )
        }
    }

    /// Collects the tiles that the database lacks of what was signed before: a sealer was stopped before it stored them, or
    /// the database lost them.
    private func collectUnpublished(_ next: inout Extension, _ reader: RowReader) throws {
        let (state, published) = (next.state, next.latest?.size ?? 0)
        guard published < state.size else { return }
        let stored = try reader.session.tiles(TileID.edge(of: published), of: tenant)
        let known = Dictionary(stored.map { ($0.id, $0) }) { first, _ in first }
        guard state.size - published <= step, var edge = try? TileEdge(size: published, tiles: known) else {
            next.damage = "those of \(state.size - published) sealed events are missing"
            return
        }
        try reader.entries(published..<state.size, code: .changed) { next.tiles += edge.append(leaf: $1) }
        if edge != state.edge { next.damage = "they do not lead from size \(published) to \(state.size)" }
    }

    /// Refuses to go on with a key that the log says was replaced.
    private static func checkKey(_ event: RecordedEvent, _ keys: LogKeys) throws {
        // Anybody may append events that look like it elsewhere, or say nonsense.
        guard event.type == LogKeyAdded.type, event.stream.id == LogKeyAdded.streamID(tenant: event.tenant),
            let added = try? event.payload(of: LogKeyAdded.self), added.replaces == keys.current.verifier.vkey,
            (try? NoteVerifier(vkey: added.key))?.name == keys.origin
        else { return }
        throw SealRefusal(
            .keyReplaced, at: event.position,
            "position \(event.position) says that another key replaces this one: bring the files key and state from where it was rotated"
        )
    }
}
