/// Numbers that carry check digits.
extension TextFormat {
    /// Country, check digits and account by ISO 13616: as long as the country's are, modulo 97 (ISO 7064) right; in one piece
    /// or with single spaces between groups of four.
    static func isIBAN(_ bytes: Bytes) -> Bool {
        guard bytes.count >= 5, let length = IBANLengths.length(of: Bytes(rebasing: bytes[..<2])) else { return false }
        let isGrouped = bytes[4] == UInt8(ascii: " ")
        guard bytes.count == (isGrouped ? length + (length - 1) / 4 : length) else { return false }
        var rest = 0
        /// The sign at a place of the ungrouped number, appended to the number modulo 97; letters have two digits.
        func append(_ place: Int) -> Bool {
            let byte = bytes[isGrouped ? place + place / 4 : place]
            if byte &- 0x30 < 10 {
                rest = (rest * 10 + Int(byte &- 0x30)) % 97
            } else if place >= 4 || place < 2, byte &- 0x41 < 26 {
                rest = (rest * 100 + Int(byte &- 0x41) + 10) % 97
            } else {
                return false
            }
            return true
        }
        if isGrouped {
            for place in stride(from: 4, to: bytes.count, by: 5) where bytes[place] != UInt8(ascii: " ") {
                return false
            }
        }
        for place in 4..<length where !append(place) { return false }
        for place in 0..<4 where !append(place) { return false }
        // 00, 01 and 99 have the rests of 97, 98 and 02, and are never given.
        let check = Int(bytes[2] &- 0x30) * 10 + Int(bytes[3] &- 0x30)
        return rest == 1 && 2...98 ~= check
    }

    /// Two or more digits, the last one checking the others by Luhn (ISO/IEC 7812-1); single spaces or hyphens between.
    static func hasLuhnDigit(_ bytes: Bytes) -> Bool {
        var sum = 0
        var digits = 0
        let isWritten = backwardDigits(bytes) { digit in
            let doubled = digit * 2
            sum += digits % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled
            digits += 1
        }
        return isWritten && digits >= 2 && sum % 10 == 0
    }

    /// Nine digits and a digit or X: weighted from 10 down to 1, a multiple of 11; single spaces or hyphens between.
    static func isISBN10(_ bytes: Bytes) -> Bool {
        guard let last = bytes.last else { return false }
        let isX = last == UInt8(ascii: "X")
        var sum = isX ? 10 : 0
        var digits = isX ? 1 : 0
        var front = bytes
        if isX {
            front = Bytes(rebasing: bytes.dropLast())
            if let sign = front.last, isSeparator(sign) { front = Bytes(rebasing: front.dropLast()) }
        }
        let isWritten = backwardDigits(front) { digit in
            digits += 1
            sum += digit * digits
        }
        return isWritten && digits == 10 && sum % 11 == 0
    }

    /// Thirteen digits from 978 or 979 (but not 979-0, which is printed music) with the check digit of an EAN; single spaces
    /// or hyphens between.
    static func isISBN13(_ bytes: Bytes) -> Bool {
        var sum = 0
        var digits = 0
        var prefix = 0
        var place = 1
        let isWritten = backwardDigits(bytes) { digit in
            sum += digits % 2 == 0 ? digit : digit * 3
            // The last four that come are the first four of the number.
            if 9..<13 ~= digits {
                prefix += digit * place
                place *= 10
            }
            digits += 1
        }
        return isWritten && digits == 13 && sum % 10 == 0 && (9780...9789 ~= prefix || 9791...9799 ~= prefix)
    }

    /// So many digits and nothing else: weighted 1 and 3 from the end, a multiple of 10 (GS1).
    static func isEAN(_ bytes: Bytes, length: Int) -> Bool {
        guard bytes.count == length else { return false }
        var sum = 0
        for index in 0..<length {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return false }
            sum += (length - index) % 2 == 1 ? Int(digit) : Int(digit) * 3
        }
        return sum % 10 == 0
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") }

    /// Hands on the digits from the last to the first; `false` where there is anything else than digits with single spaces or
    /// hyphens between them.
    @inline(__always)
    private static func backwardDigits(_ bytes: Bytes, _ take: (Int) -> Void) -> Bool {
        var isBehindDigit = false
        for byte in bytes.reversed() {
            if byte &- 0x30 < 10 {
                take(Int(byte &- 0x30))
                isBehindDigit = true
            } else {
                guard isSeparator(byte), isBehindDigit else { return false }
                isBehindDigit = false
            }
        }
        return isBehindDigit
    }
}
