/// Turns UTF-16 into UTF-8, piece by piece, cut anywhere.
///
/// What is no character, a surrogate without its other half or half a code unit at the end, becomes the byte 0xFF, which
/// no UTF-8 has. Source: The Unicode Standard, section 3.9.
struct UTF16Decoder: Sendable {
    static let misfit: UInt8 = 0xFF

    private let isBigEndian: Bool
    /// The first half of a code unit, and of a surrogate pair, whose other half is in the next piece.
    private var firstByte: UInt8?
    private var highSurrogate: UInt32?

    /// Nil for an encoding that is not UTF-16.
    init?(_ encoding: Dialect.Encoding) {
        switch encoding {
        case .utf16LE: isBigEndian = false
        case .utf16BE: isBigEndian = true
        case .utf8, .latin1, .windows1252: return nil
        }
    }

    /// The characters that are whole with the next piece.
    mutating func decode(_ piece: [UInt8]) -> [UInt8] {
        // A code unit takes 3 bytes at most, and what was kept from the last piece as many.
        [UInt8](unsafeUninitializedCapacity: piece.count / 2 * 3 + 6) { output, count in
            guard let output = output.baseAddress else { return }
            piece.withUnsafeBufferPointer { input in
                var at = 0
                if let first = firstByte, let second = input.first {
                    append(unit(first, second), to: output, &count)
                    firstByte = nil
                    at = 1
                }
                while at + 1 < input.count {
                    append(unit(input[at], input[at + 1]), to: output, &count)
                    at += 2
                }
                if at < input.count { firstByte = input[at] }
            }
        }
    }

    /// What stands for the halves that nothing follows.
    mutating func finish() -> [UInt8] {
        defer { (firstByte, highSurrogate) = (nil, nil) }
        return (highSurrogate == nil ? [] : [Self.misfit]) + (firstByte == nil ? [] : [Self.misfit])
    }

    @inline(__always)
    private func unit(_ first: UInt8, _ second: UInt8) -> UInt32 {
        isBigEndian ? UInt32(first) << 8 | UInt32(second) : UInt32(second) << 8 | UInt32(first)
    }

    @inline(__always)
    private mutating func append(_ unit: UInt32, to output: UnsafeMutablePointer<UInt8>, _ count: inout Int) {
        if let high = highSurrogate {
            highSurrogate = nil
            if unit & 0xFC00 == 0xDC00 {
                let scalar = 0x1_0000 + (high & 0x3FF) << 10 + unit & 0x3FF
                Self.put(0xF0 | scalar >> 18, output, &count)
                Self.put(0x80 | scalar >> 12 & 0x3F, output, &count)
                Self.put(0x80 | scalar >> 6 & 0x3F, output, &count)
                Self.put(0x80 | scalar & 0x3F, output, &count)
                return
            }
            Self.put(UInt32(Self.misfit), output, &count)
        }
        switch unit {
        case 0..<0x80:
            Self.put(unit, output, &count)
        case 0x80..<0x800:
            Self.put(0xC0 | unit >> 6, output, &count)
            Self.put(0x80 | unit & 0x3F, output, &count)
        case 0xD800..<0xDC00:
            highSurrogate = unit
        case 0xDC00..<0xE000:
            Self.put(UInt32(Self.misfit), output, &count)
        default:
            Self.put(0xE0 | unit >> 12, output, &count)
            Self.put(0x80 | unit >> 6 & 0x3F, output, &count)
            Self.put(0x80 | unit & 0x3F, output, &count)
        }
    }

    @inline(__always)
    private static func put(_ byte: UInt32, _ output: UnsafeMutablePointer<UInt8>, _ count: inout Int) {
        output[count] = UInt8(truncatingIfNeeded: byte)
        count &+= 1
    }

    /// How many bytes of UTF-16 became this text: four where a character is a surrogate pair, else two.
    static func fileBytes(of text: ArraySlice<UInt8>) -> Int {
        text.withUnsafeBufferPointer { bytes in
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 {
                count &+= byte >= 0xF0 && byte != misfit ? 4 : 2
            }
            return count
        }
    }
}

extension UTF16Decoder {
    /// The whole of some bytes as UTF-8; if they are `cut` off, without what is not whole at their end.
    static func decode(_ bytes: [UInt8], _ encoding: Dialect.Encoding, isCut: Bool) -> [UInt8] {
        guard var decoder = UTF16Decoder(encoding) else { return bytes }
        let text = decoder.decode(bytes)
        return isCut ? text : text + decoder.finish()
    }

    /// UTF-8 as UTF-16; what is no UTF-8 becomes U+FFFD.
    static func encode(_ text: [UInt8], _ encoding: Dialect.Encoding) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 2)
        for unit in String(decoding: text, as: UTF8.self).utf16 {
            let (high, low) = (UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit))
            bytes += encoding == .utf16BE ? [high, low] : [low, high]
        }
        return bytes
    }
}
