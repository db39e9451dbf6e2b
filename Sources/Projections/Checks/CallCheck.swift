/// Functions and values that are not the same at every replay.
struct CallCheck {
    let definition: Definition
    let section: Definition.Section
    let tokens: [Token]

    func findings() -> [Finding] {
        tokens.indices.flatMap { index -> [Finding] in
            let token = tokens[index]
            switch token.kind {
            case .word, .quotedName: return names(index)
            case .string: return moments(index)
            default: return []
            }
        }
    }

    private func next(_ index: Int) -> Token? { index + 1 < tokens.count ? tokens[index + 1] : nil }
    private func previous(_ index: Int) -> Token? { index > 0 ? tokens[index - 1] : nil }

    private func names(_ index: Int) -> [Finding] {
        let token = tokens[index]
        let isCalled = next(index)?.isSymbol("(") ?? false
        if token.kind == .word, token.text == "u", next(index)?.isSymbol("&") ?? false {
            return [finding("a name or text written with U& hides what it says", "write it plainly", index)]
        }
        if isCalled, token.isWord("operator") {
            return [finding("OPERATOR(…) may name an operator of another schema", "write the operator alone", index)]
        }
        if isCalled, let schema = schema(before: index), !["pg_catalog", "fold"].contains(schema.text) {
            return [
                finding("\(schema.text).\(token.text) is a function of another schema", Impurity.outside.advice, index)
            ]
        }
        if isCalled, token.text == "age", arguments(of: index) == 1 {
            return [
                finding(
                    "age() of one time \(Impurity.clock.message)", "give it two times, such as age(recorded_at, …)",
                    index)
            ]
        }
        if isCalled, ["float4", "float8", "date_part"].contains(token.text) {
            let advice = token.text == "date_part" ? "extract(… FROM …) gives the same as numeric" : CastCheck.advice
            return [finding("\(token.text)() gives a floating-point number", advice, index)]
        }
        if isCalled, !isDeclared(index), let impurity = Impurity(function: token.text) {
            return [finding(impurity, index)]
        }
        // Behind a dot or AS, or quoted, it is somebody's column.
        let isColumn = previous(index)?.isSymbol(".") ?? false || previous(index)?.isWord("as") ?? false
        guard token.kind == .word, let impurity = Impurity(word: token.text), !isColumn || impurity == .storage else {
            return []
        }
        return [finding(impurity, index)]
    }

    /// A list of columns stands behind a name as arguments do: `INSERT INTO t (…)`, `x (a, b) AS (…)`.
    private func isDeclared(_ index: Int) -> Bool {
        previous(index)?.isWord("into", "table", "with") ?? false
    }

    private func schema(before index: Int) -> Token? {
        guard index > 1, tokens[index - 1].isSymbol("."), tokens[index - 2].isName else { return nil }
        return tokens[index - 2]
    }

    /// How many arguments stand in the parentheses behind `index`.
    private func arguments(of index: Int) -> Int {
        var depth = 0
        var count = 1
        for token in tokens[(index + 1)...] {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") {
                depth -= 1
                if depth == 0 { break }
            }
            if depth == 1, token.isSymbol(",") { count += 1 }
        }
        return count
    }

    /// `'now'`, which is a time wherever one is expected, also where nobody says so: beside a time, as an argument, as the
    /// default of a column. Behind `->>` it is a member of a body, and compared with one it is text.
    private func moments(_ index: Int) -> [Finding] {
        if isEscaped(index) {
            return [finding("a text with numbered escapes hides what it says", "write its characters plainly", index)]
        }
        guard !tokens[0].isWord("comment") else { return [] }
        let words = tokens[index].text.lowercased().split { !$0.isLetter }
        guard let first = words.first, ["now", "today", "tomorrow", "yesterday"].contains(first),
            words.dropFirst().allSatisfy({ $0.count <= 4 })
        else { return [] }
        let (before, twice) = (previous(index), index > 1 ? tokens[index - 2] : nil)
        let isMember = before?.isSymbol(">") ?? false && ["-", ">"].contains(twice?.text)
        let isText = before?.isSymbol("=") ?? false && twice?.kind == .string
        guard !isMember, !isText else { return [] }
        return [finding(.clock, index)]
    }

    /// `E'\x6eow'`
    private func isEscaped(_ index: Int) -> Bool {
        let bytes = definition.text(of: section).utf8
        let start = bytes.index(bytes.startIndex, offsetBy: tokens[index].range.lowerBound)
        guard bytes[start] | 0x20 == UInt8(ascii: "e") else { return false }
        var isBehindBackslash = false
        for byte in tokens[index].text.utf8 {
            if isBehindBackslash, "xuU01234567".utf8.contains(byte) { return true }
            isBehindBackslash = byte == UInt8(ascii: "\\") && !isBehindBackslash
        }
        return false
    }

    private func finding(_ impurity: Impurity, _ index: Int) -> Finding {
        let token = tokens[index]
        let name = next(index)?.isSymbol("(") ?? false ? "\(token.text)()" : token.text
        return finding(
            "\(token.kind == .string ? "'\(token.text)'" : name) \(impurity.message)", impurity.advice, index)
    }

    private func finding(_ message: String, _ advice: String, _ index: Int) -> Finding {
        definition.finding(message, advice, in: section, at: tokens[index].range.lowerBound)
    }
}
