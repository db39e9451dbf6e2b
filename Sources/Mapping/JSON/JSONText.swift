/// Reads JSON (RFC 8259) and writes it in one canonical form.
///
/// Canonical: no spaces; members in the order in which they stand; numbers as decimals with the digits they were written
/// with (`1.50`, `1e3` as `1000`, `-0` as `0`); in texts only quotes, backslashes and control characters escaped.
///
/// Refused is what other readers would take for different things, or the log cannot hold: a name that an object has twice,
/// numbers of more than 38 digits, halves of surrogate pairs, NULs, more than 64 levels. Takes time linear in the text, but
/// for the names of an object, which are sorted.
struct JSONText {
    /// Arrays and objects inside one another, at most.
    static let maxDepth = 64

    private let bytes: Bytes
    private var index = 0
    private var output: GrowingText
    /// Where the names of the objects at hand stand in the output; the last ones are those of the innermost.
    private let names: UnsafeMutablePointer<Name>
    private var nameCount = 0

    private struct Name: BitwiseCopyable {
        let start: Int32
        let count: Int32
    }

    private init(_ bytes: Bytes, _ workspace: Workspace) {
        self.bytes = bytes
        // Each name has a colon behind it.
        let colons = bytes.reduce(0) { $0 + ($1 == UInt8(ascii: ":") ? 1 : 0) }
        names = workspace.allocate(colons, of: Name.self)
        output = GrowingText(workspace, capacity: bytes.count)
    }

    /// The value that a text is: an object or array in canonical form, a text, a number, true, false or blank.
    ///
    /// Blank as well for nothing but spaces; `workspace.failure` says why where the result is `.failed`.
    static func read(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let text = trimmed(bytes)
        if text.isEmpty { return .null }
        var reader = JSONText(text, workspace)
        do throws(JSONProblem) {
            try reader.value(depth: 0)
            reader.skipBlanks()
            guard reader.index == text.count else { throw JSONProblem(.notJSON) }
        } catch {
            return workspace.fail(error.failure)
        }
        guard case .text(let canonical) = reader.output.finish() else { return .null }
        return value(of: canonical, workspace)
    }

    /// The value that a part of a canonical text is.
    static func value(of canonical: Bytes, _ workspace: Workspace) -> Value {
        switch canonical[0] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .json(canonical)
        case UInt8(ascii: "\""): return unescaped(Bytes(rebasing: canonical[1..<(canonical.count - 1)]), workspace)
        case UInt8(ascii: "t"): return .boolean(true)
        case UInt8(ascii: "f"): return .boolean(false)
        case UInt8(ascii: "n"): return .null
        default:
            guard case .number(let number) = ExactDecimal.scan(canonical) else {
                return workspace.fail(.numberTooLarge)
            }
            return .number(number)
        }
    }

    private static func unescaped(_ text: Bytes, _ workspace: Workspace) -> Value {
        guard text.contains(UInt8(ascii: "\\")) else { return .blankable(text) }
        let target = workspace.allocate(text.count)
        var count = 0
        var index = 0
        while index < text.count {
            var byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\\") {
                byte = text[index]
                index += 1
                switch byte {
                case UInt8(ascii: "n"): byte = 0x0A
                case UInt8(ascii: "r"): byte = 0x0D
                case UInt8(ascii: "t"): byte = 0x09
                case UInt8(ascii: "u"):
                    // \u00XX: only control characters are written so.
                    byte = Self.digit(text[index + 2]) << 4 | Self.digit(text[index + 3])
                    index += 4
                default: break
                }
            }
            target[count] = byte
            count += 1
        }
        return .blankable(target, count: count)
    }

    /// The value of a hexadecimal digit.
    private static func digit(_ byte: UInt8) -> UInt8 { byte < 0x40 ? byte & 0x0F : (byte & 0x0F) + 9 }
}

/// Why a text is no JSON that can be taken.
private struct JSONProblem: Error {
    let failure: Failure

    init(_ failure: Failure) {
        self.failure = failure
    }
}

// MARK: - Reading

extension JSONText {
    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONProblem) {
        skipBlanks()
        switch peek() {
        case UInt8(ascii: "{"): try container(isObject: true, depth: depth)
        case UInt8(ascii: "["): try container(isObject: false, depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
        if output.count > Workspace.longestText { throw JSONProblem(Workspace.textTooLong) }
    }

    private mutating func literal(_ text: StaticString) throws(JSONProblem) {
        let expected = Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[index...].starts(with: expected) else { throw JSONProblem(.notJSON) }
        output.append(expected[...])
        index += expected.count
    }

    private mutating func container(isObject: Bool, depth: Int) throws(JSONProblem) {
        guard depth < Self.maxDepth else { throw JSONProblem(.jsonTooDeep) }
        let close = UInt8(ascii: isObject ? "}" : "]")
        let firstName = nameCount
        output.append(bytes[index])
        index += 1
        skipBlanks()
        if peek() != close {
            while true {
                if isObject { try name() }
                try value(depth: depth + 1)
                skipBlanks()
                guard skip(UInt8(ascii: ",")) else { break }
                output.append(UInt8(ascii: ","))
            }
        }
        guard skip(close) else { throw JSONProblem(.notJSON) }
        output.append(close)
        if hasDuplicate(from: firstName) { throw JSONProblem(.duplicateName) }
        nameCount = firstName
    }

    private mutating func name() throws(JSONProblem) {
        skipBlanks()
        let start = output.count
        try string()
        names[nameCount] = Name(start: Int32(start), count: Int32(output.count - start))
        nameCount += 1
        skipBlanks()
        guard skip(UInt8(ascii: ":")) else { throw JSONProblem(.notJSON) }
        output.append(UInt8(ascii: ":"))
    }

    /// Whether two of the last names are the same.
    private func hasDuplicate(from first: Int) -> Bool {
        let text = output.bytes
        var own = UnsafeMutableBufferPointer(start: names + first, count: nameCount - first)
        func order(_ left: Name, _ right: Name) -> Int {
            if left.count != right.count { return left.count < right.count ? -1 : 1 }
            for offset in 0..<Int(left.count) {
                let (a, b) = (text[Int(left.start) + offset], text[Int(right.start) + offset])
                if a != b { return a < b ? -1 : 1 }
            }
            return 0
        }
        if own.count <= 8 {
            for index in own.indices.dropFirst() {
                for other in 0..<index where order(own[other], own[index]) == 0 { return true }
            }
            return false
        }
        own.sort { order($0, $1) < 0 }
        return own.indices.dropFirst().contains { order(own[$0 - 1], own[$0]) == 0 }
    }

    // MARK: - Texts

    private mutating func string() throws(JSONProblem) {
        guard skip(UInt8(ascii: "\"")) else { throw JSONProblem(.notJSON) }
        output.append(UInt8(ascii: "\""))
        while true {
            let plain = JSONWriter.plainCount(bytes, from: index)
            output.append(bytes[index..<(index + plain)])
            index += plain
            guard let byte = peek(), byte >= 0x20 else { throw JSONProblem(.notJSON) }
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                index += 1
                let scalar = try escape()
                if scalar == 0 { throw JSONProblem(.nulByte) }
                output.advance(by: JSONWriter.write(scalar: scalar, to: output.room(for: 6)))
            } else {
                let (scalar, length) = decodeScalar(bytes, at: index)
                if scalar == replacementScalar, length == 1 { throw JSONProblem(.invalidUTF8) }
                output.append(bytes[index..<(index + length)])
                index += length
            }
        }
        index += 1
        output.append(UInt8(ascii: "\""))
    }

    /// The scalar of an escape; the backslash is behind.
    private mutating func escape() throws(JSONProblem) -> UInt32 {
        guard let byte = peek() else { throw JSONProblem(.notJSON) }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt32(byte)
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): break
        default: throw JSONProblem(.notJSON)
        }
        let first = try fourDigits()
        guard first & 0xF800 == 0xD800 else { return first }
        guard first < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            throw JSONProblem(.loneSurrogate)
        }
        let second = try fourDigits()
        guard second & 0xFC00 == 0xDC00 else { throw JSONProblem(.loneSurrogate) }
        return 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
    }

    private mutating func fourDigits() throws(JSONProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 else {
                throw JSONProblem(.notJSON)
            }
            value = value << 4 | UInt32(Self.digit(byte))
            index += 1
        }
        return value
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONProblem) {
        let start = index
        _ = skip(UInt8(ascii: "-"))
        let first = peek()
        let digits = skipDigits()
        guard digits > 0, digits == 1 || first != UInt8(ascii: "0") else { throw JSONProblem(.notJSON) }
        if skip(UInt8(ascii: ".")), skipDigits() == 0 { throw JSONProblem(.notJSON) }
        let mantissa = Bytes(rebasing: bytes[start..<index])
        var exponent = 0
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            let isNegative = skip(UInt8(ascii: "-"))
            if !isNegative { _ = skip(UInt8(ascii: "+")) }
            let exponentStart = index
            guard skipDigits() > 0 else { throw JSONProblem(.notJSON) }
            for digit in bytes[exponentStart..<index] { exponent = min(exponent * 10 + Int(digit & 0x0F), 10_000) }
            if isNegative { exponent = -exponent }
        }
        guard case .number(let number) = ExactDecimal.scan(mantissa),
            let result = number.multiplied(byPowerOfTen: exponent)
        else { throw JSONProblem(.numberTooLarge) }
        output.advance(by: result.write(to: output.room(for: ExactDecimal.textCapacity)))
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = peek(), byte &- 0x30 < 10 { index += 1 }
        return index - start
    }
}

extension ExactDecimal {
    /// `nil` where the result has more than 38 digits.
    fileprivate func multiplied(byPowerOfTen exponent: Int) -> ExactDecimal? {
        if exponent == 0 { return self }
        if mantissa == 0 { return ExactDecimal(0) }
        var short = mantissa
        var newScale = Int(scale) - exponent
        while newScale > Int(Self.largestScale), short % 10 == 0 {
            short /= 10
            newScale -= 1
        }
        if newScale >= 0 {
            return newScale <= Int(Self.largestScale) ? ExactDecimal(short, scale: UInt8(newScale)) : nil
        }
        guard newScale >= -38 else { return nil }
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: Self.powersOfTen[-newScale])
        return overflow || product.magnitude >= Self.mantissaLimit.magnitude ? nil : ExactDecimal(product)
    }
}

extension Failure {
    static let notJSON = Failure(
        "not_json", "this is no JSON (RFC 8259); look for quotes, commas and brackets that are missing or too many")
    static let jsonTooDeep = Failure(
        "json_too_deep", "arrays and objects are nested deeper than 64 levels; flatten the JSON")
    static let duplicateName = Failure(
        "duplicate_name", "an object has the same name twice, so that its value is not clear; remove one of them")
    static let loneSurrogate = Failure(
        "lone_surrogate", "a text has half of a surrogate pair (\\ud800 to \\udfff), which is no character; remove it")
    static let notAnObject = Failure(
        "not_an_object", "the JSON is not an object such as {\"a\":1}; correct the cell, or take a part with json_path")
    static let notAnArray = Failure(
        "not_an_array", "the JSON is not an array such as [1,2]; correct the cell, or take a part with json_path")
}
