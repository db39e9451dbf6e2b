import Postgres

extension EventLog {
    /// Verifies a tenant's whole log as it stands at one moment, and what its head and `audit_streams` say of it.
    ///
    /// - Parameter progress: is told how many events were checked, every few thousand.
    package func verify(
        as scope: Scope, progress: @escaping @Sendable (_ checked: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws -> Verification {
        guard let tenant = scope.tenant else { return Verification() }
        // One snapshot: head and rows are of the same moment while appends go on.
        let options = scope.transaction(isolation: .repeatableRead, readOnly: true, timeout: .none)
        return try await database.transaction(options) { session in
            let head = try session.first(
                "SELECT size, recorded_at FROM audit_log_heads WHERE tenant_id = \(tenant)"
            ) { (size: try $0.decode(0, as: Int64.self), recordedAt: try $0.decode(1, as: Timestamp.self)) }
            let size = head?.size ?? 0
            var verifier = Verifier(size: size)
            let statement: SQL = """
                SELECT \(raw: RecordedEvent.columns) FROM audit_logs WHERE tenant_id = \(tenant) ORDER BY position, recorded_at
                """
            try session.forEach(statement) { row in
                let event = try RecordedEvent(row)
                verifier.check(event)
                if event.position % 4096 == 0 { progress(event.position, size) }
            }
            try session.forEach(
                "SELECT stream_type, stream_id, version FROM audit_streams WHERE tenant_id = \(tenant) ORDER BY 1, 2"
            ) { row in
                let stream = StreamID(type: try row.decode(0), id: try row.decode(1))
                verifier.check(stream, statedVersion: try row.decode(2))
            }
            if let head { verifier.checkHead(recordedAt: head.recordedAt) }
            return verifier.finish()
        }
    }
}
