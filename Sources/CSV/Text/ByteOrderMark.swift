/// The mark at the start of a file that names its encoding. Source: The Unicode Standard, section 23.8.
enum ByteOrderMark {
    case utf8
    case utf16LE
    case utf16BE

    /// The mark that the bytes start with.
    init?(_ bytes: some Collection<UInt8>) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            self = .utf8
        } else if bytes.starts(with: [0xFF, 0xFE]) {
            self = .utf16LE
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            self = .utf16BE
        } else {
            return nil
        }
    }

    /// Whether UTF-16, read in the wrong byte order, starts with a mark: U+FFFE, which is no character.
    static func isReversed(_ text: some Collection<UInt8>) -> Bool {
        text.starts(with: [0xEF, 0xBF, 0xBE])
    }

    /// Whether more bytes could still make a mark of these.
    static func mayContinue(_ bytes: some Collection<UInt8>) -> Bool {
        switch bytes.count {
        case 0: true
        case 1: bytes.first.map { [0xEF, 0xFE, 0xFF].contains($0) } ?? true
        case 2: bytes.elementsEqual([0xEF, 0xBB])
        default: false
        }
    }
}
