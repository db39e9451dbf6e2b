/// What stands between two cells: one byte, or two.
package struct Delimiter: Sendable, Hashable {
    package let first: UInt8
    package let second: UInt8?

    package init(_ first: UInt8, _ second: UInt8? = nil) {
        self.first = first
        self.second = second
    }

    /// The delimiter as it is written; nil for what is not one or two ASCII characters.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...2).contains(bytes.count), bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.init(bytes[0], bytes.count > 1 ? bytes[1] : nil)
    }

    package var bytes: [UInt8] { [first] + (second.map { [$0] } ?? []) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package func contains(_ byte: UInt8) -> Bool { byte == first || byte == second }
}
