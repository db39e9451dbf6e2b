/// An instant and the offset at which its date and time of day are read; the years 1 to 9999 at that offset.
///
/// The instant alone decides the order (`compared(to:)`). The rest is kept so that a datetime is written as it was read:
/// how many digits the fraction has, and which of `Z`, `+00:00` and `-00:00` stands for UTC. `==` compares all of it.
package struct Datetime: Sendable, Equatable {
    /// How the offset is written (RFC 3339, 4.3): `Z`, `±HH:mm`, or `-00:00` for UTC at an unknown place.
    enum OffsetForm: UInt8, Sendable {
        case utc, numeric, unknown
    }

    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    let seconds: Int64
    /// 0 to 999,999,999.
    let nanosecond: Int32
    /// Minutes east of UTC.
    let offset: Int16
    /// How many digits of the fraction are written, 0 to 9.
    let digits: UInt8
    let form: OffsetForm

    private static let localRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// `nil` where the year at the offset is not 1 to 9999.
    init?(seconds: Int64, nanosecond: Int = 0, offset: Int, digits: Int = 0, form: OffsetForm = .numeric) {
        guard Self.localRange ~= seconds + Int64(offset) * 60 else { return nil }
        self.seconds = seconds
        self.nanosecond = Int32(nanosecond)
        self.offset = Int16(offset)
        self.digits = UInt8(digits)
        self.form = form
    }

    /// An instant in UTC with the fewest digits that write it.
    init?(utcSeconds seconds: Int64, nanosecond: Int) {
        self.init(
            seconds: seconds, nanosecond: nanosecond, offset: 0, digits: Self.leastDigits(of: nanosecond), form: .utc)
    }

    /// The instant and the precision of another one, read at a numeric offset; `nil` where the year would leave 1 to 9999.
    init?(_ other: Datetime, offset: Int, form: OffsetForm = .numeric) {
        self.init(
            seconds: other.seconds, nanosecond: Int(other.nanosecond), offset: offset, digits: Int(other.digits),
            form: form)
    }

    static func leastDigits(of nanosecond: Int) -> Int {
        guard nanosecond != 0 else { return 0 }
        var (digits, rest) = (9, nanosecond)
        while rest % 10 == 0 { (digits, rest) = (digits - 1, rest / 10) }
        return digits
    }

    /// Seconds since 1970-01-01T00:00:00 at the offset.
    var localSeconds: Int64 { seconds + Int64(offset) * 60 }

    /// The day at the offset.
    var date: CalendarDate {
        CalendarDate(validDayNumber: Int((localSeconds - Int64(secondOfDay)) / 86_400))
    }

    /// 0 to 86,399 at the offset.
    var secondOfDay: Int {
        let rest = Int(localSeconds % 86_400)
        return rest < 0 ? rest + 86_400 : rest
    }

    /// -1, 0 or 1, by the instant.
    func compared(to other: Datetime) -> Int {
        if seconds != other.seconds { return seconds < other.seconds ? -1 : 1 }
        return nanosecond < other.nanosecond ? -1 : nanosecond == other.nanosecond ? 0 : 1
    }

    /// The instant as an exact number of seconds since 1970: equal for equal instants.
    var epochSeconds: ExactDecimal {
        ExactDecimal(Int128(seconds) * 1_000_000_000 + Int128(nanosecond), scale: 9)
    }
}
