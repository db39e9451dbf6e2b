import CPostgres
import Glibc
import Synchronization

/// A thread that runs the jobs of one connection's actor, in order, and may block in them.
///
/// Lives until `stop()`, which the actor calls when it is deinitialized: nothing can be enqueued after that.
final class ConnectionThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The thread sleeps on the bell, or is about to.
        var isWaiting = false
        var isInterrupted = false
        var isStopped = false
    }

    private let state = Mutex(State())
    /// An eventfd, written to wake the thread.
    private let bell: Int32
    private let thread = Atomic<UInt>(0)

    init() throws {
        bell = cpostgres_eventfd()
        guard bell >= 0 else { throw PostgresError(.connection, "no file descriptor is left for a connection") }
        let context = Unmanaged.passRetained(self)
        var id = pthread_t()
        let failure = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ConnectionThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            context.release()
            throw PostgresError(.connection, "the system has no thread left for a connection")
        }
        pthread_detach(id)
    }

    deinit {
        close(bell)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        wake { $0.jobs.append(job) }
    }

    func checkIsolated() {
        precondition(thread.load(ordering: .relaxed) == UInt(pthread_self()), "not on the connection's thread")
    }

    /// Ends the thread once all that was enqueued has run.
    func stop() {
        wake { $0.isStopped = true }
    }

    /// Makes the wait that is under way, or the next one, return `.interrupted`.
    func interrupt() {
        wake { $0.isInterrupted = true }
    }

    enum Wake {
        case readable
        /// Another job is waiting for the thread, or `interrupt()` was called.
        case interrupted
    }

    /// Blocks the thread, in a job, until there is something to read from `socket` or something else to do.
    func wait(forInputFrom socket: Int32) -> Wake {
        let mustNotWait = state.withLock { state in
            if state.isInterrupted || !state.jobs.isEmpty {
                state.isInterrupted = false
                return true
            }
            state.isWaiting = true
            return false
        }
        if mustNotWait { return .interrupted }
        var watched = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0), pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&watched, 2, -1) < 0, errno == EINTR {}
        if watched[1].revents != 0 { listen() }
        return state.withLock { state in
            state.isWaiting = false
            state.isInterrupted = false
            return watched[0].revents != 0 ? .readable : .interrupted
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let mustRing = state.withLock { state in
            change(&state)
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        if mustRing { eventfd_write(bell, 1) }
    }

    /// Blocks until the bell rings. It may have rung for a wait that is over; callers look at the state again.
    private func listen() {
        var count: eventfd_t = 0
        while eventfd_read(bell, &count) < 0, errno == EINTR {}
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while true {
            enum Step { case run(UnownedJob), wait, stop }
            let step: Step = state.withLock { state in
                if !state.jobs.isEmpty { return .run(state.jobs.removeFirst()) }
                if state.isStopped { return .stop }
                state.isWaiting = true
                return .wait
            }
            switch step {
            case .run(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .wait: listen()
            case .stop: return
            }
        }
    }
}
