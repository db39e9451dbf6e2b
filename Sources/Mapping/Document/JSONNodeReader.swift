/// Reads JSON (RFC 8259) into nodes with their places, without YAML's limits on keys and escapes.
struct JSONNodeReader {
    private static let deepestNesting = 256

    private let bytes: [UInt8]
    private let file: String
    private var index = 0
    private var line = 1
    /// Where the line starts, moved by the bytes of it that begin no Unicode scalar: what columns count from.
    private var lineStart = 0
    private var depth = 0

    /// The value that the text is; `nil` where it is no JSON, an object has a key twice, or it is nested too deeply.
    static func parse(_ text: String, file: String) -> DocumentNode? {
        var reader = JSONNodeReader(text, file)
        guard let node = reader.value() else { return nil }
        reader.skipSpaces()
        return reader.index == reader.bytes.count ? node : nil
    }

    private init(_ text: String, _ file: String) {
        bytes = Array(text.utf8)
        self.file = file
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }
    private var location: Location { Location(file: file, line: line, column: index - lineStart + 1) }

    private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: byte) else { return false }
        index += 1
        return true
    }

    private mutating func skipSpaces() {
        while let byte = current {
            switch byte {
            case 0x20, 0x09: index += 1
            case 0x0A, 0x0D:
                index += byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
                line += 1
                lineStart = index
            default: return
            }
        }
    }

    private mutating func value() -> DocumentNode? {
        skipSpaces()
        guard depth < Self.deepestNesting, let first = current else { return nil }
        depth += 1
        defer { depth -= 1 }
        switch first {
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "["): return array()
        case UInt8(ascii: "\""): return string()
        default: return word()
        }
    }

    private mutating func object() -> DocumentNode? {
        let origin = TextOrigin(start: location, isExact: false)
        var pairs: [(key: DocumentNode, value: DocumentNode)] = []
        var names: Set<[UInt8]> = []
        index += 1
        skipSpaces()
        if skip("}") { return DocumentNode(content: .mapping([]), origin: origin) }
        repeat {
            skipSpaces()
            guard current == UInt8(ascii: "\""), let key = string() else { return nil }
            guard case .scalar(let name, _) = key.content, names.insert(Array(name.utf8)).inserted else { return nil }
            skipSpaces()
            guard skip(":"), let value = value() else { return nil }
            pairs.append((key, value))
            skipSpaces()
        } while skip(",")
        return skip("}") ? DocumentNode(content: .mapping(pairs), origin: origin) : nil
    }

    private mutating func array() -> DocumentNode? {
        let origin = TextOrigin(start: location, isExact: false)
        var items: [DocumentNode] = []
        index += 1
        skipSpaces()
        if skip("]") { return DocumentNode(content: .sequence([]), origin: origin) }
        repeat {
            guard let item = value() else { return nil }
            items.append(item)
            skipSpaces()
        } while skip(",")
        return skip("]") ? DocumentNode(content: .sequence(items), origin: origin) : nil
    }

    /// A number, `true`, `false` or `null`.
    private mutating func word() -> DocumentNode? {
        let origin = TextOrigin(start: location, isExact: true)
        let start = index
        while let byte = current, byte.isOfWord { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard ["true", "false", "null"].contains(text) || Self.isNumber(bytes[start..<index]) else { return nil }
        return DocumentNode(content: .scalar(text, isPlain: true), origin: origin)
    }

    private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        func digits(_ rest: inout ArraySlice<UInt8>) -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leadsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits(&rest)
        guard whole > 0, whole == 1 || !leadsWithZero else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits(&rest) > 0 else { return false }
        }
        if let sign = rest.first, sign | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private mutating func string() -> DocumentNode? {
        var place = location
        index += 1
        let start = index
        var isExact = true
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { return nil }
            if byte == UInt8(ascii: "\\") {
                isExact = false
                index += 1
            } else if byte & 0xC0 == 0x80 {
                lineStart += 1
            }
            index += 1
        }
        guard index < bytes.count else { return nil }
        let raw = bytes[start..<index]
        index += 1
        guard let text = isExact ? String(decoding: raw, as: UTF8.self) : Self.unescaped(raw) else { return nil }
        if isExact { place = Location(file: file, line: place.line, column: place.column + 1) }
        return DocumentNode(
            content: .scalar(text, isPlain: false), origin: TextOrigin(start: place, isExact: isExact))
    }

    private static func unescaped(_ raw: ArraySlice<UInt8>) -> String? {
        var text: [UInt8] = []
        var rest = raw
        func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
            let digits = rest.prefix(4)
            guard digits.count == 4, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-") else {
                return nil
            }
            rest = rest.dropFirst(4)
            return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            switch rest.popFirst().map({ Unicode.Scalar($0) }) {
            case "b": text.append(0x08)
            case "f": text.append(0x0C)
            case "n": text.append(0x0A)
            case "r": text.append(0x0D)
            case "t": text.append(0x09)
            case let sign? where sign == "\"" || sign == "\\" || sign == "/": text.append(UInt8(ascii: sign))
            case "u":
                guard var code = unit(&rest) else { return nil }
                if (0xD800..<0xDC00).contains(code) {
                    guard rest.starts(with: "\\u".utf8) else { return nil }
                    rest = rest.dropFirst(2)
                    guard let low = unit(&rest), (0xDC00..<0xE000).contains(low) else { return nil }
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                }
                guard let scalar = Unicode.Scalar(code) else { return nil }
                text += UTF8.encode(scalar).map(Array.init) ?? []
            default: return nil
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension UInt8 {
    /// Letters, digits and the signs of numbers.
    fileprivate var isOfWord: Bool {
        switch self {
        case 0x30...0x39, 0x61...0x7A, 0x41...0x5A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
