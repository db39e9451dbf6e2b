extension Timestamp: CustomStringConvertible {
    package var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the ISO text as ASCII.
    package func appendText(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longestText) { buffer in
            let count = writeText(to: buffer)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Writes the ISO text as ASCII into at least `longestText` bytes; returns how many it took.
    package func writeText(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        if self == .infinity { return buffer.update(fromContentsOf: "infinity".utf8) }
        if self == .minusInfinity { return buffer.update(fromContentsOf: "-infinity".utf8) }
        var writer = DigitWriter(buffer: buffer)
        write(to: &writer)
        return writer.count
    }

    /// The length of `+294276-12-31T23:59:59.999999Z`.
    package static let longestText = 30

    private func write(to writer: inout DigitWriter) {
        let (days, rest) = microseconds.flooredDivision(by: Self.microsecondsPerDay)
        let date = CivilDate(daysSince2000: days)
        if date.year < 0 || date.year > 9999 { writer.put(date.year < 0 ? "-" : "+") }
        let year = UInt32(date.year.magnitude)
        writer.put(year, width: year > 99_999 ? 6 : year > 9999 ? 5 : 4)
        writer.put("-")
        writer.put(UInt32(date.month), width: 2)
        writer.put("-")
        writer.put(UInt32(date.day), width: 2)
        writer.put("T")
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
        let second = UInt32(seconds)
        writer.put(second / 3600, width: 2)
        writer.put(":")
        writer.put(second / 60 % 60, width: 2)
        writer.put(":")
        writer.put(second % 60, width: 2)
        writer.put(".")
        writer.put(UInt32(fraction), width: 6)
        writer.put("Z")
    }

    /// Reads what `description` writes, with zero to six decimals and any offset (`Z`, `+02`, `+02:00`); nil for all else.
    package init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ Timestamp(text: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// Reads the ISO text from UTF-8 bytes, as `init(_:)` does.
    package init?(text: UnsafeRawBufferPointer) {
        if text.elementsEqual("infinity".utf8) {
            self = .infinity
            return
        }
        if text.elementsEqual("-infinity".utf8) {
            self = .minusInfinity
            return
        }
        var reader = DigitReader(text: text)
        guard let date = CivilDate(from: &reader), reader.skip("T") || reader.skip(" "),
            let hour = reader.number(digits: 2...2), hour < 24, reader.skip(":"),
            let minute = reader.number(digits: 2...2), minute < 60, reader.skip(":"),
            let second = reader.number(digits: 2...2), second < 60,
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = hour * 3600 + minute * 60 + second - offset
        let (start, overflow) = date.daysSince2000.multipliedReportingOverflow(by: Self.microsecondsPerDay)
        let (value, overflowToo) = start.addingReportingOverflow(seconds * 1_000_000 + fraction)
        guard !overflow, !overflowToo else { return nil }
        self.init(microseconds: value)
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000
}

/// A date of the proleptic Gregorian calendar; year 0 comes before year 1.
///
/// Source of the conversions: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil,
/// civil_from_days).
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Days from 0000-03-01 to 2000-01-01.
    private static let epoch: Int64 = 730_425

    init(daysSince2000 days: Int64) {
        let (era, dayOfEra) = (days + Self.epoch).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    init?(from reader: inout DigitReader) {
        let sign = reader.skip("+") ? Int64(1) : reader.skip("-") ? -1 : nil
        guard let year = reader.number(digits: 4...(sign == nil ? 4 : 6)), reader.skip("-"),
            let month = reader.number(digits: 2...2), 1...12 ~= month, reader.skip("-"),
            let day = reader.number(digits: 2...2), day >= 1
        else { return nil }
        self.year = year * (sign ?? 1)
        self.month = month
        self.day = day
        guard day <= daysInMonth else { return nil }
    }

    private var daysInMonth: Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    var daysSince2000: Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - Self.epoch
    }
}

/// Reads numbers of fixed width from ASCII.
private struct DigitReader {
    let text: UnsafeRawBufferPointer
    private var index = 0

    init(text: UnsafeRawBufferPointer) {
        self.text = text
    }

    var isAtEnd: Bool { index == text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func number(digits: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        let start = index
        while index < text.count, index - start < digits.upperBound, text[index] &- 48 < 10 {
            value = value * 10 + Int64(text[index] - 48)
            index += 1
        }
        return index - start >= digits.lowerBound ? value : nil
    }

    /// Microseconds after the decimal point, which may be missing.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        let start = index
        guard var value = number(digits: 1...6) else { return nil }
        for _ in (index - start)..<6 { value *= 10 }
        return value
    }

    /// Seconds east of Greenwich.
    mutating func offset() -> Int64? {
        if skip("Z") { return 0 }
        let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2...2), hours < 24 else { return nil }
        guard skip(":") else { return sign * hours * 3600 }
        guard let minutes = number(digits: 2...2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

extension Int64 {
    /// The quotient rounded down, and what remains, never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Writes numbers of fixed width as ASCII.
private struct DigitWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func put(_ character: Unicode.Scalar) {
        buffer[count] = UInt8(ascii: character)
        count += 1
    }

    mutating func put(_ value: UInt32, width: Int) {
        var rest = value
        for index in stride(from: count + width - 1, through: count, by: -1) {
            buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += width
    }
}
