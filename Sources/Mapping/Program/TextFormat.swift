/// Texts of a known form: what fields of type email, url, uuid and phone hold.
enum TextFormat {
    /// One `@`; before it 1 to 64 of the characters that mailboxes use (RFC 5321 without quotes, and all beyond ASCII), no
    /// dot at an end or twice; behind it a domain of two or more labels, of letters, digits and hyphens.
    static func isEmail(_ bytes: Bytes) -> Bool {
        guard bytes.count <= 254, let at = bytes.firstIndex(of: UInt8(ascii: "@")), 1...64 ~= at else { return false }
        var isBehindDot = true
        for byte in bytes[..<at] {
            let isDot = byte == UInt8(ascii: ".")
            guard isDot ? !isBehindDot : isMailboxByte(byte) else { return false }
            isBehindDot = isDot
        }
        return !isBehindDot && isDomain(Bytes(rebasing: bytes[(at + 1)...]), leastLabels: 2)
    }

    /// `http://` or `https://`, a host, perhaps a port, a path and more, and nothing that is to be escaped in a URL.
    static func isURL(_ bytes: Bytes) -> Bool {
        var rest = bytes[...]
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon == 4 || colon == 5 else { return false }
        let scheme = rest[..<colon].lazy.map { $0 | 0x20 }
        guard scheme.elementsEqual("http".utf8) || scheme.elementsEqual("https".utf8) else { return false }
        rest = rest[(colon + 1)...]
        guard rest.starts(with: "//".utf8) else { return false }
        rest = rest.dropFirst(2)
        for byte in rest where byte <= 0x20 || byte == 0x7F || "\"<>\\^`{|}".utf8.contains(byte) { return false }
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        let port = authority.dropFirst(host.count).dropFirst()
        guard port.count <= 5, port.allSatisfy({ $0 &- 0x30 < 10 }) else { return false }
        return isDomain(Bytes(rebasing: host), leastLabels: 1)
    }

    /// 8-4-4-4-12 hexadecimal digits.
    static func isUUID(_ bytes: Bytes) -> Bool {
        guard bytes.count == 36 else { return false }
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                if byte != UInt8(ascii: "-") { return false }
            } else if !(byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6) {
                return false
            }
        }
        return true
    }

    /// 5 to 15 digits with an optional `+` before and single spaces, dots, hyphens, slashes or parentheses between.
    static func isPhone(_ bytes: Bytes) -> Bool {
        var digits = 0
        var isBehindSign = false
        for (index, byte) in bytes.enumerated() {
            if byte &- 0x30 < 10 {
                digits += 1
                isBehindSign = false
            } else if byte == UInt8(ascii: "+") {
                if index != 0 { return false }
            } else if " .-/()".utf8.contains(byte) {
                if isBehindSign, byte != UInt8(ascii: "("), byte != UInt8(ascii: " ") { return false }
                isBehindSign = byte != UInt8(ascii: ")")
            } else {
                return false
            }
        }
        return 5...15 ~= digits && !isBehindSign
    }

    private static func isMailboxByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    /// Also every byte beyond ASCII.
    @inline(__always)
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
    }

    private static func isDomain(_ bytes: Bytes, leastLabels: Int) -> Bool {
        guard bytes.count <= 253 else { return false }
        var labels = 0
        var length = 0
        var last: UInt8 = 0
        for byte in bytes {
            if isLetterOrDigit(byte) || byte == UInt8(ascii: "-") && length > 0 {
                length += 1
            } else {
                guard byte == UInt8(ascii: "."), 1...63 ~= length, last != UInt8(ascii: "-") else { return false }
                labels += 1
                length = 0
            }
            last = byte
        }
        return 1...63 ~= length && last != UInt8(ascii: "-") && labels + 1 >= leastLabels
    }
}
