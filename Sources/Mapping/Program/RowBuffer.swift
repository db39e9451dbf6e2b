/// The output of one row while it is made: grows, never moves bytes it does not have to, and is reused.
struct RowBuffer: ~Copyable {
    private(set) var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    var count = 0

    init() {
        capacity = 4096
        start = .allocate(capacity: capacity)
    }

    deinit {
        start.deallocate()
    }

    /// Where the next bytes go, with room for `extra` of them.
    @inline(__always)
    mutating func room(for extra: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < extra { grow(extra) }
        return start + count
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        room(for: 1)[0] = byte
        count += 1
    }

    mutating func append(_ text: StaticString) {
        room(for: text.utf8CodeUnitCount).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    /// Empties the buffer; one that a large row made large shrinks again.
    mutating func removeAll() {
        count = 0
        guard capacity > 1 << 20 else { return }
        start.deallocate()
        capacity = 4096
        start = .allocate(capacity: capacity)
    }

    @inline(never)
    private mutating func grow(_ extra: Int) {
        capacity = max(capacity * 2, count + extra)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
    }
}
