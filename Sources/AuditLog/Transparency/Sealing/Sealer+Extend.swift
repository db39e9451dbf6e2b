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
        /// The database's latest checkpoint that the log's keys have signed.
        var latest: LogCheckpoint?
        /// Checkpoints there that they have not.
        var strangers: [Stranger] = []
        /// Keys that are announced in what is new, and are not those here.
        var announced: [(position: Int64, key: NoteVerifier)] = []
        var warnings: [String] = []
        /// What is wrong with the database's tiles, while the events are right as far as they were read.
        var damage: String?
        var patrolled: Int64 = 0
        /// How far the patrol has come.
        var round: PatrolRound?
    }

    /// Reads what is new, and checks it and what it builds on, all as of one moment.
    ///
    /// - Parameter slice: how many older events are compared.
    func extend(_ state: SealerState, _ keys: LogKeys, patrolling slice: Int64) async throws -> Extension {
        // One snapshot: an erasure and the event that says so are seen together.
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        let round = PatrolRound(folder)
        return try await log.database.transaction(options) { session in
            let reader = RowReader(session: session, tenant: tenant)
            var next = Extension(state: state, head: try session.head(of: tenant))
            try Self.expect(head: next.head, size: state.size)
            try compareTail(of: state, reader)
            let stored = try stored(state, keys, session)
            (next.latest, next.strangers) = (stored.latest, stored.strangers)
            if let latest = next.latest, latest.size >= state.size {
                next.round = round
                try patrol(count: slice, &next, reader)
                try follow(latest, &next, keys, reader)
            } else {
                try collectUnpublished(&next, reader)
            }
            let end = min(next.head, next.state.size + step)
            if next.state.size < end {
                _ = try reader.events(next.state.size..<end, code: .unsound) { event, leaf in
                    next.announced += Self.otherKey(event, keys)
                    next.tiles += next.state.append(leaf: leaf)
                }
            }
            if !next.announced.isEmpty {
                let signing = try session.keyHistory(of: tenant).signing
                next.warnings = Self.warnings(of: next.announced, signing: signing)
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
            try Self.expect(head: next.head, size: latest.size)
            _ = try reader.events(next.state.size..<latest.size, code: .unsound) { event, leaf in
                next.announced += Self.otherKey(event, keys)
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

    /// The key that an event announces, where it is another than those here.
    private static func otherKey(_ event: RecordedEvent, _ keys: LogKeys) -> [(position: Int64, key: NoteVerifier)] {
        // Anybody may append events that look like it elsewhere, or say nonsense.
        guard event.type == LogKeyAdded.type, event.stream.id == LogKeyAdded.streamID(tenant: event.tenant),
            let added = try? event.payload(of: LogKeyAdded.self), let key = try? NoteVerifier(vkey: added.key),
            !keys.verifiers.contains(key)
        else { return [] }
        return [(event.position, key)]
    }

    /// What is to be said of announced keys that have never signed for the log: until then they are nobody's.
    private static func warnings(
        of announced: [(position: Int64, key: NoteVerifier)], signing: [NoteVerifier]
    ) -> [String] {
        let unheeded = announced.filter { !signing.contains($0.key) }
        guard let first = unheeded.first else { return [] }
        let others = unheeded.count == 1 ? "" : " (and \(unheeded.count - 1) more do so)"
        return [
            "position \(first.position) announces the key \(first.key.vkey)\(others), which no key of this log has vouched for: it changes nothing, and sealing goes on; find out who appended it, or, where another sealer has replaced the key, bring its files key and state here"
        ]
    }
}
