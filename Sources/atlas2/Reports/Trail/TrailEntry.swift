import AuditLog
import Foundation
import Postgres

/// An event as `audit_trail` tells it, with the names of those and of that which it is about.
struct TrailEntry: Sendable {
    var position: Int64
    var when: Timestamp
    var who: Person
    var login: String?
    var action: String
    var stream: StreamID
    var version: Int64
    var old: JSON?
    var new: JSON
    var command: UUID?
    var cause: UUID?
    var id: UUID
    /// erased, redacted, or nil.
    var erasure: String?
    /// The user that the event is about.
    var subject: Person?
    /// What the resource is called, where it has a name of its own; nil also once that was erased.
    var resourceName: String?
    /// Of a job: its mapping, with the version.
    var mapping: String?

    /// The new and old values by name; nothing where there are none.
    var values: [String: AuditLog.JSONValue] { Self.object(new) }
    var oldValues: [String: AuditLog.JSONValue] { old.map(Self.object) ?? [:] }

    /// The members of an object, for people.
    static func words(of json: JSON?) -> [String] {
        (json.map(object) ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.words)" }
    }

    private static func object(_ json: JSON) -> [String: AuditLog.JSONValue] {
        (try? JSONDecoder().decode([String: AuditLog.JSONValue].self, from: Data(json.bytes))) ?? [:]
    }
}

extension TrailEntry {
    /// Which events.
    struct Filter: Sendable {
        /// The position behind the last.
        var size: Int64
        var range: TimeRange
        var actor: UUID?
        var stream: StreamID?
        /// A further condition on `t`, a row of the view.
        var condition: SQL = "true"
        /// Whether events about the actor count as theirs.
        var includesSubject = false
    }

    /// Reads every entry that fits, in order, page by page; memory holds one page.
    static func forEach(
        _ filter: Filter, _ database: Database, as scope: Scope, _ body: (TrailEntry) throws -> Void
    ) async throws {
        guard let tenant = scope.tenant else { return }
        var from: Int64 = 0
        let pageSize = 500
        while from < filter.size {
            let statement = self.statement(filter, tenant, from: from, limit: pageSize)
            let page = try await database.transaction(scope.transaction(readOnly: true, timeout: .none)) { session in
                try session.query(statement) { try TrailEntry($0) }
            }
            for entry in page { try body(entry) }
            guard page.count == pageSize, let last = page.last else { return }
            from = last.position + 1
            try Task.checkCancellation()
        }
    }

    private static func statement(_ filter: Filter, _ tenant: UUID, from: Int64, limit: Int) -> SQL {
        var condition: SQL = """
            t.tenant_id = \(tenant) AND t.position >= \(from) AND t.position < \(filter.size)
            AND \(sql: filter.range.condition("t.\"when\"")) AND \(sql: filter.condition)
            """
        if let actor = filter.actor {
            let subject: SQL = "t.stream_type = 'user' AND t.stream_id = \(actor)"
            condition =
                filter.includesSubject
                ? "\(sql: condition) AND (t.actor_id = \(actor) OR \(sql: subject))"
                : "\(sql: condition) AND t.actor_id = \(actor)"
        }
        if let stream = filter.stream {
            condition = "\(sql: condition) AND t.stream_type = \(stream.type) AND t.stream_id = \(stream.id)"
        }
        // The page is cut before the names are looked up.
        return """
            SELECT t.position, t."when", t.actor_id, a.id, a.email, a.name, t.login, t.action, t.stream_type, t.stream_id,
                   t.version, t.old_values, t.new_values, t.correlation_id, t.causation_id, t.event_id, t.erasure,
                   s.id, s.email, s.name, r.name, r.mapping
            FROM (SELECT * FROM audit_trail t WHERE \(sql: condition) ORDER BY t.position LIMIT \(limit)) t
            LEFT JOIN users a ON a.tenant_id = t.tenant_id AND a.id = t.actor_id
            LEFT JOIN users s ON t.stream_type = 'user' AND s.tenant_id = t.tenant_id AND s.id = t.stream_id
            LEFT JOIN LATERAL (
                SELECT j.file_name AS name, m.name || ', version ' || m.version AS mapping FROM processing_jobs j
                LEFT JOIN mapping_configurations m
                    ON m.tenant_id = j.tenant_id AND m.id = j.mapping_id AND m.version = j.mapping_version
                WHERE t.stream_type = 'job' AND j.tenant_id = t.tenant_id AND j.id = t.stream_id
                UNION ALL
                SELECT i.name, NULL FROM api_configurations i
                WHERE t.stream_type = 'api' AND i.tenant_id = t.tenant_id AND i.id = t.stream_id
                UNION ALL
                SELECT coalesce(h.stream, 'the whole log'), NULL FROM legal_holds h
                WHERE t.stream_type = 'hold' AND h.tenant_id = t.tenant_id AND h.id = t.stream_id
                UNION ALL
                SELECT coalesce(d.kind, '') || ' ' || coalesce(d.what, ''), NULL FROM disclosures d
                WHERE t.stream_type = 'disclosure' AND d.tenant_id = t.tenant_id AND d.id = t.stream_id
            ) r ON true
            ORDER BY t.position
            """
    }

    private init(_ row: borrowing Row) throws {
        position = try row.decode(0)
        when = try row.decode(1)
        who = Person(
            id: try row.decode(2), email: try row.decode(4), name: try row.decode(5), isVisible: !row.isNull(3))
        login = try row.decode(6)
        action = try row.decode(7)
        stream = StreamID(type: try row.decode(8), id: try row.decode(9))
        version = try row.decode(10)
        old = try row.decode(11)
        new = try row.decode(12)
        command = try row.decode(13)
        cause = try row.decode(14)
        id = try row.decode(15)
        erasure = try row.decode(16)
        if stream.type == "user" {
            subject = Person(
                id: stream.id, email: try row.decode(18), name: try row.decode(19), isVisible: !row.isNull(17))
        }
        resourceName = try row.decode(20)
        mapping = try row.decode(21)
    }
}
