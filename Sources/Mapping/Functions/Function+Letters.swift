extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that write the same letters in another way.
    static let letters: [Function] = [
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
        Function(
            "capitalize", .format, [value], result: .type(.text),
            summary: "Writes the first letter large, unless a digit stands before it, and all others small",
            example: Example("\"¿QUÉ tal?\" | capitalize", gives: "¿Qué tal?")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return LetterCase.capitalized.apply(to: bytes, workspace)
        },
        Function(
            "strip_accents", .format, [value], result: .type(.text),
            summary: "Writes Latin letters without accents and ligatures (é → e, ø → o, ß → ss); other scripts stay",
            example: Example("\"Łódź, Straße\" | strip_accents", gives: "Lodz, Strasse")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return LatinFolding.apply(to: bytes, workspace)
        },
        Function(
            "reverse", .transformation, [value], result: .type(.text),
            summary: "Writes the characters from the last to the first; accents and emoji stay whole",
            example: Example("\"Zoë 👩‍🚀\" | reverse", gives: "👩‍🚀 ëoZ")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return reverse(bytes, workspace)
        },
    ]

    /// Turns the order of the grapheme clusters (UAX #29), as the Swift standard library finds them.
    private static func reverse(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let target = workspace.allocate(bytes.count)
        // The state of `Character`'s own breaking, without a `String`.
        var breaks = Unicode._CharacterRecognizer()
        var start = 0
        var index = 0
        func copyCluster() {
            let place = target + (bytes.count - index)
            for offset in start..<index { place[offset - start] = bytes[offset] }
        }
        while index < bytes.count {
            let (value, length) = decodeScalar(bytes, at: index)
            guard let scalar = Unicode.Scalar(value) else { break }
            if breaks.hasBreak(before: scalar) {
                copyCluster()
                start = index
            }
            index += length
        }
        copyCluster()
        return .blankable(target, count: bytes.count)
    }
}
