/// The words of a name, with what each of them is.
struct PersonNameWords {
    private struct Word: BitwiseCopyable {
        let start: Int32
        let end: Int32
        /// The number of commas before it.
        let segment: Int32
        /// The number of its part, or -1.
        var part: Int32

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// Longer names are none.
    private static let mostWords = 16

    private let text: Bytes
    private let words: UnsafeMutablePointer<Word>
    private var count = 0
    private(set) var segmentCount = 1

    /// `nil` where the text holds what no name of one person has, or is of a script that writes the family name first.
    init?(_ text: Bytes, _ workspace: Workspace) {
        self.text = text
        words = workspace.allocate(Self.mostWords, of: Word.self)
        var segment: Int32 = 0
        var start: Int?
        var index = 0
        while index <= text.count {
            let (scalar, length) = index < text.count ? decodeScalar(text, at: index) : (0x20, 1)
            let isComma = scalar == 0x2C
            if isComma || isBlankScalar(scalar) {
                if let begin = start {
                    guard count < Self.mostWords else { return nil }
                    words[count] = Word(start: Int32(begin), end: Int32(index), segment: segment, part: -1)
                    count += 1
                    start = nil
                }
                if isComma { segment += 1 }
            } else {
                if Self.isForeign(scalar) { return nil }
                if start == nil { start = index }
            }
            index += length
        }
        guard count > 0 else { return nil }
        // A comma at the end divides nothing.
        segmentCount = Int(words[count - 1].segment) + 1
        for index in 0..<count where Lists.foreign.contains(text, words[index].range) || !hasLetter(index) {
            return nil
        }
    }

    /// Digits, signs that join names or stand for something else, and East Asian letters.
    private static func isForeign(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x21...0x26, 0x28...0x2B, 0x2F...0x40, 0x5B...0x5F, 0x7B...0x7E: true
        case 0xAB, 0xBB, 0x201C...0x201F: true
        case 0x1100...0x11FF, 0x2E80...0x9FFF, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0xFF00...0xFFEF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }

    // MARK: - Parts

    func range(of segment: Int) -> Range<Int> {
        let first = (0..<count).first { Int(words[$0].segment) >= segment } ?? count
        let end = (first..<count).first { Int(words[$0].segment) > segment } ?? count
        return first..<end
    }

    mutating func assign(_ part: PersonName.Part, _ range: Range<Int>) {
        for index in range { words[index].part = Self.number(of: part) }
    }

    private static func number(of part: PersonName.Part) -> Int32 {
        switch part {
        case .title: 0
        case .given: 1
        case .family: 2
        case .suffix: 3
        }
    }

    /// What is left of words behind titles and before suffixes, which get their parts.
    mutating func withoutAffixes(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isTitle(start, isFirst: start == range.lowerBound) { start += 1 }
        while end - 1 > start, isSuffix(end - 1) { end -= 1 }
        assign(.title, range.lowerBound..<start)
        assign(.suffix, end..<range.upperBound)
        return start..<end
    }

    /// The words of a part with single spaces between them; particles from behind the given names come first.
    func joined(_ part: PersonName.Part, _ workspace: Workspace) -> Value {
        let number = Self.number(of: part)
        let target = workspace.allocate(text.count + count)
        var written = 0
        func append(_ isWanted: (Word) -> Bool) {
            for index in 0..<count where words[index].part == number && isWanted(words[index]) {
                if written > 0 {
                    target[written] = 0x20
                    written += 1
                }
                for place in words[index].range {
                    target[written] = text[place]
                    written += 1
                }
            }
        }
        if part == .family {
            append { $0.segment > 0 }
            append { $0.segment == 0 }
        } else {
            append { _ in true }
        }
        workspace.giveBack(text.count + count - written)
        return .blankable(target, count: written)
    }

    // MARK: - Words

    private func hasLetter(_ index: Int) -> Bool {
        let range = words[index].range
        var place = range.lowerBound
        while place < range.upperBound {
            let (scalar, length) = decodeScalar(text, at: place)
            if Unicode.Scalar(scalar)?.properties.isAlphabetic == true { return true }
            place += length
        }
        return false
    }

    private func endsInDot(_ index: Int) -> Bool { text[Int(words[index].end) - 1] == UInt8(ascii: ".") }

    private func isSmall(_ index: Int) -> Bool { text[Int(words[index].start)] &- 0x61 < 26 }

    private func isTitle(_ index: Int, isFirst: Bool) -> Bool {
        let range = words[index].range
        if Lists.titles.contains(text, range) { return true }
        guard endsInDot(index) else { return false }
        return Lists.dottedTitles.contains(text, range)
            || !isFirst && isSmall(index) && Lists.subjects.contains(text, range)
    }

    func isSuffix(_ index: Int) -> Bool {
        let range = words[index].range
        return Lists.suffixes.contains(text, range)
            || endsInDot(index) && Lists.dottedSuffixes.contains(text, range)
            || isCapital(index, letters: 2) && Lists.capitalSuffixes.contains(text, range)
    }

    func isParticle(_ index: Int) -> Bool {
        Lists.particles.contains(text, words[index].range) || isSmallParticle(index)
    }

    func isSmallParticle(_ index: Int) -> Bool {
        isSmall(index)
            && (Lists.particles.contains(text, words[index].range)
                || Lists.smallParticles.contains(text, words[index].range))
    }

    /// `y` and the like, which join two family names.
    func isConjunction(_ index: Int) -> Bool {
        words[index].range.count == 1 && [UInt8(ascii: "y"), 0x65, 0x69].contains(text[Int(words[index].start)])
    }

    /// One letter, or letters with dots: `F.`, `J.R.`
    func isInitial(_ index: Int) -> Bool {
        let range = words[index].range
        let dots = text[range].count { $0 == UInt8(ascii: ".") }
        let letters = scalarCount(Bytes(rebasing: text[range])) - dots
        return letters == 1 && dots < 2 || letters == dots && endsInDot(index)
    }

    /// Whether the word has at least so many letters, all of them capitals, and no dots.
    func isCapital(_ index: Int, letters: Int) -> Bool {
        let range = words[index].range
        var place = range.lowerBound
        var count = 0
        while place < range.upperBound {
            let (scalar, length) = decodeScalar(text, at: place)
            place += length
            if scalar == 0x2E { return false }
            guard let properties = Unicode.Scalar(scalar)?.properties, properties.isAlphabetic else { continue }
            if !properties.isUppercase { return false }
            count += 1
        }
        return count >= letters
    }
}

/// Words that stand in names and are none.
private enum Lists {
    static let titles = WordList(
        "dr", "prof", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "madam", "herr", "frau", "mme", "mlle",
        "monsieur",
        "madame", "mademoiselle", "signor", "signora", "sigra", "dott", "dottssa", "sra", "srta", "señor", "señora",
        "dr-ing", "dipl-ing", "dipl-kfm", "professor", "professore", "doktor")
    static let dottedTitles = WordList("sr", "sig", "ing", "mag", "avv", "arch", "rev", "fr", "hr", "dipl")
    /// What a doctor or professor is of.
    static let subjects = WordList(
        "med", "dent", "vet", "phil", "jur", "iur", "rer", "nat", "pol", "oec", "theol", "habil", "mult", "hc", "h",
        "c",
        "ing", "univ")
    static let suffixes = WordList("jr", "sr", "phd", "esq")
    static let dottedSuffixes = WordList("jun", "sen")
    static let capitalSuffixes = WordList("ii", "iii", "iv", "md", "mba", "dds")
    static let particles = WordList(
        "von", "van", "de", "del", "della", "di", "da", "dos", "du", "la", "der", "den", "ter", "vom", "zu", "zum",
        "zur")
    /// Those that are names of their own when they are written large.
    static let smallParticles = WordList(
        "le", "les", "des", "das", "do", "degli", "dei", "dal", "d", "af", "av", "al", "el", "bin", "ibn", "bint",
        "ben",
        "ten", "te", "san", "santa")
    static let foreign = WordList(
        "and", "und", "et", "oder", "or", "gmbh", "ag", "kg", "ohg", "ltd", "limited", "inc", "llc", "llp", "corp",
        "company", "plc", "srl", "spa", "sarl", "sas", "bv", "nv", "ug", "gbr", "ev", "verein", "family", "familie")
}

/// Words that are found in any case of ASCII letters and with or without dots.
private struct WordList: Sendable {
    private static let longest = 16
    private let table: ByteTable

    init(_ words: String...) {
        table = ByteTable(words.map { Array($0.utf8) })
    }

    func contains(_ text: Bytes, _ range: Range<Int>) -> Bool {
        guard range.count <= Self.longest else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longest) { folded in
            var count = 0
            for byte in text[range] where byte != UInt8(ascii: ".") {
                folded[count] = byte &- 0x41 < 26 ? byte | 0x20 : byte
                count += 1
            }
            return table.index(of: Bytes(rebasing: folded[..<count])) != nil
        }
    }
}
