/// An encoding of one byte per character whose lower half is ASCII and whose bytes from 0xA0 are U+00A0 … U+00FF.
enum SingleByteEncoding {
    case latin1
    case windows1252

    /// Windows-1252's characters for 0x80 … 0x9F; 0 where there is none. Source: Unicode's mapping table CP1252.TXT.
    private static let upperControls: [UInt16] = [
        0x20AC, 0x0000, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x0000, 0x017D, 0x0000,
        0x0000, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x0000, 0x017E, 0x0178,
    ]

    /// The character of a byte from 0x80, or nil if the encoding has none. ISO-8859-1 has control characters up to 0x9F.
    func scalar(_ byte: UInt8) -> UInt16? {
        guard self == .windows1252, byte < 0xA0 else { return UInt16(byte) }
        let scalar = Self.upperControls[Int(byte & 0x1F)]
        return scalar == 0 ? nil : scalar
    }

    /// The byte of a character from U+0080, or nil if the encoding has none.
    func byte(_ scalar: UInt32) -> UInt8? {
        if self == .windows1252, let index = Self.upperControls.firstIndex(where: { $0 != 0 && UInt32($0) == scalar }) {
            return 0x80 + UInt8(index)
        }
        let lowest: UInt32 = self == .windows1252 ? 0xA0 : 0x80
        return (lowest...0xFF).contains(scalar) ? UInt8(scalar) : nil
    }
}
