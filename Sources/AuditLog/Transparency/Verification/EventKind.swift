/// What stream type and event type say together; few in a log, so rows hold them by number.
struct EventKind: Sendable, Hashable {
    var streamType: String
    var type: String
    /// Both have the form that the log gives them, and needs: an entry escapes nothing.
    var isWellFormed: Bool

    init(_ row: LogRow) {
        streamType = String(decoding: row.streamType, as: UTF8.self)
        type = String(decoding: row.type, as: UTF8.self)
        isWellFormed =
            Self.isName(row.streamType[...]) && row.type.starts(with: row.streamType)
            && row.type.dropFirst(row.streamType.count).first == UInt8(ascii: ".")
            && Self.isName(row.type.dropFirst(row.streamType.count + 1))
    }

    /// `[a-z][a-z0-9_]{0,62}`
    private static func isName(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first, bytes.count <= 63, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else {
            return false
        }
        return bytes.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}

/// Numbers the kinds of events as they come.
struct EventKinds: Sendable {
    private(set) var all: [EventKind] = []
    /// Stream type and event type one after the other, as bytes: found without making strings.
    private var texts: [[UInt8]] = []
    private var last = 0

    mutating func number(of row: LogRow) -> Int32 {
        if last < texts.count, matches(row, texts[last]) { return Int32(last) }
        if let index = texts.firstIndex(where: { matches(row, $0) }) {
            last = index
            return Int32(index)
        }
        last = texts.count
        all.append(EventKind(row))
        texts.append(Array(row.streamType) + [0] + Array(row.type))
        return Int32(last)
    }

    private func matches(_ row: LogRow, _ text: [UInt8]) -> Bool {
        let count = row.streamType.count
        guard text.count == count + 1 + row.type.count else { return false }
        return text.withUnsafeBytes { text in
            text[count] == 0 && UnsafeRawBufferPointer(rebasing: text[..<count]).isEqual(to: row.streamType)
                && UnsafeRawBufferPointer(rebasing: text[(count + 1)...]).isEqual(to: row.type)
        }
    }
}
