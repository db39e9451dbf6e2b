import AuditLog

/// The physical lines of a file that are no part of its table, in words.
struct LinesLeftOut {
    var preamble: Int
    var footer: Int

    /// As in `2 lines above and 1 line below the table`; nil if there are none.
    var words: String? {
        var parts: [String] = []
        if preamble > 0 { parts.append("\(preamble.counting("line")) above") }
        if footer > 0 { parts.append("\(footer.counting("line")) below") }
        return parts.isEmpty ? nil : parts.joined(separator: " and ") + " the table"
    }
}
