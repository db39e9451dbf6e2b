/// A fixed set of texts with the number of each, looked up by bytes.
struct ByteTable: Sendable {
    private let keys: [[UInt8]]
    /// Open addressing, at most half full: the number of a key, or -1.
    private let slots: [Int32]

    /// Of equal keys the first one counts.
    init(_ keys: [[UInt8]]) {
        self.keys = keys
        var slots: [Int32] = []
        var size = 4
        while size < keys.count * 2 { size *= 2 }
        slots = Array(repeating: -1, count: size)
        for (number, key) in keys.enumerated() {
            var slot = key.withUnsafeBufferPointer { Self.hash($0) } & (size - 1)
            while slots[slot] >= 0, keys[Int(slots[slot])] != key { slot = (slot + 1) & (size - 1) }
            if slots[slot] < 0 { slots[slot] = Int32(number) }
        }
        self.slots = slots
    }

    func index(of bytes: Bytes) -> Int? {
        var slot = Self.hash(bytes) & (slots.count - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if keys[number].count == bytes.count, keys[number].elementsEqual(bytes) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a; the keys come from the mapping, so nobody gains by colliding texts in a file.
    private static func hash(_ bytes: Bytes) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }
}
