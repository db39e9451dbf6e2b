import AuditLog
import Foundation
import Postgres
import Processing

extension Report {
    /// Who did something how often on a day.
    private struct Deed: Sendable {
        var day: String
        var who: Person
        var action: String
        var count: Int64
    }

    func writeActivity(to writer: inout some ReportWriter) async throws {
        let ends = try await firstAndLast()
        if let ends { try await drawActivity(from: ends, to: &writer) }
        try writer.beginTable(
            ReportTable(
                record: "activity", title: "Day by day",
                explanation: "Days are those of UTC.",
                columns: [
                    .init("day", "Day", .short, isGroup: true), .init("who", "Who", .person, isGroup: true),
                    .init("email"), .init("user_id"),
                    .init("action"), .init("what", "What"), .init("events", "Events", .number),
                ], nothing: "Nobody did anything."))
        // A month at a time: memory holds one, and each event is read once.
        for month in try await months(from: ends) {
            for deed in try await deeds(month) {
                try writer.row([
                    .text(deed.day), .lines(deed.who.short, [deed.who.email].compactMap(\.self)),
                    .text(deed.who.email), .text(deed.who.id?.text), .text(deed.action),
                    .text(Self.words(of: deed.action)), .number(deed.count),
                ])
            }
            try Task.checkCancellation()
        }
        try writer.endTable()
    }

    /// When the first and the last event were recorded; nil where there is none.
    private func firstAndLast() async throws -> (Timestamp, Timestamp)? {
        let condition = events(head.range)
        let found: [Timestamp] = try await read(
            """
            (SELECT l.recorded_at FROM audit_logs l WHERE \(sql: condition) ORDER BY l.position LIMIT 1)
            UNION ALL
            (SELECT l.recorded_at FROM audit_logs l WHERE \(sql: condition) ORDER BY l.position DESC LIMIT 1)
            """
        ) { try $0.decode(0) }
        guard let first = found.min(), let last = found.max() else { return nil }
        return (first, last)
    }

    private func months(from ends: (Timestamp, Timestamp)?) async throws -> [TimeRange] {
        guard let ends else { return [] }
        return try await read(
            """
            SELECT m, m + interval '1 month' FROM generate_series(date_trunc('month', \(ends.0), 'UTC'), \(ends.1), interval '1 month') m
            """
        ) { row in
            let (start, end): (Timestamp, Timestamp) = (try row.decode(0), try row.decode(1))
            return TimeRange(
                from: max(start, head.range.from ?? start), to: min(end, head.range.to ?? end))
        }
    }

    private func deeds(_ range: TimeRange) async throws -> [Deed] {
        try await read(
            """
            SELECT to_char(c.day, 'YYYY-MM-DD'), c.actor_id, u.id, u.email, u.name, c.event_type, c.count
            FROM (SELECT (l.recorded_at AT TIME ZONE 'UTC')::date AS day, l.actor_id, l.event_type, count(*) AS count
                  FROM audit_logs l WHERE \(sql: events(range)) GROUP BY 1, 2, 3) c
            LEFT JOIN users u ON u.tenant_id = \(scope.tenant) AND u.id = c.actor_id
            ORDER BY c.day, u.name, u.email, c.actor_id, c.event_type
            """
        ) { row in
            Deed(
                day: try row.decode(0),
                who: Person(
                    id: try row.decode(1), email: try row.decode(3), name: try row.decode(4), isVisible: !row.isNull(2)),
                action: try row.decode(5), count: try row.decode(6))
        }
    }

    private func drawActivity(from ends: (Timestamp, Timestamp), to writer: inout some ReportWriter) async throws {
        let bucket = TimeBuckets(from: ends.0, to: ends.1)
        let condition = events(head.range)
        let bars = try await series(
            bucket, from: ends,
            """
            SELECT date_trunc(\(bucket.rawValue), l.recorded_at, 'UTC'), ARRAY[count(*)] FROM audit_logs l
            WHERE \(sql: condition) GROUP BY 1
            """, series: 1)
        let time = BarChart(series: ["events"], bars: bars, title: "Events per \(bucket.rawValue)", unit: "events")
        try writer.chart(time) { $0.columns }
        let users: [(label: String, values: [Int64])] = try await read(
            """
            SELECT c.actor_id, u.id, u.email, u.name, c.count
            FROM (SELECT l.actor_id, count(*) AS count FROM audit_logs l WHERE \(sql: condition)
                  GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15) c
            LEFT JOIN users u ON u.tenant_id = \(scope.tenant) AND u.id = c.actor_id ORDER BY c.count DESC, c.actor_id
            """
        ) { row in
            let who = Person(
                id: try row.decode(0), email: try row.decode(2), name: try row.decode(3), isVisible: !row.isNull(1))
            return (label: who.short, values: [try row.decode(4, as: Int64.self)])
        }
        try writer.chart(
            BarChart(series: ["events"], bars: users, title: "Who did most (the first 15)", unit: "events")
        ) { $0.rows }
        let actions: [(label: String, values: [Int64])] = try await read(
            """
            SELECT l.event_type, count(*) FROM audit_logs l WHERE \(sql: condition) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
            """
        ) { row in (label: Self.words(of: try row.decode(0)), values: [try row.decode(1, as: Int64.self)]) }
        try writer.chart(
            BarChart(series: ["events"], bars: actions, title: "What was done most (the first 15)", unit: "events")
        ) {
            $0.rows
        }
    }

    /// An event type, for people.
    static func words(of action: String) -> String {
        let words = [
            "tenant.created": "added an organisation", "user.created": "added a user",
            "user.role_changed": "changed a role", "user.deactivated": "deactivated a user",
            "user.reactivated": "reactivated a user", "setting.changed": "changed a setting",
            "api.registered": "described an API", "api.fields_defined": "defined an API's fields",
            "mapping.version_added": "added a version of a mapping", "job.created": "submitted a file",
            "job.file_chunk_stored": "stored a piece of a file", "job.started": "began to process a file",
            "job.rows_processed": "processed rows (up to 4,096)", "job.rows_fixed": "fixed rows that were rejected",
            "job.paused": "paused a job",
            "job.resumed": "resumed a job", "job.completed": "completed a job", "job.failed": "failed with a job",
            "job.cancelled": "cancelled a job", "projection.rebuilt": "computed tables anew",
            "projection.repaired": "corrected tables", "projection.reverted": "took tables back to a former version",
            "projection.removed": "removed a projection", "projection.retried": "had a projection try again",
            "projection.event_skipped": "had a projection leave out an event", "user.renamed": "changed a name",
            "log.key_added": "announced a key of the log", "log.witness_added": "named a witness",
            "log.witness_removed": "removed a witness", "hold.placed": "placed a legal hold",
            "hold.released": "released a legal hold", "disclosure.made": "made a report or export",
            "disclosure.completed": "completed a report or export", "disclosure.failed": "broke off a report or export",
        ]
        if let words = words[action] { return words }
        return action.hasSuffix(".erased") ? "erased something of a \(action.dropLast(7))" : action
    }
}
