package import AuditLog
package import FoundationEssentials
package import Postgres

/// What must not be erased.
package struct Holds: Sendable {
    package let log: EventLog

    package init(_ log: EventLog) {
        self.log = log
    }

    package struct Hold: Sendable {
        package var id: UUID
        /// What it holds, as `job/<uuid>`; nil: the whole log.
        package var stream: String?
        package var matter: String?
        /// Nil once erased.
        package var reason: String?
        package var placedBy: String?
        package var placedAt: Timestamp?
        package var releasedAt: Timestamp?
        package var releasedBy: String?
        /// Why it was released; nil while it holds, and once erased.
        package var releaseReason: String?
        package var isActive: Bool { releasedAt == nil }
    }

    private static let columns = """
        h.id, h.stream, h.matter, h.reason, coalesce(u.email, h.placed_by::text), h.placed_at, h.released_at,
        coalesce(r.email, h.released_by::text), l.reason
        FROM legal_holds h LEFT JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.placed_by
        LEFT JOIN users r ON r.tenant_id = h.tenant_id AND r.id = h.released_by
        LEFT JOIN LATERAL (
            SELECT l.personal->>'reason' AS reason FROM audit_logs l
            WHERE l.tenant_id = h.tenant_id AND l.stream_type = 'hold' AND l.stream_id = h.id
              AND l.event_type = 'hold.released' ORDER BY l.position DESC LIMIT 1) l ON true
        """

    private static func hold(_ row: borrowing Row) throws -> Hold {
        Hold(
            id: try row.decode(0), stream: try row.decode(1), matter: try row.decode(2), reason: try row.decode(3),
            placedBy: try row.decode(4), placedAt: try row.decode(5), releasedAt: try row.decode(6),
            releasedBy: try row.decode(7), releaseReason: try row.decode(8))
    }

    /// Those that hold, or all there ever were, in the order in which they were placed.
    package func list(released: Bool = false, as scope: Scope) async throws -> [Hold] {
        try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query(
                "SELECT \(raw: Self.columns) WHERE \(released) OR h.released_at IS NULL ORDER BY h.placed_at, h.id"
            ) { try Self.hold($0) }
        }
    }

    /// The hold with this id, or the only one whose id starts so.
    package func find(_ text: String, as scope: Scope) async throws -> Hold {
        let prefix = text.lowercased()
        let found = try await log.database.transaction(scope.transaction(readOnly: true)) { session in
            try session.query("SELECT \(raw: Self.columns) WHERE starts_with(h.id::text, \(prefix)) LIMIT 2") {
                try Self.hold($0)
            }
        }
        guard let hold = found.first, !prefix.isEmpty else {
            throw Failure(.unknown, "there is no legal hold \(text): atlas2 hold list shows those there are")
        }
        guard found.count == 1 else {
            throw Failure(.unknown, "several legal holds' ids start with \(text): give more of it")
        }
        return hold
    }

    /// Places a hold on a stream, or on the whole log.
    package func place(on stream: StreamID?, matter: String?, reason: String, as command: Command) async throws -> UUID
    {
        try command.requireAdmin("place legal holds")
        try Erasures.check(reason: reason, "a legal hold")
        if let matter { try Self.check(code: matter, "matter", "2026-17") }
        let id = UUID()
        let placed = HoldPlaced(stream: stream, matter: matter, reason: reason)
        try await log.append([try command.event(placed, on: id, expecting: 0)], as: command.scope)
        return id
    }

    /// Lets go of what a hold holds.
    package func release(_ hold: Hold, reason: String, as command: Command) async throws {
        try command.requireAdmin("release legal holds")
        try Erasures.check(reason: reason, "the release of a legal hold")
        guard hold.isActive else { throw Failure(.state, "the legal hold \(hold.id.text) was released already") }
        try await log.append([try command.event(HoldReleased(reason: reason), on: hold.id)], as: command.scope)
    }

    /// Refuses what is no code: codes stay when everything personal is erased.
    static func check(code: String, _ what: String, _ example: String) throws {
        let bytes = Array(code.utf8)
        let isCode = bytes.allSatisfy { byte in
            byte == 45 || byte == 46 || byte == 47 || byte == 95 || (48...57).contains(byte) || (65...90).contains(byte)
                || (97...122).contains(byte)
        }
        guard (1...63).contains(bytes.count), isCode else {
            throw Failure(
                .value,
                "the \(what) \"\(code)\" is no code such as \(example): letters, digits, - . _ and / only, because it is"
                    + " never erased; words belong into the reason")
        }
    }
}
