package import AuditLog
package import FoundationEssentials

/// What a run came to.
package struct JobOutcome: Sendable {
    package enum Ending: Sendable, Equatable {
        case completed
        /// Stopped in order; it can be resumed. The reason is `requested`, `interrupted` or `timeout`.
        case paused(reason: String)
        case cancelled
        case failed(message: String)
        /// The same file went through the same mapping before; nothing was done.
        case alreadyDone
    }

    package var job: UUID
    package var ending: Ending
    package var mapping: String
    package var fileName: String
    package var rows: Int64
    package var accepted: Int64
    package var rejected: Int64
    /// Rows that the mapping leaves out.
    package var skipped: Int64
    /// Physical lines of the file above and below its table, which are not read.
    package var preambleLines: Int
    package var footerLines: Int
    /// In which formats dates were read that are different days in several.
    package var dates: [JobDates]
    /// Size of the log after it.
    package var logSize: Int64
    package var seconds: Double
    /// The row behind which a resumed job went on; nil for one that began here.
    package var resumedAfter: Int?
    /// Why rows were rejected, the most frequent first.
    package var errors: [ErrorCount]

    /// How often one reason rejected a row.
    package struct ErrorCount: Sendable {
        package var field: String?
        package var rule: String
        package var code: String
        package var count: Int64
    }
}

/// How far a run is.
package struct JobProgress: Sendable {
    /// Bytes of the file.
    package var done: Int64
    package var total: Int64
    package var rows = 0
    package var rejected = 0
}
