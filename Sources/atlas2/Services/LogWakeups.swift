import Logging
import Postgres
import ServiceLifecycle

/// Wakes a service when something was appended to any log.
///
/// A notification wakes it; a look every second covers those that were lost, and servers that cannot notify.
struct LogWakeups: Sendable {
    let database: Database
    let logger: Logger

    /// How long the service rests before it looks again: a busy log wakes it a few times a second, not after each append.
    private static let rest = Duration.milliseconds(200)

    /// Runs `body` now and at each wakeup, until the service is to end; while the database does not answer, every second.
    func forEach(_ body: () async throws -> Void) async throws {
        let (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                do {
                    for try await _ in database.listen(["atlas2_log"]) { wake.yield() }
                } catch let error as PostgresError where error.code == .server || error.code == .connection {
                    logger.warning("the database sends no notifications (\(error)); looking every second instead")
                }
            }
            tasks.addTask {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    wake.yield()
                }
            }
            defer { tasks.cancelAll() }
            wake.yield()
            for await _ in wakeups.cancelOnGracefulShutdown() {
                do {
                    try await body()
                } catch let error as PostgresError
                    where error.code == .connection || error.sqlstate?.hasPrefix("57P") == true
                {
                    logger.warning("the database does not answer: \(error)")
                }
                try await Task.sleep(for: Self.rest)
            }
        }
    }
}
