extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that make what a row or a value is known by.
    static let identity: [Function] = [
        Function(
            "row_number", .transformation, [], result: .type(.integer),
            summary: "Counts the data rows of the file from 1, as rejections do; blank lines and the header are none",
            example: Example("row_number() > 0", gives: "true")
        ) { _, workspace in
            .number(ExactDecimal(Int128(workspace.rowNumber)))
        },
        Function(
            "constant", .transformation, [Parameter("value", .literal)], result: .firstOperand, blanks: .receive,
            summary: "Gives the value that is written there, for every row; the same as the value alone",
            example: Example("constant(\"import\")", gives: "import")
        ) { operands, _ in
            operands[0]
        },
        .specialized(
            "mask", .transformation, [value, Parameter("keep", .integer, .optional)], result: .type(.text),
            summary:
                "Writes * for all code points but the last ones (if not given, 4); for all of a text that has no more than that",
            example: Example("\"4111111111111234\" | mask", gives: "************1234")
        ) { (arguments) throws(ArgumentError) in
            let kept = arguments.integers.isEmpty ? 4 : try arguments.integer(0, in: 0...Int.max)
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return mask(bytes, keeping: kept, workspace)
            }
        },
        Function(
            "slug", .format, [value], result: .type(.text),
            summary:
                "Writes small letters and digits with hyphens between the words, Latin ones without accents, for addresses",
            example: Example("\"L'été à Paris!\" | slug", gives: "lete-a-paris")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return WordKey.slug(of: bytes, workspace)
        },
        Function(
            "fingerprint", .transformation, [value], result: .type(.text),
            summary:
                "Writes the words small, without accents and punctuation, each once and in order: alike for spellings of one name",
            example: Example("\"Müller,  Anna\" | fingerprint", gives: "anna muller")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return WordKey.fingerprint(of: bytes, workspace)
        },
    ]

    private static func mask(_ bytes: Bytes, keeping kept: Int, _ workspace: Workspace) -> Value {
        let count = scalarCount(bytes)
        let hidden = kept < count ? count - kept : count
        let rest = Bytes(rebasing: bytes[offset(behindFirst: hidden, in: bytes)...])
        let target = workspace.allocate(hidden + rest.count)
        for index in 0..<hidden { target[index] = UInt8(ascii: "*") }
        for (index, byte) in rest.enumerated() { target[hidden + index] = byte }
        return .blankable(target, count: hidden + rest.count)
    }
}
