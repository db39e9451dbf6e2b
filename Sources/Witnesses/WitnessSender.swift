package import AuditLog
import FoundationEssentials
package import Postgres

/// Sends a tenant's checkpoints to witnesses and keeps what they sign.
package struct WitnessSender: Sendable {
    /// What came of asking a witness.
    package enum Outcome: Sendable {
        case cosigned(Int64)
        /// The checkpoint is no longer the latest; the witness has seen a later one already.
        case overtaken
        case failed(SubmissionFailure)
    }

    private let database: Database
    private let transport: WitnessTransport

    /// - Parameter database: connects as `atlas2_sealer`.
    package init(_ database: Database, _ transport: WitnessTransport) {
        self.database = database
        self.transport = transport
    }

    /// Asks a witness to cosign a checkpoint, and stores what it answered: its cosignature, or why there is none.
    ///
    /// - Throws: what the database throws; a witness that fails is an outcome.
    package func send(_ checkpoint: LogCheckpoint, to status: WitnessStatus, as scope: Scope) async throws -> Outcome {
        guard let tenant = scope.tenant else { return .overtaken }
        let outcome: Outcome
        do {
            let cosignature = try await cosignature(of: checkpoint, by: status, as: scope, tenant)
            try await database.transaction(scope.transaction()) { session in
                _ = try session.execute(
                    """
                    SELECT audit_cosign(\(tenant), \(checkpoint.size), \(status.witness.key.vkey), \(cosignature.signature.line))
                    """)
            }
            return .cosigned(checkpoint.size)
        } catch let failure as SubmissionFailure {
            outcome = try await overtaken(by: failure, checkpoint, as: scope) ? .overtaken : .failed(failure)
        }
        if case .failed(let failure) = outcome {
            try await database.transaction(scope.transaction()) { session in
                _ = try session.execute(
                    """
                    SELECT audit_cosign_failed(\(tenant), \(checkpoint.size), \(status.witness.key.vkey),
                        \(failure.code.rawValue), \(failure.description))
                    """)
            }
        }
        return outcome
    }

    /// Whether a witness knows a longer log because another worker has told it of a later checkpoint meanwhile.
    private func overtaken(
        by failure: SubmissionFailure, _ checkpoint: LogCheckpoint, as scope: Scope
    ) async throws -> Bool {
        guard failure.code == .ahead else { return false }
        return try await EventLog(database).checkpoint(as: scope).map { $0.size > checkpoint.size } ?? false
    }

    private func cosignature(
        of checkpoint: LogCheckpoint, by status: WitnessStatus, as scope: Scope, _ tenant: UUID
    ) async throws -> Cosignature {
        let signed: SignedCheckpoint
        do throws(NoteError) {
            signed = try SignedCheckpoint(parsing: checkpoint.note)
        } catch {
            throw SubmissionFailure(.unprovable, "the checkpoint of size \(checkpoint.size) is no checkpoint: \(error)")
        }
        guard signed.checkpoint.size == checkpoint.size, signed.checkpoint.root == checkpoint.root else {
            throw SubmissionFailure(
                .unprovable,
                "the checkpoint stored for size \(checkpoint.size) states another size or root: run atlas2 log verify")
        }
        var submission = Submission(
            signed, sealedAt: checkpoint.sealedAt.unixSeconds, to: status.witness, cosigned: status.cosignedSize ?? 0)
        var action = submission.first
        while true {
            switch action {
            case .send(let from):
                let proof = try await proof(from: from, to: signed.checkpoint, as: scope, tenant)
                let request = AddCheckpoint(proof: proof, note: checkpoint.note)
                let answer = try await transport.post(request.body, to: status.witness)
                action = submission.received(answer, at: Timestamp.now.unixSeconds)
            case .keep(let cosignature): return cosignature
            case .fail(let failure): throw failure
            }
        }
    }

    /// The proof from the log's first events to a checkpoint, made of tiles that the checkpoint bears out; one query.
    private func proof(
        from: Int64, to checkpoint: Checkpoint, as scope: Scope, _ tenant: UUID
    ) async throws -> ConsistencyProof {
        guard from > 0, from < checkpoint.size else {
            return ConsistencyProof(from: from, to: checkpoint.size, hashes: [])
        }
        let needed = TileSet.required(
            ConsistencyProof.tiles(from: from, to: checkpoint.size), size: checkpoint.size)
        let tiles = try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.tiles(needed, of: tenant)
        }
        do throws(TileError) {
            return try TileSet(size: checkpoint.size, root: checkpoint.root, tiles: tiles)
                .consistencyProof(from: from)
        } catch {
            throw SubmissionFailure(
                .unprovable,
                "nothing can be proved to witnesses of the checkpoint of size \(checkpoint.size): \(error): run atlas2 log verify"
            )
        }
    }
}

/// The request that a witness takes (C2SP tlog-witness, add-checkpoint).
struct AddCheckpoint {
    var proof: ConsistencyProof
    /// The checkpoint with the log's signatures.
    var note: String

    var body: [UInt8] {
        let lines = ["old \(proof.from)"] + proof.hashes.map(\.base64)
        return Array((lines.map { $0 + "\n" }.joined() + "\n" + note).utf8)
    }
}

extension Timestamp {
    fileprivate var unixSeconds: Int64 { unixMicroseconds / 1_000_000 }
}
