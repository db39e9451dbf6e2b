import AuditLog
import Postgres
import Processing

/// What a report says beside the verification: who acted in the log, and what must not be erased.
///
/// Read from tables that the verification does not prove; where they cannot be read, the report says so.
struct ReportSurroundings: Sendable {
    struct Actor: Sendable {
        /// An e-mail address, or the user's id where there is none; nil: Atlas2 itself.
        var name: String?
        var events: Int64
    }

    var actors: [Actor] = []
    var holds: [Holds.Hold] = []
    /// Why there is nothing.
    var failure: String?

    static func read(_ log: EventLog, as scope: Scope) async -> ReportSurroundings {
        do {
            let actors = try await log.database.transaction(scope.transaction(readOnly: true, timeout: .none)) {
                session in
                try session.query(
                    """
                    SELECT coalesce(u.email, l.actor_id::text), l.events
                    FROM (SELECT actor_id, count(*) AS events FROM audit_logs GROUP BY actor_id) l
                    LEFT JOIN users u ON u.id = l.actor_id ORDER BY l.events DESC, 1 LIMIT 1000
                    """
                ) { Actor(name: try $0.decode(0), events: try $0.decode(1)) }
            }
            return ReportSurroundings(actors: actors, holds: try await Holds(log).list(as: scope))
        } catch {
            return ReportSurroundings(failure: Explanation.text(error))
        }
    }

    var json: JSONValue {
        .object([
            (
                "actors",
                .array(actors.map { .object([("name", .optional($0.name)), ("events", .integer($0.events))]) })
            ),
            ("holds", .array(holds.map(Self.json))), ("failure", .optional(failure)),
        ])
    }

    private static func json(_ hold: Holds.Hold) -> JSONValue {
        .object([
            ("id", .string(hold.id.text)), ("stream", .optional(hold.stream)), ("matter", .optional(hold.matter)),
            ("reason", .optional(hold.reason)), ("placed_by", .optional(hold.placedBy)),
            ("placed_at", .optional(hold.placedAt?.description)),
        ])
    }
}
