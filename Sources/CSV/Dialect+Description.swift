extension Dialect: CustomStringConvertible {
    package var description: String {
        let quoting = quote.map { "quote \(Self.describe($0)), escape \(escape.rawValue)" } ?? "no quote"
        var parts = [encoding.rawValue, "delimiter \(Self.describe(delimiter))", quoting]
        parts.append(layout.headerRows > 1 ? "\(layout.headerRows) header rows" : hasHeader ? "header" : "no header")
        if layout.preambleLines > 0 { parts.append("preamble lines \(layout.preambleLines)") }
        if let end = layout.endOffset { parts.append("end at byte \(end)") }
        return parts.joined(separator: ", ")
    }

    /// The byte as it is shown to people: `,` between backticks, tab and space by name, others in hexadecimal.
    package static func describe(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\t"): "tab"
        case UInt8(ascii: " "): "space"
        case 0x21..<0x7F: "`\(Character(UnicodeScalar(byte)))`"
        default: "byte \(hexadecimal(byte))"
        }
    }

    /// The delimiter as it is shown to people: `||` between backticks, others byte by byte.
    package static func describe(_ delimiter: Delimiter) -> String {
        let isVisible = delimiter.bytes.contains { $0 > 0x20 } && !delimiter.bytes.contains { $0 < 0x20 }
        return isVisible ? "`\(delimiter.text)`" : delimiter.bytes.map { describe($0) }.joined(separator: " ")
    }

    /// The byte as `0x0A`.
    package static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0x0\(digits)" : "0x\(digits)"
    }
}
