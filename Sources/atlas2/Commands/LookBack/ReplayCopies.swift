import AuditLog
import Postgres
import Projections

/// The replays that hold copies of events.
struct ReplayCopies {
    let schemas: [String]

    /// - Parameter positions: the events, of the scope's tenant.
    init(of positions: [Int64], _ installation: Installation, as scope: Scope) async throws {
        guard let tenant = scope.tenant, let first = positions.min() else {
            schemas = []
            return
        }
        schemas = try await installation.app.transaction(scope.transaction(readOnly: true)) { session in
            try session.pastSchemas().filter { try !$0.isOfQuestion && session.events(in: $0)[tenant] ?? 0 > first }
                .map(\.schema)
        }
    }

    /// For people, a sentence a line.
    var sentences: [String] {
        schemas.map { "copies are in the replay \($0), which no erasure reaches: atlas2 replay --drop \($0)" }
    }
}
