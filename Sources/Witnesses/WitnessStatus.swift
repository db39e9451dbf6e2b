package import AuditLog
package import FoundationEssentials
package import Postgres
import Processing

/// How a tenant's log stands with one of its witnesses.
package struct WitnessStatus: Sendable {
    package struct Trouble: Sendable {
        /// Of the checkpoint that it was sent.
        var size: Int64
        package var code: SubmissionFailure.Code
        package var message: String
        /// Since when it has cosigned nothing.
        package var since: Timestamp
        package var failedAt: Timestamp
    }
    package var witness: Witness
    package var addedAt: Timestamp?
    /// The largest checkpoint of which the database has its cosignature, which was checked; nil for none.
    package var cosignedSize: Int64?
    package var cosignedAt: Timestamp?
    /// A larger one whose stored line is no cosignature of it.
    package var forgedSize: Int64?
    /// Why it did not cosign what it was sent last.
    package var trouble: Trouble?
}

extension WitnessStatus {
    fileprivate mutating func note(_ cosigned: (latest: (size: Int64, storedAt: Timestamp)?, forgedSize: Int64?)) {
        (cosignedSize, cosignedAt) = (cosigned.latest?.size, cosigned.latest?.storedAt)
        forgedSize = cosigned.forgedSize
        // What one worker had cosigned, another may have failed with at the same time.
        if let failed = trouble?.size, failed <= cosignedSize ?? -1 { trouble = nil }
    }
}

/// How a tenant's log stands with its witnesses.
package struct WitnessOverview: Sendable {
    /// The latest checkpoint; not read where there is nobody to send it to.
    package var latest: LogCheckpoint?
    package var witnesses: [WitnessStatus] = []
    /// What the log calls a witness and is none, by its key: nobody is asked, and the others are.
    package var unusable: [(key: String, reason: String)] = []

    package static func read(_ database: Database, as scope: Scope) async throws -> WitnessOverview {
        guard let tenant = scope.tenant else { return WitnessOverview() }
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            var overview = WitnessOverview()
            try session.forEach(
                """
                SELECT w.key, w.url, w.added_at, f.size, f.code, f.message, f.since, f.failed_at
                FROM log_witnesses w
                LEFT JOIN log_witness_failures f ON f.tenant_id = w.tenant_id AND f.witness = w.key
                WHERE w.tenant_id = \(tenant) AND w.removed_at IS NULL ORDER BY w.added_at, w.key
                """
            ) { row in
                let key = try row.decode(0, as: String.self)
                let url = try row.decode(1, as: String?.self) ?? ""
                let witness: Witness
                do throws(Failure) {
                    witness = try Witness(url: url, vkey: key)
                } catch {
                    return overview.unusable.append((key, error.description))
                }
                overview.witnesses.append(try status(of: witness, row))
            }
            guard !overview.witnesses.isEmpty else { return overview }
            overview.latest = try session.checkpoint(of: tenant)
            for index in overview.witnesses.indices {
                let key = overview.witnesses[index].witness.key
                overview.witnesses[index].note(try session.cosignatures(by: key, of: tenant))
            }
            return overview
        }
    }

    /// The tenants whose latest checkpoint a witness has not cosigned yet, asked once for all.
    ///
    /// - Parameter database: connects as `atlas2_sealer`.
    package static func tenantsBehind(_ database: Database) async throws -> [UUID] {
        try await database.transaction(Scope(tenant: nil, role: .system).transaction(readOnly: true)) { session in
            try session.query("SELECT audit_unwitnessed() ORDER BY 1") { try $0.decode(0) }
        }
    }

    private static func status(of witness: Witness, _ row: borrowing Row) throws -> WitnessStatus {
        var trouble: WitnessStatus.Trouble?
        if let code = try row.decode(4, as: String?.self) {
            trouble = WitnessStatus.Trouble(
                size: try row.decode(3), code: SubmissionFailure.Code(rawValue: code), message: try row.decode(5),
                since: try row.decode(6), failedAt: try row.decode(7))
        }
        return WitnessStatus(witness: witness, addedAt: try row.decode(2), trouble: trouble)
    }

    /// The witnesses that have something to cosign.
    package var behind: [WitnessStatus] {
        guard let latest, latest.size > 0 else { return [] }
        return witnesses.filter { $0.cosignedSize ?? 0 < latest.size }
    }
}
