/// Changing the case of texts: ASCII byte by byte, the rest by the Unicode data of the Swift standard library.
enum LetterCase {
    case lower, upper
    /// The first letter of each word large.
    case title
    /// The first letter of the text large.
    case capitalized

    func apply(to bytes: Bytes, _ workspace: Workspace) -> Value {
        guard isASCII(bytes) else { return applyToScalars(bytes, workspace) }
        let target = workspace.allocate(bytes.count)
        switch self {
        case .lower: Self.changeCase(of: bytes, first: UInt8(ascii: "A"), to: target)
        case .upper: Self.changeCase(of: bytes, first: UInt8(ascii: "a"), to: target)
        case .title, .capitalized:
            var word = Word(isOnlyFirst: self == .capitalized)
            for (index, byte) in bytes.enumerated() {
                let isLetter = (byte | 0x20) &- 0x61 < 26
                let starts = word.advance(UInt32(byte), isLetter: isLetter, isDigit: byte &- 0x30 < 10)
                target[index] = !isLetter ? byte : starts ? byte & 0xDF : byte | 0x20
            }
        }
        return .blankable(target, count: bytes.count)
    }

    /// Copies ASCII; of the 26 letters from `first` on it changes the case. Eight bytes at a time.
    @inline(__always)
    private static func changeCase(of bytes: Bytes, first: UInt8, to target: UnsafeMutablePointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Adding sets the top bit of bytes that are not less than the first letter, or than the one behind the last.
        let (atLeast, beyond) = (ones &* UInt64(0x80 - first), ones &* UInt64(0x80 - first - 26))
        var index = 0
        while index + 8 <= bytes.count {
            let word = UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
            let letters = (word &+ atLeast) & ~(word &+ beyond) & (ones &* 0x80)
            UnsafeMutableRawPointer(target + index).storeBytes(of: word ^ (letters >> 2), as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            target[index] = byte &- first < 26 ? byte ^ 0x20 : byte
            index += 1
        }
    }

    private func applyToScalars(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        // A scalar of two bytes may become three of two bytes (U+0390), a stray byte U+FFFD.
        let capacity = bytes.count * 3
        if capacity > Workspace.longestText * 3 { return workspace.fail(Workspace.textTooLong) }
        let target = workspace.allocate(capacity)
        var count = 0
        var index = 0
        var word = Word(isOnlyFirst: self == .capitalized)
        var isBehindCased = false
        while index < bytes.count {
            let (value, length) = decodeScalar(bytes, at: index)
            index += length
            if value < 0x80 {
                let byte = UInt8(truncatingIfNeeded: value)
                let isLetter = (byte | 0x20) &- 0x61 < 26
                let starts = word.advance(value, isLetter: isLetter, isDigit: byte &- 0x30 < 10)
                target[count] =
                    !isLetter ? byte : self == .upper || (self != .lower && starts) ? byte & 0xDF : byte | 0x20
                count += 1
                if !isCaseIgnorableASCII(byte) { isBehindCased = isLetter }
                continue
            }
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            let isLetter = properties.isAlphabetic
            let starts = word.advance(value, isLetter: isLetter, isDigit: properties.numericType != nil)
            switch self {
            case .upper:
                count += LetterMapping.upper.write(scalar, to: target + count)
            case .title where starts, .capitalized where starts:
                count += LetterMapping.title.write(scalar, to: target + count)
            case _ where value == 0x3A3 && isBehindCased && !isBeforeCased(bytes, index):
                count += encodeScalar(0x3C2, to: target + count)
            default:
                count += LetterMapping.lower.write(scalar, to: target + count)
            }
            if !properties.isCaseIgnorable { isBehindCased = properties.isCased }
        }
        workspace.giveBack(capacity - count)
        return .blankable(target, count: count)
    }

    private func isCaseIgnorableASCII(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "^"), UInt8(ascii: "`"): true
        default: false
        }
    }

    /// Whether a letter with case follows, marks and apostrophes aside: a capital sigma before none becomes `ς`.
    private func isBeforeCased(_ bytes: Bytes, _ start: Int) -> Bool {
        var index = start
        while index < bytes.count {
            let (value, length) = decodeScalar(bytes, at: index)
            guard let properties = Unicode.Scalar(value)?.properties else { return false }
            if !properties.isCaseIgnorable { return properties.isCased }
            index += length
        }
        return false
    }

    /// Where words begin: at a letter that no letter, digit, mark or apostrophe stands before; and behind the apostrophe of
    /// `O'`, `D'` and `L'` at the beginning of a word.
    private struct Word {
        /// Nothing begins behind the first letter or digit.
        private let isOnlyFirst: Bool
        private var hasBegun = false
        private var length = 0
        private var onlyLetter: UInt32 = 0
        private var isBehindNameApostrophe = false

        init(isOnlyFirst: Bool) {
            self.isOnlyFirst = isOnlyFirst
        }

        /// Takes the next scalar and says whether it begins a word.
        mutating func advance(_ scalar: UInt32, isLetter: Bool, isDigit: Bool) -> Bool {
            if isOnlyFirst {
                let starts = isLetter && !hasBegun
                if isLetter || isDigit { hasBegun = true }
                return starts
            }
            if isLetter {
                let starts = length == 0 || isBehindNameApostrophe
                length += 1
                onlyLetter = length == 1 ? scalar | 0x20 : 0
                isBehindNameApostrophe = false
                return starts
            }
            if scalar == 0x27 || scalar == 0x2019, length > 0 {
                isBehindNameApostrophe =
                    onlyLetter == UInt32(UInt8(ascii: "o")) || onlyLetter == UInt32(UInt8(ascii: "d"))
                    || onlyLetter == UInt32(UInt8(ascii: "l"))
                onlyLetter = 0
                return false
            }
            isBehindNameApostrophe = false
            onlyLetter = 0
            if isDigit || 0x300...0x36F ~= scalar { length += 1 } else { length = 0 }
            return false
        }
    }
}

/// What letters become in another case.
private struct LetterMapping {
    static let lower = LetterMapping { $0.lowercaseMapping }
    static let upper = LetterMapping { $0.uppercaseMapping }
    static let title = LetterMapping { $0.titlecaseMapping }

    /// For each scalar from U+0080 to U+07FF (Latin, Greek, Cyrillic, Armenian) the one that it becomes; 0 for several.
    private let singles: [UInt32]
    private let mapping: @Sendable (Unicode.Scalar.Properties) -> String

    private init(_ mapping: @escaping @Sendable (Unicode.Scalar.Properties) -> String) {
        self.mapping = mapping
        singles = (UInt32(0x80)..<0x800).map { value in
            guard let scalars = Unicode.Scalar(value).map({ mapping($0.properties).unicodeScalars }),
                scalars.count == 1, let single = scalars.first
            else { return 0 }
            return single.value
        }
    }

    /// Writes what the scalar becomes as UTF-8 and returns the number of bytes.
    func write(_ scalar: Unicode.Scalar, to target: UnsafeMutablePointer<UInt8>) -> Int {
        if 0x80..<0x800 ~= scalar.value {
            let single = singles[Int(scalar.value - 0x80)]
            if single != 0 { return encodeScalar(single, to: target) }
        }
        // At most three scalars, which a `String` holds in itself.
        var count = 0
        for mapped in mapping(scalar.properties).unicodeScalars {
            count += encodeScalar(mapped.value, to: target + count)
        }
        return count
    }
}
