/// JSON for files that people read too: members in the order in which they are given, one a line.
enum ReadableJSON {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case null
    case strings([String])
    case object([(String, ReadableJSON)])

    static func optional(_ text: String?) -> ReadableJSON { text.map { .string($0) } ?? .null }

    /// The text, with a line feed at its end.
    var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes, indentation: 0)
        bytes.append(UInt8(ascii: "\n"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(to bytes: inout [UInt8], indentation: Int) {
        switch self {
        case .string(let text): Self.append(text.utf8, to: &bytes)
        case .integer(let number): bytes += String(number).utf8
        case .boolean(let value): bytes += (value ? "true" : "false").utf8
        case .null: bytes += "null".utf8
        case .strings(let texts):
            Self.append("[", "]", count: texts.count, indentation, to: &bytes) { index, bytes in
                Self.append(texts[index].utf8, to: &bytes)
            }
        case .object(let members):
            Self.append("{", "}", count: members.count, indentation, to: &bytes) { index, bytes in
                Self.append(members[index].0.utf8, to: &bytes)
                bytes += ": ".utf8
                members[index].1.append(to: &bytes, indentation: indentation + 2)
            }
        }
    }

    private static func append(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, count: Int, _ indentation: Int, to bytes: inout [UInt8],
        _ item: (Int, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for index in 0..<count {
            bytes += (index == 0 ? "\n" : ",\n").utf8
            bytes += [UInt8](repeating: 0x20, count: indentation + 2)
            item(index, &bytes)
        }
        if count > 0 { bytes += [0x0A] + [UInt8](repeating: 0x20, count: indentation) }
        bytes.append(UInt8(ascii: close))
    }

    /// Appends UTF-8 text as a JSON string (RFC 8259, section 7), from which the same bytes are read back.
    static func append(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += #"\n"#.utf8
            case 0..<0x20:
                bytes += #"\u00"#.utf8
                bytes.append(hexadecimal: CollectionOfOne(byte))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
