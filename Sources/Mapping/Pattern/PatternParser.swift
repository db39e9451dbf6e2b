/// Parses the syntax of regular expressions that can be matched in linear time.
///
/// Literals, `.`, classes, `\d \D \w \W \s \S`, `\p{L}` and other general categories, `^ $ \b \B`, groups, alternation,
/// greedy and lazy quantifiers with counts up to 1,000, and `(?i)` at the start. `\d` and `\w` are ASCII, as in
/// ECMAScript and so in JSON Schema; `^` and `$` mean the ends of the text. Back-references and look-around are errors.
struct PatternParser {
    static let largestCount = 1_000
    private static let deepestNesting = 50

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private(set) var captureCount = 0
    private var ignoresCase = false

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(PatternError) -> PatternSyntax {
        if scalars.starts(with: "(?i)".unicodeScalars) {
            ignoresCase = true
            index = 4
        }
        let result = try alternation()
        if index < scalars.count { throw error("')' closes nothing; write '\\)' for the character", at: index) }
        return result
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private func error(_ message: String, at offset: Int) -> PatternError {
        PatternError(offset: offset, message: message)
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        index += 1
        return true
    }

    private mutating func alternation() throws(PatternError) -> PatternSyntax {
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternSyntax {
        var items: [PatternSyntax] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let start = index
            let item = try atom()
            items.append(try quantified(item, from: start))
        }
        return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
    }

    private mutating func quantified(_ item: PatternSyntax, from start: Int) throws(PatternError) -> PatternSyntax {
        let quantifier = index
        guard let (minimum, maximum) = try count() else { return item }
        if case .assertion = item { throw error("a quantifier cannot follow an anchor", at: quantifier) }
        let isGreedy = !skip("?")
        let following = index
        if current == "+" { throw error("possessive quantifiers are not supported", at: following) }
        if try count() != nil { throw error("two quantifiers in a row; put a group around the first", at: following) }
        return .repetition(item, minimum: minimum, maximum: maximum, isGreedy: isGreedy)
    }

    /// Reads `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`.
    private mutating func count() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        let start = index
        guard skip("{") else { return nil }
        guard let minimum = number() else {
            throw error("'{' starts a count such as {2} or {1,3}; write '\\{' for the character", at: start)
        }
        var maximum: Int? = minimum
        if skip(",") { maximum = number() }
        guard skip("}") else { throw error("a count is written {2}, {2,} or {2,5}", at: start) }
        if minimum > Self.largestCount || (maximum ?? 0) > Self.largestCount {
            throw error("a count is at most \(Self.largestCount)", at: start)
        }
        if let maximum, maximum < minimum { throw error("the count's maximum is below its minimum", at: start) }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = current, "0"..."9" ~= scalar {
            value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), Self.largestCount + 1)
            index += 1
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternSyntax {
        let start = index
        let scalar = scalars[index]
        index += 1
        switch scalar {
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case ".": return .set(.anyButLineBreak)
        case "(": return try group(from: start)
        case "[": return .set(cased(try characterClass(from: start)))
        case "\\": return try escape(from: start)
        case "*", "+", "?":
            throw error("'\(scalar)' repeats nothing; write '\\\(scalar)' for the character", at: start)
        case "{", "}":
            throw error("write '\\\(scalar)' for the character", at: start)
        default: return .set(literal(scalar))
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
        var set = ScalarSet()
        set.insert(scalar.value)
        return cased(set)
    }

    private func cased(_ set: ScalarSet) -> ScalarSet {
        guard ignoresCase else { return set }
        var result = set
        result.isNegated = false
        result.insertOtherCases()
        result.isNegated = set.isNegated
        return result
    }

    private mutating func group(from start: Int) throws(PatternError) -> PatternSyntax {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.deepestNesting {
            throw error("groups are nested more than \(Self.deepestNesting) deep", at: start)
        }
        var capture: Int?
        if skip("?") {
            guard skip(":") else {
                throw error("only (…) and (?:…) groups are supported: no look-around, names or flags", at: start)
            }
        } else {
            captureCount += 1
            capture = captureCount
        }
        let content = try alternation()
        guard skip(")") else { throw error("'(' is not closed", at: start) }
        return .group(content, capture: capture)
    }

    private mutating func escape(from start: Int) throws(PatternError) -> PatternSyntax {
        switch current {
        case "b":
            index += 1
            return .assertion(.wordBoundary)
        case "B":
            index += 1
            return .assertion(.notWordBoundary)
        case "A", "z", "Z":
            throw error("write ^ or $ for the ends of the text", at: start)
        case .some(let scalar) where "1"..."9" ~= scalar:
            throw error("back-references are not supported", at: start)
        default:
            return .set(cased(try escapedSet(from: start)))
        }
    }

    /// Reads what follows a backslash, in a class or outside.
    private mutating func escapedSet(from start: Int) throws(PatternError) -> ScalarSet {
        guard let scalar = current else { throw error("a pattern cannot end with a single '\\'", at: start) }
        index += 1
        var set = ScalarSet()
        switch scalar {
        case "d": for range in ScalarSet.digitRanges { set.insert(range) }
        case "w": for range in ScalarSet.wordRanges { set.insert(range) }
        case "s": for range in ScalarSet.spaceRanges { set.insert(range) }
        case "D": set.insertComplement(of: ScalarSet.digitRanges)
        case "W": set.insertComplement(of: ScalarSet.wordRanges)
        case "S": set.insertComplement(of: ScalarSet.spaceRanges)
        case "p", "P": set.insert(try category(from: start), negated: scalar == "P")
        case "n": set.insert(0x0A)
        case "r": set.insert(0x0D)
        case "t": set.insert(0x09)
        case "x": set.insert(try hexadecimal(digits: 2, from: start))
        case "u": set.insert(try hexadecimal(digits: 4, from: start))
        default:
            if scalar.properties.isAlphabetic || "0"..."9" ~= scalar {
                throw error("'\\\(scalar)' has no meaning here", at: start)
            }
            set.insert(scalar.value)
        }
        return set
    }

    private mutating func category(from start: Int) throws(PatternError) -> ScalarSet.Category {
        var name = ""
        if skip("{") {
            while let scalar = current, scalar != "}" {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            index += 1
        } else if let scalar = current {
            name.unicodeScalars.append(scalar)
            index += 1
        }
        guard let category = ScalarSet.Category(rawValue: name), index <= scalars.count else {
            let known = ScalarSet.Category.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("\\p knows the categories \(known)", at: start)
        }
        return category
    }

    private mutating func hexadecimal(digits: Int, from start: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
                throw error("\\x takes two and \\u four hexadecimal digits", at: start)
            }
            value = value * 16 + UInt32(digit)
            index += 1
        }
        return value
    }

    private mutating func characterClass(from start: Int) throws(PatternError) -> ScalarSet {
        var set = ScalarSet()
        let isNegated = skip("^")
        var isFirst = true
        while true {
            guard let scalar = current else { throw error("'[' is not closed", at: start) }
            if scalar == "]", !isFirst { break }
            isFirst = false
            let itemStart = index
            let (item, lower) = try classItem()
            guard current == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                set.formUnion(item)
                continue
            }
            index += 1
            let (_, upper) = try classItem()
            guard let lower, let upper, lower <= upper else {
                throw error("a range in a class goes from a lower to a higher character, as in a-z", at: itemStart)
            }
            set.insert(lower...upper)
        }
        index += 1
        set.isNegated = isNegated
        return set
    }

    /// One item of a class; `single` is the scalar where the item is one.
    private mutating func classItem() throws(PatternError) -> (set: ScalarSet, single: UInt32?) {
        let start = index
        guard let scalar = current else { throw error("'[' is not closed", at: start) }
        index += 1
        if scalar == "\\" {
            let kind = current
            let set = try escapedSet(from: start)
            let isSeveral = kind.map { "dDwWsSpP".unicodeScalars.contains($0) } ?? false
            return (set, isSeveral ? nil : set.onlyMember)
        }
        var set = ScalarSet()
        set.insert(scalar.value)
        return (set, scalar.value)
    }
}

extension ScalarSet {
    /// The member of a set of one scalar.
    fileprivate var onlyMember: UInt32? {
        if low != 0 { return UInt32(low.trailingZeroBitCount) }
        if high != 0 { return 64 + UInt32(high.trailingZeroBitCount) }
        return firstBeyondASCII
    }
}
