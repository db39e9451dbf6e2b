import AuditLog
import Foundation

/// What folding `users` inside the append costs: the same bodies as events that no projection reads, by turns.
struct InlineCost {
    let server: Server
    let seconds: Double

    /// - Returns: appends a second of events that no projection reads.
    func run() async throws -> Double {
        var (plain, folded): ([Double], [Double]) = ([], [])
        for _ in 0..<3 {
            plain.append(try await rate(.members))
            folded.append(try await rate(.users))
        }
        let (without, with) = (median(plain), median(folded))
        report("appends at 64 clients, \(Int(seconds)) s each, median of 3")
        report("  the same as events that no projection reads   \(Int(without)) events/s")
        report("  events of users, folded inline                \(Int(with)) events/s")
        report("  cost                                          \(Int(100 * (1 - with / without))) %   (30 % or less)")
        return without
    }

    private func rate(_ load: Load) async throws -> Double {
        let scope = try await server.tenant()
        let log = EventLog(server.client(connections: 4))
        let throughput = try await bench.run(clients: 64, seconds: seconds) { client, number in
            try await log.append([load.event(client: client, number: number)], as: scope)
        }
        await log.database.close()
        return throughput.perSecond
    }
}
