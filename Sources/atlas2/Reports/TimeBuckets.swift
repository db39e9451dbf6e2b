import Foundation
import Postgres

/// Days, weeks or months, so that a drawing of any stretch of time has a number of bars that can be looked at.
enum TimeBuckets: String, Sendable {
    case day
    case week
    case month
    case year

    init(from: Timestamp, to: Timestamp) {
        switch (to.microseconds - from.microseconds) / 86_400_000_000 {
        case ..<93: self = .day
        case ..<732: self = .week
        case ..<3660: self = .month
        default: self = .year
        }
    }

    /// `2026-11-23`, `2026-11`, `2026`; a week is named by its Monday.
    func label(_ bucket: Timestamp) -> String {
        let day = bucket.description.prefix { $0 != "T" }
        switch self {
        case .day, .week: return String(day)
        case .month: return String(day.dropLast(3))
        case .year: return String(day.dropLast(6))
        }
    }
}

extension Report {
    /// A series of counts over time, without gaps where nothing happened.
    ///
    /// - Parameters:
    ///   - counts: a statement that gives, for `date_trunc(bucket, …)` in UTC, the bucket and a count for each series.
    ///   - ends: the first and the last moment.
    func series(
        _ bucket: TimeBuckets, from ends: (Timestamp, Timestamp), _ counts: SQL, series: Int
    ) async throws -> [(label: String, values: [Int64])] {
        // A plain array: a row's columns differ in number.
        let statement: SQL = """
            SELECT b.bucket, coalesce(c.counts, \([Int64](repeating: 0, count: series)))
            FROM generate_series(date_trunc(\(bucket.rawValue), \(ends.0), 'UTC'), \(ends.1), ('1 ' || \(bucket.rawValue))::interval) b (bucket)
            LEFT JOIN (\(sql: counts)) c (bucket, counts) ON c.bucket = b.bucket ORDER BY b.bucket
            """
        return try await read(statement) {
            (label: bucket.label(try $0.decode(0)), values: try $0.decode(1, as: [Int64].self))
        }
    }
}
