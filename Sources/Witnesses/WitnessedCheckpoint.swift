package import AuditLog
import FoundationEssentials
package import Postgres

extension WitnessOverview {
    /// Of a checkpoint's cosignatures, those of the log's present witnesses, each of them right.
    package func cosignatures(on checkpoint: LogCheckpoint) -> [Cosignature] {
        guard let signed = try? SignedCheckpoint(parsing: checkpoint.note), signed.checkpoint.size == checkpoint.size
        else { return [] }
        return witnesses.compactMap { status in
            let lines = checkpoint.cosignatures.filter { $0.witness == status.witness.key.vkey }
            return lines.lazy.compactMap { try? NoteSignature(line: $0.signature) }
                .compactMap { status.witness.key.cosignature(of: $0, on: signed.note.text) }.first
        }
    }

    /// The latest checkpoint that at least `quorum` of the log's present witnesses have cosigned; of none the latest.
    ///
    /// The cosignatures are checked: what the database says alone does not count.
    package func witnessed(
        by quorum: Int, _ database: Database, as scope: Scope
    ) async throws -> LogCheckpoint? {
        let log = EventLog(database)
        guard quorum > 0 else { return try await log.checkpoint(as: scope) }
        guard let tenant = scope.tenant, witnesses.count >= quorum else { return nil }
        let keys = witnesses.map(\.witness.key.vkey)
        var before = Int64.max
        while true {
            let (limit, step) = (before, 16)
            let sizes: [Int64] = try await database.transaction(scope.transaction(readOnly: true)) { session in
                try session.query(
                    """
                    SELECT size FROM log_cosignatures
                    WHERE tenant_id = \(tenant) AND witness = ANY (\(keys)) AND size < \(limit)
                    GROUP BY size HAVING count(*) >= \(quorum) ORDER BY size DESC LIMIT \(step)
                    """
                ) { try $0.decode(0) }
            }
            for size in sizes {
                if let checkpoint = try await log.checkpoint(size: size, as: scope),
                    cosignatures(on: checkpoint).count >= quorum
                {
                    return checkpoint
                }
            }
            guard let last = sizes.last, sizes.count == step else { return nil }
            before = last
        }
    }
}
