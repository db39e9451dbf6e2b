/// Writes JSON texts from UTF-8 bytes.
package enum JSONWriter {
    /// Appends the bytes as a JSON string with quotes.
    ///
    /// Total: a NUL, which PostgreSQL's JSON cannot hold, is written as U+2400 (␀), and bytes that are no UTF-8 as U+FFFD.
    package static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0, to: &output) }
    }

    package static func append(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { append($0, to: &output) }
    }

    package static func append(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var index = 0
        while index < bytes.count {
            let run = plainCount(bytes, from: index)
            if run > 0 { output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<(index + run)])) }
            index += run
            guard index < bytes.count else { break }
            let byte = bytes[index]
            if byte >= 0x80 {
                let (scalar, length) = decodeScalar(bytes, at: index)
                if scalar == replacementScalar, length == 1 {
                    output.append(contentsOf: "\u{FFFD}".utf8)
                } else {
                    output.append(contentsOf: bytes[index..<(index + length)])
                }
                index += length
            } else {
                if byte == 0 { output.append(contentsOf: "\u{2400}".utf8) } else { appendEscaped(byte, to: &output) }
                index += 1
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 6) { buffer in
            guard let start = buffer.baseAddress else { return }
            let count = writeEscaped(byte, to: start)
            output.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
        }
    }

    /// The number of bytes from `start` on that stand in a JSON string as they are: ASCII without quotes, backslashes
    /// and control characters.
    @inline(__always)
    static func plainCount(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count {
            let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: UInt64.self)
            if hasSpecial(word) { break }
            index += 8
        }
        while index < bytes.count, isPlain(bytes[index]) { index += 1 }
        return index - start
    }

    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x60 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Whether one of eight bytes is not plain (exact: the borrow of a subtraction can only follow a special byte).
    @inline(__always)
    static func hasSpecial(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let control = word &- (ones &* 0x20)
        let found = control | (quotes &- ones) | (backslashes &- ones) | word
        return found & highs != 0
    }

    enum Problem: Error {
        case nul, invalidUTF8
    }

    /// The most bytes that `write` needs for a text.
    @inline(__always)
    static func capacity(for count: Int) -> Int { 6 * count + 2 }

    /// Writes an accepted text as a JSON string and returns the number of bytes; refuses what the log cannot hold.
    ///
    /// `target` has room for `capacity(for:)` bytes.
    @inline(__always)
    static func write(
        _ bytes: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>
    ) throws(Problem) -> Int {
        target[0] = UInt8(ascii: "\"")
        var index = 0
        while index + 8 <= bytes.count {
            let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: UInt64.self)
            if hasSpecial(word) { break }
            UnsafeMutableRawPointer(target + index + 1).storeBytes(of: word, as: UInt64.self)
            index += 8
        }
        while index < bytes.count, isPlain(bytes[index]) {
            target[index + 1] = bytes[index]
            index += 1
        }
        var count = index + 1
        if index < bytes.count { count = try writeRest(bytes, from: index, to: target, count) }
        target[count] = UInt8(ascii: "\"")
        return count + 1
    }

    private static func writeRest(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to target: UnsafeMutablePointer<UInt8>, _ written: Int
    ) throws(Problem) -> Int {
        var index = start
        var count = written
        while index < bytes.count {
            let byte = bytes[index]
            if isPlain(byte) {
                target[count] = byte
                count += 1
                index += 1
            } else if byte >= 0x80 {
                let (scalar, length) = decodeScalar(bytes, at: index)
                if scalar == replacementScalar, length == 1 { throw .invalidUTF8 }
                for offset in 0..<length { target[count + offset] = bytes[index + offset] }
                count += length
                index += length
            } else {
                if byte == 0 { throw .nul }
                count += writeEscaped(byte, to: target + count)
                index += 1
            }
        }
        return count
    }

    /// Writes a scalar, which is no NUL, as a part of a JSON string: one to six bytes.
    static func write(scalar: UInt32, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let byte = UInt8(truncatingIfNeeded: scalar)
        return scalar >= 0x80 || isPlain(byte) ? encodeScalar(scalar, to: target) : writeEscaped(byte, to: target)
    }

    /// Writes the escape of a quote, a backslash or a control character: two or six bytes.
    private static func writeEscaped(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) -> Int {
        target[0] = UInt8(ascii: "\\")
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): target[1] = byte
        case 0x0A: target[1] = UInt8(ascii: "n")
        case 0x0D: target[1] = UInt8(ascii: "r")
        case 0x09: target[1] = UInt8(ascii: "t")
        default:
            let digits: StaticString = "0123456789abcdef"
            target[1] = UInt8(ascii: "u")
            target[2] = UInt8(ascii: "0")
            target[3] = UInt8(ascii: "0")
            target[4] = digits.utf8Start[Int(byte >> 4)]
            target[5] = digits.utf8Start[Int(byte & 15)]
            return 6
        }
        return 2
    }
}
