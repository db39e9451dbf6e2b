extension ExactDecimal {
    /// The most bytes that `write` needs: sign, a leading zero, the point, 38 digits, and room for a scale of 38.
    static let textCapacity = 48

    package enum Scan: Sendable {
        case number(ExactDecimal)
        case malformed
        case tooLarge
    }

    /// Reads `[+-]digits[.digits]`, the whole of `bytes`, nothing else.
    @inline(__always)
    static func scan(_ bytes: Bytes) -> Scan {
        var index = 0
        var isNegative = false
        if bytes.count > 0, bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
            isNegative = bytes[0] == UInt8(ascii: "-")
            index = 1
        }
        guard bytes.count - index <= 18 else { return scanLong(bytes, from: index, isNegative: isNegative) }
        var value: Int64 = 0
        var point = -1
        let first = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte &- 0x30 < 10 {
                value = value &* 10 &+ Int64(byte &- 0x30)
            } else if byte == UInt8(ascii: "."), point < 0, index > first {
                point = index
            } else {
                return .malformed
            }
            index += 1
        }
        if index == first || point == index - 1 { return .malformed }
        let scale = point < 0 ? 0 : index - point - 1
        return .number(ExactDecimal(Int128(isNegative ? -value : value), scale: UInt8(truncatingIfNeeded: scale)))
    }

    private static func scanLong(_ bytes: Bytes, from first: Int, isNegative: Bool) -> Scan {
        var value: Int128 = 0
        var point = -1
        var isTooLarge = false
        for index in first..<bytes.count {
            let byte = bytes[index]
            if byte &- 0x30 < 10 {
                if value >= mantissaLimit / 10 { isTooLarge = true } else { value = value * 10 + Int128(byte &- 0x30) }
            } else if byte == UInt8(ascii: "."), point < 0, index > first {
                point = index
            } else {
                return .malformed
            }
        }
        if point == bytes.count - 1 { return .malformed }
        let scale = point < 0 ? 0 : bytes.count - point - 1
        if isTooLarge || scale > Int(largestScale) { return .tooLarge }
        return .number(ExactDecimal(isNegative ? -value : value, scale: UInt8(scale)))
    }

    /// Writes the number as a JSON number (`-12.50`) and returns the number of bytes.
    ///
    /// `target` has room for `textCapacity` bytes.
    func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        if mantissa < 0 {
            target[0] = UInt8(ascii: "-")
            count = 1
        }
        let magnitude = mantissa.magnitude
        if magnitude <= UInt128(UInt64.max) {
            return count + Self.write(UInt64(truncatingIfNeeded: magnitude), scale: Int(scale), to: target + count)
        }
        let scale = Int(scale)
        let digits = max(Self.digitCount(magnitude), scale + 1)
        let total = digits + (scale > 0 ? 1 : 0)
        var position = count + total - 1
        var written = 0
        var low: UInt64
        var high = magnitude
        // Sixteen digits at a time in one machine word.
        while written < digits {
            let isLast = high <= UInt128(UInt64.max)
            if isLast {
                low = UInt64(truncatingIfNeeded: high)
                high = 0
            } else {
                let (quotient, remainder) = high.quotientAndRemainder(dividingBy: 10_000_000_000_000_000)
                low = UInt64(truncatingIfNeeded: remainder)
                high = quotient
            }
            let end = isLast ? digits : min(digits, written + 16)
            while written < end {
                if written == scale, scale > 0 {
                    target[position] = UInt8(ascii: ".")
                    position -= 1
                }
                target[position] = 0x30 &+ UInt8(truncatingIfNeeded: low % 10)
                low /= 10
                position -= 1
                written += 1
            }
        }
        return count + total
    }

    private static func write(_ magnitude: UInt64, scale: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var digits = 1
        var limit: UInt64 = 10
        while magnitude >= limit {
            digits += 1
            if digits == 20 { break }
            limit &*= 10
        }
        digits = max(digits, scale + 1)
        var position = digits + (scale > 0 ? 1 : 0)
        let total = position
        var rest = magnitude
        func put(_ count: Int) {
            for _ in 0..<count {
                position &-= 1
                let quotient = rest / 10
                target[position] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
                rest = quotient
            }
        }
        if scale > 0 {
            put(scale)
            position &-= 1
            target[position] = UInt8(ascii: ".")
        }
        put(digits - scale)
        return total
    }

    private static func digitCount(_ magnitude: UInt128) -> Int {
        var count = 1
        var rest = magnitude
        while rest > UInt128(UInt64.max) {
            rest /= 10
            count += 1
        }
        var word = UInt64(truncatingIfNeeded: rest)
        while word >= 10 {
            word /= 10
            count += 1
        }
        return count
    }
}

extension ExactDecimal: CustomStringConvertible {
    package init?(_ text: some StringProtocol) {
        let scanned = Array(text.utf8).withUnsafeBufferPointer { Self.scan($0) }
        guard case .number(let number) = scanned else { return nil }
        self = number
    }

    package var description: String {
        String(unsafeUninitializedCapacity: Self.textCapacity) { buffer in
            buffer.baseAddress.map { write(to: $0) } ?? 0
        }
    }
}
