/// What people read of a piece of HTML, on one line, for `strip_html`.
///
/// Tags, comments and declarations go, scripts and style sheets with what is in them; where a block or a line ends, and for
/// every run of spaces, stands one space. Character references become characters, once. Tags are found as the HTML standard
/// does (13.2.5): `a < b` is text. What would swallow the rest of the text stays as it is: a `<` that nothing closes.
///
/// Takes time linear in the text: each search that may run to the end in vain is made once.
struct HTMLText {
    private let bytes: Bytes
    private let target: UnsafeMutablePointer<UInt8>
    private var index = 0
    private var count = 0
    private var isBehindSpace = false
    /// The first `>` at or behind the place it was last looked for; `Int.max` for none.
    private var closer = -1
    private var hasOpenQuote = false
    private var hasOpenComment = false
    private var hasOpenScript = false
    private var hasOpenStyle = false

    /// The text, never longer than the bytes.
    static func text(of bytes: Bytes, _ workspace: Workspace) -> Value {
        guard bytes.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") || isBlankByte($0) }) else {
            return .text(bytes)
        }
        var html = HTMLText(bytes: bytes, target: workspace.allocate(bytes.count))
        html.read()
        workspace.giveBack(bytes.count - html.count)
        return .blankable(html.target, count: html.count)
    }

    private init(bytes: Bytes, target: UnsafeMutablePointer<UInt8>) {
        self.bytes = bytes
        self.target = target
    }

    /// Also true of all bytes beyond ASCII, which may be spaces.
    private static func isBlankByte(_ byte: UInt8) -> Bool { byte <= 0x20 || byte >= 0x80 }

    private mutating func read() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "<") where skipMarkup(): break
            case UInt8(ascii: "&") where readReference(): break
            default:
                let (scalar, length) = decodeScalar(bytes, at: index)
                if isBlankScalar(scalar) {
                    isBehindSpace = true
                } else {
                    writeSpace()
                    for offset in 0..<length { target[count + offset] = bytes[index + offset] }
                    count += length
                }
                index += length
            }
        }
    }

    private mutating func writeSpace() {
        if isBehindSpace, count > 0 {
            target[count] = UInt8(ascii: " ")
            count += 1
        }
        isBehindSpace = false
    }

    // MARK: - Markup

    /// Goes behind the tag, comment or declaration that begins here, if one does.
    private mutating func skipMarkup() -> Bool {
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        if isLetter(next) { return skipTag(nameAt: index + 1, isStart: true) }
        switch next {
        case UInt8(ascii: "/"):
            if index + 2 < bytes.count, isLetter(bytes[index + 2]) { return skipTag(nameAt: index + 2, isStart: false) }
        case UInt8(ascii: "!"):
            if startsWith("<!--", at: index), skipComment() { return true }
        case UInt8(ascii: "?"):
            break
        default:
            return false
        }
        guard let end = nextCloser(from: index) else { return false }
        index = end
        return true
    }

    private mutating func skipComment() -> Bool {
        if hasOpenComment { return false }
        var place = index + 2
        while place + 3 <= bytes.count {
            if startsWith("-->", at: place) {
                index = place + 3
                return true
            }
            place += 1
        }
        hasOpenComment = true
        return false
    }

    private mutating func skipTag(nameAt start: Int, isStart: Bool) -> Bool {
        var nameEnd = start
        while nameEnd < bytes.count, isLetter(bytes[nameEnd]) || bytes[nameEnd] &- 0x30 < 10 { nameEnd += 1 }
        guard let end = endOfTag(from: nameEnd) else { return false }
        index = end
        let name = Bytes(rebasing: bytes[start..<nameEnd])
        if HTMLNames.isBlock(name) { isBehindSpace = true }
        if isStart, !hasOpenScript, isName(name, "script") {
            hasOpenScript = !skipContents("</script")
        } else if isStart, !hasOpenStyle, isName(name, "style") {
            hasOpenStyle = !skipContents("</style")
        }
        return true
    }

    /// Goes to the end tag, and says whether there is one.
    private mutating func skipContents(_ endTag: StaticString) -> Bool {
        var place = index
        while place + endTag.utf8CodeUnitCount < bytes.count {
            let next = bytes[place + endTag.utf8CodeUnitCount]
            if next <= 0x20 || next == UInt8(ascii: "/") || next == UInt8(ascii: ">"), startsWith(endTag, at: place) {
                index = place
                return true
            }
            place += 1
        }
        return false
    }

    /// Behind the `>` that closes a tag; one in a quoted attribute does not.
    private mutating func endOfTag(from start: Int) -> Int? {
        if !hasOpenQuote {
            var quote: UInt8 = 0
            var last: UInt8 = 0
            for place in start..<bytes.count {
                let byte = bytes[place]
                if quote != 0 {
                    if byte == quote { quote = 0 }
                } else if byte == UInt8(ascii: ">") {
                    return place + 1
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), last == UInt8(ascii: "=") {
                    quote = byte
                }
                if byte > 0x20 { last = byte }
            }
            hasOpenQuote = true
        }
        return nextCloser(from: start)
    }

    /// Behind the next `>`.
    private mutating func nextCloser(from start: Int) -> Int? {
        if closer < start {
            closer = start
            while closer < bytes.count, bytes[closer] != UInt8(ascii: ">") { closer += 1 }
            if closer == bytes.count { closer = Int.max }
        }
        return closer == Int.max ? nil : closer + 1
    }

    private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    private func isName(_ name: Bytes, _ wanted: StaticString) -> Bool {
        guard name.count == wanted.utf8CodeUnitCount else { return false }
        for (offset, byte) in name.enumerated() where byte | 0x20 != wanted.utf8Start[offset] { return false }
        return true
    }

    /// Whether the text, with small letters, stands there in any case.
    private func startsWith(_ text: StaticString, at place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount {
            let byte = bytes[place + offset]
            let small = byte &- 0x41 < 26 ? byte | 0x20 : byte
            if small != text.utf8Start[offset] { return false }
        }
        return true
    }

    // MARK: - Character references

    /// Writes the character that `&…;` stands for; `false` where it stands for none.
    private mutating func readReference() -> Bool {
        var place = index + 1
        let scalar: UInt32
        if place < bytes.count, bytes[place] == UInt8(ascii: "#") {
            guard let number = readNumber(&place) else { return false }
            scalar = HTMLNames.scalar(numbered: number)
        } else {
            while place < bytes.count, place - index <= HTMLNames.longestName,
                isLetter(bytes[place]) || bytes[place] &- 0x30 < 10
            {
                place += 1
            }
            guard let named = HTMLNames.scalar(named: Bytes(rebasing: bytes[(index + 1)..<place])) else { return false }
            scalar = named
        }
        guard place < bytes.count, bytes[place] == UInt8(ascii: ";") else { return false }
        index = place + 1
        if isBlankScalar(scalar) {
            isBehindSpace = true
        } else {
            writeSpace()
            count += encodeScalar(scalar, to: target + count)
        }
        return true
    }

    /// The number behind `#` or `#x`; what is too large for a character stays so.
    private func readNumber(_ place: inout Int) -> UInt32? {
        place += 1
        let isHexadecimal = place < bytes.count && bytes[place] | 0x20 == UInt8(ascii: "x")
        if isHexadecimal { place += 1 }
        let start = place
        var number: UInt32 = 0
        while place < bytes.count {
            let byte = bytes[place]
            let digit: UInt8
            if byte &- 0x30 < 10 {
                digit = byte &- 0x30
            } else if isHexadecimal, (byte | 0x20) &- 0x61 < 6 {
                digit = (byte | 0x20) &- 0x61 + 10
            } else {
                break
            }
            number = min(number * (isHexadecimal ? 16 : 10) + UInt32(digit), 0x110000)
            place += 1
        }
        return place > start ? number : nil
    }
}
