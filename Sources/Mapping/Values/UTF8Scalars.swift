/// Reads one Unicode scalar of UTF-8 at `index`, with the number of its bytes.
///
/// Total: bytes that are no UTF-8 read as U+FFFD, one byte each.
@inline(__always)
func decodeScalar(_ bytes: Bytes, at index: Int) -> (scalar: UInt32, length: Int) {
    let first = bytes[index]
    return first < 0x80 ? (UInt32(first), 1) : decodeLongScalar(bytes, at: index)
}

let replacementScalar: UInt32 = 0xFFFD

private func decodeLongScalar(_ bytes: Bytes, at index: Int) -> (scalar: UInt32, length: Int) {
    let first = UInt32(bytes[index])
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, index + length <= bytes.count else { return (replacementScalar, 1) }
    var scalar = first & (0x7F >> UInt32(length))
    for offset in 1..<length {
        let byte = UInt32(bytes[index + offset])
        guard byte & 0xC0 == 0x80 else { return (replacementScalar, 1) }
        scalar = scalar << 6 | byte & 0x3F
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard scalar >= least, scalar <= 0x10FFFF, scalar & 0x1FF800 != 0xD800 else { return (replacementScalar, 1) }
    return (scalar, length)
}

/// Reads the scalar that ends just before `end`.
func decodeScalar(_ bytes: Bytes, before end: Int) -> (scalar: UInt32, length: Int) {
    var start = end - 1
    while start > 0, end - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    let (scalar, length) = decodeScalar(bytes, at: start)
    return start + length == end ? (scalar, length) : (replacementScalar, 1)
}

/// Writes one scalar as UTF-8 (one to four bytes) and returns the number of bytes.
@inline(__always)
func encodeScalar(_ scalar: UInt32, to target: UnsafeMutablePointer<UInt8>) -> Int {
    if scalar < 0x80 {
        target[0] = UInt8(truncatingIfNeeded: scalar)
        return 1
    }
    let length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
    var rest = scalar
    for offset in stride(from: length - 1, to: 0, by: -1) {
        target[offset] = UInt8(truncatingIfNeeded: 0x80 | rest & 0x3F)
        rest >>= 6
    }
    let mark: UInt32 = length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0
    target[0] = UInt8(truncatingIfNeeded: mark | rest)
    return length
}

/// Whether no byte is of a scalar beyond ASCII.
@inline(__always)
func isASCII(_ bytes: Bytes) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    var index = 0
    var seen: UInt64 = 0
    while index + 8 <= bytes.count {
        seen |= UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)
        index += 8
    }
    while index < bytes.count {
        seen |= UInt64(bytes[index])
        index += 1
    }
    return seen & 0x8080_8080_8080_8080 == 0
}

/// Whether every byte belongs to a well-formed scalar.
func isValidUTF8(_ bytes: Bytes) -> Bool {
    var index = 0
    while index < bytes.count {
        let (scalar, length) = decodeScalar(bytes, at: index)
        if scalar == replacementScalar, length == 1 { return false }
        index += length
    }
    return true
}

/// The number of Unicode scalars in UTF-8.
func scalarCount(_ bytes: Bytes) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
}

/// Whether people would call the scalar a space or nothing at all: Unicode white space, zero-width space, byte order
/// mark.
@inline(__always)
func isBlankScalar(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar == 0x20 || scalar &- 0x09 < 5 }
    return isBlankBeyondASCII(scalar)
}

private func isBlankBeyondASCII(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x85, 0xA0, 0x1680, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF: true
    default: false
    }
}

/// The bytes without blank scalars at both ends.
@inline(__always)
func trimmed(_ bytes: Bytes) -> Bytes {
    let start = blanksBefore(bytes)
    let rest = Bytes(rebasing: bytes[start...])
    return Bytes(rebasing: rest[..<endBeforeBlanks(rest)])
}

/// The number of bytes of the blank scalars at the beginning.
@inline(__always)
func blanksBefore(_ bytes: Bytes) -> Int {
    var start = 0
    while start < bytes.count {
        let (scalar, length) = decodeScalar(bytes, at: start)
        guard isBlankScalar(scalar) else { break }
        start += length
    }
    return start
}

/// The number of bytes up to the blank scalars at the end.
@inline(__always)
func endBeforeBlanks(_ bytes: Bytes) -> Int {
    var end = bytes.count
    while end > 0 {
        let (scalar, length) = decodeScalar(bytes, before: end)
        guard isBlankScalar(scalar) else { break }
        end -= length
    }
    return end
}

/// The offset behind the first `count` scalars; the end where there are fewer.
func offset(behindFirst count: Int, in bytes: Bytes) -> Int {
    var index = 0
    var rest = count
    while rest > 0, index < bytes.count {
        index += decodeScalar(bytes, at: index).length
        rest -= 1
    }
    return index
}

/// The offset of the last `count` scalars; 0 where there are fewer.
func offset(ofLast count: Int, in bytes: Bytes) -> Int {
    var end = bytes.count
    var rest = count
    while rest > 0, end > 0 {
        end -= decodeScalar(bytes, before: end).length
        rest -= 1
    }
    return end
}
