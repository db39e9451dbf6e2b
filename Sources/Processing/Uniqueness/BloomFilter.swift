/// Says "certainly not there" for most keys that are not in a set; 10 bits a key.
///
/// Blocked: a key's seven bits lie in one block of 512, so that a question costs one cache line. About 1.2 % of the keys
/// that are not there pass (Putze, Sanders and Singler, 2007).
struct BloomFilter: ~Copyable {
    private static let bitsPerKey = 10
    private static let bitsPerBlock = 512
    private let words: UnsafeMutableBufferPointer<UInt64>
    private let blocks: UInt64

    /// - Parameter capacity: Keys it is made for.
    init(capacity: Int) {
        blocks = UInt64(max(1, (capacity * Self.bitsPerKey + Self.bitsPerBlock - 1) / Self.bitsPerBlock))
        let size = Int(blocks) * Self.bitsPerBlock / 8
        words = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64).bindMemory(to: UInt64.self)
        words.initialize(repeating: 0)
    }

    deinit { words.deallocate() }

    mutating func insert(hash: UInt64) {
        let block = block(hash)
        var places = places(hash)
        for _ in 0..<7 {
            words[block + Int(places & 7)] |= 1 << (places >> 3 & 63)
            places >>= 9
        }
    }

    @inline(__always)
    func mayContain(hash: UInt64) -> Bool {
        let block = block(hash)
        var places = places(hash)
        for _ in 0..<7 {
            if words[block + Int(places & 7)] & 1 << (places >> 3 & 63) == 0 { return false }
            places >>= 9
        }
        return true
    }

    /// Offset of the block's first word.
    @inline(__always)
    private func block(_ hash: UInt64) -> Int {
        Int(hash.multipliedFullWidth(by: blocks).high) * 8
    }

    /// Seven times nine bits, independent of the hash's upper bits, which choose the block.
    @inline(__always)
    private func places(_ hash: UInt64) -> UInt64 {
        let product = hash.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.low ^ (product.high &* 0xD6E8_FEB8_6659_FD93)
    }
}
