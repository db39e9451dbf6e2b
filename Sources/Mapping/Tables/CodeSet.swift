/// Codes of equally many capital letters, such as those of countries: one bit for each code that could be.
struct CodeSet: Sendable {
    private let length: Int
    private let words: [UInt64]

    /// The codes that stand at `offset` of each entry of a table, all entries of `entryLength` bytes.
    init(_ table: StaticString, entryLength: Int, offset: Int = 0, length: Int) {
        self.length = length
        var count = 1
        for _ in 0..<length { count *= 26 }
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        for start in stride(from: offset, to: table.utf8CodeUnitCount, by: entryLength) {
            let code = Bytes(start: table.utf8Start + start, count: length)
            if let number = Self.number(of: code) { words[number >> 6] |= 1 << UInt64(number & 63) }
        }
        self.words = words
    }

    func contains(_ bytes: Bytes) -> Bool {
        guard bytes.count == length, let number = Self.number(of: bytes) else { return false }
        return words[number >> 6] >> UInt64(number & 63) & 1 == 1
    }

    func contains(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { contains($0) }
    }

    /// The letters as digits of a number, A for 0 to Z for 25; `nil` where one is no capital letter.
    static func number(of code: Bytes) -> Int? {
        var number = 0
        for byte in code {
            let digit = byte &- UInt8(ascii: "A")
            guard digit < 26 else { return nil }
            number = number * 26 + Int(digit)
        }
        return number
    }
}
