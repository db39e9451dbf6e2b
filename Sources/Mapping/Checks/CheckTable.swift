/// All checks that fields and mappings can ask for, but for types, rules and unique checks.
package enum CheckTable {
    /// Keys of a field, in the order of the reference.
    package static let fields: [Check] = [
        .required, .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multiple, .minimumLength, .maximumLength,
        .pattern, .format, .enumeration, .constant, .formulas,
    ]

    /// Keys of a check on the row.
    package static let rows: [Check] = [.allOrNone, .exactlyOneOf, .requiredIf, .foreignKey]
}

extension Check {
    static let required = Check(
        "required", .values, summary: "true: not blank",
        refusals: [
            Refusal("required") { field, cell in
                "'\(field)' is required, and \(cell) gives nothing for it; fill the cell, or give a value with ??"
            }
        ], example: Example("required: true", passes: "a", refuses: ""))
    static let minimum = Check(
        "min", .numbersAndTimes,
        summary: "not less (earlier) than this; datetimes by the instant, whatever their offsets",
        refusals: [
            Refusal("below_minimum") { field, limit in "'\(field)' must be at least \(limit); correct the cell" }
        ], example: Example("type: integer, min: 18", passes: "18", refuses: "17"))
    static let maximum = Check(
        "max", .numbersAndTimes, summary: "not more (later) than this",
        refusals: [
            Refusal("above_maximum") { field, limit in "'\(field)' must be at most \(limit); correct the cell" }
        ], example: Example("type: date, max: 2024-12-31", passes: "2024-12-31", refuses: "2025-01-01"))
    static let exclusiveMinimum = Check(
        "exclusive_min", .numbersAndTimes, summary: "more (later) than this",
        refusals: [
            Refusal("not_above_minimum") { field, limit in "'\(field)' must be more than \(limit); correct the cell" }
        ], example: Example("type: number, exclusive_min: 0", passes: "0.01", refuses: "0.00"))
    static let exclusiveMaximum = Check(
        "exclusive_max", .numbersAndTimes, summary: "less (earlier) than this",
        refusals: [
            Refusal("not_below_maximum") { field, limit in "'\(field)' must be less than \(limit); correct the cell" }
        ], example: Example("type: number, exclusive_max: 100", passes: "99.99", refuses: "100"))
    static let multiple = Check(
        "multiple_of", .numbers, summary: "a whole number of times this, which is more than 0",
        refusals: [
            Refusal("not_a_multiple") { field, step in "'\(field)' must be a multiple of \(step); correct the cell" }
        ], example: Example("type: number, multiple_of: 0.05", passes: "1.15", refuses: "1.16"))
    static let minimumLength = Check(
        "min_length", .texts, summary: "at least so many Unicode code points",
        refusals: [
            Refusal("too_short") { field, count in "'\(field)' needs at least \(count) characters; lengthen the text" }
        ], example: Example("min_length: 2", passes: "éé", refuses: "é"))
    static let maximumLength = Check(
        "max_length", .texts, summary: "at most so many Unicode code points",
        refusals: [
            Refusal("too_long") { field, count in "'\(field)' takes at most \(count) characters; shorten the text" }
        ], example: Example("max_length: 3", passes: "éèê", refuses: "éèêë"))
    static let pattern = Check(
        "pattern", .texts, summary: "the regular expression matches somewhere; `^` and `$` tie it to the ends",
        refusals: [
            Refusal("pattern_mismatch") { field, pattern in
                "'\(field)' must match the pattern \(pattern); correct the cell"
            },
            Refusal("pattern_too_costly") { _, _ in Failure.patternTooCostly.message },
        ], example: Example("pattern: \"^[A-Z]{2}$\"", passes: "DE", refuses: "de"))
    static let format = Check(
        "format", .strings, summary: "a text of a known form, see the list of formats",
        refusals: FormatTable.refusals, example: Example("format: currency", passes: "EUR", refuses: "EURO"))
    static let enumeration = Check(
        "enum", .scalars, summary: "one of these values",
        refusals: [
            Refusal("not_in_enum") { field, values in
                "'\(field)' must be one of \(values); correct the cell, or translate it with map(…)"
            }
        ], example: Example("enum: [new, used]", passes: "new", refuses: "New"))
    static let constant = Check(
        "const", .scalars, summary: "this value alone",
        refusals: [
            Refusal("not_the_constant") { field, value in
                "'\(field)' must be \(value); correct the cell, or map the field to that value"
            }
        ], example: Example("type: number, const: 1.5", passes: "1.50", refuses: "1.6"))
    static let formulas = Check(
        "formulas", .texts,
        summary: "forbid: no text that a spreadsheet runs, which begins with `=`, `+`, `-`, `@` (also in full width), "
            + "a tab or a line break; numbers such as -1.5 pass. allow, if not given",
        refusals: [
            Refusal("spreadsheet_formula") { field, _ in
                "'\(field)' begins like a formula, which spreadsheets run; take the sign away, or the key 'formulas'"
            }
        ], example: Example("formulas: forbid", passes: "-1.5", refuses: "=1+1"))

    static let allOrNone = Check(
        "all_or_none", .rows, summary: "either all of the targets have a value or all are blank",
        refusals: [
            Refusal("some_missing") { fields, _ in
                "\(fields) belong together, and only some have a value; fill all of them, or none"
            }
        ], example: Example("all_or_none: [a, b]", passes: "1", "2", refuses: "1", ""))
    static let exactlyOneOf = Check(
        "exactly_one_of", .rows, summary: "one of the targets has a value and the others are blank",
        refusals: [
            Refusal("none_given") { fields, _ in "one of \(fields) must have a value, and all are blank; fill one" },
            Refusal("several_given") { fields, _ in
                "only one of \(fields) may have a value, and several have; leave one and empty the others"
            },
        ], example: Example("exactly_one_of: [a, b]", passes: "1", "", refuses: "1", "2"))
    static let requiredIf = Check(
        "required", rule: "required_if", .rows,
        summary: "with `if: condition`: the targets have values where the condition on the columns is true",
        refusals: [
            Refusal("required_here") { field, condition in
                "'\(field)' is required where \(condition); fill the cell, or give a value with ??"
            }
        ], example: Example("required: a, if: $b == \"x\"", passes: "", "y", refuses: "", "x"))
    static let foreignKey = Check(
        "foreign_key", .rows,
        summary:
            "the targets have together the values of a row of a lookup table, which `table` names; one of them is blank, "
            + "and it passes",
        refusals: [
            Refusal("not_in_table") { fields, table in
                "no row of the table '\(table)' has this \(fields); correct the cell, or add the row to the table's file and "
                    + "run that"
            }
        ], example: Example("foreign_key: a, table: countries", passes: "IT", refuses: "UK"))
}
