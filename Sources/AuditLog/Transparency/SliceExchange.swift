import Dispatch
import Synchronization

/// Hands slices from the tasks that read them to the thread that compares them, in order; each reader waits until its
/// slice was taken, so that memory holds two of each at most.
final class SliceExchange<Slice: Sendable>: Sendable {
    private struct State {
        var waiting: [Int: (slice: Slice, reader: CheckedContinuation<Bool, Never>)] = [:]
        var failure: (any Error)?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// Gives a slice; returns when it was taken, and false when no more are wanted.
    func put(_ slice: Slice, number: Int) async -> Bool {
        await withCheckedContinuation { reader in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.waiting[number] = (slice, reader) }
                return state.isClosed
            }
            if isClosed { reader.resume(returning: false) } else { bell.signal() }
        }
    }

    /// Takes a slice; blocks the thread until it is there.
    ///
    /// - Throws: what a reader failed with.
    func take(_ number: Int) throws -> Slice {
        while true {
            let (found, failure) = state.withLock { ($0.waiting.removeValue(forKey: number), $0.failure) }
            if let found {
                found.reader.resume(returning: true)
                return found.slice
            }
            if let failure { throw failure }
            bell.wait()
        }
    }

    /// Lets `take` throw.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
        bell.signal()
    }

    /// Takes no more.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.reader)
        }
        for reader in waiting { reader.resume(returning: false) }
    }
}
