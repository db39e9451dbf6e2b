import Postgres

/// Pauses between tries after a lost connection: a server that restarts is back within seconds.
struct RetrySchedule {
    private var pauses: [Duration] = [.milliseconds(50), .milliseconds(200), .seconds(1), .seconds(2), .seconds(4)]

    mutating func next() -> Duration? {
        pauses.isEmpty ? nil : pauses.removeFirst()
    }
}

extension PostgresError {
    /// Whether the statement's outcome is unknown or the server was not there: worth another try with the same ids.
    var isLostConnection: Bool {
        code == .outcomeUnknown || code == .connection
            || sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03"
    }
}
