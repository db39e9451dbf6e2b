/// Tells valid UTF-8 from other bytes. Source: The Unicode Standard, table 3-7.
enum UTF8Check {
    /// Whether all of the bytes are whole characters.
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var at = 0
        while at < bytes.count {
            if at + 8 <= bytes.count, ByteMask.load(base, at) & ByteMask.tops == 0 {
                at += 8
                continue
            }
            let length = length(bytes, at, bytes.count)
            if length == 0 { return false }
            at += length
        }
        return true
    }

    /// The length in bytes of the character at `at`, which must end before `end`; 0 if there is no valid one.
    @inline(__always)
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> Int {
        let first = bytes[at]
        if first < 0x80 { return 1 }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard first >= 0xC2, first <= 0xF4, at + length <= end else { return 0 }
        let second = bytes[at + 1]
        let isSecondValid =
            switch first {
            case 0xE0: (0xA0...0xBF).contains(second)
            case 0xED: (0x80...0x9F).contains(second)
            case 0xF0: (0x90...0xBF).contains(second)
            case 0xF4: (0x80...0x8F).contains(second)
            default: second & 0xC0 == 0x80
            }
        guard isSecondValid else { return 0 }
        for offset in 2..<max(2, length) where bytes[at + offset] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
