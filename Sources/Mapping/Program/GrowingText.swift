/// A text that a step makes without knowing its length before, in the workspace's memory.
///
/// Nothing else is allocated there until `finish`. What it outgrows stays until the row ends: as much again at most.
struct GrowingText {
    private let workspace: Workspace
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(_ workspace: Workspace, capacity: Int) {
        self.workspace = workspace
        self.capacity = max(capacity, 64)
        start = workspace.allocate(self.capacity)
    }

    @inline(__always)
    mutating func append(_ bytes: Slice<Bytes>) {
        guard bytes.count > 0, let source = bytes.base.baseAddress else { return }
        if capacity - count < bytes.count { grow(bytes.count) }
        (start + count).update(from: source + bytes.startIndex, count: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        room(for: 1)[0] = byte
        count += 1
    }

    /// Where the next bytes go, with room for `extra` of them.
    @inline(__always)
    mutating func room(for extra: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < extra { grow(extra) }
        return start + count
    }

    /// Makes bytes that were written to `room` a part of the text.
    mutating func advance(by written: Int) {
        count += written
    }

    var bytes: Bytes { Bytes(start: start, count: count) }

    /// The text; the memory that it did not need goes back.
    func finish() -> Value {
        workspace.giveBack(capacity - count)
        return .blankable(start, count: count)
    }

    @inline(never)
    private mutating func grow(_ extra: Int) {
        capacity = max(capacity * 2, count + extra)
        let larger = workspace.allocate(capacity)
        larger.update(from: start, count: count)
        start = larger
    }
}
