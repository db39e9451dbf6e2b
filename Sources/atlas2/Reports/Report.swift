import AuditLog
import Foundation
import Postgres
import Processing

/// Makes a report: reads what belongs into it and hands it to a format, in bounded memory.
struct Report {
    let head: ReportHead
    let database: Database
    var scope: Scope { head.scope }

    func write(to writer: inout some ReportWriter) async throws {
        try writer.begin(head)
        switch head.kind {
        case .audit: try await writeAudit(to: &writer)
        case .activity: try await writeActivity(to: &writer)
        case .jobs: try await writeJobs(to: &writer)
        case .access: try await writeAccess(to: &writer)
        }
        try writer.end()
    }

    /// Which events of `audit_logs l` belong into it.
    func events(_ range: TimeRange) -> SQL {
        var condition: SQL = """
            l.tenant_id = \(scope.tenant) AND l.position < \(head.size) AND \(sql: range.condition("l.recorded_at"))
            """
        if let user = head.user { condition = "\(sql: condition) AND l.actor_id = \(user.id)" }
        if let stream = head.resource {
            condition = "\(sql: condition) AND l.stream_type = \(stream.type) AND l.stream_id = \(stream.id)"
        }
        return condition
    }

    func read<T: Sendable>(
        _ statement: SQL, as reader: Scope? = nil, _ row: @escaping @Sendable (borrowing Row) throws -> T
    ) async throws -> [T] {
        let options = (reader ?? scope).transaction(readOnly: true, timeout: .none)
        return try await database.transaction(options) { session in try session.query(statement, row) }
    }

    private func writeAudit(to writer: inout some ReportWriter) async throws {
        try writer.beginTable(
            ReportTable(
                record: "event", title: "What happened",
                explanation:
                    "An event without a mark is sealed: a signed checkpoint covers it, and it was found as it was signed.",
                columns: [
                    .init("position", "Event", .number), .init("when", "When", .short),
                    .init("who", "Who", .person), .init("email"), .init("user_id"), .init("login"),
                    .init("sentence", "What happened", .sentence), .init("action"), .init("resource"),
                    .init("resource_version"), .init("old_values"), .init("new_values"),
                    .init("reason"), .init("command_id"), .init("caused_by"), .init("event_id"), .init("erasure"),
                    .init("seal", "Mark", .short),
                ], nothing: "Nothing happened."))
        let filter = TrailEntry.Filter(
            size: head.size, range: head.range, actor: head.user?.id, stream: head.resource)
        try await TrailEntry.forEach(filter, database, as: scope) { entry in
            try writer.row([
                .number(entry.position), .time(entry.when),
                .lines(entry.who.short, [entry.who.email, entry.login].compactMap(\.self)),
                .text(entry.who.email), .text(entry.who.id?.text), .text(entry.login),
                .lines(
                    entry.sentence.capitalizedFirst, entry.changes + entry.why + [entry.erasureNote].compactMap(\.self)),
                .text(entry.action), .text(entry.stream.description), .number(entry.version), .json(entry.old),
                .json(entry.new), .text(entry.reason), .text(entry.command?.text), .text(entry.cause?.text),
                .text(entry.id.text), .text(entry.erasure), .seal(head.seal(entry.position)),
            ])
        }
        try writer.endTable()
    }
}

extension TrailEntry {
    /// That something of the event is gone.
    fileprivate var erasureNote: String? {
        switch erasure {
        case "erased"?: "(what was personal in this event was erased)"
        case "redacted"?: "(a part of what was personal in this event was erased)"
        default: nil
        }
    }
}
