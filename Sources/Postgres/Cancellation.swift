import CPostgres
import Glibc
import Synchronization

/// What libpq needs to cancel a statement from another thread.
///
/// Unchecked because libpq's handle is a bare pointer; PQcancel only reads it, and it is freed with its last user.
final class CancelHandle: @unchecked Sendable {
    private let pointer: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let pointer = PQgetCancel(connection) else { return nil }
        self.pointer = pointer
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Asks the server to cancel; blocks until it has taken the request, not until the statement ends.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        PQcancel(pointer, &message, Int32(message.count))
    }
}

/// The cancellation of one use of a connection.
///
/// A request reaches the server over a connection of its own, at any time: it may come before the statement it is meant
/// for, or after. So it is repeated until the use ends, and a connection for which one was sent is never used again.
final class Cancellation: Sendable {
    private struct Target {
        var handle: CancelHandle
        var socket: Int32
    }

    private struct State {
        var target: Target?
        var isRequested = false
        var isSealed = false
    }

    private let state = Mutex(State())

    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Says what a request cancels from now on; false if one has come already.
    func attach(_ handle: CancelHandle, socket: Int32) -> Bool {
        state.withLock { state in
            guard !state.isRequested else { return false }
            state.target = Target(handle: handle, socket: socket)
            return true
        }
    }

    /// Refuses requests from now on, since the transaction is about to commit; false if one has come already.
    func seal() -> Bool {
        state.withLock { state in
            state.isSealed = !state.isRequested
            return state.isSealed
        }
    }

    /// Ends the use; true if a request may have been sent.
    func detach() -> Bool {
        state.withLock { state in
            defer { state.target = nil }
            return state.isRequested && state.target != nil
        }
    }

    /// Cancels what runs. Returns at once: a helper thread does what blocks.
    func request() {
        let mustSend = state.withLock { state in
            guard !state.isSealed, !state.isRequested else { return false }
            state.isRequested = true
            return state.target != nil
        }
        guard mustSend else { return }
        let context = Unmanaged.passRetained(self)
        var id = pthread_t()
        let failure = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Cancellation>.fromOpaque(context).takeRetainedValue().sendUntilDetached()
                return nil
            }, context.toOpaque())
        guard failure == 0 else { return context.release() }
        pthread_detach(id)
    }

    private func sendUntilDetached() {
        let patience = ContinuousClock.now + .seconds(5)
        while let target = state.withLock({ $0.target }) {
            target.handle.send()
            usleep(20_000)
            guard ContinuousClock.now > patience else { continue }
            // The server does not hear: break the connection, so that whoever reads from it stops waiting. Under the
            // lock, because once detached the descriptor may belong to someone else.
            state.withLock { state in
                guard let target = state.target else { return }
                shutdown(target.socket, Int32(SHUT_RDWR))
                state.target = nil
            }
        }
    }
}
