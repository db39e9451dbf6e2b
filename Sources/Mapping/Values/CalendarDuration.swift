/// A duration by ISO 8601, such as `P1Y2M`, `P30D`, `P2W`, `PT1H30M` or `-P1M`.
///
/// Months and days are those of the calendar; hours, minutes and seconds are exact.
struct CalendarDuration: Sendable, Equatable {
    var months = 0
    var days = 0
    var seconds: Int64 = 0
    var nanoseconds = 0

    var hasTime: Bool { seconds != 0 || nanoseconds != 0 }
}

// MARK: - Reading

extension CalendarDuration {
    private static let longestNumber = 9

    init(_ text: String) throws(PatternError) {
        self.init()
        var scalars = Array(text.unicodeScalars)[...]
        func error(_ message: String) -> PatternError { PatternError(offset: scalars.startIndex, message: message) }
        var sign = 1
        if let first = scalars.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            scalars.removeFirst()
        }
        guard scalars.first == "P" else { throw error("a duration begins with P") }
        scalars.removeFirst()
        // Each part stands at most once, and in this order.
        var dateUnits = Array("YMWD".unicodeScalars)[...]
        var timeUnits = Array("HMS".unicodeScalars)[...]
        var (isTime, isEmpty) = (false, true)
        while let next = scalars.first {
            if next == "T", !isTime {
                scalars.removeFirst()
                (isTime, isEmpty) = (true, true)
                continue
            }
            let start = scalars
            let (number, fraction) = try Self.number(&scalars)
            guard let unit = scalars.first, let place = (isTime ? timeUnits : dateUnits).firstIndex(of: unit) else {
                scalars = start
                throw error("numbers stand before Y, M, W, D, and behind T before H, M, S, each once and in this order")
            }
            if isTime { timeUnits = timeUnits[(place + 1)...] } else { dateUnits = dateUnits[(place + 1)...] }
            if fraction != nil, unit != "S" { throw error("only seconds have a fraction") }
            add(sign * number, sign * (fraction ?? 0), unit, isTime: isTime)
            scalars.removeFirst()
            isEmpty = false
        }
        if isEmpty { throw error("the duration has no number") }
    }

    private mutating func add(_ number: Int, _ nanoseconds: Int, _ unit: Unicode.Scalar, isTime: Bool) {
        switch (unit, isTime) {
        case ("Y", _): months += number * 12
        case ("M", false): months += number
        case ("W", _): days += number * 7
        case ("D", _): days += number
        case ("H", _): seconds += Int64(number) * 3600
        case ("M", true): seconds += Int64(number) * 60
        default:
            seconds += Int64(number)
            self.nanoseconds += nanoseconds
        }
    }

    /// Digits, and nanoseconds where a fraction of up to nine digits follows.
    private static func number(
        _ scalars: inout ArraySlice<Unicode.Scalar>
    ) throws(PatternError) -> (number: Int, fraction: Int?) {
        let start = scalars.startIndex
        let digits = self.digits(&scalars)
        guard let number = Int(digits), digits.utf8.count <= longestNumber else {
            throw PatternError(
                offset: start,
                message: digits.isEmpty ? "a number is missing" : "the number has more than \(longestNumber) digits")
        }
        guard let mark = scalars.first, mark == "." || mark == "," else { return (number, nil) }
        scalars.removeFirst()
        let fraction = self.digits(&scalars)
        guard 1...9 ~= fraction.utf8.count,
            let nanoseconds = Int(fraction + String(repeating: "0", count: 9 - fraction.utf8.count))
        else { throw PatternError(offset: start, message: "a fraction has one to nine digits") }
        return (number, nanoseconds)
    }

    private static func digits(_ scalars: inout ArraySlice<Unicode.Scalar>) -> String {
        let digits = scalars.prefix { "0"..."9" ~= $0 }
        scalars = scalars.dropFirst(digits.count)
        return String(String.UnicodeScalarView(digits))
    }
}

// MARK: - Arithmetic

extension CalendarDate {
    /// First the months, then the days; `nil` outside the years 1 to 9999.
    func adding(_ duration: CalendarDuration) -> CalendarDate? {
        guard let date = adding(months: duration.months) else { return nil }
        return CalendarDate(dayNumber: date.dayNumber + duration.days)
    }

    /// The whole months from another day to this one, negative where it comes later.
    func months(since other: CalendarDate) -> Int {
        wholeMonths(since: other, isBefore: day < other.day, isBehind: day > other.day)
    }

    /// Whether this day, or time of a day, stands before or behind the other's in their months decides of the last month.
    fileprivate func wholeMonths(since other: CalendarDate, isBefore: Bool, isBehind: Bool) -> Int {
        let months = (year - other.year) * 12 + month - other.month
        if months > 0, isBefore { return months - 1 }
        return months < 0 && isBehind ? months + 1 : months
    }
}

extension Datetime {
    /// The same time of another day at the same offset, then so much later; `nil` outside the years 1 to 9999.
    func adding(_ duration: CalendarDuration) -> Datetime? {
        guard let date = date.adding(CalendarDuration(months: duration.months, days: duration.days)) else { return nil }
        let shift = Int64(date.dayNumber - self.date.dayNumber) * 86_400
        let nanoseconds = Int(nanosecond) + duration.nanoseconds
        let carry = nanoseconds < 0 ? -1 : nanoseconds / 1_000_000_000
        let rest = nanoseconds - carry * 1_000_000_000
        return Datetime(
            seconds: seconds + shift + duration.seconds + Int64(carry), nanosecond: rest, offset: Int(offset),
            digits: max(Int(digits), Self.leastDigits(of: rest)), form: form)
    }

    /// The whole seconds from another instant to this one, negative where it comes later.
    func wholeSeconds(since other: Datetime) -> Int {
        let difference = Int(seconds - other.seconds)
        if difference > 0, nanosecond < other.nanosecond { return difference - 1 }
        return difference < 0 && nanosecond > other.nanosecond ? difference + 1 : difference
    }

    /// The whole months from another instant to this one, by days and times at this one's offset (where the year of the
    /// other would leave 1 to 9999, at its own).
    func months(since other: Datetime) -> Int {
        let other = Datetime(other, offset: Int(offset)) ?? other
        let (date, otherDate) = (date, other.date)
        let place = (date.day, secondOfDay, nanosecond)
        let otherPlace = (otherDate.day, other.secondOfDay, other.nanosecond)
        return date.wholeMonths(since: otherDate, isBefore: place < otherPlace, isBehind: place > otherPlace)
    }
}
