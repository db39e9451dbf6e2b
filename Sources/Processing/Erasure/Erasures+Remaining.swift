import AuditLog
import FoundationEssentials
import Postgres

extension Erasures {
    /// What an erasure of the target leaves that may still say something of it.
    func remaining(_ target: ErasureTarget, as scope: Scope) async throws -> [ErasurePlan.Remaining] {
        let stream: StreamID
        switch target {
        case .stream(let erased): stream = erased
        case .rows(_, let job): stream = StreamID(type: "job", id: job.id)
        case .position: return []
        }
        let found: [(ErasurePlan.Remaining.Kind, SQL)] = [
            (
                .holdReasons,
                """
                personal::jsonb ? 'reason' AND stream_type = 'hold' AND stream_id IN (
                    SELECT h.id FROM legal_holds h WHERE h.tenant_id = \(scope.tenant) AND h.stream = \(stream.description))
                """
            ),
            (
                .erasureReasons,
                """
                personal::jsonb ? 'reason' AND stream_type = \(stream.type) AND stream_id = \(stream.id)
                AND event_type = \(stream.type + ".erased")
                """
            ),
            (
                .mappingTexts,
                """
                event_type = 'mapping.version_added' AND (stream_type, stream_id, (payload->>'version')::bigint) IN (
                    SELECT 'mapping', j.mapping_id, j.mapping_version FROM processing_jobs j
                    WHERE j.tenant_id = \(scope.tenant) AND j.id = \(stream.id))
                """
            ),
            (
                .disclosures,
                """
                (personal::jsonb ? 'file_name' OR personal::jsonb ? 'sha256') AND stream_type = 'disclosure' AND stream_id IN (
                    SELECT d.id FROM disclosures d WHERE d.tenant_id = \(scope.tenant) 
                      AND (d.stream = \(stream.description) OR \(stream.type) = 'user' AND d.filters->>'user_id' = \(stream.id.text)))
                """
            ),
        ]
        return try await log.database.transaction(scope.transaction(readOnly: true, timeout: .none)) { session in
            try found.compactMap { kind, condition in
                let positions: [Int64] = try session.query(
                    "SELECT position FROM audit_logs WHERE tenant_id = \(scope.tenant) AND \(sql: condition) ORDER BY position"
                ) { try $0.decode(0) }
                return positions.isEmpty ? nil : ErasurePlan.Remaining(kind: kind, positions: positions)
            }
        }
    }
}
