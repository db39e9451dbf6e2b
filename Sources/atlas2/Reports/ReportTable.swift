import Foundation
import Postgres

/// A table of a report: what its rows are, and what each column says.
struct ReportTable: Sendable {
    struct Column: Sendable {
        /// In CSV and JSON, snake_case.
        var name: String
        /// In HTML; nil: not there, because another column says it in words.
        var heading: String?
        var isNumber = false
        /// Never broken into lines.
        var isShort = false

        init(_ name: String, _ heading: String? = nil, isNumber: Bool = false, isShort: Bool = false) {
            self.name = name
            self.heading = heading
            self.isNumber = isNumber
            self.isShort = isShort
        }
    }

    /// What a row is called in JSON.
    var record: String
    /// In HTML.
    var title: String
    var explanation: String?
    var columns: [Column]
    /// CSV has one table only: what adds others up is not in it.
    var isInCSV = true
    /// In HTML, where there are no rows.
    var nothing = "Nothing."
}

/// What stands in a table.
enum ReportCell: Sendable {
    case text(String?)
    /// In HTML with further lines below, which other columns say to machines.
    case lines(String, [String])
    case number(Int64?)
    case time(Timestamp?)
    /// In HTML as `1 min 20 s`.
    case seconds(Double?)
    case json(JSON?)
    /// `sealed` is what everybody expects: HTML shows what is not.
    case seal(String)
}
