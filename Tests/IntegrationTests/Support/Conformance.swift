import AuditLog
import FoundationEssentials
import Postgres
import TestSupport

@testable import Projections

/// Replays one projection in many ways and compares with its live tables: what every projection must pass.
struct Conformance {
    let database: TestDatabase
    let definition: Definition

    /// A way to replay.
    struct Way: Sendable, CustomStringConvertible {
        var batch: Int64
        /// How many events of each tenant are folded; nil: all.
        var prefix: Int64?
        var isHostile = false
        var description: String { "batches of \(batch)\(isHostile ? ", hostile session" : "")" }
    }

    static let ways = [
        Way(batch: .max), Way(batch: 1000), Way(batch: 7), Way(batch: 1, prefix: 250),
        Way(batch: .max, isHostile: true),
        Way(batch: 7, isHostile: true),
    ]

    /// What is wrong, one line per way that fails; nothing for a projection that conforms.
    ///
    /// Laws 4 (replay equals live), 5 (batches do not matter) and 6 (the session does not matter).
    func problems() async throws -> [String] {
        var problems: [String] = []
        for way in Self.ways {
            do {
                let differing = try await differingRows(way)
                if differing > 0 { problems.append("\(way): \(differing) rows differ") }
            } catch let stop as ProjectionStop {
                problems.append("\(way): \(stop)")
            } catch let error as PostgresError {
                problems.append("\(way): \(String(reflecting: error))")
            }
        }
        return problems
    }

    /// Rows that are in one of the two only: replayed, and live or, of a prefix, replayed at once.
    private func differingRows(_ way: Way) async throws -> Int64 {
        let definition = definition
        var options = TransactionOptions(isolation: .repeatableRead, timeout: .none)
        options.settings = [("role", "atlas2_owner")]
        do {
            return try await database.owner.transaction(options) { session in
                let heads = try session.heads()
                var replay = try Replay([definition], unlogged: true, session)
                var reference: Replay?
                if let prefix = way.prefix {
                    var whole = try Replay([definition], unlogged: true, session)
                    for head in heads {
                        try Self.advance(&whole, definition, head.tenant, min(prefix, head.size), .max, session)
                    }
                    reference = whole
                }
                if way.isHostile { try session.script(HostileSession.statements(local: true)) }
                for head in heads {
                    let end = min(way.prefix ?? head.size, head.size)
                    try Self.advance(&replay, definition, head.tenant, end, min(way.batch, head.size), session)
                }
                try session.script("SET LOCAL search_path = pg_catalog")
                let expected = reference?.schema ?? "public"
                let differing = try definition.tables.reduce(Int64(0)) { sum, table in
                    sum + (try Self.differingRows("\(replay.schema).\(table)", "\(expected).\(table)", session))
                }
                throw RolledBack(differing: differing)
            }
        } catch let result as RolledBack {
            return result.differing
        }
    }

    /// Replays up to a position, or to where the projection stops, which must be where the live one stands.
    private static func advance(
        _ replay: inout Replay, _ definition: Definition, _ tenant: UUID, _ end: Int64, _ batch: Int64,
        _ session: Session
    ) throws {
        do {
            try replay.advance(definition, tenant: tenant, to: end, batch: min(batch, 1 << 40), session)
        } catch let stop as ProjectionStop {
            let live = try session.first(
                """
                SELECT position FROM public.projection_stops
                WHERE tenant_id = \(tenant) AND projection = \(definition.name) AND NOT set_aside
                """
            ) { try $0.decode(0, as: Int64.self) }
            guard live == stop.position else { throw stop }
        }
    }

    private static func differingRows(_ one: String, _ other: String, _ session: Session) throws -> Int64 {
        try session.first(
            """
            SELECT (SELECT count(*) FROM (TABLE \(raw: one) EXCEPT ALL TABLE \(raw: other)) x)
                 + (SELECT count(*) FROM (TABLE \(raw: other) EXCEPT ALL TABLE \(raw: one)) x)
            """
        ) { try $0.decode(0) } ?? 0
    }

    /// Ends the transaction, so that nothing stays behind.
    private struct RolledBack: Error {
        var differing: Int64
    }
}
