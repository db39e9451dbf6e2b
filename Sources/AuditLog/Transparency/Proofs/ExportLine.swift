package import Postgres

/// The content of one event in an export: a line of `payloads/…`, a JSON object written in one way.
package struct ExportLine: Sendable, Equatable {
    package var position: Int64
    /// Byte for byte.
    package var payload: JSON
    package var erasableHash: [UInt8]
    package var erasable: Erasable

    package enum Erasable: Sendable, Equatable {
        /// The export has no personal parts and attachments.
        case withheld
        /// They were erased.
        case erased
        /// What is there: all, or what an erasure left.
        case shown(ErasableParts)
    }

    package init(position: Int64, payload: JSON, erasableHash: [UInt8], erasable: Erasable) {
        self.position = position
        self.payload = payload
        self.erasableHash = erasableHash
        self.erasable = erasable
    }

    /// The line with its line feed.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.bytes.count + payload.bytes.count / 4 + 128)
        bytes += #"{"position":"#.utf8
        bytes += String(position).utf8
        bytes += #","payload":"#.utf8
        ReadableJSON.append(payload.bytes, to: &bytes)
        bytes += #","erasable_hash":""#.utf8
        bytes.append(hexadecimal: erasableHash)
        bytes.append(UInt8(ascii: "\""))
        switch erasable {
        case .withheld: break
        case .erased: bytes += #","erased":true"#.utf8
        case .shown(let parts):
            bytes += #","salt":""#.utf8
            bytes.append(hexadecimal: parts.salt)
            bytes += #"","personal":"#.utf8
            if let personal = parts.personal {
                ReadableJSON.append(personal.bytes, to: &bytes)
            } else {
                bytes += "null".utf8
            }
            bytes += #","attachment":"#.utf8
            bytes += (parts.attachment.map { "\"\(Base64.encode($0))\"" } ?? "null").utf8
        }
        bytes += "}\n".utf8
        return bytes
    }

    /// Reads a line, without its line feed; nil for what `bytes` would not write.
    package init?(parsing line: ArraySlice<UInt8>) {
        var reader = LineScanner(rest: line)
        guard reader.skip(#"{"position":"#), let position = reader.number(), reader.skip(#","payload":"#),
            let payload = reader.string(), reader.skip(#","erasable_hash":"#), let hash = reader.hexadecimal(),
            hash.count == 32
        else { return nil }
        self.init(position: position, payload: JSON(bytes: payload), erasableHash: hash, erasable: .withheld)
        if reader.skip(#","erased":true"#) {
            erasable = .erased
        } else if reader.skip(#","salt":"#) {
            guard let salt = reader.hexadecimal(), reader.skip(#","personal":"#),
                let personal = reader.optionalString(), reader.skip(#","attachment":"#),
                let text = reader.optionalString()
            else { return nil }
            let attachment = text.flatMap { Base64.decode($0) }
            guard text == nil || attachment != nil else { return nil }
            erasable = .shown(
                ErasableParts(salt: salt, personal: personal.map { JSON(bytes: $0) }, attachment: attachment))
        }
        guard reader.skip("}"), reader.rest.isEmpty else { return nil }
    }
}

private struct LineScanner {
    var rest: ArraySlice<UInt8>

    mutating func skip(_ text: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard rest.starts(with: expected) else { return false }
        rest = rest.dropFirst(expected.count)
        return true
    }

    mutating func number() -> Int64? {
        let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
        rest = rest[digits.endIndex...]
        return NoteText.number(String(decoding: digits, as: UTF8.self))
    }

    mutating func hexadecimal() -> [UInt8]? {
        guard skip("\"") else { return nil }
        var bytes: [UInt8] = []
        while let digit = rest.popFirst() {
            if digit == UInt8(ascii: "\"") { return bytes }
            guard let high = digit.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else { return nil }
            bytes.append(high << 4 | low)
        }
        return nil
    }

    /// A string or null; nil for neither.
    mutating func optionalString() -> [UInt8]?? {
        if skip("null") { return .some(nil) }
        return string().map { .some($0) }
    }

    /// A string's bytes, with the escapes taken out that `ReadableJSON` makes.
    mutating func string() -> [UInt8]? {
        guard skip("\"") else { return nil }
        var bytes: [UInt8] = []
        while true {
            // Control characters are always escaped.
            guard
                let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }),
                rest[end] >= 0x20
            else { return nil }
            bytes += rest[..<end]
            let isEnd = rest[end] == UInt8(ascii: "\"")
            rest = rest[(end + 1)...]
            if isEnd { return bytes }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(escape)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "u"):
                guard let code = [UInt8](hexadecimal: String(decoding: rest.prefix(4), as: UTF8.self)), code.count == 2,
                    code[0] == 0, code[1] < 0x20, code[1] != 0x0A
                else { return nil }
                bytes.append(code[1])
                rest = rest.dropFirst(4)
            default: return nil
            }
        }
    }
}
