package import FoundationEssentials
import Postgres

/// Seals a tenant's log: extends its Merkle tree by the events that are new, signs a checkpoint and stores both.
///
/// Every leaf is recomputed from its event's row, and each time the events sealed last and a slice of the older ones are
/// compared with what was signed. A log that shrank or whose past changed is not signed any more: `SealRefusal` says where.
/// Any number of sealers may hold the same key: those of one machine take turns, and each checks what the others signed.
package struct Sealer: Sendable {
    let log: EventLog
    let tenant: UUID
    let folder: SealerFolder
    let scope: Scope
    /// Who announces a key that is new.
    let announcer: Scope
    /// How long another session may keep the log's checkpoints locked.
    var patience: Duration = .seconds(10)
    /// Events that one checkpoint adds at most: what bounds the memory.
    var step: Int64 = 1 << 18
    /// Called between the steps that a crash may part.
    var onStep: @Sendable (Step) throws -> Void = { _ in }

    /// What was done when `onStep` is called.
    package enum Step: Sendable, CaseIterable {
        /// The log says which key signs.
        case announced
        /// The new events were read and checked.
        case extended
        /// The state's file holds what was signed.
        case remembered
        /// The database holds it.
        case published
    }

    /// How much of what was sealed before is compared with the events again.
    package enum Patrol: Sendable, Equatable {
        /// Up to so many events, from where the last patrol ended.
        case slice(Int64)
        case all
    }

    /// What was done.
    package struct Outcome: Sendable, Equatable {
        /// Events that the latest checkpoint covers.
        package var size: Int64 = 0
        /// Events that were not sealed before.
        package var sealed: Int64 = 0
        /// Older events that were compared.
        package var patrolled: Int64 = 0
        /// What was wrong and is right again.
        package var repairs: [String] = []
        /// What somebody should look at, and stops nothing.
        package var warnings: [String] = []

        /// All that somebody should be told.
        package var remarks: [String] { repairs + warnings }
    }

    /// - Parameters:
    ///   - log: connects as `atlas2_sealer`.
    ///   - announcer: in whose name a key that is new is announced; nil: Atlas2 itself.
    package init(_ log: EventLog, tenant: UUID, folder: SealerFolder, login: String?, announcer: Scope? = nil) {
        self.log = log
        self.tenant = tenant
        self.folder = folder
        scope = Scope(tenant: tenant, role: .system, login: login)
        self.announcer = announcer ?? scope
    }

    /// Seals what is new.
    ///
    /// - Parameters:
    ///   - wait: how long to wait for another sealer of this machine; nil: as long as it takes.
    ///   - adopting: take the log as it is where the state is lost: everything is recomputed, and compared with the
    ///     latest checkpoint that the database holds.
    /// - Returns: nil when another sealer was still at work.
    /// - Throws: `SealRefusal`, which is also left in the folder for `doctor`.
    package func seal(
        patrol: Patrol = .slice(1024), wait: Duration? = nil, adopting: Bool = false
    ) async throws -> Outcome? {
        guard folder.hasKey else {
            _ = try LogKeys(folder)
            return nil
        }
        guard let lock = try await folder.lock(wait: wait) else { return nil }
        defer { withExtendedLifetime(lock) {} }
        do {
            let outcome = try await sealAlone(patrol, adopting: adopting)
            try folder.remove(.refusal)
            return outcome
        } catch let refusal as SealRefusal {
            SealRefusal.Record(refusal).write(to: folder)
            throw refusal
        }
    }

    private func sealAlone(_ patrol: Patrol, adopting: Bool) async throws -> Outcome {
        let keys = try LogKeys(folder)
        var state = try state(of: keys, adopting: adopting)
        var outcome = Outcome()
        try await announce(keys, &state)
        try onStep(.announced)
        // Before anything more is signed.
        if patrol == .all { try await patrolAll(state, keys, &outcome) }
        var slice: Int64 = if case .slice(let count) = patrol { count } else { 0 }
        var isPublished: Bool
        var head: Int64
        repeat {
            let next = try await extend(state, keys, patrolling: slice)
            try onStep(.extended)
            outcome.sealed += next.state.size - state.size
            outcome.patrolled += next.patrolled
            outcome.warnings += next.warnings
            isPublished = try await publish(next, keys, &state, &outcome)
            (head, slice) = (next.head, 0)
        } while state.size < head
        outcome.size = state.size
        // Both keys have signed what covers the change.
        if keys.previous != nil, isPublished, let note = state.note, keys.haveSigned(note) {
            try folder.remove(.previousKey)
        }
        return outcome
    }

    private func state(of keys: LogKeys, adopting: Bool) throws -> SealerState {
        guard let text = try folder.read(.state) else {
            guard adopting else {
                throw SealRefusal(
                    .stateLost,
                    "there is a key in \(folder.path) and no record of what it has signed: put the file state back, or, if it is lost, verify the log and run atlas2 log seal --adopt"
                )
            }
            let state = SealerState(origin: keys.origin)
            try folder.write(state.encoded(), to: .state)
            return state
        }
        let state = try SealerState(parsing: text, path: folder.path(.state))
        guard state.origin == keys.origin else {
            throw SealRefusal(
                .stateDamaged,
                "\(folder.path(.state)) is of the log \(state.origin), and the key of \(keys.origin): bring together what belongs together"
            )
        }
        return state
    }

    /// Makes sure that the log says which key signs it.
    private func announce(_ keys: LogKeys, _ state: inout SealerState) async throws {
        let key = keys.current.verifier.vkey
        guard state.announced != key else { return }
        let stream = LogKeyAdded.streamID(tenant: tenant)
        let (tenant, size) = (tenant, state.size)
        let history = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            // A log that lost events is not written to.
            try Self.expect(head: session.head(of: tenant), size: size)
            return try session.keyHistory(of: tenant)
        }
        if !history.announces(keys.current.verifier) {
            let former = keys.previous?.verifier ?? history.signing.last
            let event = LogKeyAdded(key: key, replaces: former?.vkey)
            // A second try is known by its id.
            let id = UUID(named: "log key", tenant.text, key)
            try await log.append([try Command(scope: announcer).event(event, on: stream, id: id)], as: announcer)
        }
        state.announced = key
        try folder.write(state.encoded(), to: .state)
    }

    static func expect(head: Int64, size: Int64) throws {
        guard head >= size else {
            throw SealRefusal(
                .shrank, at: head,
                "the log shrank: \(size.counting("event")) had been sealed, and it has \(head.grouped) now. Was a backup restored? Then put back one that has all events; docs/trust.md says what else can be done"
            )
        }
    }

    /// Signs what was read, writes it into the state, and only then gives it away.
    ///
    /// - Returns: whether the database's latest checkpoint is this one.
    private func publish(
        _ next: Extension, _ keys: LogKeys, _ state: inout SealerState, _ outcome: inout Outcome
    ) async throws -> Bool {
        if next.damage != nil { try await verify(next.state) }
        try await setAside(next.strangers, &outcome)
        let former = state
        var new = next.state
        let stored = next.latest.flatMap { $0.size == new.size && keys.haveSigned($0.note) ? $0.note : nil }
        if new.size > 0 { new.note = try stored ?? keys.sign(size: new.size, root: new.edge.tree.root) }
        if new != state {
            try folder.write(new.encoded(), to: .state)
            state = new
        }
        if let round = next.round { try folder.write(round.text, to: .patrol, isDurable: false) }
        try onStep(.remembered)
        if let damage = next.damage { try await rebuild(state, because: damage, &outcome) }
        guard stored == nil, new.size > 0, next.damage == nil else { return true }
        let latest: Int64
        do {
            latest = try await store(state, next.tiles)
        } catch let error as PostgresError where error.sqlstate == "XX001" {
            try await verify(state)
            let strangers = try await strangers(since: state, keys)
            if strangers.isEmpty {
                try await rebuild(state, because: error.message, &outcome)
                latest = state.size
            } else {
                try await setAside(strangers, &outcome)
                latest = try await store(state, next.tiles)
            }
        }
        // Those that were stored between reading and storing; none can come there any more.
        try await setAside(strangers(since: former, keys, below: state.size), &outcome)
        try onStep(.published)
        return latest == state.size
    }
}

extension Session {
    /// The number of events in a tenant's log, as its head says.
    func head(of tenant: UUID) throws -> Int64 {
        try first("SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)") { try $0.decode(0) } ?? 0
    }
}
