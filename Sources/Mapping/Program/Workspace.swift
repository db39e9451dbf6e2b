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
    private var chunks: [UnsafeMutablePointer<UInt8>]
    /// Behind a pointer, because every access to a class's own variables is checked for exclusivity while running, which
    /// took a third of a row's time.
    private let free: UnsafeMutablePointer<Free>

    private struct Free {
        var start: UnsafeMutablePointer<UInt8>
        var count: Int
    }

    /// The number of the row among the data rows of the file, from 1.
    var rowNumber = 0
    /// Whether `drop_row_if` said that the row is to be left out.
    var isDropped = false
    var failure = Failure.none
    let threads = PatternThreads()

    init() {
        let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.chunkSize)
        chunks = [chunk]
        free = .allocate(capacity: 1)
        free.initialize(to: Free(start: chunk, count: Self.chunkSize))
    }

    deinit {
        for chunk in chunks { chunk.deallocate() }
        free.deallocate()
    }

    /// Memory for `count` bytes, until the next `reset`.
    @inline(__always)
    func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > free.pointee.count { addChunk(count) }
        let start = free.pointee.start
        free.pointee.start += count
        free.pointee.count -= count
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
        free.pointee.start -= count
        free.pointee.count += count
    }

    func reset() {
        if chunks.count > 1 {
            for chunk in chunks[1...] { chunk.deallocate() }
            chunks.removeSubrange(1...)
        }
        free.pointee = Free(start: chunks[0], count: Self.chunkSize)
        isDropped = false
        threads.resetBudget()
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
        free.pointee = Free(start: .allocate(capacity: size), count: size)
        chunks.append(free.pointee.start)
    }
}
