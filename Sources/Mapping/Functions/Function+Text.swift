extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that change how a text is written.
    static let text: [Function] = [
        Function(
            "trim", .format, [value], result: .type(.text),
            summary: "Removes spaces, line breaks, no-break and zero-width spaces at both ends",
            example: Example("\"  a b \" | trim", gives: "a b")
        ) { operands, _ in
            guard case .text(let bytes) = operands[0] else { return .null }
            return .blankable(trimmed(bytes))
        },
        Function(
            "collapse_spaces", .format, [value], result: .type(.text),
            summary: "Makes every run of spaces, tabs, line breaks and no-break spaces one space",
            example: Example("\"a \\t  b\" | collapse_spaces", gives: "a b")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return collapseSpaces(bytes, workspace)
        },
        Function(
            "strip_accents", .format, [value], result: .type(.text),
            summary: "Writes Latin letters without accents and ligatures (é → e, ø → o, ß → ss); other scripts stay",
            example: Example("\"Łódź, Straße\" | strip_accents", gives: "Lodz, Strasse")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return stripAccents(bytes, workspace)
        },
        Function(
            "lower", .format, [value], result: .type(.text),
            summary: "Writes every letter small, by the rules of Unicode and of no language",
            example: Example("\"ÉCOLE\" | lower", gives: "école")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return LetterCase.lower.apply(to: bytes, workspace)
        },
        Function(
            "upper", .format, [value], result: .type(.text),
            summary: "Writes every letter large, by the rules of Unicode and of no language",
            example: Example("\"straße\" | upper", gives: "STRASSE")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return LetterCase.upper.apply(to: bytes, workspace)
        },
        Function(
            "title", .format, [value], result: .type(.text),
            summary: "Writes the first letter of each word large, the others small, also behind hyphens and O', D', L'",
            example: Example("\"jean-luc O'NEILL\" | title", gives: "Jean-Luc O'Neill")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return LetterCase.title.apply(to: bytes, workspace)
        },
        .specialized(
            "join", .transformation,
            [Parameter("separator", .text), Parameter("value", .value(.text), .several)], result: .type(.text),
            blanks: .receive, pipedParameter: 1,
            summary: "Puts values together with a separator between them; blanks are left out",
            example: Example("join(\", \", \"Rome\", null, \"Italy\")", gives: "Rome, Italy"),
            failures: [Workspace.textTooLong]
        ) { (arguments) throws(ArgumentError) in
            let separator = arguments.texts[0].bytes
            let count = arguments.operandCount
            return { operands, workspace in join(operands, count, separator, workspace) }
        },
    ]

    private static func collapseSpaces(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let target = workspace.allocate(bytes.count)
        var count = 0
        var index = 0
        var isBehindSpace = false
        while index < bytes.count {
            let (scalar, length) = decodeScalar(bytes, at: index)
            if isBlankScalar(scalar) {
                if !isBehindSpace {
                    target[count] = UInt8(ascii: " ")
                    count += 1
                }
                isBehindSpace = true
            } else {
                for offset in 0..<length { target[count + offset] = bytes[index + offset] }
                count += length
                isBehindSpace = false
            }
            index += length
        }
        workspace.giveBack(bytes.count - count)
        return .blankable(target, count: count)
    }

    private static func stripAccents(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return .text(bytes) }
        // Every letter that becomes two or three takes at least two bytes before.
        let capacity = bytes.count * 2
        let target = workspace.allocate(capacity)
        var count = 0
        var index = 0
        var isBehindLatin = false
        while index < bytes.count {
            let (scalar, length) = decodeScalar(bytes, at: index)
            if let letters = LatinFolding.letters(of: scalar) {
                for letter in letters {
                    target[count] = letter
                    count += 1
                }
                isBehindLatin = true
            } else if !(isBehindLatin && LatinFolding.isCombiningMark(scalar)) {
                for offset in 0..<length { target[count + offset] = bytes[index + offset] }
                count += length
                isBehindLatin = (scalar | 0x20) &- 0x61 < 26
            }
            index += length
        }
        workspace.giveBack(capacity - count)
        return .blankable(target, count: count)
    }

    private static func join(
        _ operands: UnsafeMutablePointer<Value>, _ operandCount: Int, _ separator: [UInt8], _ workspace: Workspace
    ) -> Value {
        var capacity = 0
        for index in 0..<operandCount {
            if case .text(let bytes) = operands[index] { capacity += bytes.count + separator.count }
        }
        if capacity > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        let target = workspace.allocate(capacity)
        var count = 0
        for index in 0..<operandCount {
            guard case .text(let bytes) = operands[index], let start = bytes.baseAddress else { continue }
            if count > 0 {
                for byte in separator {
                    target[count] = byte
                    count += 1
                }
            }
            (target + count).update(from: start, count: bytes.count)
            count += bytes.count
        }
        workspace.giveBack(capacity - count)
        return .blankable(target, count: count)
    }
}
