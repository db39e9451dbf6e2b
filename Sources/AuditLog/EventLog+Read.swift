package import FoundationEssentials
import Postgres

/// Which events to read.
package struct EventFilter: Sendable {
    /// The first position.
    package var from: Int64 = 0
    /// The position behind the last.
    package var to: Int64?
    package var streamType: String?
    package var streamID: UUID?
    /// `job.completed`; a star stands for any text, as in `job.*` and `*.erased`.
    package var type: String?
    /// Whether attachments are read; they can be large.
    package var attachments = true
    /// Whether payload and personal part are brought to the version that the type has now: for those who read events for
    /// what they mean, not for what was hashed.
    package var isUpcast = false

    package init(
        from: Int64 = 0, to: Int64? = nil, streamType: String? = nil, streamID: UUID? = nil, type: String? = nil,
        attachments: Bool = true, isUpcast: Bool = false
    ) {
        self.from = from
        self.to = to
        self.streamType = streamType
        self.streamID = streamID
        self.type = type
        self.attachments = attachments
        self.isUpcast = isUpcast
    }

    var condition: SQL {
        var condition: SQL = "position >= \(from)"
        if let to { condition = "\(sql: condition) AND position < \(to)" }
        if let streamType { condition = "\(sql: condition) AND stream_type = \(streamType)" }
        if let streamID { condition = "\(sql: condition) AND stream_id = \(streamID)" }
        if let type, type.contains("*") {
            let pattern = type.replacing("_", with: "\\_").replacing("%", with: "\\%").replacing("*", with: "%")
            condition = "\(sql: condition) AND event_type LIKE \(pattern)"
        } else if let type {
            condition = "\(sql: condition) AND event_type = \(type)"
        }
        return condition
    }
}

extension EventLog {
    /// Reads up to `limit` events by position, in order.
    package func read(_ filter: EventFilter = EventFilter(), limit: Int = 1000, as scope: Scope) async throws
        -> [RecordedEvent]
    {
        guard let tenant = scope.tenant else { return [] }
        var columns = RecordedEvent.columns
        var tables = "audit_logs"
        if !filter.attachments { columns = columns.replacing("attachment", with: "NULL::bytea AS attachment") }
        if filter.isUpcast {
            columns = columns.replacing("schema_version", with: "u.version")
                .replacing("payload, personal", with: "u.said::json, u.of_somebody::json")
            tables += " CROSS JOIN LATERAL fold.upcast(event_type, schema_version, payload::jsonb, personal::jsonb)"
            tables += " u (version, said, of_somebody)"
        }
        let statement: SQL = """
            SELECT \(raw: columns) FROM \(raw: tables) WHERE tenant_id = \(tenant) AND \(sql: filter.condition)
            ORDER BY position LIMIT \(limit)
            """
        return try await database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(statement) { try RecordedEvent($0) }
        }
    }

    /// Reads every event that fits, page by page; memory holds one page.
    package func forEach(
        _ filter: EventFilter = EventFilter(), pageSize: Int = 500, as scope: Scope,
        _ body: (RecordedEvent) async throws -> Void
    ) async throws {
        var rest = filter
        while true {
            let page = try await read(rest, limit: pageSize, as: scope)
            for event in page { try await body(event) }
            guard page.count == pageSize, let last = page.last else { return }
            rest.from = last.position + 1
        }
    }

    /// Reads every event that fits, then goes on as new ones come, until the task is cancelled.
    ///
    /// A notification is only a hint: positions say what is new, so nothing is missed when one is lost. A look every
    /// `poll` covers servers that cannot notify (standbys).
    package func follow(
        _ filter: EventFilter = EventFilter(), poll: Duration = .seconds(1), as scope: Scope,
        _ body: @Sendable (RecordedEvent) async throws -> Void
    ) async throws {
        let (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await _ in database.listen(["atlas2_log"]) { wake.yield() }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: poll)
                    wake.yield()
                }
            }
            defer { group.cancelAll() }
            var rest = filter
            wake.yield()
            for await _ in wakeups {
                var last = rest.from - 1
                try await forEach(rest, as: scope) { event in
                    try await body(event)
                    last = event.position
                }
                rest.from = last + 1
                try Task.checkCancellation()
            }
        }
    }
}
