/// Days in a row, for arithmetic; the algorithms are those of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
extension CalendarDate {
    static let daysOf400Years = 146_097

    /// Days from 1970-01-01, negative before it.
    var dayNumber: Int {
        // Years begin in March, so that the leap day is their last.
        let marchYear = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let yearOf400 = marchYear % 400
        return marchYear / 400 * Self.daysOf400Years
            + yearOf400 * 365 + yearOf400 / 4 - yearOf400 / 100 + dayOfYear - 719_468
    }

    /// `nil` before the year 1 and after 9999.
    init?(dayNumber: Int) {
        guard -719_162...2_932_896 ~= dayNumber else { return nil }
        self.init(validDayNumber: dayNumber)
    }

    /// A day of which it is known that it lies in the years 1 to 9999.
    init(validDayNumber dayNumber: Int) {
        let shifted = dayNumber + 719_468
        let day = shifted % Self.daysOf400Years
        let yearOf400 = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * yearOf400 + yearOf400 / 4 - yearOf400 / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = shifted / Self.daysOf400Years * 400 + yearOf400 + (month <= 2 ? 1 : 0)
        packed = Int32(year * 10_000 + month * 100 + dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// 0 for Monday to 6 for Sunday.
    var weekday: Int { (dayNumber + 719_162) % 7 }

    /// The same day some months later (earlier, where negative), or the last of the month where it has no such day.
    func adding(months: Int) -> CalendarDate? {
        let total = year * 12 + month - 1 + months
        guard 12..<120_000 ~= total else { return nil }
        let (year, month) = (total / 12, total % 12 + 1)
        return CalendarDate(year: year, month: month, day: min(day, Self.days(in: month, of: year)))
    }
}
