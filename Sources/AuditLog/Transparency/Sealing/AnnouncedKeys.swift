package import FoundationEssentials
package import Postgres

extension Session {
    /// The keys that the log says sign it, in the order in which they came.
    package func announcedKeys(of tenant: UUID) throws -> [String] {
        let payloads = try query(
            """
            SELECT payload FROM audit_logs
            WHERE tenant_id = \(tenant) AND stream_type = \(LogKeyAdded.streamType)
              AND stream_id = \(LogKeyAdded.streamID(tenant: tenant)) AND event_type = \(LogKeyAdded.type) ORDER BY position
            """
        ) { try $0.decode(0, as: JSON.self) }
        // What is no announcement announces nothing.
        return payloads.compactMap { json in
            (try? JSONDecoder().decode(LogKeyAdded.Payload.self, from: Data(json.bytes)))?.key
        }
    }
}

extension EventLog {
    /// The keys that the tenant's log says sign it, in the order in which they came.
    package func announcedKeys(of tenant: UUID) async throws -> [String] {
        let scope = Scope(tenant: tenant, role: .system)
        return try await database.transaction(scope.transaction(readOnly: true)) { try $0.announcedKeys(of: tenant) }
    }
}
