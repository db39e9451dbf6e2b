/// Walks over JSON text (RFC 8259), checking all of it and building nothing.
struct JSONScanner: Sendable {
    let bytes: [UInt8]
    private(set) var offset = 0

    /// Arrays and objects inside one another, at most: a bound for the stack.
    static let maxDepth = 256

    /// Refuses bytes that are no UTF-8.
    init(_ bytes: [UInt8]) throws(ResultChunkError) {
        self.bytes = bytes
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw ResultChunkError(offset: error.byteOffsets.lowerBound, "the bytes are no UTF-8")
        }
    }

    func peek() -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    func failure(_ message: String) -> ResultChunkError {
        ResultChunkError(offset: offset, offset < bytes.count ? message : "it ends too early: \(message)")
    }

    /// Passes over the byte if it comes next.
    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: byte) else { return false }
        offset += 1
        return true
    }

    /// Passes over the text if it stands here.
    mutating func skip(text: StaticString) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[offset..<end].elementsEqual(expected) else { return false }
        offset = end
        return true
    }

    mutating func expect(_ text: StaticString) throws(ResultChunkError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard peek() == text.utf8Start[index] else { throw failure("\(text) was expected") }
            offset += 1
        }
    }

    mutating func passByte() {
        offset += 1
    }

    mutating func move(to offset: Int) {
        self.offset = offset
    }

    func expectEnd() throws(ResultChunkError) {
        guard offset == bytes.count else { throw failure("nothing may follow") }
    }

    /// Passes over a value, without blanks around it.
    mutating func value(depth: Int = 0) throws(ResultChunkError) {
        switch peek() {
        case UInt8(ascii: "{"): try container(isObject: true, depth: depth)
        case UInt8(ascii: "["): try container(isObject: false, depth: depth)
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try expect("true")
        case UInt8(ascii: "f"): try expect("false")
        case UInt8(ascii: "n"): try expect("null")
        default: try number()
        }
    }

    private mutating func container(isObject: Bool, depth: Int) throws(ResultChunkError) {
        guard depth < Self.maxDepth else { throw failure("arrays and objects nest deeper than \(Self.maxDepth)") }
        offset += 1
        skipBlanks()
        let close: StaticString = isObject ? "}" : "]"
        if peek() != close.utf8Start[0] {
            repeat {
                skipBlanks()
                if isObject {
                    try skipString()
                    skipBlanks()
                    try expect(":")
                    skipBlanks()
                }
                try value(depth: depth + 1)
                skipBlanks()
            } while skip(",")
        }
        try expect(close)
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func number() throws(ResultChunkError) {
        let start = offset
        _ = skip("-")
        if !skip("0") {
            guard skipDigits() else {
                offset = start
                throw failure("a value was expected")
            }
        }
        if skip(".") {
            guard skipDigits() else { throw failure("a digit was expected") }
        }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            guard skipDigits() else { throw failure("a digit was expected") }
        }
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while let byte = peek(), byte &- UInt8(ascii: "0") < 10 { offset += 1 }
        return offset > start
    }
}
