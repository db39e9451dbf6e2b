import ArgumentParser
import AuditLog
import Logging
import Postgres
import Processing
import ServiceLifecycle

/// `atlas2 work`
struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the background services until told to stop.",
        discussion: """
            Keeps the projections of all tenants within a second of the log, and makes the log's partitions ahead. Any \
            number of workers may run on one database, and no command depends on one. SIGTERM or Ctrl-C ends it orderly.

            Example:
              atlas2 work
            """)

    func run() async throws {
        try await Installation.use { installation in
            let logger = installation.composition.logger
            let services: [any Service] = [
                ProjectionService(database: installation.app, logger: logger),
                PartitionService(installation: installation, logger: logger),
            ]
            let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: logger.quiet))
            let (signals, received) = AsyncStream.makeStream(of: Int32.self)
            Interruption.handle { received.yield($0) }
            logger.notice("working; SIGTERM or Ctrl-C ends it")
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                tasks.addTask {
                    for await _ in signals { await group.triggerGracefulShutdown() }
                }
                defer { tasks.cancelAll() }
                try await tasks.next()
            }
            logger.notice("ended")
        }
    }
}

extension Logger {
    /// Says only what went wrong: for libraries that tell every step.
    fileprivate var quiet: Logger {
        var logger = self
        logger.logLevel = max(logLevel, .warning)
        return logger
    }
}
