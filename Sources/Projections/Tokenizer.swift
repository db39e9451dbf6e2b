/// Reads the tokens of an SQL text as PostgreSQL does with `standard_conforming_strings` on.
struct Tokenizer {
    private let bytes: [UInt8]
    private var index = 0

    /// - Parameter unclosedComment: is set to where a block comment begins that nothing ends.
    static func tokens(of text: String, unclosedComment: inout Int?) -> [Token] {
        var tokenizer = Tokenizer(bytes: Array(text.utf8))
        var tokens: [Token] = []
        while tokenizer.skipSpace(&unclosedComment) { tokens.append(tokenizer.next()) }
        return tokens
    }

    static func tokens(of text: String) -> [Token] {
        var ignored: Int?
        return tokens(of: text, unclosedComment: &ignored)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        index + offset < bytes.count ? bytes[index + offset] : 0
    }

    /// Moves past spaces and comments; false at the end.
    private mutating func skipSpace(_ unclosedComment: inout Int?) -> Bool {
        while index < bytes.count {
            switch (byte(), byte(1)) {
            case (UInt8(ascii: " "), _), (UInt8(ascii: "\n"), _), (UInt8(ascii: "\t"), _), (UInt8(ascii: "\r"), _),
                (0x0B, _), (0x0C, _):
                index += 1
            case (UInt8(ascii: "-"), UInt8(ascii: "-")):
                while index < bytes.count, byte() != UInt8(ascii: "\n"), byte() != UInt8(ascii: "\r") { index += 1 }
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                let start = index
                if !skipComment() { unclosedComment = unclosedComment ?? start }
            default: return true
            }
        }
        return false
    }

    /// Moves past a block comment; SQL's nest. False where it has no end.
    private mutating func skipComment() -> Bool {
        var depth = 0
        while index < bytes.count {
            switch (byte(), byte(1)) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")): depth += 1
            case (UInt8(ascii: "*"), UInt8(ascii: "/")): depth -= 1
            default:
                index += 1
                continue
            }
            index += 2
            if depth == 0 { return true }
        }
        return false
    }

    private mutating func next() -> Token {
        switch byte() {
        case UInt8(ascii: "E") where byte(1) == UInt8(ascii: "'"), UInt8(ascii: "e") where byte(1) == UInt8(ascii: "'"):
            return quoted(.string, prefix: 1, escapes: true)
        case UInt8(ascii: "'"): return quoted(.string)
        case UInt8(ascii: "\""): return quoted(.quotedName)
        case UInt8(ascii: "$"): return dollar()
        case let byte where byte.startsName:
            let token = take(.word) { $0.startsName || $0.isDigit || $0 == UInt8(ascii: "$") }
            return Token(kind: .word, text: token.text.lowercased(), range: token.range)
        case let byte where byte.isDigit:
            return take(.number) { $0.isDigit || $0.startsName || $0 == UInt8(ascii: ".") }
        case UInt8(ascii: ":") where byte(1) == UInt8(ascii: ":"):
            index += 2
            return Token(kind: .symbol, text: "::", range: index - 2..<index)
        default:
            index += 1
            return Token(kind: .symbol, text: text(index - 1..<index), range: index - 1..<index)
        }
    }

    private mutating func take(_ kind: Token.Kind, while isPart: (UInt8) -> Bool) -> Token {
        let start = index
        while index < bytes.count, isPart(bytes[index]) { index += 1 }
        return Token(kind: kind, text: text(start..<index), range: start..<index)
    }

    /// Quoted text up to its closing quote; a doubled quote is one in it, and with `escapes` a backslash takes the next
    /// byte with it.
    private mutating func quoted(_ kind: Token.Kind, prefix: Int = 0, escapes: Bool = false) -> Token {
        let start = index
        let quote = byte(prefix)
        var content: [UInt8] = []
        index += prefix + 1
        while index < bytes.count {
            if escapes, byte() == UInt8(ascii: "\\") {
                content += bytes[index..<min(index + 2, bytes.count)]
                index += 2
            } else if byte() != quote {
                content.append(byte())
                index += 1
            } else if byte(1) == quote {
                content.append(quote)
                index += 2
            } else if kind == .string, let next = continuation(from: index + 1) {
                index = next + 1
            } else {
                index += 1
                return Token(kind: kind, text: String(decoding: content, as: UTF8.self), range: start..<index)
            }
        }
        index = bytes.count
        return Token(
            kind: kind, text: String(decoding: content, as: UTF8.self), range: start..<index, isClosed: false)
    }

    /// Where the string that ended before `start` goes on, in the same manner: behind a line break, spaces and comments.
    private func continuation(from start: Int) -> Int? {
        var (at, hasBreak) = (start, false)
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): hasBreak = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C: break
            case UInt8(ascii: "-") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "-"):
                while at + 1 < bytes.count, bytes[at + 1] != UInt8(ascii: "\n"), bytes[at + 1] != UInt8(ascii: "\r") {
                    at += 1
                }
            case UInt8(ascii: "'"): return hasBreak ? at : nil
            default: return nil
            }
            at += 1
        }
        return nil
    }

    /// `$1`, or text between two equal dollar quotes.
    private mutating func dollar() -> Token {
        let start = index
        var end = index + 1
        while end < bytes.count, bytes[end].startsName || end > index + 1 && bytes[end].isDigit { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
            index += 1
            while byte().isDigit { index += 1 }
            return Token(kind: .parameter, text: text(start..<index), range: start..<index)
        }
        let quote = bytes[start...end]
        let content = end + 1
        index = content
        while index + quote.count <= bytes.count {
            if bytes[index..<index + quote.count].elementsEqual(quote) {
                defer { index += quote.count }
                return Token(kind: .string, text: text(content..<index), range: start..<index + quote.count)
            }
            index += 1
        }
        index = bytes.count
        return Token(kind: .string, text: text(content..<index), range: start..<index, isClosed: false)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (48...57).contains(self) }
    fileprivate var startsName: Bool { self == 95 || self >= 128 || (65...90).contains(self & 0xDF) }
}
