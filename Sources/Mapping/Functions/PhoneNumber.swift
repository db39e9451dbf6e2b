/// Reads telephone numbers as people write them, and writes them by E.164: `+`, calling code, national number.
///
/// A number that could be read in two ways, or as a local one that lacks its area code, is none.
struct PhoneNumber: Sendable {
    private let plan: PhonePlan

    /// For numbers without a calling code, which are those of a region.
    init(_ plan: PhonePlan) {
        self.plan = plan
    }

    /// More digits are no number, whatever prefixes stand before it.
    private static let mostDigits = 32

    /// What was written, without the signs between digits.
    private struct Digits {
        let start: UnsafeMutablePointer<UInt8>
        var count = 0
        var hasPlus = false
        /// The first digits between parentheses that are not at the beginning, if there are one or two: a trunk prefix
        /// behind a calling code stands so, as in `+49 (0)30`.
        var group: Range<Int>?

        var all: Bytes { Bytes(start: start, count: count) }

        func isGroup(_ digits: [UInt8]) -> Bool {
            group.map { Bytes(rebasing: all[$0]).elementsEqual(digits) } ?? false
        }

        var hasZeroGroup: Bool { group.map { $0.count == 1 && all[$0.lowerBound] == 0x30 } ?? false }
    }

    func read(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let text = trimmed(bytes)
        if text.isEmpty { return .null }
        var digits = Digits(start: workspace.allocate(Self.mostDigits))
        if let failure = Self.collect(text, &digits) { return workspace.fail(failure) }
        var results = Results(target: workspace.allocate(2 * Results.length))
        if digits.hasPlus {
            international(digits, behind: 0, &results)
        } else {
            let prefix = plan.internationalPrefix
            if !prefix.isEmpty, digits.all.starts(with: prefix) {
                international(digits, behind: prefix.count, &results)
            }
            national(digits, &results)
        }
        guard results.isClear else { return workspace.fail(.notAPhone) }
        return .blankable(results.target, count: results.count)
    }

    // MARK: - Signs

    private static func collect(_ text: Bytes, _ digits: inout Digits) -> Failure? {
        var index = startsWithScheme(text) ? 4 : 0
        var opened: Int?
        var endsInDigits = false
        while index < text.count {
            let (scalar, length) = decodeScalar(text, at: index)
            // Full-width forms, as East Asian keyboards write them.
            let sign = scalar >= 0xFF01 && scalar <= 0xFF5E ? scalar - 0xFEE0 : scalar
            switch sign {
            case 0x30...0x39:
                guard digits.count < mostDigits else { return .notAPhone }
                digits.start[digits.count] = UInt8(truncatingIfNeeded: sign)
                digits.count += 1
                endsInDigits = true
            case 0x2B where digits.count == 0 && !digits.hasPlus:
                digits.hasPlus = true
            case 0x28 where opened == nil:
                opened = digits.count
                endsInDigits = false
            case 0x29 where opened != nil:
                if let start = opened, start > 0, digits.group == nil, 1...2 ~= digits.count - start {
                    digits.group = start..<digits.count
                }
                opened = nil
            case _ where isBlankScalar(scalar) || isMark(scalar):
                break
            case 0x2D, 0x2E, 0x2F, 0x2010...0x2015, 0x2212:
                if digits.count == 0 { return .notAPhone }
                endsInDigits = false
            default:
                let rest = Bytes(rebasing: text[index...])
                return digits.count > 0 && isExtension(rest) ? .phoneExtension : .notAPhone
            }
            index += length
        }
        return endsInDigits && opened == nil ? nil : .notAPhone
    }

    /// Marks of direction that come along when a number is copied.
    private static func isMark(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069: true
        default: false
        }
    }

    /// Whether the text begins with `tel:`.
    private static func startsWithScheme(_ text: Bytes) -> Bool {
        text.count > 4 && text[3] == UInt8(ascii: ":")
            && text.prefix(3).lazy.map { $0 | 0x20 }.elementsEqual("tel".utf8)
    }

    private static let extensionWords = ByteTable(
        ["ext", "extn", "extension", "x", "int", "poste", "app", "dw", "durchwahl", "anexo", "ramal"].map {
            Array($0.utf8)
        })

    /// Whether a text is an extension behind a number: `ext. 12`, `x12`, `#12`, `;ext=12`.
    private static func isExtension(_ text: Bytes) -> Bool {
        let rest = text.drop { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") || $0 == 0x20 }
        let isHash = rest.first == UInt8(ascii: "#")
        let word = isHash ? rest.prefix(1) : rest.prefix { ($0 | 0x20) &- 0x61 < 26 }
        let digits = rest[word.endIndex...].drop { ". :=".utf8.contains($0) }
        guard 1...8 ~= digits.count, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return false }
        if isHash { return true }
        return word.count < 10
            && withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { small in
                for (index, byte) in word.enumerated() { small[index] = byte | 0x20 }
                return extensionWords.index(of: Bytes(rebasing: small[..<word.count])) != nil
            }
    }

    // MARK: - Readings

    /// The numbers that a text may mean; it is one where there is exactly one.
    private struct Results {
        /// Of a number by E.164, in bytes.
        static let length = 16

        let target: UnsafeMutablePointer<UInt8>
        private(set) var count = 0
        private(set) var isClear = false

        init(target: UnsafeMutablePointer<UInt8>) {
            self.target = target
        }

        /// `callingCode` and `national` have 15 digits together at most.
        mutating func add(_ callingCode: some Collection<UInt8>, _ national: Bytes) {
            let place = count == 0 ? target : target + Self.length
            place[0] = UInt8(ascii: "+")
            var end = 1
            for digit in callingCode {
                place[end] = digit
                end += 1
            }
            for digit in national {
                place[end] = digit
                end += 1
            }
            let other = Bytes(start: place, count: end)
            isClear = count == 0 || isClear && Bytes(start: target, count: count).elementsEqual(other)
            if count == 0 { count = end }
        }
    }

    /// The number behind a `+`, or behind the first digits where they are an international prefix.
    private func international(_ digits: Digits, behind prefix: Int, _ results: inout Results) {
        let rest = Bytes(rebasing: digits.all[prefix...])
        guard let (code, count) = PhonePlan.callingCode(of: rest) else { return }
        var national = Bytes(rebasing: rest[count...])
        if digits.group?.lowerBound == prefix + count, digits.isGroup(code.trunkPrefix) {
            national = Bytes(rebasing: national[code.trunkPrefix.count...])
        } else if digits.hasZeroGroup {
            return
        }
        if PhonePlan.fits(national, code.lengths) { results.add(rest[..<count], national) }
    }

    private func national(_ digits: Digits, _ results: inout Results) {
        if digits.hasZeroGroup { return }
        let trunk = plan.trunkPrefix
        if digits.all.starts(with: trunk) {
            let national = Bytes(rebasing: digits.all[trunk.count...])
            if PhonePlan.fits(national, plan.lengths) { results.add(plan.callingCode, national) }
        }
        if PhonePlan.fits(digits.all, plan.bareLengths) { results.add(plan.callingCode, digits.all) }
    }
}

extension Failure {
    static let notAPhone = Failure(
        "not_a_phone",
        "this is not clearly a telephone number of the region, nor one with + and a calling code; complete the cell, as in "
            + "+49 30 1234567")
    static let phoneExtension = Failure(
        "phone_extension",
        "E.164 has no extensions; take it off before, as in regex_replace(\"(?i)[ ,;]*(ext|x|#).*$\", \"\"), and map it "
            + "to a field of its own")
}
