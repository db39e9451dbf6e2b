/// The numbers by which spreadsheets keep dates and times: days since 1899-12-31, the time as their fraction.
///
/// They have a 29 February 1900 (number 60), which never was, so that from 1900-03-01 on they are one too large.
enum ExcelSerial {
    private static let dayOfZero = -25_568
    private static let leapDay = 60
    private static let millisecondsOfDay: Int128 = 86_400_000
    /// Digits behind the point that are looked at; a millisecond is eight.
    private static let longestFraction: UInt8 = 20

    /// The day and the time to the nearest millisecond; `nil` for a day that is none, or outside 1900 to 9999.
    static func local(_ serial: ExactDecimal) -> Datetime.Local? {
        guard serial > ExactDecimal(0), serial < ExactDecimal(3_000_000) else { return nil }
        var (mantissa, scale) = (serial.mantissa, serial.scale)
        if scale > longestFraction {
            mantissa /= ExactDecimal.powersOfTen[Int(scale - longestFraction)]
            scale = longestFraction
        }
        let power = ExactDecimal.powersOfTen[Int(scale)]
        let milliseconds = (mantissa * millisecondsOfDay + power / 2) / power
        let (wholeDays, rest) = milliseconds.quotientAndRemainder(dividingBy: millisecondsOfDay)
        let day = Int(wholeDays)
        guard day > 0, day != leapDay,
            let date = CalendarDate(dayNumber: dayOfZero + day - (day > leapDay ? 1 : 0))
        else { return nil }
        let nanosecond = Int(rest % 1000) * 1_000_000
        return Datetime.Local(
            date: date, secondOfDay: Int(rest / 1000), nanosecond: nanosecond,
            digits: Datetime.leastDigits(of: nanosecond))
    }
}
