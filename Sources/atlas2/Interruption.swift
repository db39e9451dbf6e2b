import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: the first asks for an orderly end, the second ends at once.
///
/// An orderly end leaves the embedded cluster; one at once leaves that to the next command.
enum Interruption {
    private struct State {
        var received: Int32?
        var receivedAt = ContinuousClock.now
        var request: (@Sendable (Int32) -> Void)?
        var endsAtSecond = true
        var ignored: Set<Int32> = []
        var sources: [any DispatchSourceSignal] = []
    }

    private static let state = Mutex(State())

    /// The signal that asked for the end, if one did.
    static var received: Int32? { state.withLock { $0.received } }

    /// Whether a signal was ignored already when the program was started.
    static func wasIgnored(_ number: Int32) -> Bool { state.withLock { $0.ignored.contains(number) } }

    /// Begins to take signals; what was ignored when the program was started (`nohup`, `&`) stays ignored.
    ///
    /// - Parameter request: what a signal does, unless `handle` has decided that by now.
    static func watch(_ request: @escaping @Sendable (Int32) -> Void) {
        // Writing to a pipe that nobody reads is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        state.withLock { $0.request = $0.request ?? request }
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            sigaction(number, nil, &action)
            let isIgnored = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
            guard !isIgnored else {
                state.withLock { _ = $0.ignored.insert(number) }
                continue
            }
            signal(number, SIG_IGN)
            state.withLock { state in
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { receive(number) }
                source.resume()
                state.sources.append(source)
            }
        }
    }

    /// Lets `request` decide what a signal does from now on; a second one ends the process only if `endsAtSecond`.
    static func handle(endsAtSecond: Bool = true, _ request: @escaping @Sendable (Int32) -> Void) {
        let early = state.withLock { state in
            state.request = request
            state.endsAtSecond = endsAtSecond
            return state.received
        }
        if let early { request(early) }
    }

    private static func receive(_ number: Int32) {
        let (isSecond, request) = state.withLock { state in
            let now = ContinuousClock.now
            let isSecond = state.received != nil && state.endsAtSecond
            // `timeout` and others signal the process and its group: the same request twice.
            if isSecond, now - state.receivedAt < .milliseconds(250) {
                return (false, nil as (@Sendable (Int32) -> Void)?)
            }
            if state.endsAtSecond {
                state.received = number
                state.receivedAt = now
            }
            return (isSecond, state.request)
        }
        if isSecond { _exit(128 + number) }
        request?(number)
    }
}
