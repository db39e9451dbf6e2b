import Foundation
package import FoundationEssentials
import Postgres

extension EventLog {
    /// The proof that the event at `position` is in the log that a checkpoint is of: one query for the tiles, whatever
    /// the log's size.
    ///
    /// The proof was checked: what the database's tiles and rows say is not handed on unless it leads to the
    /// checkpoint's root.
    ///
    /// - Parameters:
    ///   - size: of the checkpoint; nil: the latest.
    ///   - showsErasable: whether personal part and attachment are shown.
    package func prove(
        _ position: Int64, at size: Int64? = nil, showsErasable: Bool = true, as scope: Scope
    ) async throws -> EventProof {
        try await sealed(at: size, as: scope) { session, sealed in
            let filter: SQL = "position = \(position)"
            guard let event = try session.event(filter, of: sealed.tenant) else {
                throw ProofError(
                    .unknown,
                    "there is no event at position \(position) that you may see: atlas2 events shows those there are")
            }
            return try session.prove(event, sealed, showsErasable: showsErasable)
        }
    }

    /// The proof that a row of a job is what the job's result chunk says, without the chunk's other rows.
    package func prove(row: Int64, ofJob job: UUID, at size: Int64? = nil, as scope: Scope) async throws -> RowProof {
        try await sealed(at: size, as: scope) { session, sealed in
            let filter: SQL = """
                stream_type = 'job' AND stream_id = \(job) AND CASE event_type
                WHEN 'job.rows_processed' THEN \(row) BETWEEN (payload->>'first_row')::bigint AND (payload->>'last_row')::bigint
                WHEN 'job.rows_fixed' THEN (payload->'of')::jsonb @> to_jsonb(\(row)::bigint) END
                """
            // The last one is the row's result.
            guard let event = try session.event(filter, of: sealed.tenant, last: true) else {
                throw try session.noResult(for: row, of: job, sealed.tenant)
            }
            let proof = try session.prove(event, sealed, showsErasable: false)
            return try RowProof(row: row, of: event, proof)
        }
    }

    /// The proof that a checkpoint's log begins with the first `from` events.
    package func proveConsistency(
        from: Int64, to size: Int64? = nil, as scope: Scope
    ) async throws -> ConsistencyFile {
        try await sealed(at: size, as: scope) { session, sealed in
            let size = sealed.checkpoint.checkpoint.size
            guard from >= 0, from <= size else {
                throw ProofError(
                    .notSealed,
                    "the checkpoint covers \(size.counting("event")), so that nothing leads to it from \(from)")
            }
            let tiles = try session.believedTiles(ConsistencyProof.tiles(from: from, to: size), sealed)
            let proof = try tiles.consistencyProof(from: from)
            return ConsistencyFile(from: from, hashes: proof.hashes, checkpoint: sealed.checkpoint)
        }
    }

    /// Runs `body` with a checkpoint, all in one transaction.
    private func sealed<T: Sendable>(
        at size: Int64?, as scope: Scope, _ body: @escaping @Sendable (Session, LogAtCheckpoint) throws -> T
    ) async throws -> T {
        guard let tenant = scope.tenant else { throw ProofError(.unknown, "no tenant is set") }
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true)
        return try await database.transaction(options) { session in
            try body(session, try session.logAtCheckpoint(at: size, of: tenant))
        }
    }
}

/// A log up to a checkpoint.
struct LogAtCheckpoint: Sendable {
    var tenant: UUID
    /// With its cosignatures.
    var checkpoint: SignedCheckpoint
}

extension Session {
    /// The log up to the checkpoint of this size, or the latest.
    func logAtCheckpoint(at size: Int64?, of tenant: UUID) throws -> LogAtCheckpoint {
        guard let stored = try cosignedCheckpoint(size: size, of: tenant) else {
            throw ProofError(
                .notSealed,
                size.map { "there is no checkpoint of size \($0): atlas2 log checkpoint shows the latest" }
                    ?? "the log was not sealed yet: atlas2 log key create makes a key, and atlas2 log seal seals")
        }
        return LogAtCheckpoint(tenant: tenant, checkpoint: try SignedCheckpoint(parsing: stored.signedNote))
    }

    /// The event that a condition holds for, with all its parts.
    fileprivate func event(_ condition: SQL, of tenant: UUID, last: Bool = false) throws -> RecordedEvent? {
        try first(
            """
            SELECT \(raw: RecordedEvent.columns) FROM audit_logs
            WHERE tenant_id = \(tenant) AND \(sql: condition) ORDER BY position \(raw: last ? "DESC" : "ASC") LIMIT 1
            """
        ) { try RecordedEvent($0) }
    }

    fileprivate func noResult(for row: Int64, of job: UUID, _ tenant: UUID) throws -> ProofError {
        let last =
            try first(
                """
                SELECT max((payload->>'last_row')::bigint) FROM audit_logs
                WHERE tenant_id = \(tenant) AND stream_type = 'job' AND stream_id = \(job)
                  AND event_type = 'job.rows_processed'
                """
            ) { try $0.decode(0, as: Int64?.self) } ?? nil
        return ProofError(
            .unknown,
            "the job \(job.text) has no result for row \(row): "
                + (last.map { "its results are of rows 1 to \($0)" } ?? "it has no results"))
    }

    /// Tiles as the checkpoint bears them out.
    func believedTiles(_ ids: [TileID], _ sealed: LogAtCheckpoint) throws -> TileSet {
        let head = sealed.checkpoint.checkpoint
        do {
            let stored = try tiles(TileSet.required(ids, size: head.size), of: sealed.tenant)
            return try TileSet(size: head.size, root: head.root, tiles: stored)
        } catch let error as TileError {
            throw ProofError(
                .unsound,
                "the tree that the database holds is not the one of the checkpoint of \(head.size.counting("event")) (\(error)): atlas2 log verify finds what is wrong"
            )
        }
    }

    fileprivate func prove(_ event: RecordedEvent, _ sealed: LogAtCheckpoint, showsErasable: Bool) throws -> EventProof
    {
        let head = sealed.checkpoint.checkpoint
        guard event.position < head.size else {
            throw ProofError(
                .notSealed,
                "position \(event.position) is not sealed yet: the checkpoint covers \(head.size.counting("event")); atlas2 log seal makes one that covers all"
            )
        }
        let tiles = try believedTiles(InclusionProof.tiles(index: event.position, size: head.size), sealed)
        var bytes: [UInt8] = []
        Entry.append(event, to: &bytes)
        let entry = try LogEntry(parsing: bytes)
        let inclusion = try tiles.inclusionProof(of: event.position)
        guard inclusion.verify(leaf: entry.leaf, root: head.root),
            Hashes.commitment(payload: event.payload, erasable: event.erasableHash) == event.commitment
        else {
            throw ProofError(
                .unsound,
                "the event at position \(event.position) is not the one that was sealed: atlas2 log verify finds what is wrong"
            )
        }
        return EventProof(
            entry: entry, payload: event.payload, erasableHash: event.erasableHash,
            erasable: showsErasable ? try erasable(of: event) : .withheld,
            proof: TlogProof(
                extra: bytes, index: event.position, hashes: inclusion.hashes, checkpoint: sealed.checkpoint))
    }

    private func erasable(of event: RecordedEvent) throws -> EventProof.Erasable {
        guard let salt = event.salt else {
            guard event.personal == nil, event.attachment == nil, let by = try erasure(of: event) else {
                throw Self.unexplained(event)
            }
            return .erased(by: by)
        }
        let parts = ErasableParts(salt: salt, personal: event.personal, attachment: event.attachment)
        if parts.hash == event.erasableHash { return .shown(parts) }
        guard let by = try erasure(of: event) else { throw Self.unexplained(event) }
        return .redacted(parts, by: by)
    }

    private static func unexplained(_ event: RecordedEvent) -> ProofError {
        ProofError(
            .unsound,
            "the personal part or attachment at position \(event.position) was changed, and no erasure event says so: atlas2 log verify finds what is wrong; --without-personal proves the rest"
        )
    }

    /// The position of the last erasure event that names the event as it is now.
    private func erasure(of event: RecordedEvent) throws -> Int64? {
        let erasures = try query(
            """
            SELECT \(raw: RecordedEvent.columns) FROM audit_logs
            WHERE tenant_id = \(event.tenant) AND stream_type = \(event.stream.type) AND stream_id = \(event.stream.id)
              AND event_type = \(event.stream.type + ".erased") AND position > \(event.position)
            ORDER BY position DESC
            """
        ) { try RecordedEvent($0) }
        return erasures.first { Erasure($0)?.accounts(for: event) ?? false }?.position
    }
}

extension Erasure {
    /// Whether the erasure says that the event has become what it is.
    fileprivate func accounts(for event: RecordedEvent) -> Bool {
        guard let salt = event.salt else {
            return positions.contains { ($0[0]...$0[1]).contains(event.position) }
        }
        let hash = ErasableParts(salt: salt, personal: event.personal, attachment: event.attachment).hash.hexadecimal
        return replaced.contains { $0.position == event.position && $0.erasableHash == hash }
    }
}

extension RowProof {
    /// The proof of a row of a result chunk, from the chunk's event and the proof of that.
    fileprivate init(row: Int64, of event: RecordedEvent, _ proof: EventProof) throws {
        let chunk = try event.resultChunkStatement()
        guard let attachment = event.attachment else {
            throw ProofError(
                .unknown,
                "row \(row) was erased, with its whole chunk: atlas2 log prove \(event.position) proves what is left of that"
            )
        }
        let rows = ResultRows(attachment)
        let leaves = rows?.leaves(salt: event.salt ?? [], firstRow: chunk.firstRow) ?? []
        let index = chunk.index(of: Int(row)) ?? -1
        var edge = TileEdge()
        var tiles: [TileID: Tile] = [:]
        for leaf in leaves {
            for tile in edge.append(leaf: leaf) { tiles[tile.id] = tile }
        }
        for tile in edge.partialTiles { tiles[tile.id] = tile }
        guard let rows, leaves.count == chunk.lastRow - chunk.firstRow + 1, leaves.indices.contains(index),
            edge.tree.root.hexadecimal == chunk.rowsRoot
        else {
            throw ProofError(
                .unsound,
                "the rows at position \(event.position) are not those that were sealed: atlas2 log verify finds what is wrong"
            )
        }
        let content: Content =
            if let bytes = rows.rows[index] {
                .shown(
                    bytes: Array(bytes),
                    nonce: rows.opening?[index] ?? ResultRows.nonce(salt: event.salt ?? [], row: chunk.firstRow + index)
                )
            } else {
                .erased(leaf: leaves[index])
            }
        let place = try InclusionProof(index: Int64(index), size: Int64(leaves.count), tiles: tiles)
        self.init(row: row, content: content, fields: rows.names ?? [], path: place.hashes, event: proof)
    }
}
