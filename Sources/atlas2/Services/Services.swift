import Logging
import ServiceLifecycle

/// The background services of one process.
enum Services {
    /// Runs services until one fails, or SIGTERM or Ctrl-C ends them orderly.
    static func run(_ services: [any Service], _ logger: Logger) async throws {
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

extension Logger {
    /// Says only what went wrong: for libraries that tell every step.
    fileprivate var quiet: Logger {
        var logger = self
        logger.logLevel = max(logLevel, .warning)
        return logger
    }
}
