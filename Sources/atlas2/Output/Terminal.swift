import Glibc

/// What is shown to people: colours where they are wanted, text that does nothing but be read.
struct Terminal: Sendable {
    enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
    }

    /// Whether results are coloured.
    let hasColours: Bool

    /// - Parameter wantsColours: what the user's environment says; a pipe or a file never has them.
    init(wantsColours: Bool) {
        hasColours = wantsColours && isatty(STDOUT_FILENO) == 1
    }

    func paint(_ text: String, _ colour: Colour) -> String {
        hasColours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// Whether all of it is there to be read.
    var isPrintable: Bool { !unicodeScalars.contains(where: \.steers) }

    /// The text with what would steer a terminal or reorder a line made visible, as `\u{1b}`.
    var printable: String {
        guard !isPrintable else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar.steers ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
    }

    /// At most `limit` characters, the last one `…` where something is left out.
    func shortened(to limit: Int) -> String {
        let start = prefix(limit + 1)
        return start.count > limit ? start.prefix(max(0, limit - 1)) + "…" : self
    }

    /// As a sentence begins.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// How many columns it takes on a terminal.
    var columns: Int { reduce(0) { $0 + ($1.isWide ? 2 : 1) } }
}

extension Unicode.Scalar {
    /// Whether it would steer a terminal, end a line, or reorder or hide what stands beside it.
    var steers: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
            true
        default: false
        }
    }
}

extension Character {
    /// East Asian wide letters and emoji (Unicode's East Asian Width, the large blocks).
    fileprivate var isWide: Bool {
        guard let value = unicodeScalars.first?.value else { return false }
        switch value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return true
        default:
            return false
        }
    }
}
