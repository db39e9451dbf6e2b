package import Logging
import Synchronization

/// A PostgreSQL database: a pool of connections, opened when they are needed.
///
/// Work is a synchronous closure that runs on a connection's own thread, so nothing interleaves with it and no connection
/// is held across a suspension. Cancelling the task cancels the statement that runs, and closes that connection.
package final class Database: Sendable {
    let configuration: PostgresConfiguration
    let logger: Logger
    private let shell: Mutex<Shell>

    private typealias Waiting = CheckedContinuation<PoolState.Grant, any Error>

    private struct Shell {
        var pool: PoolState
        var connections: [PoolState.ConnectionID: Connection] = [:]
        var waiting: [PoolState.WaiterID: Waiting] = [:]
        var lastWaiter = 0
        var listening: [ObjectIdentifier: Connection] = [:]
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    /// Connects to nothing yet.
    package init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        shell = Mutex(Shell(pool: PoolState(capacity: configuration.poolSize)))
    }

    /// Runs `body` on a connection; each statement commits by itself.
    package func session<T: Sendable>(
        timeout: StatementTimeout = .interactive, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await perform(Work(start: .session(timeout), body: body))
    }

    /// Runs `body` in a transaction, which commits when it returns and is rolled back when it throws.
    ///
    /// - Throws: what `body` throws; `.outcomeUnknown` when the connection is lost during COMMIT.
    package func transaction<T: Sendable>(
        _ options: TransactionOptions = TransactionOptions(), _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await perform(Work(start: .transaction(options), body: body))
    }

    /// Closes the pool: who waits for a connection fails, who has one finishes first, listeners end.
    ///
    /// Dedicated connections are their holders' to close.
    package func close() async {
        let (waiting, idle, listening) = shell.withLock { shell in
            let (waiters, connections) = shell.pool.close()
            return (
                waiters.compactMap { shell.waiting.removeValue(forKey: $0) },
                connections, Array(shell.listening.values)
            )
        }
        for continuation in waiting { continuation.resume(throwing: Self.closedError) }
        for connection in listening { connection.thread.interrupt() }
        for id in idle { await close(id) }
        await withCheckedContinuation { continuation in
            let isDrained = shell.withLock { shell in
                if !shell.pool.isDrained { shell.closing.append(continuation) }
                return shell.pool.isDrained
            }
            if isDrained { continuation.resume() }
        }
    }

    var isClosed: Bool { shell.withLock { $0.pool.isClosed } }

    // MARK: Using a connection

    private func perform<T>(_ work: Work<T>) async throws -> T {
        let deadline = ContinuousClock.now + configuration.timeout
        while true {
            let grant = try await acquire(deadline)
            let connection = try await connection(for: grant)
            let outcome = await connection.performCancellably(work)
            if outcome.isReusable { await release(grant.id) } else { discard(grant.id) }
            if let result = outcome.result { return try result.get() }
            if case .open = grant { throw PostgresError(.connection, "the server closed a connection just opened") }
            logger.debug("a pooled connection was found closed; taking another")
        }
    }

    private func connection(for grant: PoolState.Grant) async throws -> Connection {
        switch grant {
        case .use(let id):
            guard let connection = shell.withLock({ $0.connections[id] }) else { throw Self.closedError }
            return connection
        case .open(let id):
            do {
                let connection = try await openConnection()
                shell.withLock { $0.connections[id] = connection }
                return connection
            } catch {
                discard(id)
                throw error
            }
        }
    }

    /// A connection outside the pool.
    func openConnection() async throws -> Connection {
        let connection = try Connection(configuration, logger: logger)
        try await connection.open()
        return connection
    }

    private func acquire(_ deadline: ContinuousClock.Instant) async throws -> PoolState.Grant {
        // Without the cost of a timer where nobody has to wait.
        if let grant = shell.withLock({ $0.pool.acquireNow() }) { return grant }
        let waiter = shell.withLock { shell in
            shell.lastWaiter += 1
            return shell.lastWaiter
        }
        async let _ = expire(waiter, at: deadline)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<PoolState.Grant, any Error>? = shell.withLock { shell in
                    // Cancelled or expired before it was in the queue, where it could be found.
                    if Task.isCancelled { return .failure(Self.cancelledError) }
                    switch shell.pool.acquire(waiter) {
                    case .granted(let grant): return .success(grant)
                    case .refused: return .failure(Self.closedError)
                    case .wait:
                        shell.waiting[waiter] = continuation
                        return nil
                    }
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            fail(waiter) { _ in Self.cancelledError }
        }
    }

    private func expire(_ waiter: PoolState.WaiterID, at deadline: ContinuousClock.Instant) async {
        do {
            try await Task.sleep(until: deadline, clock: .continuous)
        } catch {
            return
        }
        let timeout = configuration.timeout
        fail(waiter) { pool in
            PostgresError(
                .poolTimeout,
                "no connection became free within \(timeout): all \(pool.capacity) are in use, and "
                    + " \(pool.waiters.count) callers still wait")
        }
    }

    private func fail(_ waiter: PoolState.WaiterID, _ error: (PoolState) -> PostgresError) {
        let failed = shell.withLock { shell in
            shell.pool.remove(waiter)
                ? shell.waiting.removeValue(forKey: waiter).map { ($0, error(shell.pool)) } : nil
        }
        if let (continuation, error) = failed { continuation.resume(throwing: error) }
    }

    private func release(_ id: PoolState.ConnectionID) async {
        if apply({ $0.release(id) }) { await close(id) }
    }

    private func discard(_ id: PoolState.ConnectionID) {
        shell.withLock { _ = $0.connections.removeValue(forKey: id) }
        _ = apply { $0.discard(id) }
        let closing = shell.withLock { shell in
            defer { if shell.pool.isDrained { shell.closing = [] } }
            return shell.pool.isDrained ? shell.closing : []
        }
        for continuation in closing { continuation.resume() }
    }

    private func close(_ id: PoolState.ConnectionID) async {
        await shell.withLock { $0.connections[id] }?.close()
        discard(id)
    }

    /// Does what the pool decides; true if the connection has to be closed.
    private func apply(_ decide: (inout PoolState) -> PoolState.Release) -> Bool {
        let (decision, continuation) = shell.withLock { shell in
            let decision = decide(&shell.pool)
            guard case .resume(let waiter, _) = decision else { return (decision, nil as Waiting?) }
            return (decision, shell.waiting.removeValue(forKey: waiter))
        }
        if case .resume(_, let grant) = decision { continuation?.resume(returning: grant) }
        return decision == .close
    }

    static let closedError = PostgresError(.poolClosed, "the pool of connections is closed")
    static let cancelledError = PostgresError(.cancelled, "the task was cancelled")

    // MARK: Listeners

    /// Keeps a listener's connection, so that `close()` can wake it; false if the pool is closed.
    func register(listening connection: Connection) -> Bool {
        shell.withLock { shell in
            shell.listening[ObjectIdentifier(connection)] = connection
            return !shell.pool.isClosed
        }
    }

    func unregister(listening connection: Connection) {
        shell.withLock { _ = $0.listening.removeValue(forKey: ObjectIdentifier(connection)) }
    }
}

extension Connection {
    /// Runs a piece of work; cancelling the task cancels it.
    nonisolated func performCancellably<T>(_ work: Work<T>) async -> Outcome<T> {
        let cancellation = Cancellation()
        return await withTaskCancellationHandler {
            await perform(work, cancellation)
        } onCancel: {
            cancellation.request()
        }
    }
}
