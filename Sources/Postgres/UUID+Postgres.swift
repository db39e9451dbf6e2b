package import FoundationEssentials

extension UUID: PostgresEncodable, PostgresDecodable, PostgresElement {
    package static var postgresType: PostgresType { .uuid }
    package static var arrayType: PostgresType { .uuidArray }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
        return true
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> UUID? {
        guard type == .uuid, bytes.count == 16 else { return nil }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension UUID {
    /// Lower-case hexadecimal with dashes, as PostgreSQL writes it; Foundation's `uuidString` is upper case and slow.
    package var text: String {
        String(unsafeUninitializedCapacity: 36) { target in
            write { target[$0] = $1 }
            return 36
        }
    }

    /// Appends `text` as ASCII.
    package func appendText(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 36))
        write { bytes[start + $0] = $1 }
    }

    /// Reads 36 characters of hexadecimal and dashes, in either case; nothing else.
    package init?(text: String) {
        var text = text
        guard let value = text.withUTF8({ UUID(text: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// Reads 36 ASCII bytes of hexadecimal and dashes, in either case; nothing else.
    package init?(text: UnsafeRawBufferPointer) {
        guard text.count == 36 else { return nil }
        var value: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        var isValid = true
        withUnsafeMutableBytes(of: &value) { target in
            var index = 0
            for byte in 0..<16 {
                if byte == 4 || byte == 6 || byte == 8 || byte == 10 {
                    isValid = isValid && text[index] == UInt8(ascii: "-")
                    index += 1
                }
                guard let high = hexValue(text[index]), let low = hexValue(text[index + 1]) else {
                    isValid = false
                    return
                }
                target[byte] = high << 4 | low
                index += 2
            }
        }
        guard isValid else { return nil }
        self.init(uuid: value)
    }

    private func write(_ put: (Int, UInt8) -> Void) {
        withUnsafeBytes(of: uuid) { source in
            var index = 0
            for byte in 0..<16 {
                if byte == 4 || byte == 6 || byte == 8 || byte == 10 {
                    put(index, UInt8(ascii: "-"))
                    index += 1
                }
                put(index, hexDigit(source[byte] >> 4))
                put(index + 1, hexDigit(source[byte] & 15))
                index += 2
            }
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

private func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
