/// The parts that the C2SP formats are put together from.
enum NoteText {
    /// Whether `name` can name a key: not empty, no Unicode space, no plus sign, nothing that a note cannot hold.
    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    }

    /// Whether a note can hold `text`: no control character below U+0020 but the line feed.
    static func isText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 || $0 == lineFeed }
    }

    static let lineFeed = UInt8(ascii: "\n")

    /// A decimal number of at least zero, written the one way.
    static func number(_ digits: some StringProtocol) -> Int64? {
        guard let number = Int64(digits), number >= 0, String(number).utf8.elementsEqual(digits.utf8) else {
            return nil
        }
        return number
    }

    /// The lines of `text`, which all end in a line feed; nil if the last does not.
    static func lines(_ text: String) -> [Substring.UTF8View]? {
        guard text.utf8.last == lineFeed else { return nil }
        return text.utf8.dropLast().split(separator: lineFeed, omittingEmptySubsequences: false)
    }
}

extension String {
    /// Whether the texts are the same bytes: `==` would call canonical equivalents equal.
    func isIdentical(to other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension UInt64 {
    var bigEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: bigEndian) { [UInt8]($0) } }
}

extension UInt32 {
    var bigEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: bigEndian) { [UInt8]($0) } }
}
