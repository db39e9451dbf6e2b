extension Function {
    private static let value = Parameter("value", .value(.text))

    /// Functions that take away what people do not see.
    static let spaces: [Function] = [
        Function(
            "trim", .format, [value], result: .type(.text),
            summary: "Removes spaces, line breaks, no-break and zero-width spaces at both ends",
            example: Example("\"  a b \" | trim", gives: "a b")
        ) { operands, _ in
            guard case .text(let bytes) = operands[0] else { return .null }
            return .blankable(trimmed(bytes))
        },
        Function(
            "trim_start", .format, [value], result: .type(.text),
            summary: "Removes what trim does, at the beginning only",
            example: Example("(\"  a \" | trim_start) == \"a \"", gives: "true")
        ) { operands, _ in
            guard case .text(let bytes) = operands[0] else { return .null }
            return .blankable(Bytes(rebasing: bytes[blanksBefore(bytes)...]))
        },
        Function(
            "trim_end", .format, [value], result: .type(.text),
            summary: "Removes what trim does, at the end only",
            example: Example("(\" a  \" | trim_end) == \" a\"", gives: "true")
        ) { operands, _ in
            guard case .text(let bytes) = operands[0] else { return .null }
            return .blankable(Bytes(rebasing: bytes[..<endBeforeBlanks(bytes)]))
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
            "strip_control", .format, [value], result: .type(.text),
            summary:
                "Removes control characters, zero-width spaces, soft hyphens and marks of direction; tabs and line breaks stay",
            example: Example("\"co&shy;op&#8206;\" | strip_html | strip_control", gives: "coop")
        ) { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return stripControl(bytes, workspace)
        },
    ]

    private static func collapseSpaces(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        if isCollapsed(bytes) { return .text(bytes) }
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

    /// Whether all blanks are single spaces, as far as a look at bytes tells: of blanks beyond ASCII the first one is E1, E2,
    /// E3, EF, or C2 with 85 or A0 behind it.
    private static func isCollapsed(_ bytes: Bytes) -> Bool {
        var last: UInt8 = 0
        for byte in bytes {
            switch byte {
            case 0x20: if last == 0x20 { return false }
            case 0x09...0x0D, 0xE1...0xE3, 0xEF: return false
            case 0x85, 0xA0: if last == 0xC2 { return false }
            default: break
            }
            last = byte
        }
        return true
    }

    private static func stripControl(_ bytes: Bytes, _ workspace: Workspace) -> Value {
        let target = workspace.allocate(bytes.count)
        var count = 0
        var index = 0
        while index < bytes.count {
            let (scalar, length) = decodeScalar(bytes, at: index)
            if !isControl(scalar) {
                for offset in 0..<length { target[count + offset] = bytes[index + offset] }
                count += length
            }
            index += length
        }
        workspace.giveBack(bytes.count - count)
        return .blankable(target, count: count)
    }

    /// Joiners (U+200C, U+200D) are none: they change how letters and emoji look.
    private static func isControl(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09...0x0D, 0x85: false
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064,
            0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB:
            true
        default: false
        }
    }
}
