/// Addresses of the internet, and texts that spreadsheets run.
extension TextFormat {
    /// Four numbers from 0 to 255 between dots, without zeros in front.
    static func isIPv4(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        var parts = 0
        var number = -1
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard number >= 0, parts < 3 else { return false }
                parts += 1
                number = -1
            } else {
                guard byte &- 0x30 < 10, number != 0 else { return false }
                number = max(number, 0) * 10 + Int(byte &- 0x30)
                if number > 255 { return false }
            }
        }
        return parts == 3 && number >= 0
    }

    /// Eight groups of one to four hexadecimal digits between colons; one run of groups may be `::`, and the last two an IPv4
    /// address (RFC 4291, section 2.2). No zone and no prefix length.
    static func isIPv6(_ bytes: Bytes) -> Bool {
        var groups = 0
        var digits = 0
        var hasGap = false
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ":") {
                let isDouble = index + 1 < bytes.count && bytes[index + 1] == byte
                if isDouble {
                    guard !hasGap else { return false }
                    hasGap = true
                    index += 1
                } else if digits == 0 || index + 1 == bytes.count {
                    return false
                }
                if digits > 0 { groups += 1 }
                digits = 0
                start = index + 1
            } else if byte == UInt8(ascii: ".") {
                guard isIPv4(bytes[start...]) else { return false }
                groups += 2
                return hasGap ? groups < 8 : groups == 8
            } else {
                digits += 1
                guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6, digits <= 4 else { return false }
            }
            index += 1
        }
        if digits > 0 { groups += 1 }
        return hasGap ? groups < 8 : groups == 8
    }

    /// Whether the text begins as a formula of a spreadsheet does, with `=`, `+`, `-`, `@` (also in full width), a tab or a
    /// line break, and is not a number such as `-1.5`.
    static func isFormula(_ bytes: Bytes) -> Bool {
        guard let first = bytes.first else { return false }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D:
            return true
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            if case .malformed = ExactDecimal.scan(bytes) { return true }
            return false
        case 0xEF:
            let (scalar, _) = decodeScalar(bytes, at: 0)
            return scalar == 0xFF1D || scalar == 0xFF0B || scalar == 0xFF0D || scalar == 0xFF20
        default:
            return false
        }
    }
}
