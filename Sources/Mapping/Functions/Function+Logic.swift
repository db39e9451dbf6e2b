extension Function {
    private static let value = Parameter("value", .value(.any))

    /// Functions that decide: yes or no, blank or not.
    static let logic: [Function] = [
        .specialized(
            "parse_boolean", .transformation,
            [
                Parameter("value", .value(.text)), Parameter("true_word", .text, .optional),
                Parameter("false_word", .text, .optional),
            ],
            result: .type(.boolean),
            summary: "Reads true/false, yes/no, y/n, t/f, on/off and 1/0 in any case, or the two words that are given",
            example: Example("\"Ja\" | parse_boolean(\"ja\", \"nein\")", gives: "true"), failures: [.notABoolean]
        ) { (arguments) throws(ArgumentError) in
            if arguments.texts.count == 1 {
                throw ArgumentError(1, "the word for false is missing", "write parse_boolean(\"ja\", \"nein\")")
            }
            let isGiven = arguments.texts.count == 2
            let yes = isGiven ? [arguments.texts[0].string] : ["true", "yes", "y", "t", "on", "1"]
            let no = isGiven ? [arguments.texts[1].string] : ["false", "no", "n", "f", "off", "0"]
            let table = ByteTable((yes + no).map { Array($0.lowercased().utf8) })
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                let word = LetterCase.lower.apply(to: trimmed(bytes), workspace)
                guard case .text(let folded) = word else { return word }
                guard let index = table.index(of: folded) else { return workspace.fail(.notABoolean) }
                return .boolean(index < yes.count)
            }
        },
        .specialized(
            "map", .lookup, [Parameter("value", .value(.text)), Parameter("\"from\" -> to", .entry, .several)],
            result: .entryValues,
            summary: "Gives the value that stands behind an equal text; a text that is not listed fails (see ??)",
            example: Example("\"UK\" | map(\"UK\" -> \"GB\", \"D\" -> \"DE\")", gives: "GB"), failures: [.notInMap]
        ) { (arguments) throws(ArgumentError) in
            let table = ByteTable(arguments.entries.map(\.key.bytes))
            let values = arguments.entries.map(\.value)
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                guard let index = table.index(of: bytes) else { return workspace.fail(.notInMap) }
                return workspace.value(of: values[index])
            }
        },
        Function(
            "case", .transformation,
            [Parameter("condition -> value", .entry, .several), Parameter("otherwise", .value(.any), .optional)],
            result: .commonType, blanks: .receive,
            summary:
                "Gives the value behind the first condition that is true, else the last one; short for if … then … else",
            example: Example("case(5 > 9 -> \"high\", 5 > 3 -> \"medium\", \"low\")", gives: "medium")
        ) { _, _ in
            // Never run: the parser makes conditions of it.
            .null
        },
        .specialized(
            "null_if", .transformation, [value, Parameter("blank", .value(.any), .several)], result: .firstOperand,
            blanks: .receive, summary: "Makes a value blank that is equal to one of those given",
            example: Example("\"n/a\" | null_if(\"-\", \"n/a\")", gives: nil)
        ) { (arguments) throws(ArgumentError) in
            let count = arguments.operandCount
            return { operands, _ in
                for index in 1..<count where operands[0].isSame(as: operands[index]) { return .null }
                return operands[0]
            }
        },
        Function(
            "default", .transformation, [value, Parameter("default", .value(.any))], result: .commonType,
            blanks: .receive,
            summary: "Gives the second value where the first is blank (and fails where it fails; see ??)",
            example: Example("null | default(\"none\")", gives: "none")
        ) { operands, _ in
            operands[0].isNull ? operands[1] : operands[0]
        },
        .specialized(
            "coalesce", .transformation, [Parameter("value", .value(.any), .several)], result: .commonType,
            blanks: .receive, summary: "Gives the first value that is not blank",
            example: Example("coalesce(null, \"\", \"b\")", gives: "b")
        ) { (arguments) throws(ArgumentError) in
            let count = arguments.operandCount
            return { operands, _ in
                for index in 0..<count where !operands[index].isNull { return operands[index] }
                return .null
            }
        },
        .specialized(
            "require", .validation, [value, Parameter("message", .text)], result: .firstOperand, blanks: .receive,
            summary: "Gives the value, and fails with the message where it is blank",
            example: Example("\"A7\" | require(\"give every row a number\")", gives: "A7"), failures: [.requiredValue]
        ) { (arguments) throws(ArgumentError) in
            if arguments.texts[0].bytes.isEmpty {
                throw ArgumentError(1, "the message of require is empty", "say what to do about a blank")
            }
            let failure = Failure(Failure.requiredValue.code, arguments.texts[0].string)
            return { operands, workspace in
                operands[0].isNull ? workspace.fail(failure) : operands[0]
            }
        },
        Function(
            dropRowIf, .validation, [value, Parameter("condition", .value(.boolean))], result: .firstOperand,
            blanks: .receive,
            summary:
                "Gives the value; where the condition is true, the row is left out: neither accepted nor rejected but skipped",
            example: Example("\"A7\" | drop_row_if(5 > 9)", gives: "A7")
        ) { operands, workspace in
            if case .boolean(true) = operands[1] { workspace.isDropped = true }
            return operands[0]
        },
    ]

    /// The function that leaves rows out.
    static let dropRowIf = "drop_row_if"
}

extension Failure {
    static let notABoolean = Failure(
        "not_a_boolean",
        "this is neither yes nor no; correct the cell, or name the words, as in parse_boolean(\"ja\", \"nein\")")
    static let notInMap = Failure(
        "not_in_map", "the value is not in the list of map; add it there, or give a value for all others with ??")
    static let requiredValue = Failure("required", "the message that the mapping gives")
}

extension Value {
    /// Equality that also finds a number in a text: `$count | null_if(0)` makes `0` and `0.0` blank.
    fileprivate func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.text(let bytes), .number(let number)), (.number(let number), .text(let bytes)):
            guard case .number(let written) = ExactDecimal.scan(bytes) else { return false }
            return written == number
        default:
            return compared(to: other) == 0
        }
    }
}
