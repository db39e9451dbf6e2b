package import FoundationEssentials
import Postgres

/// How much of a tenant's log counts at a moment.
package struct Cut: Sendable, Equatable {
    package var tenant: UUID
    /// The number of events: those at the positions below it.
    package var size: Int64
}

extension Session {
    /// Where the logs stood at a moment.
    ///
    /// Waits for appends that are under way, so that no event can still come that belongs to the moment. It keeps later
    /// ones waiting until the transaction ends: give it a short one of its own.
    ///
    /// - Parameter tenants: whose; nil: every one that has a log.
    /// - Throws: `PastError` for a moment that has not been yet.
    func cuts(_ tenants: [UUID]?, at moment: Moment) throws -> [Cut] {
        let heads = try query(
            """
            SELECT tenant_id, size, greatest(audit_clock(), recorded_at) FROM audit_log_heads
            WHERE tenant_id = ANY (\(tenants ?? [])) OR \(tenants == nil) ORDER BY tenant_id FOR SHARE
            """
        ) {
            (
                tenant: try $0.decode(0, as: UUID.self), size: try $0.decode(1, as: Int64.self),
                now: try $0.decode(2, as: Timestamp.self)
            )
        }
        switch moment {
        case .time(let time):
            if let now = heads.map(\.now).max(), time > now {
                throw PastError("\(time) is in the future: it is \(now) now")
            }
            return try heads.map { Cut(tenant: $0.tenant, size: try count(until: time, of: $0.tenant, below: $0.size)) }
        case .position(let position):
            guard heads.count == 1, let head = heads.first else {
                throw PastError(
                    "a position belongs to the log of one tenant, and there are \(heads.count): say which by --tenant, or give a time"
                )
            }
            guard position < head.size else {
                throw PastError(
                    "there is no position \(position): the log has \(head.size) events, the last at position \(head.size - 1)"
                )
            }
            return [Cut(tenant: head.tenant, size: position + 1)]
        }
    }

    /// How many events a tenant's log had at a time. Times never decrease by position, so the middle tells which half to
    /// look into.
    private func count(until time: Timestamp, of tenant: UUID, below size: Int64) throws -> Int64 {
        let count: Int64? = try first(
            """
            WITH RECURSIVE search (low, high) AS (
                SELECT 0::bigint, \(size)
                UNION ALL
                SELECT CASE WHEN l.recorded_at <= \(time) THEN l.position + 1 ELSE s.low END,
                       CASE WHEN l.recorded_at <= \(time) THEN s.high ELSE l.position END
                FROM search s JOIN audit_logs l ON l.tenant_id = \(tenant) AND l.position = (s.low + s.high) / 2
                WHERE s.low < s.high)
            SELECT low FROM search WHERE low = high
            """
        ) { try $0.decode(0) }
        guard let count else {
            throw PastError("the log of the tenant \(tenant.text) has gaps: atlas2 log verify says where")
        }
        return count
    }
}
