extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that read how to reach somebody, and codes that the world has agreed on.
    static let contact: [Function] = [
        Function(
            "email", .validation, [value], result: .type(.text),
            summary: "Reads an e-mail address, also from mailto:… and Name <…>; writes its domain in small letters",
            example: Example("\" Ann Lee <ann.lee@Example.COM> \" | email", gives: "ann.lee@example.com"),
            failures: [.notAnEmail]
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return email(bytes, workspace)
        },
        .specialized(
            "url", .validation, [value, Parameter("scheme", .text, .optional)], result: .type(.text),
            summary:
                "Reads a web address; writes scheme and host in small letters, and the scheme in front where there is "
                + "none and one is given",
            example: Example("\"Example.COM/Path\" | url(\"https\")", gives: "https://example.com/Path"),
            failures: [.notAURL]
        ) { (arguments) throws(ArgumentError) in
            let scheme = arguments.texts.first
            if let scheme, scheme.string != "http", scheme.string != "https" {
                throw ArgumentError(
                    scheme.argument, "'\(scheme.string)' is no scheme of a web address", "write url(\"https\")")
            }
            let prefix = scheme.map { $0.bytes + Array("://".utf8) } ?? []
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return url(bytes, prefix, workspace)
            }
        },
        Function(
            "country_code", .lookup, [value], result: .type(.text),
            summary:
                "Gives a country's two letters (ISO 3166-1) for its two or three letters or its name in English, German, "
                + "French, Italian or Spanish, in any case",
            example: Example("\"Österreich\" | country_code", gives: "AT"), failures: [.unknownCountry]
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            let scratch = workspace.allocate(bytes.count)
            let code = CountryNames.code(of: bytes, scratch: scratch)
            workspace.giveBack(bytes.count)
            return code.map(Value.text) ?? trimmedBlank(bytes) ?? workspace.fail(.unknownCountry)
        },
        Function(
            "currency_code", .lookup, [value], result: .type(.text),
            summary:
                "Gives a currency's three letters (ISO 4217) in capitals, also for a sign that one currency alone has "
                + "(€, ₹, ₺, but not $, £ and ¥)",
            example: Example("\" € \" | currency_code", gives: "EUR"), failures: [.unknownCurrency]
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return currencyCode(bytes, workspace)
        },
        Function(
            "iban", .validation, [value], result: .type(.text),
            summary:
                "Reads an IBAN with spaces or hyphens anywhere and in any case, checks its country, length and check "
                + "digits, and writes it in one piece",
            example: Example("\"de89 3704 0044 0532 0130 00\" | iban", gives: "DE89370400440532013000"),
            failures: [.notAnIBAN]
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return iban(bytes, workspace)
        },
    ]

    /// Blank for a text of spaces alone, which has nothing to read.
    private static func trimmedBlank(_ bytes: Bytes) -> Value? { trimmed(bytes).isEmpty ? .null : nil }

    private static func email(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        var address = trimmed(bytes)
        if address.isEmpty { return .null }
        if address.last == UInt8(ascii: ">"), let start = address.lastIndex(of: UInt8(ascii: "<")) {
            address = trimmed(Bytes(rebasing: address[(start + 1)..<(address.count - 1)]))
        }
        if hasPrefix(address, "mailto:") { address = Bytes(rebasing: address[7...]) }
        guard TextFormat.isEmail(address), let at = address.firstIndex(of: UInt8(ascii: "@")) else {
            return workspace.fail(.notAnEmail)
        }
        return copy(address, lowercasing: at..<address.count, workspace)
    }

    private static func url(_ bytes: Bytes, _ prefix: [UInt8], _ workspace: Workspace) -> Value {
        var address = trimmed(bytes)
        if address.isEmpty { return .null }
        let rest = address.drop { $0 != UInt8(ascii: ":") }
        if !prefix.isEmpty, !rest.starts(with: "://".utf8) {
            let target = workspace.allocate(prefix.count + address.count)
            for (index, byte) in prefix.enumerated() { target[index] = byte }
            if let start = address.baseAddress {
                (target + prefix.count).update(from: start, count: address.count)
            }
            address = Bytes(start: target, count: prefix.count + address.count)
        }
        guard TextFormat.isURL(address) else { return workspace.fail(.notAURL) }
        // "http://" at least: the host begins behind the second slash.
        let host = hasPrefix(address, "https://") ? 8 : 7
        let end = address[host...].firstIndex { "/?#".utf8.contains($0) } ?? address.count
        return copy(address, lowercasing: 0..<end, workspace)
    }

    private static func currencyCode(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let text = trimmed(bytes)
        if text.isEmpty { return .null }
        if text.count == 3, !text.contains(where: { $0 >= 0x80 }) {
            let code = workspace.allocate(3)
            for index in 0..<3 { code[index] = (text[index] | 0x20) &- 0x61 < 26 ? text[index] & 0xDF : text[index] }
            let capitals = Bytes(start: code, count: 3)
            return Currencies.codes.contains(capitals) ? .text(capitals) : workspace.fail(.unknownCurrency)
        }
        return Currencies.code(ofSign: text).map(Value.text) ?? workspace.fail(.unknownCurrency)
    }

    private static func iban(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        if trimmed(bytes).isEmpty { return .null }
        // The longest IBAN has 34 signs.
        let target = workspace.allocate(34)
        var count = 0
        var index = 0
        while index < bytes.count {
            let (scalar, length) = decodeScalar(bytes, at: index)
            index += length
            if isBlankScalar(scalar) || scalar == 0x2D { continue }
            guard scalar < 0x80, count < 34 else { return workspace.fail(.notAnIBAN) }
            let byte = UInt8(truncatingIfNeeded: scalar)
            target[count] = (byte | 0x20) &- 0x61 < 26 ? byte & 0xDF : byte
            count += 1
        }
        let iban = Bytes(start: target, count: count)
        return TextFormat.isIBAN(iban) ? .text(iban) : workspace.fail(.notAnIBAN)
    }

    /// Whether the text begins with some ASCII, written small, in any case.
    private static func hasPrefix(_ bytes: Bytes, _ prefix: StaticString) -> Bool {
        guard bytes.count >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount {
            let byte = bytes[index]
            let small = byte &- 0x41 < 26 ? byte | 0x20 : byte
            if small != prefix.utf8Start[index] { return false }
        }
        return true
    }

    /// A copy with the ASCII letters of a part in small.
    private static func copy(_ bytes: Bytes, lowercasing part: Range<Int>, _ workspace: Workspace) -> Value {
        let target = workspace.allocate(bytes.count)
        for index in 0..<bytes.count {
            let byte = bytes[index]
            target[index] = byte &- 0x41 < 26 && part.contains(index) ? byte | 0x20 : byte
        }
        return .blankable(target, count: bytes.count)
    }
}

extension Failure {
    static let notAnEmail = Failure(
        "not_an_email", "this is not an e-mail address such as ann@example.com; correct the cell")
    static let notAURL = Failure(
        "not_a_url",
        "this is not a web address such as https://example.com; correct the cell, or give the scheme, as in "
            + "url(\"https\")")
    static let unknownCountry = Failure(
        "unknown_country",
        "this is no code and no known name of a country; correct the cell, or translate it with map(…) before")
    static let unknownCurrency = Failure(
        "unknown_currency",
        "this is no currency code such as EUR; correct the cell, or translate it with map(\"$\" -> \"USD\")")
}
