import AuditLog
import Foundation
import Histogram
import Postgres

/// How long an asynchronous projection takes to show an event, while `atlas2 work` follows and events come at half of the
/// rate at which they could be appended.
struct AsyncLag {
    let server: Server
    let seconds: Double

    private static let clients = 64
    private static let projection = "bench_readings"

    func run(maximum: Double) async throws {
        let scope = try await server.tenant()
        let interval = Duration.seconds(Double(Self.clients) / (maximum / 2))
        let log = EventLog(server.client(connections: 4))
        let (lags, rate) = try await withThrowingTaskGroup(of: [UInt64]?.self) { group in
            let end = ContinuousClock.now + .seconds(seconds)
            group.addTask { try await watch(scope, until: end) }
            let start = ContinuousClock.now
            for client in 0..<Self.clients {
                group.addTask {
                    // Each keeps its times: who was late is not late for ever.
                    var (due, number) = (start + interval * (Double(client) / Double(Self.clients)), 0)
                    while due < end {
                        try await Task.sleep(until: due, tolerance: .zero, clock: .continuous)
                        try await log.append([Load.foreign.event(client: client, number: number)], as: scope)
                        (due, number) = (due + interval, number + 1)
                    }
                    return nil
                }
            }
            var lags: [UInt64] = []
            for try await result in group { lags = result ?? lags }
            let size = try await log.size(as: scope)
            return (lags, Double(size) / seconds)
        }
        await log.database.close()
        var histogram = Histogram<UInt32>(
            highestTrackableValue: 600_000_000_000, numberOfSignificantValueDigits: .three)
        for lag in lags { histogram.record(lag) }
        func percentile(_ value: Double) -> String { number(Double(histogram.valueAtPercentile(value)) / 1e9) }
        report("lag of an asynchronous projection at \(Int(rate)) appends a second (half of \(Int(maximum)))")
        report("  s: p50 \(percentile(50)) · p99 \(percentile(99)) · greatest \(percentile(100))   (p99: 1 or less)")
    }

    /// Looks again and again which size the log has; gives how long the projection took to read so far, each time.
    private func watch(_ scope: Scope, until end: ContinuousClock.Instant) async throws -> [UInt64] {
        guard let tenant = scope.tenant else { return [] }
        let administrator = server.administrator()
        var waiting: [(size: Int64, since: ContinuousClock.Instant)] = []
        var lags: [UInt64] = []
        while true {
            let now = ContinuousClock.now
            let seen = try await administrator.session { session in
                try session.first(
                    """
                    SELECT size, coalesce((SELECT position FROM projection_checkpoints c
                                           WHERE c.tenant_id = h.tenant_id AND projection = \(Self.projection)), 0)
                    FROM audit_log_heads h WHERE tenant_id = \(tenant)
                    """
                ) { (size: try $0.decode(0, as: Int64.self), read: try $0.decode(1, as: Int64.self)) }
            }
            guard let seen else { break }
            if now < end { waiting.append((seen.size, now)) }
            let done = waiting.prefix { $0.size <= seen.read }
            lags += done.map { UInt64((ContinuousClock.now - $0.since) / .nanoseconds(1)) }
            waiting.removeFirst(done.count)
            if now >= end, waiting.isEmpty { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        await administrator.close()
        return lags
    }
}
