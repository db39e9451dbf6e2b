import Foundation
import Postgres

/// A table of a report: what its rows are, and what each column says.
struct ReportTable: Sendable {
    struct Column: Sendable {
        /// In CSV and JSON, snake_case.
        var name: String
        /// In HTML; nil: not there, because another column says it in words.
        var heading: String?
        var kind: Kind
        /// In HTML written faintly where it, and the columns before it, are as in the row above.
        var isGroup = false

        /// How wide it is in HTML.
        enum Kind: String, Sendable {
            case text
            case number
            /// Never broken into lines.
            case short
            /// Names and addresses.
            case person
            /// Whole sentences: takes what the others leave.
            case sentence
        }

        init(_ name: String, _ heading: String? = nil, _ kind: Kind = .text, isGroup: Bool = false) {
            self.name = name
            self.heading = heading
            self.kind = kind
            self.isGroup = isGroup
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
