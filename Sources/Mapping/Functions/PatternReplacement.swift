/// A pattern and what its matches become, for `regex_replace`.
struct PatternReplacement: Sendable {
    private enum Part: Sendable {
        case bytes([UInt8])
        case capture(Int)
    }

    private let pattern: Pattern
    private let parts: [Part]

    init(_ pattern: Arguments.Text, _ replacement: Arguments.Text) throws(ArgumentError) {
        self.pattern = try Pattern(pattern)
        parts = try Self.parts(of: replacement, captureCount: self.pattern.program.captureCount)
    }

    private static func parts(of text: Arguments.Text, captureCount: Int) throws(ArgumentError) -> [Part] {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var bytes = text.bytes[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                literal.append(byte)
                continue
            }
            let next = bytes.popFirst()
            if next == UInt8(ascii: "$") {
                literal.append(byte)
                continue
            }
            guard let next, next &- 0x30 < 10 else {
                throw ArgumentError(text.argument, "'$' stands for nothing", "write $1 for a group, $$ for the sign $")
            }
            let capture = Int(next &- 0x30)
            guard capture <= captureCount else {
                throw ArgumentError(
                    text.argument, "the replacement uses $\(capture), but the pattern has \(captureCount) groups",
                    "put what you want to use between ( and ) in the pattern")
            }
            parts.append(.bytes(literal))
            parts.append(.capture(capture))
            literal = []
        }
        return parts + [.bytes(literal)]
    }

    func apply(to bytes: Bytes, _ workspace: Workspace) -> Value {
        let threads = workspace.threads
        guard pattern.matches(bytes, threads: threads) else {
            return threads.isExhausted ? workspace.fail(.patternTooCostly) : .text(bytes)
        }
        var result = GrowingText(workspace, capacity: bytes.count)
        var position = 0
        while position <= bytes.count, pattern.firstMatch(in: bytes, from: position, threads: threads) {
            let (start, end) = (threads.captures[0], threads.captures[1])
            result.append(bytes[position..<start])
            append(threads.captures, of: bytes, to: &result)
            position = end
            if start == end {
                // Behind an empty match the next scalar stays, so that the search moves on.
                guard end < bytes.count else { break }
                let (_, length) = decodeScalar(bytes, at: end)
                result.append(bytes[end..<(end + length)])
                position += length
            }
            if result.count > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        }
        if threads.isExhausted { return workspace.fail(.patternTooCostly) }
        if position < bytes.count { result.append(bytes[position...]) }
        if result.count > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        return result.finish()
    }

    private func append(_ captures: [Int], of bytes: Bytes, to result: inout GrowingText) {
        for part in parts {
            switch part {
            case .bytes(let literal): literal.withUnsafeBufferPointer { result.append($0[...]) }
            case .capture(let number):
                let (start, end) = (captures[2 * number], captures[2 * number + 1])
                if start >= 0, end >= start { result.append(bytes[start..<end]) }
            }
        }
    }
}

extension Failure {
    static let patternTooCostly = Failure(
        "pattern_too_costly",
        "matching the pattern takes too long on this text; shorten the text or simplify the pattern")
}
