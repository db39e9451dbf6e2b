/// A unit of the calendar or the clock, as `diff` counts and `truncate` cuts.
enum DateUnit: String, CaseIterable, Sendable {
    case year, quarter, month, week, day, hour, minute, second

    /// The unit that an argument names: `days` in the plural, `day` in the singular.
    init(_ text: Arguments.Text, isPlural: Bool) throws(ArgumentError) {
        let units = Self.allCases.filter { !isPlural || $0 != .quarter }
        let names = units.map { isPlural ? $0.rawValue + "s" : $0.rawValue }
        guard let index = names.firstIndex(of: text.string) else {
            throw ArgumentError(
                text.argument, "\"\(text.string)\" is not a unit here",
                Suggestion.advice(for: text.string, among: names))
        }
        self = units[index]
    }

    /// Whether only datetimes have it.
    var isOfTime: Bool { self == .hour || self == .minute || self == .second }

    /// Refuses a unit that a date among the operands does not have.
    func check(_ text: Arguments.Text, _ types: [ValueType]) throws(ArgumentError) {
        guard isOfTime, types.contains(.date) else { return }
        throw ArgumentError(
            text.argument, "a date has no \(rawValue)s", "count days, weeks, months or years, or read a datetime")
    }

    // MARK: - Counting

    /// The whole units from one day to another, negative where it comes before.
    func count(from other: CalendarDate, to value: CalendarDate) -> Int {
        switch self {
        case .year: value.months(since: other) / 12
        case .quarter: value.months(since: other) / 3
        case .month: value.months(since: other)
        case .week: (value.dayNumber - other.dayNumber) / 7
        default: value.dayNumber - other.dayNumber
        }
    }

    /// The same between instants: years and months by the calendar at the value's offset, the others of constant length.
    func count(from other: Datetime, to value: Datetime) -> Int {
        switch self {
        case .year: value.months(since: other) / 12
        case .quarter: value.months(since: other) / 3
        case .month: value.months(since: other)
        case .week: value.wholeSeconds(since: other) / 604_800
        case .day: value.wholeSeconds(since: other) / 86_400
        case .hour: value.wholeSeconds(since: other) / 3600
        case .minute: value.wholeSeconds(since: other) / 60
        case .second: value.wholeSeconds(since: other)
        }
    }

    // MARK: - Cutting

    /// The first day of the unit that a day is in.
    func begin(of date: CalendarDate) -> CalendarDate {
        let (year, month) = (date.year, date.month)
        let first =
            switch self {
            case .year: CalendarDate(year: year, month: 1, day: 1)
            case .quarter: CalendarDate(year: year, month: (month - 1) / 3 * 3 + 1, day: 1)
            case .month: CalendarDate(year: year, month: month, day: 1)
            // The year 1 begins with a Monday.
            case .week: CalendarDate(dayNumber: date.dayNumber - date.weekday)
            case .day, .hour, .minute, .second: date
            }
        return first ?? date
    }

    /// The first instant of the unit, at the same offset.
    func begin(of value: Datetime) -> Datetime? {
        let second = value.secondOfDay
        let kept =
            switch self {
            case .hour: second / 3600 * 3600
            case .minute: second / 60 * 60
            case .second: second
            default: 0
            }
        let days = isOfTime ? 0 : begin(of: value.date).dayNumber - value.date.dayNumber
        return Datetime(
            seconds: value.seconds + Int64(kept - second + days * 86_400), offset: Int(value.offset), form: value.form)
    }
}
