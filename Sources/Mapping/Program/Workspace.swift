/// Memory for one row: texts that steps make, its number, the reason of the last failure and the pattern matcher's lists.
///
/// Texts never move while a row is evaluated: memory is taken from chunks that stay where they are. `reset` frees
/// all of them but the first.
final class Workspace {
    /// The longest text that a step may make, in bytes; a step that would exceed it fails.
    static let longestText = 8 << 20
    static let textTooLong = Failure(
        "text_too_long", "the result would be longer than 8 MiB; shorten the cell or the replacement")

    private static let chunkSize = 64 << 10
    private let firstChunk: UnsafeMutablePointer<UInt8>
    private var furtherChunks: [UnsafeMutablePointer<UInt8>] = []
    /// Behind a pointer, because every access to a class's own variables is checked for exclusivity while running, which
    /// took a third of a row's time.
    private let state: UnsafeMutablePointer<State>

    private struct State {
        var free: UnsafeMutablePointer<UInt8>
        var freeCount: Int
        var hasFurtherChunks = false
        var hasSearched = false
        var isDropped = false
        var rowNumber = 0
    }

    /// The number of the row among the data rows of the file, from 1.
    var rowNumber: Int { state.pointee.rowNumber }
    /// Whether `drop_row_if` said that the row is to be left out.
    var isDropped: Bool {
        get { state.pointee.isDropped }
        set { state.pointee.isDropped = newValue }
    }
    /// Counts texts that are dates, where that is what rows are run for.
    var dateTally: DateTally?
    var failure = Failure.none
    private let matcher = PatternThreads()

    /// Where patterns are searched for that no automaton checks.
    var threads: PatternThreads {
        state.pointee.hasSearched = true
        return matcher
    }

    init() {
        firstChunk = .allocate(capacity: Self.chunkSize)
        state = .allocate(capacity: 1)
        state.initialize(to: State(free: firstChunk, freeCount: Self.chunkSize))
    }

    deinit {
        for chunk in furtherChunks { chunk.deallocate() }
        firstChunk.deallocate()
        state.deallocate()
    }

    /// Memory for `count` bytes, until the next `reset`.
    @inline(__always)
    func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > state.pointee.freeCount { addChunk(count) }
        let start = state.pointee.free
        state.pointee.free += count
        state.pointee.freeCount -= count
        return start
    }

    /// Memory for `count` values, until the next `reset`.
    func allocate<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
        let room = allocate(count * MemoryLayout<Element>.stride + MemoryLayout<Element>.alignment)
        return UnsafeMutableRawPointer(room).alignedUp(for: type).bindMemory(to: type, capacity: count)
    }

    /// Gives back the last `count` bytes of the latest allocation.
    @inline(__always)
    func giveBack(_ count: Int) {
        state.pointee.free -= count
        state.pointee.freeCount += count
    }

    /// Makes ready for a row, whose number is given.
    func reset(row: Int) {
        if state.pointee.hasFurtherChunks {
            for chunk in furtherChunks { chunk.deallocate() }
            furtherChunks.removeAll()
        }
        if state.pointee.hasSearched { matcher.resetBudget() }
        state.pointee = State(free: firstChunk, freeCount: Self.chunkSize, rowNumber: row)
    }

    /// A copy of the bytes as a value.
    func text(_ bytes: [UInt8]) -> Value {
        let target = allocate(bytes.count)
        bytes.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { target.update(from: start, count: source.count) }
        }
        return .blankable(target, count: bytes.count)
    }

    func value(of constant: Constant) -> Value {
        switch constant {
        case .null: .null
        case .text(let bytes): text(bytes)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .date(let date): .date(date)
        case .datetime(let datetime): .datetime(datetime)
        }
    }

    func fail(_ failure: Failure) -> Value {
        self.failure = failure
        return .failed
    }

    @inline(never)
    private func addChunk(_ count: Int) {
        let size = max(count, Self.chunkSize)
        let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        furtherChunks.append(chunk)
        state.pointee.hasFurtherChunks = true
        state.pointee.free = chunk
        state.pointee.freeCount = size
    }
}
