import FoundationEssentials
import Postgres

/// What a verification of a tenant's log found.
package struct Verification: Sendable {
    /// What is wrong at a position.
    package struct Problem: Sendable, Equatable {
        package enum Verdict: String, Sendable {
            /// The row's bytes are not those that its hash was computed from.
            case modified
            /// There is no row where one must be.
            case missing
            /// A row that the log's order cannot hold: a position twice, time or version going back.
            case disordered
        }
        package var position: Int64
        package var verdict: Verdict
        package var detail: String
    }

    /// Events read.
    package var events: Int64 = 0
    /// Events whose personal part, attachment and salt were erased; their payload was verified all the same.
    package var erased: Int64 = 0
    /// Size of the log, as its head says.
    package var size: Int64 = 0
    /// Root of the Merkle tree over the leaves as computed here.
    package var root = MerkleHash.empty
    /// The first problems, in order of position.
    package var problems: [Problem] = []
    /// All problems, also those that `problems` has no room for.
    package var problemCount: Int64 = 0

    package var isSound: Bool { problemCount == 0 }

    mutating func report(_ position: Int64, _ verdict: Problem.Verdict, _ detail: String) {
        problemCount += 1
        if problems.count < 1000 { problems.append(Problem(position: position, verdict: verdict, detail: detail)) }
    }
}

/// Checks events one after the other, in order of position, against what the log promises.
///
/// Recomputes every commitment and leaf hash from the row, apart from the database's own functions.
package struct Verifier {
    package private(set) var result = Verification()
    private var tree = MerkleTree()
    private var time = Timestamp.minusInfinity
    private var versions: [StreamID: Int64] = [:]
    /// Events that are gone, or whose entry is not to be believed: each explains one stream version that is missing
    /// further on, so that only the position where the damage is gets named.
    private var unaccounted: Int64 = 0

    /// - Parameter size: of the log, as its head says.
    package init(size: Int64) {
        result.size = size
    }

    package mutating func check(_ event: RecordedEvent) {
        guard event.position < result.size else {
            result.report(event.position, .disordered, "the event is behind the head, which says \(result.size)")
            return
        }
        if event.position < tree.size {
            result.report(event.position, .disordered, "the position stands twice")
            return
        }
        while tree.size < event.position {
            result.report(tree.size, .missing, "there is no event at this position")
            unaccounted += 1
            // A gap still has a place in the tree, so that the events behind it keep theirs.
            tree.append(leaf: .empty)
        }
        result.events += 1
        let leaf = Hashes.leaf(event)
        tree.append(leaf: leaf)
        if let salt = event.salt {
            if Hashes.erasable(salt: salt, personal: event.personal, attachment: event.attachment) != event.erasableHash
            {
                result.report(event.position, .modified, "personal part, attachment or salt")
            }
        } else if event.personal != nil || event.attachment != nil {
            result.report(event.position, .modified, "the salt is gone and erasable parts are not")
        } else {
            result.erased += 1
        }
        if Hashes.commitment(payload: event.payload, erasable: event.erasableHash) != event.commitment {
            result.report(event.position, .modified, "payload or its commitment")
        }
        if leaf == MerkleHash(event.leafHash) {
            checkOrder(event)
        } else {
            result.report(event.position, .modified, "a column of the entry, or the leaf hash")
            unaccounted += 1
        }
    }

    /// Checks an event's time and stream version against those of the events in front of it.
    private mutating func checkOrder(_ event: RecordedEvent) {
        if event.recordedAt < time {
            result.report(event.position, .disordered, "recorded before the event in front of it")
        }
        time = event.recordedAt
        let last = versions[event.stream] ?? 0
        let skipped = event.version - last - 1
        if skipped > 0, skipped <= unaccounted {
            unaccounted -= skipped
        } else if skipped != 0 {
            result.report(
                event.position, .disordered, "\(event.stream) goes from version \(last) to \(event.version)")
        }
        versions[event.stream] = event.version
    }

    /// Ends the check.
    package consuming func finish() -> Verification {
        while tree.size < result.size {
            result.report(tree.size, .missing, "there is no event at this position")
            tree.append(leaf: .empty)
        }
        result.root = tree.root
        return result
    }
}

extension EventLog {
    /// Verifies a tenant's whole log as it stands at one moment.
    ///
    /// - Parameter progress: is told how many events were checked, every few thousand.
    package func verify(
        as scope: Scope, progress: @escaping @Sendable (_ checked: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws -> Verification {
        guard let tenant = scope.tenant else { return Verification() }
        // One snapshot: head and rows are of the same moment while appends go on.
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        return try await database.transaction(options) { session in
            let size: Int64 =
                try session.first("SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)") { try $0.decode(0) }
                ?? 0
            var verifier = Verifier(size: size)
            let statement: SQL = """
                SELECT \(raw: RecordedEvent.columns) FROM audit_logs WHERE tenant_id = \(tenant) ORDER BY position, recorded_at
                """
            try session.forEach(statement) { row in
                let event = try RecordedEvent(row)
                verifier.check(event)
                if event.position % 4096 == 0 { progress(event.position, size) }
            }
            return verifier.finish()
        }
    }
}
