/// Keys in memory: entries in the order they came, and an open-addressing table of their numbers.
struct KeyTable: ~Copyable {
    /// Keys it takes.
    let capacity: Int
    private(set) var count = 0

    /// Memory becomes resident only as it fills.
    private let entries: UnsafeMutablePointer<KeyEntry>
    /// 0, or a hash's upper half above an entry's number from 1.
    private var slots: UnsafeMutableBufferPointer<UInt64>
    private let mixer: KeyMixer

    /// - Parameter budget: Bytes it takes at most.
    init(budget: Int, mixer: KeyMixer) {
        self.mixer = mixer
        capacity = Self.capacity(budget: budget)
        entries = .allocate(capacity: capacity)
        slots = .allocate(capacity: 1024)
        slots.initialize(repeating: 0)
    }

    deinit {
        entries.deallocate()
        slots.deallocate()
    }

    var isFull: Bool { count == capacity }

    /// Bytes of memory in use.
    var byteCount: Int {
        count * MemoryLayout<KeyEntry>.stride + slots.count * MemoryLayout<UInt64>.stride
    }

    /// The most keys for which entries and slots (a power of two, at most three quarters in use) fit into the budget.
    private static func capacity(budget: Int) -> Int {
        let byBits = (10...31).map { bits in
            min(3 << (bits - 2), (budget - (8 << bits)) / MemoryLayout<KeyEntry>.stride)
        }
        return max(byBits.max() ?? 0, 512)
    }

    /// The entry with this key.
    @inline(__always)
    func find(_ key: KeyFingerprint, hash: UInt64) -> KeyEntry? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == hash >> 32 {
                let entry = entries[Int(slots[slot] & 0xFFFF_FFFF) - 1]
                if entry.key == key { return entry }
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds an entry whose key is not in the table, which is not full.
    mutating func add(_ entry: KeyEntry, hash: UInt64) {
        if 4 * (count + 1) > 3 * slots.count { grow() }
        (entries + count).initialize(to: entry)
        count += 1
        place(count, hash: hash)
    }

    private func place(_ number: Int, hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = (hash & ~0xFFFF_FFFF) | UInt64(number)
    }

    private mutating func grow() {
        let larger = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 2 * slots.count)
        larger.initialize(repeating: 0)
        slots.deallocate()
        slots = larger
        for number in 0..<count { place(number + 1, hash: mixer.hash(entries[number].key)) }
    }

    /// Hands the entries out sorted by key, and empties the table.
    mutating func drain<Failure>(
        _ body: (UnsafeBufferPointer<KeyEntry>) throws(Failure) -> Void
    ) throws(Failure) {
        let all = UnsafeMutableBufferPointer(start: entries, count: count)
        all.sortByKey()
        count = 0
        slots.update(repeating: 0)
        try body(UnsafeBufferPointer(all))
    }
}
