import AuditLog
import Dispatch
import Foundation
import Postgres

/// The longest that an append of an event of users waits while `users` is rebuilt, against the longest without.
struct AppendWait {
    let installation: Installation
    let server: Server

    func run(events: Int) async throws {
        let tenant = try await server.administrator().session { session in
            try session.first("SELECT tenant_id FROM audit_log_heads ORDER BY size DESC LIMIT 1") {
                try $0.decode(0, as: UUID.self)
            }
        }
        let scope = Scope(tenant: tenant, role: .system)
        let quiet = try await longestWait(scope, client: 901) { try await Task.sleep(for: .seconds(8)) }
        let (installation, start) = (installation, ContinuousClock.now)
        let busy = try await longestWait(scope, client: 902) {
            // Waits for a process, which no thread of the pool may.
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                DispatchQueue.global().async {
                    done.resume(with: Result { _ = try installation.atlas2("projections", "rebuild", "users") })
                }
            }
        }
        report("the longest wait of an append, one event of users every 5 ms")
        report("  while nothing else happens            \(number(quiet)) ms")
        report(
            "  while users is rebuilt (\(number((ContinuousClock.now - start) / .seconds(1))) s)       \(number(busy)) ms   (250 or less)"
        )
    }

    /// Milliseconds.
    private func longestWait(
        _ scope: Scope, client: Int, while body: @escaping @Sendable () async throws -> Void
    ) async throws -> Double {
        let log = EventLog(server.client(connections: 2))
        try await log.append([Load.users.event(client: client, number: 0)], as: scope)
        let longest = try await withThrowingTaskGroup(of: Double.self) { group in
            group.addTask {
                var longest = 0.0
                for number in 1... {
                    if Task.isCancelled { break }
                    let start = ContinuousClock.now
                    try await log.append([Load.users.event(client: client, number: number)], as: scope)
                    longest = max(longest, (ContinuousClock.now - start) / .milliseconds(1))
                    try? await Task.sleep(for: .milliseconds(5))
                }
                return longest
            }
            group.addTask {
                try await body()
                return 0
            }
            // The one that ends by itself.
            _ = try await group.next()
            group.cancelAll()
            return try await group.next() ?? 0
        }
        await log.database.close()
        return longest
    }
}
