import Foundation

/// Benchmarks of projections, over logs of users that grow from 100,000 events.
struct ProjectionBenchmarks {
    let installation: Installation
    let server: Server
    let root: String
    let seconds: Double

    init(_ installation: Installation, root: String, seconds: Double) throws {
        self.installation = installation
        self.root = root
        self.seconds = seconds
        server = try Server(installation)
    }

    /// - Parameters:
    ///   - sizes: of the logs that `users` is rebuilt from, the smallest first.
    ///   - isGrowthOnly: whether only the time that the rebuilds take is of interest.
    func run(sizes: [Int], isGrowthOnly: Bool) async throws {
        let rebuild = RebuildBenchmark(installation: installation, server: server, root: root)
        var log = UserLog(installation)
        var results: [RebuildBenchmark.Result] = []
        for events in sizes {
            try log.grow(to: events)
            results.append(try rebuild.run(events: log.events))
        }
        RebuildBenchmark.reportGrowth(results)
        guard !isGrowthOnly else { return }
        if let last = results.last { try rebuild.runEventsourcing(last) }
        try rebuild.runVerify()
        try await AppendWait(installation: installation, server: server).run(events: log.events)
        let rate = try await InlineCost(server: server, seconds: seconds).run()
        try await AsyncLag(server: server, seconds: 3 * seconds).run(maximum: rate)
    }
}
