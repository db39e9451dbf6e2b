extension Function {
    private static let value = Parameter("value", .value(.text))
    private static let padding = [
        value, Parameter("length", .integer), Parameter("sign", .text, .optional),
    ]
    /// The largest length of a padding and count of a repetition.
    private static let largestCount = 10_000

    /// Functions that make longer texts.
    static let composition: [Function] = [
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
        .specialized(
            "template", .transformation,
            [Parameter("text", .text), Parameter("column", .value(.text), .implied)], result: .type(.text),
            blanks: .receive,
            summary:
                "Writes the text with the columns whose names stand between braces ({{ and }} are braces); a blank leaves "
                + "nothing, and all of them blank make a blank",
            example: Example("template(\"{a} ({b})\")", with: ["Ann", "Rome"], gives: "Ann (Rome)"),
            failures: [Workspace.textTooLong]
        ) { (arguments) throws(ArgumentError) in
            // The parser has read the same text.
            guard let template = try? Template(arguments.texts[0].string, at: 0) else {
                throw ArgumentError(0, "the braces of the text do not fit", "write template(\"{first} {last}\")")
            }
            let pieces = template.pieces
            return { operands, workspace in fill(pieces, operands, workspace) }
        },
        .specialized(
            "pad_left", .format, padding, result: .type(.text),
            summary: "Puts a sign (if not given, a space) before the text until it has that many code points",
            example: Example("7 | pad_left(3, \"0\")", gives: "007")
        ) { (arguments) throws(ArgumentError) in
            let (length, sign) = try padding(arguments)
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return pad(bytes, to: length, sign, isLeft: true, workspace)
            }
        },
        .specialized(
            "pad_right", .format, padding, result: .type(.text),
            summary: "Puts a sign (if not given, a space) behind the text until it has that many code points",
            example: Example("\"A7\" | pad_right(4, \"_\")", gives: "A7__")
        ) { (arguments) throws(ArgumentError) in
            let (length, sign) = try padding(arguments)
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return pad(bytes, to: length, sign, isLeft: false, workspace)
            }
        },
        .specialized(
            "repeat", .transformation, [value, Parameter("count", .integer)], result: .type(.text),
            summary: "Writes the text that many times, one behind the other",
            example: Example("\"ab\" | repeat(3)", gives: "ababab"), failures: [Workspace.textTooLong]
        ) { (arguments) throws(ArgumentError) in
            let count = try arguments.integer(0, in: 1...largestCount)
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return repeated(bytes, count, workspace)
            }
        },
    ]

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

    /// Puts the operands between the pieces, of which there is one more.
    private static func fill(
        _ pieces: [[UInt8]], _ operands: UnsafeMutablePointer<Value>, _ workspace: Workspace
    ) -> Value {
        var capacity = 0
        var isBlank = true
        for index in 0..<pieces.count {
            capacity += pieces[index].count
            guard index > 0, case .text(let bytes) = operands[index - 1] else { continue }
            capacity += bytes.count
            isBlank = false
        }
        if isBlank { return .null }
        if capacity > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        let target = workspace.allocate(capacity)
        var count = 0
        for index in 0..<pieces.count {
            if index > 0, case .text(let bytes) = operands[index - 1], let start = bytes.baseAddress {
                (target + count).update(from: start, count: bytes.count)
                count += bytes.count
            }
            for byte in pieces[index] {
                target[count] = byte
                count += 1
            }
        }
        return .blankable(target, count: count)
    }

    private static func padding(_ arguments: Arguments) throws(ArgumentError) -> (length: Int, sign: [UInt8]) {
        let length = try arguments.integer(0, in: 1...largestCount)
        guard let sign = arguments.texts.first else { return (length, [UInt8(ascii: " ")]) }
        guard sign.string.unicodeScalars.count == 1 else {
            throw ArgumentError(
                sign.argument, "the text to pad with is not one code point", "write one sign, such as \"0\"")
        }
        return (length, sign.bytes)
    }

    private static func pad(
        _ bytes: Bytes, to length: Int, _ sign: [UInt8], isLeft: Bool, _ workspace: Workspace
    ) -> Value {
        let missing = length - scalarCount(bytes)
        guard missing > 0, let start = bytes.baseAddress else { return .text(bytes) }
        let count = bytes.count + missing * sign.count
        let target = workspace.allocate(count)
        (target + (isLeft ? missing * sign.count : 0)).update(from: start, count: bytes.count)
        var place = isLeft ? 0 : bytes.count
        for _ in 0..<missing {
            for byte in sign {
                target[place] = byte
                place += 1
            }
        }
        return .blankable(target, count: count)
    }

    private static func repeated(_ bytes: Bytes, _ count: Int, _ workspace: Workspace) -> Value {
        guard let start = bytes.baseAddress else { return .null }
        let total = bytes.count * count
        if total > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        let target = workspace.allocate(total)
        for number in 0..<count { (target + number * bytes.count).update(from: start, count: bytes.count) }
        return .blankable(target, count: total)
    }
}
