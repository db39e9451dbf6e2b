package import FoundationEssentials
package import Postgres

/// A checkpoint as the database holds it, with what witnesses signed of it. Whoever uses it checks the signatures.
package struct LogCheckpoint: Sendable {
    package var size: Int64
    package var root: MerkleHash
    /// As the log signed it.
    package var note: String
    package var sealedAt: Timestamp
    /// Signature lines of witnesses, by their verifier keys.
    package var cosignatures: [(witness: String, signature: String)]

    /// The note with every signature: what is handed out.
    package var signedNote: String { note + cosignatures.map { $0.signature + "\n" }.joined() }
}

extension EventLog {
    /// The checkpoint of this size, or the latest; nil where there is none.
    package func checkpoint(size: Int64? = nil, as scope: Scope) async throws -> LogCheckpoint? {
        guard let tenant = scope.tenant else { return nil }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.cosignedCheckpoint(size: size, of: tenant)
        }
    }
}

extension Session {
    /// The checkpoint of this size, or the latest, with its cosignatures.
    package func cosignedCheckpoint(size: Int64? = nil, of tenant: UUID) throws -> LogCheckpoint? {
        guard var checkpoint = try checkpoint(size: size, of: tenant) else { return nil }
        checkpoint.cosignatures = try query(
            """
            SELECT witness, signature FROM log_cosignatures
            WHERE tenant_id = \(tenant) AND size = \(checkpoint.size) ORDER BY received_at, witness
            """
        ) { (witness: try $0.decode(0), signature: try $0.decode(1)) }
        return checkpoint
    }

    /// The checkpoint of this size, or the latest, without cosignatures.
    package func checkpoint(size: Int64? = nil, of tenant: UUID) throws -> LogCheckpoint? {
        try first(
            """
            SELECT size, root, note, sealed_at FROM log_checkpoints
            WHERE tenant_id = \(tenant) AND (\(size)::bigint IS NULL OR size = \(size)) ORDER BY size DESC LIMIT 1
            """
        ) { row in
            guard let root = MerkleHash(try row.decode(1, as: [UInt8].self)) else {
                throw PostgresError(.decoding, "the root of a checkpoint is not 32 bytes")
            }
            return LogCheckpoint(
                size: try row.decode(0), root: root, note: try row.decode(2), sealedAt: try row.decode(3),
                cosignatures: [])
        }
    }
}
