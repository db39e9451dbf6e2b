import AuditLog
import FoundationEssentials
import Postgres
import Processing
import Projections

/// The events of one resource in an auditor's words, as far as the reader may see them.
struct ResourceHistory: Sendable {
    struct Entry: Sendable {
        var position: Int64
        var version: Int64
        var when: Timestamp
        var who: String
        var login: String?
        var action: String
        var eventID: String
        var old: JSON?
        var new: JSON
        /// What the event states, by name.
        var values: [(name: String, old: String?, new: String)]
        /// `erased` where nothing personal is left of it, `redacted` where only some is; nil where nothing was taken away.
        var erasure: String?
        /// The members of its personal part that erasures took away.
        var erasedNames: [String]
        /// The command that it belongs to.
        var correlation: String?
        var causation: String?
        /// The event that caused it, where the reader may see that.
        var cause: Cause?
    }

    struct Cause: Sendable {
        var position: Int64
        var action: String
        var resource: String
    }

    let stream: StreamID
    let entries: [Entry]
    /// The version of the resource: more than there are entries where the reader may not see all.
    let version: Int64

    /// - Throws: `Failure` where there is no such resource, or none of its events may be seen.
    init(of stream: StreamID, _ database: Database, as scope: Scope) async throws {
        guard let tenant = scope.tenant else { throw Failure(.unknown, "there is no \(stream)") }
        let (entries, version) = try await database.transaction(scope.transaction(readOnly: true)) { session in
            let version = try session.first(
                """
                SELECT version FROM audit_streams
                WHERE tenant_id = \(tenant) AND stream_type = \(stream.type) AND stream_id = \(stream.id)
                """
            ) { try $0.decode(0, as: Int64.self) }
            return (try Self.entries(of: stream, tenant, session), version)
        }
        guard let version else {
            throw Failure(
                .unknown, "there is no \(stream) in this tenant's log: atlas2 events --limit 20 shows what is there")
        }
        guard !entries.isEmpty else {
            throw Failure(
                .permission, "none of the events of \(stream) is the user's own: an admin or an auditor sees them")
        }
        (self.stream, self.entries, self.version) = (stream, entries, version)
    }

    private static func entries(of stream: StreamID, _ tenant: UUID, _ session: Session) throws -> [Entry] {
        try session.query(
            """
            SELECT t.position, t.version, t."when", t.who, t.login, t.action, t.event_id::text, t.old_values, t.new_values,
                   k.names, k.old, k.new, t.erasure, coalesce(g.names, '{}'), t.correlation_id::text, t.causation_id::text,
                   c.position, c.event_type, c.stream_type || '/' || c.stream_id
            FROM audit_trail t
            CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(n.key ORDER BY n.key), '{}') AS names,
                       coalesce(array_agg((t.old_values->n.key)::text ORDER BY n.key), '{}') AS old,
                       coalesce(array_agg(n.value::text ORDER BY n.key), '{}') AS new
                FROM jsonb_each(t.new_values) n) k
            CROSS JOIN LATERAL (
                SELECT array_agg(DISTINCT m.value) FILTER (WHERE NOT t.new_values ? m.value) AS names
                FROM audit_logs e
                CROSS JOIN LATERAL jsonb_array_elements_text(e.payload::jsonb->'types'->t.action) m
                WHERE t.erasure IS NOT NULL AND e.tenant_id = \(tenant) AND e.stream_type = \(stream.type)
                  AND e.stream_id = \(stream.id) AND e.stream_version > t.version AND e.event_type = \(stream.type + ".erased")
                  AND (e.payload::jsonb->'replaced' @> jsonb_build_array(jsonb_build_object('position', t.position))
                       OR EXISTS (SELECT FROM jsonb_array_elements(e.payload::jsonb->'positions') r
                                  WHERE t.position BETWEEN (r.value->>0)::bigint AND (r.value->>1)::bigint))) g
            LEFT JOIN audit_logs c ON c.tenant_id = \(tenant) AND c.event_id = t.causation_id
            WHERE t.tenant_id = \(tenant) AND t.stream_type = \(stream.type) AND t.stream_id = \(stream.id)
            ORDER BY t.version
            """
        ) { row in
            let names = try row.decode(9, as: [String].self)
            let values = zip(try row.decode(10, as: [String?].self), try row.decode(11, as: [String].self))
            var cause: Cause?
            if let position = try row.decode(16, as: Int64?.self) {
                cause = Cause(position: position, action: try row.decode(17), resource: try row.decode(18))
            }
            return Entry(
                position: try row.decode(0), version: try row.decode(1), when: try row.decode(2),
                who: try row.decode(3), login: try row.decode(4), action: try row.decode(5),
                eventID: try row.decode(6), old: try row.decode(7), new: try row.decode(8),
                values: zip(names, values).map { (name: $0, old: $1.0, new: $1.1) }, erasure: try row.decode(12),
                erasedNames: try row.decode(13), correlation: try row.decode(14), causation: try row.decode(15),
                cause: cause)
        }
    }

    /// The version that the resource had at a moment; 0 before its first event.
    func version(at moment: Moment) -> Int64 {
        entries.last { $0.isUp(to: moment) }?.version ?? 0
    }
}

extension ResourceHistory.Entry {
    /// Whether the event counts at the moment.
    func isUp(to moment: Moment) -> Bool {
        switch moment {
        case .time(let time): when <= time
        case .position(let last): position <= last
        }
    }

    /// Who, under which login.
    var actor: String {
        let login = login ?? (erasedNames.contains("login") ? "erased" : nil)
        return who + (login.map { " (\($0))" } ?? "")
    }

    /// The event in a line, for people.
    var heading: String { "v\(version)  \(when.forPeople)  \(actor)  \(action)" }

    /// What the answers to `--json` say of the event.
    var json: [(String, JSONValue)] {
        [
            ("version", .integer(version)), ("when", .string(when.description)), ("who", .string(who)),
            ("login", .optional(login)), ("action", .string(action)), ("position", .integer(position)),
            ("event_id", .string(eventID)),
        ]
    }
}
