/// How numbers are written where a file comes from, for `parse_number` and `format_number`.
///
/// What is always understood: one sign (`-`, `+`, `−` before, `-` behind, or parentheses for a negative number), currency
/// signs (`$ € £ ¥` and all of Unicode's), spaces around, and a `%` behind, which divides by 100. With a locale, only its own
/// decimal mark and separators are. Without one:
/// - with both `.` and `,`, the last one is the decimal mark;
/// - a mark that occurs several times separates thousands;
/// - a single `,` separates thousands where one to three digits (not just `0`) stand before and exactly three behind it
///   (`1,234` is 1234), else it is the decimal mark (`1,5`);
/// - a single `.` is the decimal mark (`1.234` is 1.234);
/// - spaces and apostrophes separate thousands.
/// Separators must stand between groups of three digits, so that a mistyped `1,23,4` is an error and not a number.
struct NumberFormat: Sendable {
    enum Mark: UInt8 {
        case point = 0x2E, comma = 0x2C, space = 0x20, apostrophe = 0x27
    }

    /// `nil`: found out from the number itself.
    let decimalMark: Mark?
    let separator: Mark?

    /// The rules for a number that says itself how it is written.
    static let undeclared = NumberFormat(decimalMark: nil, separator: nil)

    static let locales = [
        "en", "de", "de-AT", "de-CH", "bg", "cs", "da", "el", "es", "et", "fi", "fr", "fr-CH", "hr", "hu", "id", "it",
        "it-CH", "ja", "ko", "lt", "lv", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk",
        "zh",
    ]

    private init(decimalMark: Mark?, separator: Mark?) {
        self.decimalMark = decimalMark
        self.separator = separator
    }

    /// `nil` for a locale that is not known; `de-DE` and `de_DE` are understood as `de`.
    init?(locale: String) {
        let name = locale.split(whereSeparator: { $0 == "_" || $0 == "-" }).joined(separator: "-")
        let language = String(name.prefix { $0 != "-" })
        switch Self.locales.contains(name) ? name : language {
        case "en", "ja", "ko", "zh": self.init(decimalMark: .point, separator: .comma)
        case "de-CH", "fr-CH", "it-CH": self.init(decimalMark: .point, separator: .apostrophe)
        case "bg", "cs", "et", "fi", "fr", "hu", "lt", "lv", "nb", "no", "pl", "ru", "sk", "sv", "uk":
            self.init(decimalMark: .comma, separator: .space)
        case "de-AT", "de", "da", "el", "es", "hr", "id", "it", "nl", "pt", "ro", "sl", "sr", "tr":
            self.init(decimalMark: .comma, separator: .point)
        default: return nil
        }
    }

    // MARK: - Reading

    /// What a number is written with, besides its sign, currency and percent: digits and marks.
    private struct Body {
        var marks: UnsafeMutableBufferPointer<UInt8>
        var isNegative = false
        var isPercent = false
    }

    /// Room in front of a body, for the sign and the zero of the number that is read.
    private static let room = 2

    /// Reads a number, the whole of `bytes`, which have no blanks at their ends.
    func parse(_ bytes: Bytes) -> ExactDecimal.Scan {
        if decimalMark == .point || decimalMark == nil, case .number(let number) = ExactDecimal.scan(bytes) {
            return .number(number)
        }
        if let number = plainNumber(bytes) { return .number(number) }
        // Longer than any number with all its decoration.
        guard bytes.count <= 200 else { return .malformed }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.room + bytes.count) { buffer in
            let rest = UnsafeMutableBufferPointer(rebasing: buffer[Self.room...])
            guard let body = Self.strip(bytes, into: rest) else { return .malformed }
            return read(body, into: buffer)
        }
    }

    /// Reads what most files write, in one pass: a sign, digits in whole groups of three, and digits behind the decimal
    /// mark, of a locale; nil for everything else.
    private func plainNumber(_ bytes: Bytes) -> ExactDecimal? {
        guard let decimalMark, bytes.count <= 18 else { return nil }
        let (point, comma) = (decimalMark.rawValue, separator?.rawValue ?? 0)
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var index = isNegative ? 1 : 0
        var value: Int64 = 0
        // Digits since the last mark.
        var digits = 0
        var hasSeparator = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte &- 0x30 < 10 {
                value = value &* 10 &+ Int64(byte &- 0x30)
                digits += 1
            } else if byte == comma, hasSeparator ? digits == 3 : 1...3 ~= digits {
                hasSeparator = true
                digits = 0
            } else {
                break
            }
            index += 1
        }
        guard digits > 0, !hasSeparator || digits == 3 else { return nil }
        var scale = 0
        if index < bytes.count {
            guard bytes[index] == point else { return nil }
            index += 1
            scale = bytes.count - index
            guard scale > 0 else { return nil }
            while index < bytes.count {
                let digit = bytes[index] &- 0x30
                guard digit < 10 else { return nil }
                value = value &* 10 &+ Int64(digit)
                index += 1
            }
        }
        return ExactDecimal(Int128(isNegative ? -value : value), scale: UInt8(truncatingIfNeeded: scale))
    }

    private static func strip(_ bytes: Bytes, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Body? {
        var body = Body(marks: buffer)
        var signs = 0
        var currencies = 0
        var start = 0
        var end = bytes.count
        if bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") {
            body.isNegative = true
            signs = 1
            start += 1
            end -= 1
        }
        while start < end {
            let (scalar, length) = decodeScalar(bytes, at: start)
            if isMinus(scalar) || scalar == 0x2B {
                signs += 1
                if scalar != 0x2B { body.isNegative = true }
            } else if isCurrency(scalar) {
                currencies += 1
            } else if !isBlankScalar(scalar) {
                break
            }
            start += length
        }
        while end > start {
            let (scalar, length) = decodeScalar(bytes, before: end)
            if isMinus(scalar) {
                signs += 1
                body.isNegative = true
            } else if scalar == 0x25, !body.isPercent {
                body.isPercent = true
            } else if isCurrency(scalar) {
                currencies += 1
            } else if !isBlankScalar(scalar) {
                break
            }
            end -= length
        }
        guard signs <= 1, currencies <= 1, start < end else { return nil }
        var count = 0
        while start < end {
            let (scalar, length) = decodeScalar(bytes, at: start)
            start += length
            switch scalar {
            case 0x30...0x39, 0x2E, 0x2C, 0x27: buffer[count] = UInt8(truncatingIfNeeded: scalar)
            case 0x2019: buffer[count] = Mark.apostrophe.rawValue
            case _ where isBlankScalar(scalar): buffer[count] = Mark.space.rawValue
            default: return nil
            }
            count += 1
        }
        body.marks = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
        return body
    }

    private static func isMinus(_ scalar: UInt32) -> Bool { scalar == 0x2D || scalar == 0x2212 }

    private static func isCurrency(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x80: scalar == 0x24
        case 0xA2...0xA5, 0x20A0...0x20C0: true
        default: Unicode.Scalar(scalar)?.properties.generalCategory == .currencySymbol
        }
    }

    /// Reads digits and marks; writes the number without its separators to the start of `buffer`, in which the body lies.
    private func read(_ body: Body, into buffer: UnsafeMutableBufferPointer<UInt8>) -> ExactDecimal.Scan {
        guard let (decimal, separator) = marks(of: body.marks) else { return .malformed }
        var count = 0
        if body.isNegative {
            buffer[0] = UInt8(ascii: "-")
            count = 1
        }
        let point = decimal.flatMap { body.marks.lastIndex(of: $0.rawValue) }
        if point == 0 {
            // `.5` is half.
            buffer[count] = UInt8(ascii: "0")
            count += 1
        }
        // Digits since the last mark, and separators before.
        var (digits, separators) = (0, 0)
        for (index, byte) in body.marks.enumerated() {
            if byte &- 0x30 < 10 {
                buffer[count] = byte
                count += 1
                digits += 1
            } else if index == point {
                guard separators == 0 || digits == 3 else { return .malformed }
                buffer[count] = Mark.point.rawValue
                count += 1
                digits = 0
            } else if byte == separator?.rawValue, index < point ?? .max {
                guard separators == 0 ? 1...3 ~= digits : digits == 3 else { return .malformed }
                separators += 1
                digits = 0
            } else {
                return .malformed
            }
        }
        // `1.` is nothing.
        guard point == nil ? separators == 0 || digits == 3 : digits > 0 else { return .malformed }
        let scanned = ExactDecimal.scan(Bytes(rebasing: buffer[..<count]))
        guard case .number(let number) = scanned, body.isPercent else { return scanned }
        return number.scale + 2 > ExactDecimal.largestScale
            ? .tooLarge : .number(ExactDecimal(number.mantissa, scale: number.scale + 2))
    }

    /// Which marks play which part in this number; `nil` where they contradict each other.
    private func marks(of bytes: UnsafeMutableBufferPointer<UInt8>) -> (decimal: Mark?, separator: Mark?)? {
        var (points, commas, blanks, apostrophes) = (0, 0, 0, 0)
        for byte in bytes {
            switch byte {
            case Mark.point.rawValue: points += 1
            case Mark.comma.rawValue: commas += 1
            case Mark.space.rawValue: blanks += 1
            case Mark.apostrophe.rawValue: apostrophes += 1
            default: break
            }
        }
        if let decimalMark {
            // Dots are not decimal points where a comma is, and the other way round; spaces always separate groups.
            let others =
                switch separator {
                case .point: points
                case .comma: commas
                case .apostrophe: apostrophes
                case .space, nil: 1
                }
            return (decimalMark, blanks > 0 && others == 0 ? .space : separator)
        }
        let spaces: Mark? = blanks > 0 ? .space : apostrophes > 0 ? .apostrophe : nil
        if points > 0, commas > 0 {
            guard spaces == nil, let last = bytes.last(where: { $0 == 0x2E || $0 == 0x2C }) else { return nil }
            return last == Mark.point.rawValue
                ? points == 1 ? (.point, .comma) : nil : commas == 1 ? (.comma, .point) : nil
        }
        if let spaces { return (points > 0 ? .point : commas > 0 ? .comma : nil, spaces) }
        if points > 1 { return (nil, .point) }
        if commas > 1 { return (nil, .comma) }
        if commas == 1, let position = bytes.firstIndex(of: Mark.comma.rawValue) {
            let isThousands = 1...3 ~= position && bytes.count - position == 4 && bytes[0] != UInt8(ascii: "0")
            return isThousands ? (nil, .comma) : (.comma, nil)
        }
        return (.point, nil)
    }
}
