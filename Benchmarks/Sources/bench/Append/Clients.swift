import AuditLog
import Foundation
import Histogram
import Postgres

/// What a number of clients did in a time: how many appends, and how long each took.
struct Throughput {
    var appends: Int
    var seconds: Double
    var latencies: Histogram<UInt32>

    var perSecond: Double { Double(appends) / seconds }

    /// Milliseconds.
    func latency(_ percentile: Double) -> Double { Double(latencies.valueAtPercentile(percentile)) / 1e6 }

    var line: String {
        let percentiles = [50.0, 95, 99, 99.9].map { "p\(trimmed($0)) \(number(latency($0)))" }.joined(separator: " · ")
        return "\(Int(perSecond)) events/s   ms: \(percentiles)"
    }

    private func trimmed(_ value: Double) -> String { value == value.rounded() ? String(Int(value)) : String(value) }
}

/// Runs so many clients for a time; each appends one event after the other and waits for the answer.
func run(
    clients: Int, seconds: Double, _ append: @escaping @Sendable (_ client: Int, _ number: Int) async throws -> Void
) async throws -> Throughput {
    let minute: UInt64 = 60_000_000_000
    var histogram = Histogram<UInt32>(highestTrackableValue: minute, numberOfSignificantValueDigits: .three)
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    let latencies = try await withThrowingTaskGroup(of: [UInt64].self) { group in
        for client in 0..<clients {
            group.addTask {
                var latencies: [UInt64] = []
                while ContinuousClock.now < end {
                    let begun = ContinuousClock.now
                    try await append(client, latencies.count)
                    latencies.append(UInt64((ContinuousClock.now - begun) / .nanoseconds(1)))
                }
                return latencies
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    for latency in latencies { histogram.record(latency) }
    return Throughput(appends: latencies.count, seconds: elapsed, latencies: histogram)
}
