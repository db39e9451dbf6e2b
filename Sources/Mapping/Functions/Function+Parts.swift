extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that take a part out of a text, or measure it. Positions and lengths count Unicode code points, as
    /// `min_length` and `max_length` do.
    static let parts: [Function] = [
        Function(
            "length", .transformation, [value], result: .type(.integer),
            summary: "Counts the code points, as min_length and max_length do; blank for a blank (length ?? 0)",
            example: Example("\"Zoë\" | length", gives: "3")
        ) { operands, _ in
            guard case .text(let bytes) = operands[0] else { return .null }
            return .number(ExactDecimal(Int128(scalarCount(bytes))))
        },
        .specialized(
            "left", .transformation, [value, Parameter("count", .integer)], result: .type(.text),
            summary: "Takes the first code points, or all if there are fewer",
            example: Example("\"SW1A 1AA\" | left(4)", gives: "SW1A")
        ) { (arguments) throws(ArgumentError) in
            let count = try arguments.integer(0, in: 1...Int.max)
            return { operands, _ in
                guard case .text(let bytes) = operands[0] else { return .null }
                return .blankable(Bytes(rebasing: bytes[..<offset(behindFirst: count, in: bytes)]))
            }
        },
        .specialized(
            "right", .transformation, [value, Parameter("count", .integer)], result: .type(.text),
            summary: "Takes the last code points, or all if there are fewer",
            example: Example("\"DE-12345\" | right(5)", gives: "12345")
        ) { (arguments) throws(ArgumentError) in
            let count = try arguments.integer(0, in: 1...Int.max)
            return { operands, _ in
                guard case .text(let bytes) = operands[0] else { return .null }
                return .blankable(Bytes(rebasing: bytes[offset(ofLast: count, in: bytes)...]))
            }
        },
        .specialized(
            "substring", .transformation,
            [value, Parameter("start", .integer), Parameter("count", .integer, .optional)], result: .type(.text),
            summary:
                "Takes count code points (if not given, all) from start on: 1 is the first, -1 the last; blank behind the end",
            example: Example("\"20240229\" | substring(5, 2)", gives: "02")
        ) { (arguments) throws(ArgumentError) in
            let start = try arguments.integer(0, in: -Int.max...Int.max)
            if start == 0 {
                throw ArgumentError(1, "there is no code point 0", "write 1 for the first, -1 for the last")
            }
            let count = arguments.integers.count < 2 ? Int.max : try arguments.integer(1, in: 1...Int.max)
            return { operands, _ in
                guard case .text(let bytes) = operands[0] else { return .null }
                return substring(bytes, start, count)
            }
        },
        .specialized(
            "split", .transformation,
            [value, Parameter("separator", .text), Parameter("number", .integer)], result: .type(.text),
            summary: "Cuts at every separator and gives one piece: 1 is the first, -1 the last; blank if there is none",
            example: Example("\"Rome/Lazio/Italy\" | split(\"/\", -1)", gives: "Italy")
        ) { (arguments) throws(ArgumentError) in
            let separator = arguments.texts[0].bytes
            if separator.isEmpty {
                throw ArgumentError(1, "split has nothing to cut at", "write the separator, such as \",\"")
            }
            let number = try arguments.integer(0, in: -Int.max...Int.max)
            if number == 0 {
                throw ArgumentError(2, "there is no piece 0", "write 1 for the first, -1 for the last")
            }
            return { operands, _ in
                guard case .text(let bytes) = operands[0] else { return .null }
                return piece(number, of: bytes, separator)
            }
        },
        .specialized(
            "regex_extract", .transformation,
            [value, Parameter("pattern", .text), Parameter("group", .integer, .optional)], result: .type(.text),
            summary:
                "Takes what a group of the pattern's first match holds (if not given, the first, or all if it has none); blank without a match",
            example: Example("\"Invoice 2024-117\" | regex_extract(\"(\\d+)-(\\d+)\", 2)", gives: "117"),
            failures: [.patternTooCostly]
        ) { (arguments) throws(ArgumentError) in
            let pattern = try Pattern(arguments.texts[0])
            let captureCount = pattern.program.captureCount
            var group = min(1, captureCount)
            if let given = arguments.integers.first {
                guard 0...captureCount ~= given.value else {
                    throw ArgumentError(
                        given.argument,
                        "the pattern has \(captureCount) groups, and none of the number \(given.value)",
                        "write 0 for the whole match, or put what you want between ( and ) in the pattern")
                }
                group = given.value
            }
            return { [group] operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return extract(group, of: pattern, from: bytes, workspace)
            }
        },
    ]

    private static func substring(_ bytes: Bytes, _ start: Int, _ count: Int) -> Value {
        let first = start > 0 ? offset(behindFirst: start - 1, in: bytes) : offset(ofLast: -start, in: bytes)
        let rest = Bytes(rebasing: bytes[first...])
        return .blankable(Bytes(rebasing: rest[..<offset(behindFirst: count, in: rest)]))
    }

    private static func piece(_ number: Int, of bytes: Bytes, _ separator: [UInt8]) -> Value {
        var wanted = number
        if number < 0 {
            var pieces = 1
            var index = 0
            while let found = find(separator, in: bytes, from: index) {
                pieces += 1
                index = found + separator.count
            }
            wanted = pieces + 1 + number
            if wanted < 1 { return .null }
        }
        var start = 0
        var passed = 1
        while true {
            let end = find(separator, in: bytes, from: start)
            if passed == wanted { return .blankable(Bytes(rebasing: bytes[start..<(end ?? bytes.count)])) }
            guard let end else { return .null }
            start = end + separator.count
            passed += 1
        }
    }

    private static func extract(
        _ group: Int, of pattern: Pattern, from bytes: Bytes, _ workspace: Workspace
    ) -> Value {
        let threads = workspace.threads
        guard pattern.firstMatch(in: bytes, from: 0, threads: threads) else {
            return threads.isExhausted ? workspace.fail(.patternTooCostly) : .null
        }
        let (start, end) = (threads.captures[2 * group], threads.captures[2 * group + 1])
        return start >= 0 && end >= start ? .blankable(Bytes(rebasing: bytes[start..<end])) : .null
    }
}

extension Pattern {
    /// The pattern that a mapping gives as a constant.
    convenience init(_ text: Arguments.Text) throws(ArgumentError) {
        do throws(PatternError) {
            try self.init(text.string)
        } catch {
            throw ArgumentError(
                text.argument, offset: error.offset, "the pattern is wrong: \(error.message)",
                "correct it at character \(error.offset + 1)")
        }
    }
}
