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
                if let content { statements.append(Statement(text: String(decoding: bytes[content..<index], as: UTF8.self))) }
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
        if let content { statements.append(Statement(text: String(decoding: bytes[max(content, start)...], as: UTF8.self))) }
        return statements
    }

    /// The table that the statement creates, if it creates one.
    var createdTable: String? {
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "(" }).prefix(3).map { $0.lowercased() }
        return words.count == 3 && words[0] == "create" && words[1] == "table" ? words[2] : nil
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
            return (end(after: Array("*/".utf8), from: index + 2), true)
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
}
