import ArgumentParser
import Projections

/// `atlas2 work`
struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the background services until told to stop.",
        discussion: """
            Keeps the projections of all tenants within a second of the log, builds those whose files have a higher \
            version, seals the logs whose keys it can read, sends \
            checkpoints to witnesses, and makes the log's partitions ahead. Any number of workers may run on one database, \
            and no command depends on one. SIGTERM or Ctrl-C ends it orderly.

            Example:
              atlas2 work
            """)

    func run() async throws {
        try await Installation.use { installation in
            let logger = installation.composition.logger
            // Without the owner's connection nobody else would bring them up.
            let lag = (try? await installation.owner()) == nil ? Int64.max : Projections.farBehind
            try await Services.run(
                [
                    ProjectionService(database: installation.app, lag: lag, logger: logger),
                    BuildService(installation: installation, logger: logger),
                    SealingService(installation: installation, logger: logger),
                    WitnessService(installation: installation, logger: logger),
                    PartitionService(installation: installation, logger: logger),
                ], logger)
        }
    }
}
