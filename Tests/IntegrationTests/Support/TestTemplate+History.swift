import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport

extension TestTemplate {
    /// Three tenants with a thousand events each, of every type, over several months; every projection at the head.
    static let history = TestTemplate("template_history", from: .examples) { database in
        // Half an hour passes with each event.
        try await database.setClock(
            "'2026-01-20 10:00+00'::timestamptz + (SELECT coalesce(sum(size), 0) FROM audit_log_heads) * interval '31 minutes'"
        )
        var follower = SplitMix64(seed: 99)
        try await database.append(HistoryTenants.all, events: 1000, seed: 7) {
            // The followers move in steps of any size.
            guard follower.chance(5), let tenant = HistoryTenants.all.randomElement(using: &follower) else { return }
            let limit = Int64.random(in: 1...200, using: &follower)
            for projection in database.library.projections where projection.mode == .async && follower.chance(50) {
                try await database.advance(projection.name, tenant, limit: limit)
            }
        }
        try await database.catchUp()
    }
}

enum HistoryTenants {
    static let all = ["ant", "bee", "cat"].map { UUID(named: "tenant", $0) }
    static var first: UUID { all[0] }
}

extension TestDatabase {
    /// Appends a generated history to each tenant, taking turns, several appends a call, by `app` or another client; now and
    /// then something of it is erased.
    ///
    /// - Parameter step: runs after each call.
    func append(
        _ tenants: [UUID], events: Int64, seed: UInt64, by client: Database? = nil, step: () async throws -> Void = {}
    ) async throws {
        let log = EventLog(client ?? app)
        var random = SplitMix64(seed: seed)
        var histories = tenants.enumerated().map { History(tenant: $1, seed: seed &+ UInt64($0)) }
        var sizes = tenants.map { _ in Int64(0) }
        while let index = sizes.indices.filter({ sizes[$0] < events }).randomElement(using: &random) {
            if random.chance(12), sizes[index] > 50 {
                try await EraseAtRandom(database: self, log: log, tenant: tenants[index]).once(using: &random)
            }
            let appends = try (0..<Int.random(in: 1...6, using: &random)).map { _ in try histories[index].next() }
            for outcome in try await log.append(appends, as: .system(tenants[index])) {
                guard case .appended(let positions) = outcome else { throw HistoryError(outcome: outcome) }
                sizes[index] = positions.upperBound + 1
            }
            try await step()
        }
    }

    /// Folds up to `limit` events into a projection; returns how many are unread.
    @discardableResult
    func advance(_ projection: String, _ tenant: UUID, limit: Int64, by client: Database? = nil) async throws -> Int64 {
        try await (client ?? app).transaction(Scope.system(tenant).transaction()) { session in
            try session.first("SELECT projection_advance(\(projection), \(tenant), \(limit))") { try $0.decode(0) } ?? 0
        }
    }
}

/// A generated append that was not taken.
struct HistoryError: Error {
    var outcome: AppendOutcome
}
