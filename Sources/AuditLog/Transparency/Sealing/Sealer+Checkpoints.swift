import FoundationEssentials
import Postgres

extension Sealer {
    /// What the database holds from the size on that was signed last.
    struct Stored: Sendable {
        /// The largest that the log's keys have signed.
        var latest: LogCheckpoint?
        /// Those that are none, or that the log's key of their time has not signed.
        var strangers: [Stranger] = []
    }

    struct Stranger: Sendable {
        var checkpoint: LogCheckpoint
        /// A key that has signed for the log, but is not the present one, and has signed this.
        var otherKey: NoteVerifier?
    }

    /// Tells the log's own checkpoints from others: whoever may seal, and every administrator, can write anything there.
    ///
    /// - Parameter limit: leaves out those from this size on.
    /// - Throws: `SealRefusal` where the log's keys say that another key has replaced this one.
    func stored(
        _ state: SealerState, _ keys: LogKeys, _ session: Session, below limit: Int64 = .max
    ) throws -> Stored {
        let all = try session.storedCheckpoints(from: state.size, below: limit, of: tenant)
        var found = Stored()
        if all.allSatisfy({ Self.isSignedByNobodyElse($0, keys) }) {
            found.latest = all.last
        } else {
            let history = try history(state, keys, session, all)
            if let (position, key) = history.successor(of: keys.current.verifier) {
                throw SealRefusal(
                    .keyReplaced, at: position,
                    "position \(position) says that another key replaces this one, and both have signed that: bring the files key and state from where it was rotated to \(key.vkey)"
                )
            }
            // A key that was announced and nobody vouched for is a stranger's.
            let known = try history.vouched + session.keyHistory(of: tenant).vouched
            for checkpoint in all {
                if let signed = checkpoint.signed, history.problem(of: signed) == nil {
                    found.latest = checkpoint
                } else {
                    let signers = checkpoint.signed.map(history.signers) ?? []
                    found.strangers.append(
                        Stranger(checkpoint: checkpoint, otherKey: known.first(where: signers.contains)))
                }
            }
        }
        found.latest = try found.latest ?? session.storedCheckpoints(below: state.size, limit: 1, of: tenant).first
        return found
    }

    /// The checkpoints from a state's size on that are not the log's.
    func strangers(since state: SealerState, _ keys: LogKeys, below limit: Int64 = .max) async throws -> [Stranger] {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try stored(state, keys, session, below: limit).strangers
        }
    }

    private static func isSignedByNobodyElse(_ checkpoint: LogCheckpoint, _ keys: LogKeys) -> Bool {
        guard let signed = checkpoint.signed, signed.checkpoint.origin.isIdentical(to: keys.origin),
            let signers = try? signed.note.verify(with: keys.verifiers)
        else { return false }
        return signers.count == signed.note.signatures.count
    }

    /// The log's keys since what was signed last, as far as one who has this key can know.
    private func history(
        _ state: SealerState, _ keys: LogKeys, _ session: Session, _ all: [LogCheckpoint]
    ) throws -> KeyHistory {
        let events = try session.keyEvents(of: tenant)
        var history = KeyHistory(events: events, trusted: [])
        let own = state.note.flatMap { try? SignedCheckpoint(parsing: $0) }
        // One who has signed nothing yet knows no more than anybody.
        if let own {
            history = KeyHistory(events: events, trusted: keys.verifiers + history.signers(of: own))
        }
        history.follow(([own] + all.map(\.signed)).compactMap { $0.map(history.sighting) })
        return history
    }

    /// Takes checkpoints away that are not the log's; the last is kept in the folder.
    func setAside(_ strangers: [Stranger], _ outcome: inout Outcome) async throws {
        guard let last = strangers.last else { return }
        try folder.write(last.checkpoint.note, to: .setAside, isDurable: false)
        let tenant = tenant
        let removed = try await writing { session in
            try strangers.filter { stranger in
                let (size, note) = (stranger.checkpoint.size, stranger.checkpoint.note)
                return try session.first("SELECT audit_unseal(\(tenant), \(size), \(note))") {
                    try $0.decode(0, as: Bool.self)
                } ?? false
            }
        }
        let place = "taken away; \(folder.path(.setAside)) has the last of them"
        let ofOtherKeys = removed.filter { $0.otherKey != nil }
        if let first = ofOtherKeys.first, let key = first.otherKey {
            outcome.repairs.append(
                "somebody has stored \(ofOtherKeys.count.counting("checkpoint")) that the key here has not signed, and another key of this log has (\(key.vkey), for \(first.checkpoint.size.counting("event"))): \(place). Another copy of this folder goes on by itself, or somebody has kept a former key: if it is a copy, stop one of the two sealers and give it the files key and state of the other"
            )
        }
        let ofNobody = removed.filter { $0.otherKey == nil }
        if let first = ofNobody.first {
            outcome.repairs.append(
                "somebody who may seal, or an administrator, has stored \(ofNobody.count.counting("checkpoint")) that no key of this log has signed (for \(first.checkpoint.size.counting("event"))): \(place)"
            )
        }
    }

    /// Hands a checkpoint and tiles to the database; returns the size of its latest checkpoint.
    ///
    /// - Throws: `SealRefusal` naming who keeps the log's checkpoints locked.
    func store(_ state: SealerState, _ tiles: [Tile], replacing: Bool = false) async throws -> Int64 {
        let (tenant, root, tiles) = (tenant, state.edge.tree.root.bytes, CompositeArray(tiles: tiles))
        return try await writing { session in
            try session.first(
                "SELECT audit_seal(\(tenant), \(state.size), \(root), \(state.note ?? ""), \(tiles), \(replacing))"
            ) { try $0.decode(0) } ?? 0
        }
    }

    /// Runs what changes the log's checkpoints, which another session may keep locked.
    private func writing<T: Sendable>(_ body: @escaping @Sendable (Session) throws -> T) async throws -> T {
        let (seconds, attoseconds) = patience.components
        let limit = String(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        do {
            return try await log.database.transaction(scope.transaction(timeout: .none)) { session in
                try session.execute("SELECT set_config('lock_timeout', \(limit), true)")
                return try body(session)
            }
        } catch let error as PostgresError where error.sqlstate == "55P03" {
            throw try await locked()
        }
    }

    /// Who keeps the log's checkpoints locked, as a refusal.
    private func locked() async throws -> SealRefusal {
        let holder: String? = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.first(
                """
                SELECT format('process %s of %s (%s)%s', a.pid, a.usename, coalesce(nullif(a.application_name, ''), 'no name'),
                              to_char(a.xact_start AT TIME ZONE 'UTC', '", at it since "YYYY-MM-DD HH24:MI:SS"Z"'))
                FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.relation = 'log_checkpoints'::regclass AND l.granted AND l.mode <> 'AccessShareLock'
                  AND l.pid <> pg_backend_pid() AND a.datname = current_database()
                ORDER BY a.backend_start LIMIT 1
                """
            ) { try $0.decode(0) }
        }
        return SealRefusal(
            .locked,
            "the log's checkpoints are locked by \(holder ?? "another session, which is gone now"): it is tried again; where that session sleeps, let an administrator end it (SELECT pg_terminate_backend of the process)"
        )
    }
}
