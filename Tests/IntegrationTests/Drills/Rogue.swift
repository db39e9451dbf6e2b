import FoundationEssentials
import Postgres
import TestSupport

@testable import AuditLog

/// An administrator with full rights on the database, and everything that they can do to a log that is sealed.
///
/// The log has 1,007 events: position 0 is the tenant's, 401 announces the key, the others are four streams of 100 events
/// each, appended again and again. It was sealed at the sizes 402, 802 and 1002; the last five events are not sealed.
struct Rogue {
    let log: SealedLog
    /// The checkpoint of size 802, in somebody's hands.
    let kept: SignedCheckpoint
    /// Has cosigned the checkpoint of size 1002.
    let witness: AskedWitness

    static let sizes: [Int64] = [402, 802, 1002]

    init(_ database: TestDatabase) async throws {
        log = try await SealedLog(database)
        for (index, count) in [400, 400, 200].enumerated() {
            try await log.append(count)
            try await log.seal()
            if index == 0 { try await log.tamper(Self.backup) }
        }
        try await log.append(5)
        guard let kept = try await log.checkpoint(size: 802), let latest = try await log.checkpoint(size: 1002) else {
            throw TileError.outOfRange
        }
        self.kept = try SignedCheckpoint(parsing: kept.note)
        witness = try await AskedWitness(log: LogKeys(log.folder).current.verifier)
        let (status, _) = try await witness.add(SignedCheckpoint(parsing: latest.note), after: 0, proof: [])
        guard status == 200 else { throw AskedWitness.Failure(description: "the witness answered \(status)") }
    }

    private static let tables = ["audit_logs", "audit_log_heads", "audit_streams", "log_tiles", "log_checkpoints"]

    private static let backup =
        "CREATE SCHEMA yesterday; "
        + tables.map { "CREATE TABLE yesterday.\($0) AS TABLE public.\($0)" }.joined(separator: "; ")

    /// SQL that brings back every table as it was when 402 events were sealed.
    static let restore =
        tables.map { "DELETE FROM \($0); INSERT INTO \($0) TABLE yesterday.\($0)" }.joined(separator: "; ")

    /// SQL that computes the hashes of rows anew, as the database itself does.
    static func rehash(_ condition: String) -> String {
        """
        UPDATE mine SET erasable_hash = audit_erasable_hash(salt, personal, attachment) WHERE \(condition);
        UPDATE mine SET commitment = audit_commitment(payload, erasable_hash) WHERE \(condition);
        UPDATE mine SET leaf_hash = sha256('\\x00'::bytea || convert_to(audit_entry(tenant_id, position, event_id,
            audit_time(recorded_at), stream_type, stream_id, stream_version, event_type, schema_version, actor_id, correlation_id, causation_id,
            commitment), 'UTF8')) WHERE \(condition)
        """
    }

    /// Runs SQL with triggers off; `mine` are the log's events.
    func run(_ sql: String) async throws {
        try await log.tamper(sql)
    }

    /// The leaves as the rows make them now, in order of position.
    private func leaves() async throws -> [MerkleHash] {
        var leaves: [MerkleHash] = []
        try await log.database.log.forEach(as: log.scope) { leaves.append(Hashes.leaf($0)) }
        return leaves
    }

    /// Writes tiles over the rows as they are now, up to a size, and takes away what they contradict.
    ///
    /// - Parameter signer: signs checkpoints of the same sizes over them; nil: there are none any more.
    func forgeTiles(size: Int64, signer: NoteSigner?) async throws {
        var edge = TileEdge()
        var tiles: [Tile] = []
        var notes: [(size: Int64, root: [UInt8], note: String)] = []
        for leaf in try await leaves().prefix(Int(size)) {
            tiles += edge.append(leaf: leaf)
            guard let signer, Self.sizes.contains(edge.size) || edge.size == size else { continue }
            notes.append((edge.size, edge.tree.root.bytes, try sign(edge.size, edge.tree.root, signer).encoded))
        }
        tiles += edge.partialTiles
        let (tenant, forged, signed) = (log.tenant, tiles, notes)
        try await log.database.administrator.transaction { session in
            try session.execute("DELETE FROM log_tiles WHERE tenant_id = \(tenant)")
            try session.execute("DELETE FROM log_checkpoints WHERE tenant_id = \(tenant)")
            for tile in forged {
                try session.execute(
                    "INSERT INTO log_tiles VALUES (\(tenant), \(Int32(tile.id.level)), \(tile.id.index), \(tile.bytes))"
                )
            }
            for (size, root, note) in signed {
                try session.execute("INSERT INTO log_checkpoints VALUES (\(tenant), \(size), \(root), \(note), now())")
            }
        }
    }

    private func sign(_ size: Int64, _ root: MerkleHash, _ signer: NoteSigner) throws -> SignedCheckpoint {
        var checkpoint = try SignedCheckpoint(Checkpoint(origin: signer.name, size: size, root: root))
        try checkpoint.sign(with: signer)
        return checkpoint
    }

    /// Signs the rows as they are with the key, which was stolen, and sends that to the witness; returns its status.
    func askWitness(signer: NoteSigner) async throws -> Int {
        var edge = TileEdge()
        var tiles: [TileID: Tile] = [:]
        for leaf in try await leaves() { for tile in edge.append(leaf: leaf) { tiles[tile.id] = tile } }
        for tile in edge.partialTiles { tiles[tile.id] = tile }
        let old = min(1002, edge.size)
        let proof = try ConsistencyProof(from: old, to: edge.size, tiles: tiles).hashes
        let checkpoint = try sign(edge.size, edge.tree.root, signer)
        return try await witness.add(checkpoint, after: old, proof: proof).0
    }

    /// What `log verify` finds with this evidence: `203 modified`, or `203-401 modified` for a run of positions.
    func verify(_ evidence: Evidence) async throws -> [String] {
        let found = try await log.database.log.verify(as: log.scope, against: evidence)
        var runs: [(first: Int64, last: Int64, verdict: Verification.Problem.Verdict)] = []
        let problems = found.problems.sorted { ($0.position, $0.verdict.rawValue) < ($1.position, $1.verdict.rawValue) }
        for problem in problems {
            if let last = runs.last, last.verdict == problem.verdict, problem.position - last.last <= 1 {
                runs[runs.count - 1].last = problem.position
            } else {
                runs.append((problem.position, problem.position, problem.verdict))
            }
        }
        return runs.map { ($0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)") + " \($0.verdict)" }
    }
}
