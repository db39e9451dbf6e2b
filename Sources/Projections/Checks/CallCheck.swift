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

    /// `'now'::timestamptz` and its like.
    private func moments(_ index: Int) -> [Finding] {
        let text = tokens[index].text.trimmingSpaces.lowercased()
        guard ["now", "today", "tomorrow", "yesterday"].contains(text) else { return [] }
        let types = ["date", "timestamp", "timestamptz", "time", "timetz", "zone"]
        let isTyped = previous(index).map { $0.kind == .word && types.contains($0.text) } ?? false
        let before = index > 1 ? tokens[index - 2].text : ""
        let isCompared =
            switch previous(index)?.text {
            case "<", "between": true
            case ">": !["-", ">"].contains(before)
            case "=": ["<", ">"].contains(before)
            default: false
            }
        let isCast = next(index).map { $0.isSymbol("::") || $0.isWord("as") } ?? false
        let behind = index + 2 < tokens.count ? tokens[index + 2].text : ""
        guard isTyped || isCast && types.contains(behind) || isCompared else { return [] }
        return [finding(.clock, index)]
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
