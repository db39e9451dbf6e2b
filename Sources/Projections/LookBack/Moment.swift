package import Postgres

/// A moment of the past, as people write it.
package enum Moment: Sendable, Equatable {
    /// Every event that was recorded up to then counts, at that microsecond too.
    case time(Timestamp)
    /// Every event up to this position counts, it too.
    case position(Int64)

    /// Reads a position (`42`), a date (`2026-03-31`) or a date and time (`2026-03-31 18:00`, `2026-03-31T18:00:05.25+02:00`).
    ///
    /// UTC unless an offset is given. A date is its first moment, midnight. A time in whole seconds, which is how events
    /// are shown to people, takes in that second: an event of 18:00:05.7 counts at 18:00:05.
    ///
    /// - Returns: nil for what names no moment, names of time zones too: they would have to guess twice a year.
    package init?(_ text: String) {
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            guard let position = Int64(text) else { return nil }
            self = .position(position)
            return
        }
        guard let time = Self.completed(text).flatMap({ Timestamp($0) }), time.isFinite else { return nil }
        self = .time(time)
    }

    /// The text with what it leaves out.
    private static func completed(_ text: String) -> String? {
        let day = text.prefix(10)
        guard let separator = text.dropFirst(10).first else { return "\(day)T00:00:00Z" }
        guard separator == "T" || separator == " " else { return nil }
        let rest = text.dropFirst(11)
        let zone = rest.firstIndex { "Z+-".contains($0) } ?? rest.endIndex
        let time = rest[..<zone]
        let decimals = time.utf8.count == 5 ? ":00" : time.utf8.count == 8 ? ".999999" : ""
        return "\(day)T\(time)\(decimals)\(zone == rest.endIndex ? "Z" : rest[zone...])"
    }
}
