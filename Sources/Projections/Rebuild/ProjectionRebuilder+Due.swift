import FoundationEssentials
import Postgres

extension ProjectionRebuilder {
    /// Projections that are to be built without being asked for: the file has a higher version than what is installed, or
    /// so much of the logs is unread that following them event by event would hold appends up.
    ///
    /// What was undone is not due until its file changes.
    package func due() async throws -> [String] {
        let library = library
        return try await owner.transaction(.owner) { session in
            let installed = Dictionary(
                uniqueKeysWithValues: try session.query("SELECT name, version, sha256 FROM projection_definitions()") {
                    (
                        try $0.decode(0, as: String.self),
                        (version: try $0.decode(1, as: Int32.self), sha256: try $0.decode(2, as: String.self))
                    )
                })
            let unread = Dictionary(
                uniqueKeysWithValues: try session.query(
                    """
                    SELECT d.name, sum(greatest(h.size - coalesce(c.position, 0), 0))::bigint
                    FROM projection_definitions() d CROSS JOIN audit_log_heads h
                    LEFT JOIN projection_checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = d.name
                    GROUP BY 1
                    """
                ) { (try $0.decode(0, as: String.self), try $0.decode(1, as: Int64.self)) })
            return try library.projections.filter { definition in
                guard let current = installed[definition.name] else { return false }
                if current.sha256 == definition.sha256 {
                    return unread[definition.name] ?? 0 > Projections.farBehind
                }
                guard definition.version > current.version else { return false }
                let note = try KeptTables(projection: definition.name).note(session)
                return !(note?.isUndone ?? false) || note?.replacedBy != definition.sha256
            }.map(\.name)
        }
    }
}
