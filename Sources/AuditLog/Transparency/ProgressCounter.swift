import Synchronization

/// Adds up what several readers of a log have done.
final class ProgressCounter: Sendable {
    private let count: Atomic<Int64>
    private let total: Int64
    private let progress: @Sendable (Int64, Int64) -> Void

    /// - Parameter start: what was done before.
    init(from start: Int64 = 0, of total: Int64, _ progress: @escaping @Sendable (Int64, Int64) -> Void) {
        count = Atomic(start)
        self.total = total
        self.progress = progress
    }

    func add(_ events: Int64) {
        progress(count.add(events, ordering: .relaxed).newValue, total)
    }
}
