/// Texts as YAML has them.
enum YAMLText {
    /// A value or a key of one line: plain where it can stand so, else between quotes.
    static func scalar(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        if let first = scalars.first, let last = scalars.last, isPlainStart(first), last != ":", last != " ",
            !text.contains(": "), !text.contains(" #"), text != "null", scalars.allSatisfy(isPrintable)
        {
            return text
        }
        if scalars.allSatisfy(isPrintable) { return "'\(text.replacing("'", with: "''"))'" }
        return "\"\(scalars.map(escaped).joined())\""
    }

    /// One line of JSON as YAML, which takes fewer characters as they are.
    static func flow(_ json: String) -> String {
        json.unicodeScalars.map { isPrintable($0) ? String($0) : escaped($0) }.joined()
    }

    /// A text on one line of a comment.
    static func comment(_ text: String) -> String {
        text.unicodeScalars.map { isPrintable($0) ? String($0) : "\u{FFFD}" }.joined()
    }

    private static func isPlainStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "$", "(", "a"..."z", "A"..."Z": true
        default: scalar.value >= 0x80 && scalar.properties.isAlphabetic
        }
    }

    /// Whether the scalar may stand in one line of YAML 1.1, and is seen there.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x200D, 0x2010...0x2027, 0x202F...0x2065, 0x206A...0xD7FF, 0xE000...0xFEFE,
            0xFF00...0xFFFD, 0x10000...0x10FFFF:
            true
        default: false
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        if scalar == "\"" || scalar == "\\" { return "\\\(scalar)" }
        if isPrintable(scalar) { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        return scalar.value > 0xFFFF
            ? "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
