/// One SQL statement of a projection file.
struct Statement: Equatable {
    /// Its text, without the closing semicolon, comments in front of it dropped.
    var text: String

    /// The statements of a section, in order. Semicolons inside quotes, dollar quotes and comments do not end one.
    static func split(_ section: String) -> [Statement] {
        let bytes = Array(section.utf8)
        var statements: [Statement] = []
        var start = 0
        var index = 0
        // Where the first byte stands that is neither space nor comment.
        var content: Int?
        while index < bytes.count {
            let skipped = skip(bytes, at: index)
            switch bytes[index] {
            case UInt8(ascii: ";"):
                if let content {
                    statements.append(Statement(text: String(decoding: bytes[content..<index], as: UTF8.self)))
                }
                content = nil
                start = index + 1
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                index += 1
            default:
                if !skipped.isComment { content = content ?? index }
                index = skipped.end
            }
        }
        if let content {
            statements.append(Statement(text: String(decoding: bytes[max(content, start)...], as: UTF8.self)))
        }
        return statements
    }

    /// The table that the statement creates, if it creates one.
    var createdTable: String? {
        var words = text.split(whereSeparator: { $0.isWhitespace || $0 == "(" }).prefix(6).map { $0.lowercased() }
        guard words.prefix(2) == ["create", "table"] else { return nil }
        words.removeFirst(2)
        if words.prefix(3) == ["if", "not", "exists"] { words.removeFirst(3) }
        return words.first
    }

    /// The statement with `relation` (`name AS (…)`) in front of whatever relations it defines by WITH itself.
    func with(_ relation: String) -> String {
        let words = text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard words.count > 1, words[0].lowercased() == "with" else { return "WITH \(relation)\n\(text)" }
        let isRecursive = words.count > 2 && words[1].lowercased() == "recursive"
        let rest = isRecursive ? words[2] : text[words[1].startIndex...]
        return "WITH \(isRecursive ? "RECURSIVE " : "")\(relation),\n\(rest)"
    }

    /// Where the quoted text or comment that starts at `index` ends; the next byte where none starts there.
    private static func skip(_ bytes: [UInt8], at index: Int) -> (end: Int, isComment: Bool) {
        func end(after terminator: [UInt8], from: Int) -> Int {
            var at = from
            while at + terminator.count <= bytes.count {
                if bytes[at..<at + terminator.count].elementsEqual(terminator) { return at + terminator.count }
                at += 1
            }
            return bytes.count
        }
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        switch (bytes[index], next) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            return (end(after: [UInt8(ascii: "\n")], from: index + 2), true)
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            return (endOfComment(bytes, at: index), true)
        case (UInt8(ascii: "E"), UInt8(ascii: "'")) where !isWord(bytes, before: index),
            (UInt8(ascii: "e"), UInt8(ascii: "'")) where !isWord(bytes, before: index):
            return (endOfEscapeString(bytes, at: index), false)
        case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _):
            return (end(after: [bytes[index]], from: index + 1), false)
        case (UInt8(ascii: "$"), _):
            var tag = index + 1
            while tag < bytes.count, bytes[tag] != UInt8(ascii: "$"), bytes[tag] > 47 { tag += 1 }
            guard tag < bytes.count, bytes[tag] == UInt8(ascii: "$") else { return (index + 1, false) }
            return (end(after: Array(bytes[index...tag]), from: tag + 1), false)
        default:
            return (index + 1, false)
        }
    }
    /// Where the block comment that starts at `index` ends; SQL's nest.
    private static func endOfComment(_ bytes: [UInt8], at index: Int) -> Int {
        var depth = 0
        var at = index
        while at + 1 < bytes.count {
            switch (bytes[at], bytes[at + 1]) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")): depth += 1
            case (UInt8(ascii: "*"), UInt8(ascii: "/")): depth -= 1
            default:
                at += 1
                continue
            }
            at += 2
            if depth == 0 { return at }
        }
        return bytes.count
    }

    /// Whether the byte in front of `index` belongs to a name: `DATE'2000-01-01'` is no `E'…'`.
    private static func isWord(_ bytes: [UInt8], before index: Int) -> Bool {
        guard index > 0 else { return false }
        let byte = bytes[index - 1]
        return byte == UInt8(ascii: "_") || byte >= 128 || (48...57).contains(byte) || (65...90).contains(byte & 0xDF)
    }

    /// Where the string `E'…'` that starts at `index` ends; a backslash takes the next byte with it.
    private static func endOfEscapeString(_ bytes: [UInt8], at index: Int) -> Int {
        var at = index + 2
        while at < bytes.count, bytes[at] != UInt8(ascii: "'") {
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(at + 1, bytes.count)
    }
}
