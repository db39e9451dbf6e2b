/// Takes the names of people apart: title, given names, family name, suffix.
///
/// A name is split only where something says where: a comma behind the family name, a particle before it, two names alone,
/// initials or capitals. Otherwise, and for whatever may be no name of one person, all of it is the family name.
struct PersonName: Sendable {
    enum Part: String, CaseIterable, Sendable {
        case title, given, family, suffix
    }

    private let part: Part
    /// How many of the last words are the family name where there are three or more and nothing else says so.
    private let familyWords: Int?

    init(_ part: Part, familyWords: Int?) {
        self.part = part
        self.familyWords = familyWords
    }

    func read(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let text = trimmed(bytes)
        if text.isEmpty { return .null }
        guard var name = PersonNameWords(text, workspace), split(&name) else {
            return part == .family ? .text(text) : .null
        }
        return name.joined(part, workspace)
    }

    /// Says of every word which part it is; `false` where that is not clear.
    private func split(_ name: inout PersonNameWords) -> Bool {
        var last = name.segmentCount - 1
        while last > 0, name.range(of: last).allSatisfy({ name.isSuffix($0) }) {
            name.assign(.suffix, name.range(of: last))
            last -= 1
        }
        let first = name.withoutAffixes(name.range(of: 0))
        guard !first.isEmpty, last < 2 else { return false }
        if last == 0 { return splitInOrder(&name, first) }
        let second = name.withoutAffixes(name.range(of: 1))
        guard !second.isEmpty else { return false }
        name.assign(.family, first)
        name.assign(.given, second)
        // "Beethoven, Ludwig van"
        var end = second.upperBound
        while end - 1 > second.lowerBound, name.isSmallParticle(end - 1) { end -= 1 }
        name.assign(.family, end..<second.upperBound)
        return true
    }

    /// Given names before family names.
    private func splitInOrder(_ name: inout PersonNameWords, _ words: Range<Int>) -> Bool {
        guard let start = familyStart(name, words) else { return false }
        name.assign(.given, words.lowerBound..<start)
        name.assign(.family, start..<words.upperBound)
        return true
    }

    private func familyStart(_ name: PersonNameWords, _ words: Range<Int>) -> Int? {
        let (first, last) = (words.lowerBound, words.upperBound - 1)
        if first == last { return first }
        // "DUPONT Jean" has the family name first.
        if name.isCapital(first, letters: 3), !name.isCapital(last, letters: 2) { return nil }
        if !name.isCapital(first, letters: 2), name.isCapital(last, letters: 2) {
            var start = last
            while name.isCapital(start - 1, letters: 2) { start -= 1 }
            return start
        }
        if let particle = (first + 1..<last).first(where: { name.isParticle($0) }) { return particle }
        if let conjunction = (first + 1..<last).first(where: { name.isConjunction($0) }) {
            return conjunction - 1 > first ? conjunction - 1 : nil
        }
        if (first + 1..<last).allSatisfy({ name.isInitial($0) }) { return last }
        return familyWords.map { max(first + 1, words.upperBound - $0) }
    }
}
