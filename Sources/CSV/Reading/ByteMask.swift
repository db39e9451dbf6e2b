/// Searches eight bytes at once. In a mask, the lowest set bit is the top bit of the first byte found; higher bits may
/// be wrong. Source: Hacker's Delight, section 6-1.
enum ByteMask {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let tops: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func load(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    static func store(_ word: UInt64, _ bytes: UnsafeMutablePointer<UInt8>, _ offset: Int) {
        UnsafeMutableRawPointer(bytes).storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }

    /// Bytes below 0x20.
    @inline(__always)
    static func controls(_ word: UInt64) -> UInt64 {
        (word &- (ones &* 0x20)) & ~word & tops
    }

    /// Bytes equal to those of `pattern`, which repeats one byte eight times.
    @inline(__always)
    static func matches(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return (difference &- ones) & ~difference & tops
    }

    /// How many bytes lie before the first byte found.
    @inline(__always)
    static func index(_ mask: UInt64) -> Int {
        mask.trailingZeroBitCount &>> 3
    }
}
