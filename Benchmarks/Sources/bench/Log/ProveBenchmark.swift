import AuditLog
import Foundation
import Histogram
import Postgres

/// The proof that one event is in the log, from stored tiles and its row: the library's call, and the whole command.
struct ProveBenchmark {
    private let installation: Installation
    private let server: Server

    init(_ installation: Installation) throws {
        self.installation = installation
        server = try Server(installation)
    }

    func run(events: Int) async throws {
        let log = EventLog(server.client(connections: 1))
        let tenant = try await server.administrator().session { session in
            try session.first("SELECT tenant_id FROM audit_log_heads LIMIT 1") { try $0.decode(0, as: UUID.self) }
        }
        let scope = Scope(tenant: tenant, role: .system)
        var random = SplitMix64(state: UInt64(events))
        var latencies = Histogram<UInt32>(
            highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)
        for count in 0..<600 {
            let position = Int64(random.index(events))
            let start = ContinuousClock.now
            _ = try await log.prove(position, as: scope)
            // Those that open the connection and fill the server's caches are not counted.
            if count >= 100 { latencies.record(UInt64((ContinuousClock.now - start) / .nanoseconds(1))) }
        }
        await log.database.close()
        let commands = try (0..<15).map { _ in
            try installation.atlas2("log", "prove", String(random.index(events))).seconds
        }
        let starts = try (0..<15).map { _ in try installation.atlas2("log", "checkpoint").seconds }
        func percentile(_ value: Double) -> String { number(Double(latencies.valueAtPercentile(value)) / 1e6) }
        report("proof of one event of \(events), each of another, checked before it is handed out")
        report(
            "  EventLog.prove, 500 calls             ms: p50 \(percentile(50)) · p99 \(percentile(99))   (20 or less)")
        report("  atlas2 log prove, the whole command   \(number(median(commands) * 1000)) ms, median of 15")
        report("  atlas2 log checkpoint, for comparison \(number(median(starts) * 1000)) ms, median of 15")
    }
}
