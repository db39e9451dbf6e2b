/// JSON to be printed: object keys keep the order in which they are given.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// At most three decimals: for seconds and shares.
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])
    /// JSON text that is there already.
    case text([UInt8])

    /// One line of UTF-8, without its line break.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes.contains { $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2 } ? Self.harmless(bytes) : bytes
    }

    /// The same JSON with what would steer a terminal written as escapes; such characters stand only in strings.
    private static func harmless(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.unicodeScalars.contains(where: \.steers) else { return bytes }
        var harmless: [UInt8] = []
        harmless.reserveCapacity(bytes.count + 32)
        for scalar in text.unicodeScalars {
            if scalar.steers, let unit = UInt16(exactly: scalar.value) {
                let digits = String(unit, radix: 16)
                harmless += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            } else {
                harmless += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return harmless
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += Array("null".utf8)
        case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
        case .integer(let value): bytes += Array(String(value).utf8)
        case .decimal(let value):
            bytes += Array((value.isFinite ? String((value * 1000).rounded() / 1000) : "null").utf8)
        case .string(let value): Self.append(value, to: &bytes)
        // A line break in JSON text can only be white space: inside strings it is escaped.
        case .text(let text): bytes += text.map { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 ? 0x20 : $0 }
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, (name, value)) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20: bytes += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue {
    static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    static func optional(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
    static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
