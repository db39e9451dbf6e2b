/// A connection outside the pool, kept for as long as this value lives: what belongs to the server's session, such as an
/// advisory lock, lives as long.
///
/// Its sessions run one after another. Cancelling a task in one of them closes the connection. What was lost with it is
/// announced by `waitUntilLost()`; every later session throws `.connection`.
package final class DedicatedConnection: Sendable {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// As `Database.session`.
    package func session<T: Sendable>(
        timeout: StatementTimeout = .interactive, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await perform(Work(start: .session(timeout), body: body))
    }

    /// As `Database.transaction`.
    package func transaction<T: Sendable>(
        _ options: TransactionOptions = TransactionOptions(), _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await perform(Work(start: .transaction(options), body: body))
    }

    /// Returns when the connection is lost or closed, at once if it already is; sessions run meanwhile.
    ///
    /// Run it beside the work that the connection protects, and stop that work when it returns.
    ///
    /// - Throws: `.cancelled` when the task is cancelled.
    package func waitUntilLost() async throws {
        while true {
            if Task.isCancelled { throw Database.cancelledError }
            let wake = await withTaskCancellationHandler {
                await connection.waitForNotifications()
            } onCancel: {
                connection.thread.interrupt()
            }
            if case .lost = wake { return }
        }
    }

    /// Closes the connection; the server then gives up what its session held.
    package func close() async {
        await connection.close()
    }

    private func perform<T>(_ work: Work<T>) async throws -> T {
        let outcome = await connection.performCancellably(work)
        guard let result = outcome.result else {
            throw PostgresError(.connection, "the dedicated connection is lost, and with it what its session held")
        }
        return try result.get()
    }
}

extension Database {
    /// Opens a connection outside the pool, for the caller alone.
    package func dedicatedConnection() async throws -> DedicatedConnection {
        DedicatedConnection(try await openConnection())
    }
}
