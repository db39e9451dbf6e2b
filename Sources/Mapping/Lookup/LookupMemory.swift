/// Memory of a lookup table: blocks that never move, freed with it.
final class LookupMemory {
    private static let blockSize = 1 << 16

    private var blocks: [UnsafeMutableRawPointer] = []
    private var next: UnsafeMutableRawPointer?
    private var left = 0
    /// Bytes taken from the system.
    private(set) var size = 0

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Room for `count` bytes, aligned to 8.
    func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        let count = (count + 7) & ~7
        if let place = next, count <= left {
            next = place + count
            left -= count
            return place
        }
        let capacity = max(count, Self.blockSize)
        let block = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        blocks.append(block)
        size += capacity
        // A large one leaves what is free of the block before it.
        if capacity == Self.blockSize {
            next = block + count
            left = capacity - count
        }
        return block
    }

    /// The size when `count` more bytes are allocated.
    func size(with count: Int) -> Int { (count + 7) & ~7 <= left ? size : size + max(count, Self.blockSize) }
}
