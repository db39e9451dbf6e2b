extension Function {
    /// Functions that read dates.
    static let date: [Function] = [
        .specialized(
            "parse_date", .transformation,
            [Parameter("value", .value(.text)), Parameter("format", .text, .repeated)], result: .type(.date),
            summary:
                "Reads a date in one of the formats (dd/MM/yyyy, d.M.yy, d MMM yyyy …; none: yyyy-MM-dd)",
            example: Example("\"29/02/2024\" | parse_date(\"dd/MM/yyyy\", \"d.M.yy\")", gives: "2024-02-29"),
            failures: [.notADate, .noSuchDate, .ambiguousDate]
        ) { (arguments) throws(ArgumentError) in
            try dateBody(DateReader(arguments.texts.dateFormats(for: .readingDates)))
        }.decided { (arguments) throws(ArgumentError) in
            try DateChoice(
                arguments.texts, arguments.texts.dateFormats(for: .readingDates), body: { dateBody($0) })
        }
    ]

    private static func dateBody(_ reader: DateReader) -> Body {
        { operands, workspace in
            guard case .text(let bytes) = operands[0] else { return .null }
            return parseDate(trimmed(bytes), reader, workspace)
        }
    }

    private static func parseDate(_ bytes: Bytes, _ reader: DateReader, _ workspace: Workspace) -> Value {
        if bytes.isEmpty { return .null }
        if reader.isEmpty {
            switch CalendarDate.scan(bytes) {
            case .date(let date): return .date(date)
            case .noSuchDay: return workspace.fail(.noSuchDate)
            case .malformed: return workspace.fail(.notADate)
            }
        }
        switch reader.read(bytes) {
        case .fields(_, let date): return .date(date)
        case .noSuchDay, .noSuchTime: return workspace.fail(.noSuchDate)
        case .mismatch: return workspace.fail(.notADate)
        case .ambiguous: return workspace.fail(.ambiguousDate)
        case .otherFormat: return workspace.fail(.otherDateFormat)
        }
    }
}

extension Failure {
    static let notADate = Failure(
        "not_a_date", "the text is in none of the formats of parse_date; correct the cell, or add its format there")
    static let noSuchDate = Failure("no_such_date", "there is no such day in the calendar; correct the cell")
}
