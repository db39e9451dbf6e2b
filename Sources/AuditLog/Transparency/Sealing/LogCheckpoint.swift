package import FoundationEssentials
package import Postgres

/// A checkpoint as the database holds it, with what witnesses signed of it. Whoever uses it checks the signatures.
package struct LogCheckpoint: Sendable {
    package var size: Int64
    package var root: MerkleHash
    /// As the log signed it.
    package var note: String
    package var sealedAt: Timestamp
    /// Signature lines of witnesses, by their verifier keys; those that are right, whoever the witness is.
    package var cosignatures: [(witness: String, signature: String)] = []

    /// The note with every signature: what is handed out.
    package var signedNote: String { note + cosignatures.map { $0.signature + "\n" }.joined() }

    /// What the note states, where it is a checkpoint of this size and root; its signatures are not checked.
    var signed: SignedCheckpoint? {
        guard let signed = try? SignedCheckpoint(parsing: note), signed.checkpoint.size == size,
            signed.checkpoint.root == root
        else { return nil }
        return signed
    }

    /// Reads `size, root, note, sealed_at`.
    init(_ row: borrowing Row) throws {
        guard let root = MerkleHash(try row.decode(1, as: [UInt8].self)) else {
            throw PostgresError(.decoding, "the root of a checkpoint is not 32 bytes")
        }
        self.root = root
        (size, note, sealedAt) = (try row.decode(0), try row.decode(2), try row.decode(3))
    }
}

extension EventLog {
    /// The checkpoint of this size, or the latest, that a key of the log has signed; nil where there is none.
    package func checkpoint(size: Int64? = nil, as scope: Scope) async throws -> LogCheckpoint? {
        guard let tenant = scope.tenant else { return nil }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.cosignedCheckpoint(size: size, of: tenant)
        }
    }

    /// Checkpoints below a size, the latest first, at most so many; those that a key of the log has signed.
    package func checkpoints(below size: Int64 = .max, limit: Int, as scope: Scope) async throws -> [LogCheckpoint] {
        guard let tenant = scope.tenant else { return [] }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            let history = try session.keyHistory(of: tenant)
            var found: [LogCheckpoint] = []
            var before = size
            while found.count < limit {
                let page = try session.storedCheckpoints(below: before, limit: 64, of: tenant)
                found += page.filter { $0.signed.map { history.problem(of: $0) == nil } ?? false }
                guard let last = page.last else { break }
                before = last.size
            }
            return try session.cosigned(Array(found.prefix(limit)), of: tenant)
        }
    }
}

extension Session {
    /// How far a witness has cosigned a tenant's log, as far as what is stored bears it out.
    ///
    /// - Returns: the latest checkpoint with a right cosignature of the witness, and when that was stored; and the size of the
    ///   largest behind it whose stored line is none: whoever may seal can write anything there.
    package func cosignatures(
        by witness: NoteVerifier, of tenant: UUID
    ) throws -> (latest: (size: Int64, storedAt: Timestamp)?, forgedSize: Int64?) {
        let history = try keyHistory(of: tenant)
        var (before, forged): (Int64, Int64?) = (.max, nil)
        while true {
            let page = try query(
                """
                SELECT size, root, note, sealed_at, s.signature, s.received_at
                FROM log_cosignatures s JOIN log_checkpoints USING (tenant_id, size)
                WHERE tenant_id = \(tenant) AND s.witness = \(witness.vkey) AND size < \(before)
                ORDER BY size DESC LIMIT 16
                """
            ) { row in
                (
                    checkpoint: try LogCheckpoint(row), line: try row.decode(4, as: String.self),
                    storedAt: try row.decode(5, as: Timestamp.self)
                )
            }
            for (checkpoint, line, storedAt) in page {
                if let signed = checkpoint.signed, history.problem(of: signed) == nil,
                    let signature = try? NoteSignature(line: line),
                    witness.cosignature(of: signature, on: signed.note.text) != nil
                {
                    return ((checkpoint.size, storedAt), forged)
                }
                forged = forged ?? checkpoint.size
            }
            guard let last = page.last else { return (nil, forged) }
            before = last.checkpoint.size
        }
    }

    /// The checkpoint of this size, or the latest, that a key of the log has signed, with its cosignatures.
    package func cosignedCheckpoint(size: Int64? = nil, of tenant: UUID) throws -> LogCheckpoint? {
        try cosigned(checkpoint(size: size, of: tenant).map { [$0] } ?? [], of: tenant).first
    }

    /// The checkpoint of this size, or the latest, that a key of the log has signed, without cosignatures.
    ///
    /// What else stands in the table is passed over: whoever may seal can write anything there.
    package func checkpoint(size: Int64? = nil, of tenant: UUID) throws -> LogCheckpoint? {
        let history = try keyHistory(of: tenant)
        var before = size.map { $0 + 1 } ?? .max
        while true {
            let page = try storedCheckpoints(below: before, limit: 16, of: tenant)
            for checkpoint in page where size == nil || checkpoint.size == size {
                if let signed = checkpoint.signed, history.problem(of: signed) == nil { return checkpoint }
            }
            guard size == nil, let last = page.last else { return nil }
            before = last.size
        }
    }

    /// Checkpoints as they are stored, the latest first.
    func storedCheckpoints(below size: Int64, limit: Int, of tenant: UUID) throws -> [LogCheckpoint] {
        try query(
            """
            SELECT size, root, note, sealed_at FROM log_checkpoints
            WHERE tenant_id = \(tenant) AND size < \(size) ORDER BY size DESC LIMIT \(limit)
            """, LogCheckpoint.init)
    }

    /// Checkpoints as they are stored, from a size on, in order of size.
    func storedCheckpoints(from size: Int64, below limit: Int64, of tenant: UUID) throws -> [LogCheckpoint] {
        try query(
            """
            SELECT size, root, note, sealed_at FROM log_checkpoints
            WHERE tenant_id = \(tenant) AND size >= \(size) AND size < \(limit) ORDER BY size
            """, LogCheckpoint.init)
    }

    /// The same checkpoints with what witnesses signed of them, as far as it is right.
    fileprivate func cosigned(_ checkpoints: [LogCheckpoint], of tenant: UUID) throws -> [LogCheckpoint] {
        guard !checkpoints.isEmpty else { return [] }
        let sizes = checkpoints.map(\.size)
        let lines = try query(
            """
            SELECT size, witness, signature FROM log_cosignatures
            WHERE tenant_id = \(tenant) AND size = ANY (\(sizes)) ORDER BY size, received_at, witness
            """
        ) {
            (
                size: try $0.decode(0, as: Int64.self), witness: try $0.decode(1, as: String.self),
                signature: try $0.decode(2, as: String.self)
            )
        }
        return checkpoints.map { checkpoint in
            var checkpoint = checkpoint
            guard let text = checkpoint.signed?.note.text else { return checkpoint }
            // One wrong line would have others reject the whole note.
            checkpoint.cosignatures = lines.filter { $0.size == checkpoint.size }.compactMap { line in
                guard let key = try? NoteVerifier(vkey: line.witness),
                    let signature = try? NoteSignature(line: line.signature),
                    key.cosignature(of: signature, on: text) != nil
                else { return nil }
                return (line.witness, line.signature)
            }
            return checkpoint
        }
    }
}
