extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that replace parts of a text.
    static let replacement: [Function] = [
        .specialized(
            "replace", .transformation, [value, Parameter("from", .text), Parameter("to", .text)],
            result: .type(.text), summary: "Replaces every occurrence of a text by another, which may be empty",
            example: Example("\"1-800-55\" | replace(\"-\", \"\")", gives: "180055"),
            failures: [Workspace.textTooLong]
        ) { (arguments) throws(ArgumentError) in
            let from = arguments.texts[0].bytes
            let to = arguments.texts[1].bytes
            if from.isEmpty {
                throw ArgumentError(1, "replace has nothing to look for", "write the text to replace")
            }
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return replace(from, by: to, in: bytes, workspace)
            }
        },
        .specialized(
            "replace_all", .transformation, [value, Parameter("\"from\" -> to", .entry, .several)],
            result: .type(.text),
            summary:
                "Replaces many texts in one pass, at each place the longest that fits; what was replaced is not looked at again",
            example: Example(
                "\"1 Main St.\" | replace_all(\"St\" -> \"Saint\", \"St.\" -> \"Street\")", gives: "1 Main Street"),
            failures: [Workspace.textTooLong]
        ) { (arguments) throws(ArgumentError) in
            let table = ReplacementTable(arguments.entries.map { ($0.key.bytes, $0.value.bytes) })
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return table.apply(to: bytes, workspace)
            }
        },
        .specialized(
            "regex_replace", .transformation,
            [value, Parameter("pattern", .text), Parameter("replacement", .text)], result: .type(.text),
            summary: "Replaces every match of a pattern; $1 … $9 stand for its groups, $0 for all of it, $$ for $",
            example: Example("\"2024/05\" | regex_replace(\"(\\d+)/(\\d+)\", \"$2.$1\")", gives: "05.2024"),
            failures: [Workspace.textTooLong, .patternTooCostly]
        ) { (arguments) throws(ArgumentError) in
            let replacement = try PatternReplacement(arguments.texts[0], arguments.texts[1])
            return { operands, workspace in
                guard case .text(let bytes) = operands[0] else { return .null }
                return replacement.apply(to: bytes, workspace)
            }
        },
        Function(
            "strip_html", .format, [value], result: .type(.text),
            summary:
                "Takes the text out of HTML, on one line: without tags, comments, scripts and styles; &amp; and others become characters",
            example: Example("\"<p>Fish &amp; <b>chips</b></p><p>5 &lt; 6\" | strip_html", gives: "Fish & chips 5 < 6")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return HTMLText.text(of: bytes, workspace)
        },
    ]

    private static func replace(
        _ from: [UInt8], by to: [UInt8], in bytes: Bytes, _ workspace: Workspace
    ) -> Value {
        var occurrences = 0
        var index = 0
        while let found = find(from, in: bytes, from: index) {
            occurrences += 1
            index = found + from.count
        }
        if occurrences == 0 { return .text(bytes) }
        let count = bytes.count + occurrences * (to.count - from.count)
        if count > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        let target = workspace.allocate(count)
        var written = 0
        index = 0
        func copy(_ source: some Sequence<UInt8>) {
            for byte in source {
                target[written] = byte
                written += 1
            }
        }
        while let found = find(from, in: bytes, from: index) {
            copy(bytes[index..<found])
            copy(to)
            index = found + from.count
        }
        copy(bytes[index...])
        return .blankable(target, count: count)
    }

    /// Where the text stands next.
    static func find(_ wanted: [UInt8], in bytes: Bytes, from start: Int) -> Int? {
        var index = start
        while index + wanted.count <= bytes.count {
            if bytes[index] == wanted[0] {
                var offset = 1
                while offset < wanted.count, bytes[index + offset] == wanted[offset] { offset += 1 }
                if offset == wanted.count { return index }
            }
            index += 1
        }
        return nil
    }
}
