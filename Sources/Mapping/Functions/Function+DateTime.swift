/// Functions on dates and datetimes, and those that read a datetime from a text or a number.
extension Function {
    static let dateTime: [Function] = [
        parseDatetime, formatDate, toZone, add, diff, truncate, fromExcelSerial, fromUnix,
    ]

    // MARK: - Reading

    private static let parseDatetime = Function.specialized(
        "parse_datetime", .transformation,
        [
            Parameter("value", .value(.text)), Parameter("format", .text, .repeated),
            Parameter("zone", .text, .optional),
        ],
        result: .type(.datetime),
        summary:
            "Reads a date with a time in one of the formats; a zone behind them for texts that have none",
        example: Example(
            "\"29/02/2024 12:30\" | parse_datetime(\"dd/MM/yyyy HH:mm\", \"Europe/Rome\")",
            gives: "2024-02-29T12:30:00+01:00"),
        failures: [.notInDatetimeFormats, .noSuchDate, .noSuchTime, .skippedTime, .ambiguousDate]
    ) { (arguments) throws(ArgumentError) in
        var texts = arguments.texts
        let zone = try texts.popZone()
        let formats = try texts.dateFormats(for: .readingDatetimes)
        if zone == nil, let index = formats.firstIndex(where: { !$0.hasZone }) {
            throw ArgumentError(
                texts[index].argument, "the format has no zone (X), and the call names none",
                "write the zone of the times behind the formats, such as \"Europe/Rome\" or \"+01:00\"")
        }
        return datetimeBody(DateReader(formats), zone)
    }.decided { (arguments) throws(ArgumentError) in
        var texts = arguments.texts
        let zone = try texts.popZone()
        return try DateChoice(texts, texts.dateFormats(for: .readingDatetimes), body: { datetimeBody($0, zone) })
    }

    private static func datetimeBody(_ reader: DateReader, _ zone: TimeZone?) -> Body {
        { operands, workspace in
            guard case .text(let text) = operands[0] else { return .null }
            let bytes = trimmed(text)
            if bytes.isEmpty { return .null }
            return reader.isEmpty ? parseStandard(bytes, zone, workspace) : parse(bytes, reader, zone, workspace)
        }
    }

    private static func parse(
        _ bytes: Bytes, _ reader: DateReader, _ zone: TimeZone?, _ workspace: Workspace
    ) -> Value {
        switch reader.read(bytes) {
        case .fields(let fields, let date):
            let local = Datetime.Local(
                date: date, secondOfDay: (fields.hour * 60 + fields.minute) * 60 + fields.second,
                nanosecond: fields.nanosecond, digits: fields.digits)
            guard let offset = fields.offset else { return datetime(local, zone, workspace) }
            guard fields.isZonePossible else { return workspace.fail(.noSuchTime) }
            return datetime(local.datetime(offset: offset, form: fields.offsetForm), workspace)
        case .noSuchDay: return workspace.fail(.noSuchDate)
        case .noSuchTime: return workspace.fail(.noSuchTime)
        case .mismatch: return workspace.fail(.notInDatetimeFormats)
        case .ambiguous: return workspace.fail(.ambiguousDate)
        case .otherFormat: return workspace.fail(.otherDateFormat)
        }
    }

    /// Reads the form of RFC 3339, which needs no offset where there is a zone.
    private static func parseStandard(_ bytes: Bytes, _ zone: TimeZone?, _ workspace: Workspace) -> Value {
        if let datetime = Datetime.scan(bytes) { return .datetime(datetime) }
        guard let zone, let (local, end) = Datetime.scanLocal(bytes), end == bytes.count else {
            return workspace.fail(.notInDatetimeFormats)
        }
        return datetime(local, zone, workspace)
    }

    private static func datetime(_ local: Datetime.Local, _ zone: TimeZone?, _ workspace: Workspace) -> Value {
        guard let zone else { return workspace.fail(.notInDatetimeFormats) }
        guard let (_, offset) = zone.instant(ofLocal: local.seconds) else { return workspace.fail(.skippedTime) }
        return datetime(local.datetime(offset: offset, form: zone.form), workspace)
    }

    private static func datetime(_ datetime: Datetime?, _ workspace: Workspace) -> Value {
        datetime.map(Value.datetime) ?? workspace.fail(.dateOutOfRange)
    }

    private static let fromExcelSerial = Function.specialized(
        "from_excel_serial", .transformation,
        [Parameter("value", .textOrNumber), Parameter("zone", .text, .optional)], result: .dateOrDatetime,
        summary: "Reads the number of a day as spreadsheets count them (1 is 1900-01-01); with a zone also its time",
        example: Example("\"45351.5\" | from_excel_serial(\"Europe/Rome\")", gives: "2024-02-29T12:00:00+01:00"),
        failures: [.notADecimal, .noSuchDate, .skippedTime]
    ) { (arguments) throws(ArgumentError) in
        let zone = try arguments.texts.first.map { (text) throws(ArgumentError) in try text.timeZone() }
        return { operands, workspace in
            let value = number(operands[0], workspace)
            guard case .number(let serial) = value else { return value }
            guard let local = ExcelSerial.local(serial) else { return workspace.fail(.noSuchDate) }
            return zone == nil ? .date(local.date) : datetime(local, zone, workspace)
        }
    }

    private static let unixUnits = ["seconds", "milliseconds", "microseconds", "nanoseconds"]

    private static let fromUnix = Function.specialized(
        "from_unix", .transformation, [Parameter("value", .textOrNumber), Parameter("unit", .text, .optional)],
        result: .type(.datetime),
        summary: "Reads the seconds (or milliseconds, microseconds, nanoseconds) since 1970-01-01 in UTC",
        example: Example("\"1709209800\" | from_unix", gives: "2024-02-29T12:30:00Z"),
        failures: [.notADecimal, .dateOutOfRange]
    ) { (arguments) throws(ArgumentError) in
        let unit = try arguments.texts.first.map { (text) throws(ArgumentError) in try text.unit(among: unixUnits) }
        let unitDigits = 3 * (unit ?? 0)
        return { operands, workspace in
            let value = number(operands[0], workspace)
            guard case .number(let number) = value else { return value }
            // Beyond the year 9999 in any unit, and small enough for what follows.
            guard number < unixLimit, number > unixLowerLimit else { return workspace.fail(.dateOutOfRange) }
            let exponent = 9 - unitDigits - Int(number.scale)
            let nanoseconds =
                exponent >= 0
                ? number.mantissa * ExactDecimal.powersOfTen[exponent]
                : flooredQuotient(number.mantissa, ExactDecimal.powersOfTen[-exponent])
            let seconds = flooredQuotient(nanoseconds, 1_000_000_000)
            return datetime(
                Int64(exactly: seconds).flatMap {
                    Datetime(utcSeconds: $0, nanosecond: Int(nanoseconds - seconds * 1_000_000_000))
                }, workspace)
        }
    }

    private static let unixLimit = ExactDecimal(1_000_000_000_000_000_000_000_000)
    private static let unixLowerLimit = ExactDecimal(-1_000_000_000_000_000_000_000_000)

    private static func flooredQuotient(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// A number, or the number that a text is.
    private static func number(_ value: Value, _ workspace: Workspace) -> Value {
        guard case .text(let text) = value else { return Conversion.convert(value, to: .decimal, workspace) }
        return Conversion.convert(.blankable(trimmed(text)), to: .decimal, workspace)
    }
}

// MARK: - Writing and calculating

extension Function {
    private static let formatDate = Function.specialized(
        "format_date", .format, [Parameter("value", .dateOrDatetime), Parameter("format", .text)], result: .type(.text),
        summary: "Writes a date, or a datetime at its offset, in a format of the letters that parse_date reads",
        example: Example("\"2024-02-29\" | format_date(\"d MMM yyyy\")", gives: "29 Feb 2024")
    ) { (arguments) throws(ArgumentError) in
        let text = arguments.texts[0]
        let format = try text.dateFormat(for: .writing)
        if arguments.operandTypes[0] == .date, let offset = format.timeOffset {
            throw ArgumentError(
                text.argument, offset: offset, "a date has no time and no zone",
                "leave the letter out, or read the value with parse_datetime")
        }
        let program = DateProgram([format])
        let isOfTime = format.timeOffset != nil
        return { operands, workspace in
            let target: UnsafeMutablePointer<UInt8>
            let count: Int
            switch moment(operands[0], workspace) {
            case .date where isOfTime: return workspace.fail(.wrongType)
            case .date(let date):
                target = workspace.allocate(program.capacity)
                count = program.write(.init(date), to: target)
            case .datetime(let datetime):
                target = workspace.allocate(program.capacity)
                count = program.write(.init(datetime), to: target)
            case let other: return other
            }
            workspace.giveBack(program.capacity - count)
            return .blankable(target, count: count)
        }
    }

    private static let toZone = Function.specialized(
        "to_zone", .transformation, [Parameter("value", .value(.datetime)), Parameter("zone", .text)],
        result: .type(.datetime), summary: "Gives the same instant with the offset of a zone (Europe/Rome, +02:00, Z)",
        example: Example(
            "\"2024-02-29T12:30:00Z\" | to_zone(\"Europe/Rome\")", gives: "2024-02-29T13:30:00+01:00"),
        failures: [.dateOutOfRange]
    ) { (arguments) throws(ArgumentError) in
        let zone = try arguments.texts[0].timeZone()
        return { operands, workspace in
            guard case .datetime(let value) = operands[0] else { return .null }
            return datetime(Datetime(value, offset: zone.offset(at: value.seconds), form: zone.form), workspace)
        }
    }

    private static let add = Function.specialized(
        "add", .transformation, [Parameter("value", .dateOrDatetime), Parameter("duration", .text)],
        result: .firstOperand,
        summary: "Adds a duration of ISO 8601 (P1M, -P2W, P1DT12H); the last day of a month that lacks the day",
        example: Example("\"2024-01-31\" | add(\"P1M\")", gives: "2024-02-29"), failures: [.dateOutOfRange]
    ) { (arguments) throws(ArgumentError) in
        let text = arguments.texts[0]
        let duration = try text.duration()
        if arguments.operandTypes[0] == .date, duration.hasTime {
            throw ArgumentError(
                text.argument, "a date has no time", "add days (D), weeks, months or years, or read a datetime")
        }
        return { operands, workspace in
            switch moment(operands[0], workspace) {
            case .date where duration.hasTime: workspace.fail(.wrongType)
            case .date(let date): date.adding(duration).map(Value.date) ?? workspace.fail(.dateOutOfRange)
            case .datetime(let value): datetime(value.adding(duration), workspace)
            case let other: other
            }
        }
    }

    private static let diff = Function.specialized(
        "diff", .transformation,
        [Parameter("value", .dateOrDatetime), Parameter("other", .dateOrDatetime), Parameter("unit", .text)],
        result: .type(.integer),
        summary: "Counts the whole years, months, weeks, days, hours, minutes or seconds from the other to the value",
        example: Example("\"2024-02-29\" | diff(\"2024-01-31\", \"days\")", gives: "29"), failures: [.wrongType]
    ) { (arguments) throws(ArgumentError) in
        let text = arguments.texts[0]
        let unit = try DateUnit(text, isPlural: true)
        let types = arguments.operandTypes.filter { $0 == .date || $0 == .datetime }
        if types.count == 2, types[0] != types[1] {
            throw ArgumentError(
                1, "a date and a date with a time cannot be subtracted from each other",
                "make the one a date too, with format_date(\"yyyy-MM-dd\") | parse_date")
        }
        try unit.check(text, types)
        return { operands, workspace in
            let (left, right) = (moment(operands[0], workspace), moment(operands[1], workspace))
            switch (left, right) {
            case (.date(let value), .date(let other)) where !unit.isOfTime:
                return .number(ExactDecimal(Int128(unit.count(from: other, to: value))))
            case (.datetime(let value), .datetime(let other)):
                return .number(ExactDecimal(Int128(unit.count(from: other, to: value))))
            case (.failed, _): return left
            case (_, .failed): return right
            default: return workspace.fail(.wrongType)
            }
        }
    }

    private static let truncate = Function.specialized(
        "truncate", .transformation, [Parameter("value", .dateOrDatetime), Parameter("unit", .text)],
        result: .firstOperand,
        summary: "Gives the begin of the year, quarter, month, week (Monday), day, hour, minute or second",
        example: Example("\"2024-02-29\" | truncate(\"month\")", gives: "2024-02-01")
    ) { (arguments) throws(ArgumentError) in
        let text = arguments.texts[0]
        let unit = try DateUnit(text, isPlural: false)
        try unit.check(text, arguments.operandTypes)
        return { operands, workspace in
            switch moment(operands[0], workspace) {
            case .date where unit.isOfTime: workspace.fail(.wrongType)
            case .date(let date): .date(unit.begin(of: date))
            case .datetime(let value): datetime(unit.begin(of: value), workspace)
            case let other: other
            }
        }
    }

    /// A date or datetime as it is, or the one that a text is in its canonical form.
    private static func moment(_ value: Value, _ workspace: Workspace) -> Value {
        switch value {
        case .date, .datetime: return value
        case .text(let bytes):
            if case .date(let date) = CalendarDate.scan(bytes) { return .date(date) }
            return Datetime.scan(bytes).map(Value.datetime) ?? workspace.fail(.notADatetime)
        default: return workspace.fail(.wrongType)
        }
    }
}

// MARK: - Constant arguments

extension Arguments.Text {
    fileprivate func timeZone() throws(ArgumentError) -> TimeZone {
        if let zone = TimeZone(string) { return zone }
        throw ArgumentError(argument, "there is no time zone \"\(string)\"", TimeZone.advice(for: string))
    }

    /// The number of a unit in a list.
    fileprivate func unit(among units: [String]) throws(ArgumentError) -> Int {
        if let index = units.firstIndex(of: string) { return index }
        throw ArgumentError(
            argument, "\"\(string)\" is not a unit here", Suggestion.advice(for: string, among: units))
    }

    fileprivate func duration() throws(ArgumentError) -> CalendarDuration {
        do throws(PatternError) {
            return try CalendarDuration(string)
        } catch {
            throw ArgumentError(
                argument, offset: error.offset, "the duration is wrong: \(error.message)",
                "write it by ISO 8601, such as P30D, P1M, -P1Y or PT1H30M")
        }
    }
}

extension [Arguments.Text] {
    /// Takes off the zone that stands behind the formats, if one does.
    fileprivate mutating func popZone() throws(ArgumentError) -> TimeZone? {
        guard let last else { return nil }
        if let zone = TimeZone(last.string) {
            removeLast()
            return zone
        }
        let isFormat = (try? DateFormat(last.string, for: .readingDatetimes)) != nil
        return isFormat || !TimeZone.isMeant(by: last.string) ? nil : try last.timeZone()
    }
}

extension Failure {
    static let notInDatetimeFormats = Failure(
        "not_a_datetime",
        "the text is in none of the formats of parse_datetime; correct the cell, or add its format there")
    static let noSuchTime = Failure(
        "no_such_time", "there is no such time of a day, or no such offset; correct the cell")
    static let skippedTime = Failure(
        "no_such_time", "the clocks of the zone were put forward over this time, so that it never was; correct the cell"
    )
    static let dateOutOfRange = Failure(
        "date_out_of_range", "the result lies before the year 1 or behind 9999; correct the cell")
}
