import CPostgres
import Logging

/// One connection to the server. Its executor is a thread of its own, on which everything that blocks happens.
actor Connection {
    nonisolated let thread: ConnectionThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private let configuration: PostgresConfiguration
    private let logger: Logger
    private var link: Link?

    /// Starts the thread; `open()` connects.
    init(_ configuration: PostgresConfiguration, logger: Logger) throws {
        thread = try ConnectionThread()
        self.configuration = configuration
        self.logger = logger
    }

    isolated deinit {
        link?.finish()
        thread.stop()
    }

    func open() throws {
        link = try Link(configuration, logger: logger)
        logger.debug("connected to PostgreSQL")
    }

    func close() {
        link?.finish()
        link = nil
    }

    /// What one use of the connection came to.
    struct Outcome<T: Sendable>: Sendable {
        /// nil: the connection was found dead before anything was done with it. Take another one.
        var result: Result<T, any Error>?
        /// Whether others may use the connection; otherwise it is closed already.
        var isReusable: Bool
    }

    /// Runs one piece of work, and cleans up behind it.
    func perform<T>(_ work: Work<T>, _ cancellation: Cancellation) -> Outcome<T> {
        guard let link, link.isAlive() else { return discard(nil) }
        guard let handle = CancelHandle(link.pointer), cancellation.attach(handle, socket: link.socket) else {
            return Outcome(result: .failure(PostgresError(.cancelled, "the task was cancelled")), isReusable: true)
        }
        link.cancellation = cancellation
        var result: Result<T, any Error>?
        do {
            try begin(work.start, link)
            let session = Session(link)
            defer { session.end() }
            result = Result { try finish(work.start, link, cancellation, work.body(session)) }
        } catch {
            // Nothing has happened yet: a connection that broke unnoticed is no reason to fail.
            result = link.isConnected || cancellation.isRequested ? .failure(error) : nil
        }
        let wasCancelled = cancellation.detach()
        link.cancellation = nil
        if case .failure? = result { rollBack(link) }
        guard !wasCancelled, !link.mustClose, link.transactionStatus == PQTRANS_IDLE else { return discard(result) }
        return Outcome(result: result, isReusable: true)
    }

    private func discard<T>(_ result: Result<T, any Error>?) -> Outcome<T> {
        close()
        return Outcome(result: result, isReusable: false)
    }

    private func begin(_ start: WorkStart, _ link: Link) throws {
        switch start {
        case .session(let timeout):
            try link.setSessionTimeout(timeout.milliseconds(configuration))
        case .transaction(let options):
            let timeout = options.timeout.milliseconds(configuration)
            link.currentTimeout = timeout
            var text = "BEGIN ISOLATION LEVEL \(options.isolation.rawValue) READ \(options.readOnly ? "ONLY" : "WRITE")"
            if timeout != link.sessionTimeout { text += "; SET LOCAL statement_timeout = \(timeout)" }
            // What may take long may also wait for long: for others that read from the same snapshot.
            if timeout == 0 { text += "; SET LOCAL idle_in_transaction_session_timeout = 0" }
            if !options.settings.isEmpty { text += "; " + (try link.setConfig(options.settings, isLocal: true)) }
            try link.script(text)
        }
    }

    /// Commits, or checks that nothing is left to commit.
    private func finish<T>(_ start: WorkStart, _ link: Link, _ cancellation: Cancellation, _ value: T) throws -> T {
        guard case .transaction(let options) = start else {
            let isIdle = link.transactionStatus == PQTRANS_IDLE || !link.isConnected
            guard isIdle else {
                throw PostgresError(.usage, "the session ended inside a transaction, which was rolled back")
            }
            return value
        }
        switch link.transactionStatus {
        case PQTRANS_INTRANS: break
        case PQTRANS_INERROR:
            throw PostgresError(
                .server, "nothing was committed: a statement of the transaction had failed", sqlstate: "25P02")
        case PQTRANS_IDLE: throw PostgresError(.usage, "the body ended the transaction itself")
        default: throw PostgresError(.connection, "the connection was lost before the transaction could commit")
        }
        guard cancellation.seal() else { throw PostgresError(.cancelled, "the task was cancelled") }
        do {
            try link.script("COMMIT")
        } catch var error as PostgresError where error.code == .connection && !options.readOnly {
            error.code = .outcomeUnknown
            throw error
        }
        return value
    }

    private func rollBack(_ link: Link) {
        guard link.transactionStatus == PQTRANS_INTRANS || link.transactionStatus == PQTRANS_INERROR else { return }
        guard !link.mustClose else { return }
        do {
            try link.script("ROLLBACK")
        } catch {
            // Closing the connection rolls back as well; its status says that it must be.
            logger.debug("ROLLBACK failed: \(error)")
        }
    }

    // MARK: Waiting

    enum Wake: Sendable {
        case notifications([DatabaseNotification])
        case interrupted
        case lost
    }

    /// Waits until a notification comes, the connection is lost, or something else wants the thread.
    func waitForNotifications() -> Wake {
        guard let link else { return .lost }
        while true {
            let received = link.notifications()
            guard received.isEmpty else { return .notifications(received) }
            guard link.isConnected else {
                close()
                return .lost
            }
            switch thread.wait(forInputFrom: link.socket) {
            case .interrupted: return .interrupted
            case .readable: PQconsumeInput(link.pointer)
            }
        }
    }
}

/// What a connection is used for: how it starts, and the closure that runs on its thread.
struct Work<T: Sendable>: Sendable {
    var start: WorkStart
    var body: @Sendable (Session) throws -> T
}

enum WorkStart: Sendable {
    case session(StatementTimeout)
    case transaction(TransactionOptions)
}
