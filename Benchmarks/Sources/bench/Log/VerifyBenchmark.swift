import Foundation

/// `log verify` against `openssl speed` of SHA-256 over the same number of bytes in messages of the same sizes, by turns.
struct VerifyBenchmark {
    struct Result {
        var events: Int
        var seconds: Double
    }

    let installation: Installation

    /// The messages that verifying one of these events hashes, in bytes: payload, personal part, what makes the erasable
    /// hash and the commitment of them, the entry, and one node of the tree; the hash of an absent part is known.
    private static let messages = [20, 45, 99, 82, 420, 65]

    func run(events: Int) throws -> Result {
        let server = try ServerProcess(installation)
        var (runs, costs): ([Finished], [Double]) = ([], [])
        var (clock, processor): ([Double], [Double]) = ([], [])
        for _ in 0..<3 {
            let before = try server.finishedChildrenSeconds()
            let run = try installation.atlas2("log", "verify", "--json")
            runs.append(run)
            costs.append(run.processorSeconds + (try server.finishedChildrenSeconds()) - before)
            clock.append(try Self.messages.map { try Self.opensslSeconds(bytes: $0, ["-elapsed"]) }.reduce(0, +))
            processor.append(try Self.messages.map { try Self.opensslSeconds(bytes: $0, []) }.reduce(0, +))
        }
        let (seconds, perEvent, cost) = (median(runs.map(\.seconds)), median(clock), median(costs))
        let share = cost / Double(ProcessInfo.processInfo.activeProcessorCount)
        report("log verify of \(events) events, payload commitments and all, process start included, median of 3")
        report(
            "  atlas2 log verify                     \(number(seconds)) s, \(Int(Double(events) / seconds)) events/s")
        report(
            "  openssl speed sha256, same messages   \(Int(1 / perEvent)) events/s (\(Self.messages) bytes an event)")
        report(
            "  ratio                                 \(number(Double(events) * perEvent / seconds))x   (0.5x or better)"
        )
        report(
            "  processor time, with the server's     \(number(cost)) s, of which its own \(number(median(runs.map(\.processorSeconds)))) s"
        )
        report(
            "  ratio, were all processors its own    \(number(Double(events) * median(processor) / share))x   (from processor time)"
        )
        return Result(events: events, seconds: seconds)
    }

    static func reportGrowth(_ results: [Result]) {
        guard let few = results.first, let many = results.last, results.count > 1 else { return }
        let factor = Double(many.events) / Double(few.events)
        report(
            "log verify: growth of time for \(number(factor))x the events  \(number(many.seconds / few.seconds))x   (linear)"
        )
    }

    /// Seconds that one message of this length takes: of a processor, or as `-elapsed` asks, by the clock.
    private static func opensslSeconds(bytes: Int, _ options: [String]) throws -> Double {
        // The last line: `sha256 123456.78k`, thousands of bytes a second.
        let line =
            try bench.run("openssl", ["speed"] + options + ["-seconds", "1", "-bytes", "\(bytes)", "sha256"]).output
            .split(separator: "\n").last.map(String.init) ?? ""
        guard let rate = line.split(separator: " ").last.flatMap({ Double($0.dropLast()) }), rate > 0 else {
            throw BenchmarkError("openssl speed printed \"\(line)\"")
        }
        return Double(bytes) / (rate * 1000)
    }
}
