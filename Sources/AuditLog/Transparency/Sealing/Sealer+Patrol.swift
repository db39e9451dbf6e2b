import FoundationEssentials
import Postgres

extension Sealer {
    /// Bytes of contents that a slice reads, so that one of large files takes no longer.
    private static let patrolWeight: Int64 = 4 << 20

    /// How long a small log that is due is compared at once.
    private static let patrolTime = Duration.seconds(2)

    /// Compares a slice of what was sealed with the tree that was signed; beyond its end it begins at the front again. A
    /// small log is compared as a whole once a day.
    ///
    /// Tiles that are not those of the tree are noted in `damage`: they say nothing of the events.
    func patrol(count: Int64, _ next: inout Extension, _ reader: RowReader) throws {
        guard count > 0, next.state.size > 0, let round = next.round else { return }
        let deadline = ContinuousClock.now + Self.patrolTime
        let isDue = round.isDue(size: next.state.size)
        repeat {
            try patrolSlice(isDue ? max(count, 1 << 14) : count, &next, reader)
        } while isDue && next.damage == nil && next.round?.position != 0 && ContinuousClock.now < deadline
    }

    private func patrolSlice(_ count: Int64, _ next: inout Extension, _ reader: RowReader) throws {
        let size = next.state.size
        next.round?.begin(size: size)
        let start = next.round?.position ?? 0
        let range = start..<min(size, start + count)
        guard !range.isEmpty else { return }
        let tiles: TileSet
        do {
            tiles = try Self.tiles(under: range, next.state, reader)
        } catch let error as TileError {
            next.damage = error.description
            return
        }
        let end = try reader.events(range, weight: Self.patrolWeight, code: .changed) { event, leaf in
            guard try leaf == tiles.leaf(event.position) else {
                throw SealRefusal(
                    .changed, at: event.position,
                    "the event at position \(event.position) is not the one that was sealed: put it back from a backup; atlas2 log verify tells more"
                )
            }
        }
        next.patrolled += end - start
        next.round?.come(to: end, of: size)
    }

    /// The tiles of a range's leaves, checked against the root that was signed.
    private static func tiles(under range: Range<Int64>, _ state: SealerState, _ reader: RowReader) throws -> TileSet {
        let indices = range.lowerBound / 256...(range.upperBound - 1) / 256
        let ids = TileSet.required(
            indices.compactMap { TileID(level: 0, index: $0, treeSize: state.size) }, size: state.size)
        let tiles = try reader.session.tiles(ids, of: reader.tenant)
        let found = Set(tiles.map(\.id))
        if let missing = ids.first(where: { !found.contains($0) }) { throw TileError.missing(missing) }
        return try TileSet(size: state.size, root: state.edge.tree.root, tiles: tiles)
    }

    /// Compares everything that was sealed, slice by slice.
    func patrolAll(_ state: SealerState, _ keys: LogKeys, _ outcome: inout Outcome) async throws {
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        var round = PatrolRound(folder)
        round.position = 0
        while state.size > 0 {
            round.begin(size: state.size)
            // Where a patrol stops, the next one begins, and is refused in its turn.
            try folder.write(round.text, to: .patrol, isDurable: false)
            let present = round
            let slice = try await log.database.transaction(options) { session in
                var slice = Extension(state: state, head: state.size, round: present)
                try patrolSlice(1 << 14, &slice, RowReader(session: session, tenant: tenant))
                return slice
            }
            if let damage = slice.damage {
                try await verify(state)
                try await rebuild(state, because: damage, &outcome)
                continue
            }
            outcome.patrolled += slice.patrolled
            round = slice.round ?? present
            if round.position == 0 { return try folder.write(round.text, to: .patrol, isDurable: false) }
        }
    }

    /// Recomputes every leaf from its row, and with them the tree that was signed or is about to be.
    ///
    /// - Throws: `SealRefusal` naming the first event that is not the one that was sealed.
    func verify(_ state: SealerState) async throws {
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        try await log.database.transaction(options) { session in
            let reader = RowReader(session: session, tenant: tenant)
            var edge = TileEdge()
            do {
                try reader.entries(0..<state.size, code: .changed) { _ = edge.append(leaf: $1) }
                if edge == state.edge { return }
            } catch is SealRefusal {
                // The search says what comes first.
            }
            throw try PastSearch(reader: reader, state: state).refusal()
        }
    }

    /// Makes the database's tiles again from the events, once `verify` has found them to make the tree.
    ///
    /// Done without being asked for: the events make exactly the tree that was signed, so nothing enters that was not
    /// proved, and proofs need their tiles. What was damaged is said.
    func rebuild(_ state: SealerState, because damage: String, _ outcome: inout Outcome) async throws {
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        var edge = TileEdge()
        while edge.size < state.size {
            let start = edge
            let (tiles, next) = try await log.database.transaction(options) { session in
                var (edge, tiles) = (start, [Tile]())
                let end = min(state.size, edge.size + step)
                try RowReader(session: session, tenant: tenant).entries(edge.size..<end, code: .changed) {
                    tiles += edge.append(leaf: $1)
                }
                return (edge.size == state.size ? tiles + edge.partialTiles : tiles, edge)
            }
            edge = next
            // Changed since they were checked a moment ago.
            guard edge.size < state.size || edge == state.edge else {
                throw SealRefusal(.changed, "the events change while they are read: run atlas2 log verify")
            }
            do {
                _ = try await store(state, tiles, replacing: true)
            } catch let error as PostgresError where error.sqlstate == "XX001" {
                throw SealRefusal(
                    .foreignCheckpoint,
                    "the database does not take what was signed (\(error.message)): atlas2 log verify tells more")
            }
        }
        outcome.repairs.append(
            "the database's tiles were not those of the tree that was signed (\(damage)); they were made again from the events, which are"
        )
    }
}
