import ArgumentParser

/// `atlas2 work`
struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the background services until told to stop.",
        discussion: """
            Keeps the projections of all tenants within a second of the log, seals the logs whose keys it can read, and \
            makes the log's partitions ahead. Any number of workers may run on one database, and no command depends on one. SIGTERM or Ctrl-C ends it orderly.

            Example:
              atlas2 work
            """)

    func run() async throws {
        try await Installation.use { installation in
            let logger = installation.composition.logger
            try await Services.run(
                [
                    ProjectionService(database: installation.app, logger: logger),
                    SealingService(installation: installation, logger: logger),
                    PartitionService(installation: installation, logger: logger),
                ], logger)
        }
    }
}
