/// Why a value or a row was not accepted, and what to do about it.
package struct Rejection: Sendable, Equatable {
    /// The target field; `nil` for a rule on the row.
    package let field: String?
    /// The source column that is blamed: the first one that the failing step reads.
    package let column: String?
    /// The function, or the check: `required`, `type`, `min`, `pattern`, `rule` …
    package let rule: String
    /// What went wrong, for programs: `not_an_integer`, `too_long` …
    package let code: String
    /// The column's cell as it stood; `nil` where no column is blamed. May be any bytes, also NUL: see `JSONWriter`.
    package let value: [UInt8]?
    /// What to do, for people. Holds nothing of the row.
    package let message: String

    package init(field: String?, column: String?, rule: String, code: String, value: [UInt8]?, message: String) {
        self.field = field
        self.column = column
        self.rule = rule
        self.code = code
        self.value = value
        self.message = message
    }
}

/// What became of a row.
package enum Outcome: Sendable, Equatable {
    /// Its values were appended; rejections that stand beside it are warnings (`on_reject: null_value`).
    case accepted
    case rejected
    /// `drop_row_if` left it out, in the expression of this target field; nil in a rule on the row. Whatever else is wrong
    /// with it does not count.
    case skipped(field: String?)
}
