import AuditLog
import Foundation
import Postgres
import Processing

/// A stream that the user names: by its id, or by the name that its kind has.
enum Resource {
    /// The stream of a resource of the scope's tenant.
    ///
    /// An id may be shortened where it is unique. A setting may be named by its key, a user by their e-mail address, a
    /// tenant by its slug, a mapping, an API and a projection by their name, the newest job by `last`, and the stream of
    /// what the log says of itself by `log`.
    static func find(type: String, id: String, _ database: Database, as scope: Scope) async throws -> StreamID {
        if let id = UUID(text: id) { return StreamID(type: type, id: id) }
        guard let tenant = scope.tenant else { throw Failure(.unknown, "there is no \(type) \(id)") }
        let prefix = id.lowercased()
        let isShortened = prefix.utf8.count >= 4 && prefix.utf8.allSatisfy { "0123456789abcdef-".utf8.contains($0) }
        let found: [UUID] = try await database.transaction(scope.transaction(readOnly: true)) { session in
            let named: [UUID]
            switch type {
            case "setting": named = [UUID(named: "setting", tenant.text, id)]
            case "tenant": named = [UUID(named: "tenant", id)]
            case "projection": named = [UUID(named: "projection", id)]
            case "log": named = id == "log" ? [LogKeyAdded.streamID(tenant: tenant)] : []
            case "job" where prefix == "last":
                named = try session.query(
                    "SELECT id FROM processing_jobs WHERE tenant_id = \(tenant) ORDER BY created_at DESC, id LIMIT 1"
                ) { try $0.decode(0) }
            case "user":
                named = try session.query("SELECT id FROM users WHERE tenant_id = \(tenant) AND email = \(prefix)") {
                    try $0.decode(0)
                }
            case "mapping":
                named = try session.query(
                    "SELECT DISTINCT id FROM mapping_configurations WHERE tenant_id = \(tenant) AND name = \(id)"
                ) { try $0.decode(0) }
            case "api":
                named = try session.query(
                    "SELECT id FROM api_configurations WHERE tenant_id = \(tenant) AND name = \(id)"
                ) { try $0.decode(0) }
            default: named = []
            }
            let known = try session.query(
                """
                SELECT stream_id FROM audit_streams
                WHERE tenant_id = \(tenant) AND stream_type = \(type)
                  AND (stream_id = ANY (\(named)) OR \(isShortened) AND starts_with(stream_id::text, \(prefix)))
                LIMIT 2
                """
            ) { try $0.decode(0, as: UUID.self) }
            return known
        }
        guard let only = found.first else {
            let types: [String] = try await database.transaction(scope.transaction(readOnly: true)) { session in
                try session.query(
                    "SELECT DISTINCT stream_type FROM audit_streams WHERE tenant_id = \(tenant) ORDER BY 1"
                ) { try $0.decode(0) }
            }
            throw Failure(
                .unknown,
                types.contains(type)
                    ? "there is no \(type) \(id) in this tenant's log: atlas2 events --type '\(type).*' shows those there are"
                    : "there is no \(type) in this tenant's log, which knows of: \(types.joined(separator: ", "))")
        }
        guard found.count == 1 else {
            throw Failure(.unknown, "several ids of \(type) start with \(id): give more of it")
        }
        return StreamID(type: type, id: only)
    }

    /// The stream written as `type/id`.
    static func find(_ text: String, _ database: Database, as scope: Scope) async throws -> StreamID {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else {
            throw Failure(
                .value, "\"\(text)\" names no stream: write type/id, such as job/4be7… or setting/max_file_size")
        }
        return try await find(type: String(parts[0]), id: String(parts[1]), database, as: scope)
    }
}
