import Postgres

/// A stretch of time: from its first moment on, up to its end, which is not in it.
struct TimeRange: Sendable {
    /// Nil: from the beginning.
    var from: Timestamp?
    /// Nil: without an end.
    var to: Timestamp?

    /// Reads `2026-11-23`, `2026-11-23T16:40`, `2026-11-23T16:40:12.5` or the same with an offset; UTC where it has none.
    static func moment(_ text: String) -> Timestamp? {
        for ending in ["", "Z", ":00Z", "T00:00:00Z"] {
            if let moment = Timestamp(text + ending), moment.isFinite { return moment }
        }
        return nil
    }

    /// For a statement: what `column`, a timestamp, must fulfil.
    func condition(_ column: String) -> SQL {
        var condition: SQL = "true"
        if let from { condition = "\(raw: column) >= \(from)" }
        if let to { condition = "\(sql: condition) AND \(raw: column) < \(to)" }
        return condition
    }

    /// `all time`, or `from 2026-11-01 00:00:00Z until before 2026-12-01 00:00:00Z`.
    var words: String {
        switch (from, to) {
        case (nil, nil): "all time"
        case (let from?, nil): "from \(from.forPeople) on"
        case (nil, let to?): "until before \(to.forPeople)"
        case (let from?, let to?): "from \(from.forPeople) until before \(to.forPeople)"
        }
    }
}
