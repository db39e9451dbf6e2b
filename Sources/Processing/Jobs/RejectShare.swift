import AuditLog
import CSV
import Mapping

/// Judges whether more rows were rejected than the share of a file's rows that `max_rejects` allows.
struct RejectShare {
    private let percent: ExactDecimal
    /// The offset in the file where its table ends.
    private let end: Int
    private let shortestRow: Int
    private let shortestLineBreak: Int

    /// Nil where the mapping allows no share.
    ///
    /// - Parameters:
    ///   - columns: the number of the file's columns.
    ///   - fileSize: in bytes.
    init?(_ limit: RejectLimit?, _ dialect: Dialect, columns: Int, fileSize: Int64) {
        guard case .percent(let percent)? = limit else { return nil }
        self.percent = percent
        end = min(Int(fileSize), dialect.layout.endOffset ?? .max)
        shortestRow = dialect.shortestRecord(columns: columns)
        shortestLineBreak = dialect.shortestLineBreak
    }

    /// What is to be said if, of all rows of a file, too many were rejected.
    func message(rejected: Int, of rows: Int) -> String? {
        guard isExceeded(rejected, of: rows) else { return nil }
        return
            "\(rejected) of \(rows.counting("row")) were rejected, more than the \(percent) % that max_rejects allows"
    }

    /// What is to be said if too many of the first rows were rejected, whatever rows follow.
    ///
    /// It is certain where it would be so if the rest of the file held as many rows as possible, and none were rejected.
    ///
    /// - Parameter offset: where in the file the last of these rows ends.
    func message(rejected: Int, ofFirst rows: Int, endingAt offset: Int) -> String? {
        let following = (end - offset + shortestLineBreak) / shortestRow
        guard following > 0, isExceeded(rejected, of: rows + following) else { return nil }
        return
            "\(rejected) of the first \(rows.counting("row")) were rejected: more than the \(percent) % of all rows that"
            + " max_rejects allows, whatever follows in the file"
    }

    private func isExceeded(_ rejected: Int, of rows: Int) -> Bool {
        let (allowed, overflow) = percent.mantissa.multipliedReportingOverflow(by: Int128(rows))
        return !overflow && ExactDecimal(Int128(rejected) * 100) > ExactDecimal(allowed, scale: percent.scale)
    }
}
