package import FoundationEssentials
package import Postgres

extension Session {
    /// The log's keys, as far as its announcements and the checkpoints next to them tell.
    ///
    /// Only the checkpoints that can change the answer are read: the first few behind each announcement, and the last few.
    package func keyHistory(of tenant: UUID) throws -> KeyHistory {
        let events = try keyEvents(of: tenant)
        var history = KeyHistory(events: events, trusted: [])
        guard !events.isEmpty else { return history }
        let positions = events.map(\.position)
        let sightings = try query(
            """
            SELECT DISTINCT c.size, c.root, c.note, c.sealed_at FROM unnest(\(positions)) p (position), LATERAL (
                (SELECT * FROM log_checkpoints WHERE tenant_id = \(tenant) AND size > p.position ORDER BY size LIMIT 3)
                UNION (SELECT * FROM log_checkpoints WHERE tenant_id = \(tenant) ORDER BY size DESC LIMIT 3)) c
            ORDER BY c.size
            """, LogCheckpoint.init
        ).compactMap { $0.signed.map(history.sighting) }
        history.follow(sightings)
        return history
    }
}

extension EventLog {
    /// The tenant's log's keys, as far as its announcements and the checkpoints next to them tell.
    package func keyHistory(of tenant: UUID) async throws -> KeyHistory {
        let scope = Scope(tenant: tenant, role: .system)
        return try await database.transaction(scope.transaction(readOnly: true)) { try $0.keyHistory(of: tenant) }
    }
}
