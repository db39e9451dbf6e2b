extension JSONScanner {
    /// Passes over a string.
    mutating func skipString() throws(ResultChunkError) {
        try expect("\"")
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""): return try expect("\"")
            case UInt8(ascii: "\\"): _ = try escape()
            case 0..<0x20: throw failure("control characters must be escaped")
            default: passByte()
            }
        }
        throw failure("a quotation mark was expected")
    }

    /// Reads a string.
    mutating func string() throws(ResultChunkError) -> String {
        let start = offset
        try skipString()
        let end = offset
        var units: [UInt16] = []
        var text: [UInt8] = []
        var reader = self
        reader.move(to: start + 1)
        while reader.offset < end - 1 {
            if reader.peek() == UInt8(ascii: "\\") {
                units.append(try reader.escape())
            } else {
                text += String(decoding: units, as: UTF16.self).utf8
                units.removeAll()
                text.append(bytes[reader.offset])
                reader.passByte()
            }
        }
        text += String(decoding: units, as: UTF16.self).utf8
        return String(decoding: text, as: UTF8.self)
    }

    /// Passes over a backslash and what it escapes; returns the UTF-16 code unit that it stands for.
    private mutating func escape() throws(ResultChunkError) -> UInt16 {
        passByte()
        guard let byte = peek() else { throw failure("an escape was expected") }
        let unit: UInt16
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unit = UInt16(byte)
        case UInt8(ascii: "b"): unit = 0x08
        case UInt8(ascii: "f"): unit = 0x0C
        case UInt8(ascii: "n"): unit = 0x0A
        case UInt8(ascii: "r"): unit = 0x0D
        case UInt8(ascii: "t"): unit = 0x09
        case UInt8(ascii: "u"): return try hexadecimalEscape()
        default: throw failure("no escape begins like this")
        }
        passByte()
        return unit
    }

    private mutating func hexadecimalEscape() throws(ResultChunkError) -> UInt16 {
        passByte()
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw failure("a hexadecimal digit was expected")
            }
            unit = unit << 4 | UInt16(digit)
            passByte()
        }
        return unit
    }
}
