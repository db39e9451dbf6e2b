/// A set of Unicode scalars: what one position of a pattern accepts.
struct ScalarSet: Sendable, Equatable {
    /// Unicode general categories that `\p{…}` names.
    enum Category: String, Sendable, CaseIterable {
        case letter = "L", uppercase = "Lu", lowercase = "Ll", mark = "M", number = "N", digit = "Nd"
        case punctuation = "P", symbol = "S", separator = "Z"
    }

    private(set) var low: UInt64 = 0
    private(set) var high: UInt64 = 0
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: [Category] = []
    private var excludedCategories: [Category] = []
    var isNegated = false

    /// Adds the scalars of a range; ASCII goes into two words of bits.
    mutating func insert(_ range: ClosedRange<UInt32>) {
        for scalar in range.clamped(to: 0...127) where range.lowerBound <= 127 {
            if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
        }
        if range.upperBound > 127 { ranges.append(max(128, range.lowerBound)...range.upperBound) }
    }

    mutating func insert(_ scalar: UInt32) { insert(scalar...scalar) }

    mutating func insert(_ category: Category, negated: Bool) {
        if negated { excludedCategories.append(category) } else { categories.append(category) }
        for scalar in UInt32(0)...127 where Self.isMember(scalar, of: category) != negated { insert(scalar) }
    }

    /// Adds all that `other` accepts; `other` is not negated.
    mutating func formUnion(_ other: ScalarSet) {
        low |= other.low
        high |= other.high
        ranges += other.ranges
        categories += other.categories
        excludedCategories += other.excludedCategories
    }

    /// Adds every scalar that is in none of `ranges` (for `\D`, `\W`, `\S`).
    mutating func insertComplement(of ranges: [ClosedRange<UInt32>]) {
        var start: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if start < range.lowerBound { insert(start...(range.lowerBound - 1)) }
            start = range.upperBound + 1
        }
        insert(start...0x10FFFF)
    }

    /// Adds the other case of every ASCII letter, and of other letters where the set lists them one by one.
    mutating func insertOtherCases() {
        for scalar in UInt32(UInt8(ascii: "a"))...UInt32(UInt8(ascii: "z")) {
            if contains(scalar) || contains(scalar - 32) {
                insert(scalar)
                insert(scalar - 32)
            }
        }
        for range in ranges where range.count <= 512 {
            for value in range {
                guard let properties = Unicode.Scalar(value)?.properties else { continue }
                for mapping in [properties.lowercaseMapping, properties.uppercaseMapping] {
                    let scalars = mapping.unicodeScalars
                    if scalars.count == 1, let other = scalars.first, other.value != value { insert(other.value) }
                }
            }
        }
    }

    var firstBeyondASCII: UInt32? { ranges.first?.lowerBound }

    @inline(__always)
    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return (low >> UInt64(scalar) & 1 == 1) != isNegated }
        if scalar < 128 { return (high >> UInt64(scalar - 64) & 1 == 1) != isNegated }
        return containsBeyondASCII(scalar) != isNegated
    }

    private func containsBeyondASCII(_ scalar: UInt32) -> Bool {
        for range in ranges where range.contains(scalar) { return true }
        for category in categories where Self.isMember(scalar, of: category) { return true }
        for category in excludedCategories where !Self.isMember(scalar, of: category) { return true }
        return false
    }

    private static func isMember(_ scalar: UInt32, of category: Category) -> Bool {
        guard let general = Unicode.Scalar(scalar)?.properties.generalCategory else { return false }
        return switch category {
        case .letter:
            switch general {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
            default: false
            }
        case .uppercase: general == .uppercaseLetter
        case .lowercase: general == .lowercaseLetter
        case .mark: general == .nonspacingMark || general == .spacingMark || general == .enclosingMark
        case .number: general == .decimalNumber || general == .letterNumber || general == .otherNumber
        case .digit: general == .decimalNumber
        case .punctuation:
            switch general {
            case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation:
                true
            default: false
            }
        case .symbol:
            general == .mathSymbol || general == .currencySymbol || general == .modifierSymbol
                || general == .otherSymbol
        case .separator: general == .spaceSeparator || general == .lineSeparator || general == .paragraphSeparator
        }
    }
}

extension ScalarSet {
    static let digitRanges: [ClosedRange<UInt32>] = [0x30...0x39]
    static let wordRanges: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let spaceRanges: [ClosedRange<UInt32>] = [
        0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
        0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ]

    static let anyButLineBreak: ScalarSet = {
        var set = ScalarSet()
        set.insert(0x0A)
        set.insert(0x0D)
        set.isNegated = true
        return set
    }()
}
