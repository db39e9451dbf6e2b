/// A day of the proleptic Gregorian calendar, years 1 to 9999.
package struct CalendarDate: Sendable, Hashable, Comparable {
    /// `yyyymmdd` as one number, which orders as the days do.
    let packed: Int32

    /// `nil` where there is no such day, such as 30 February.
    package init?(year: Int, month: Int, day: Int) {
        guard 1...9999 ~= year, 1...12 ~= month, day >= 1, day <= Self.days(in: month, of: year) else { return nil }
        packed = Int32(year * 10_000 + month * 100 + day)
    }

    package var year: Int { Int(packed) / 10_000 }
    package var month: Int { Int(packed) / 100 % 100 }
    package var day: Int { Int(packed) % 100 }

    package static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.packed < right.packed }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The bytes of `yyyy-MM-dd`.
    static let textCount = 10

    /// Writes `yyyy-MM-dd`: ten bytes.
    func write(to target: UnsafeMutablePointer<UInt8>) {
        func put(_ value: Int, at offset: Int) {
            target[offset] = 0x30 &+ UInt8(truncatingIfNeeded: value / 10)
            target[offset + 1] = 0x30 &+ UInt8(truncatingIfNeeded: value % 10)
        }
        put(year / 100, at: 0)
        put(year % 100, at: 2)
        target[4] = UInt8(ascii: "-")
        put(month, at: 5)
        target[7] = UInt8(ascii: "-")
        put(day, at: 8)
    }

    enum Scan {
        case date(CalendarDate)
        case malformed
        case noSuchDay
    }

    /// Reads `yyyy-MM-dd`, the whole of `bytes`.
    static func scan(_ bytes: Bytes) -> Scan {
        guard bytes.count == textCount, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
            return .malformed
        }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for index in range {
                guard bytes[index] &- 0x30 < 10 else { return nil }
                value = value * 10 + Int(bytes[index] &- 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return .malformed }
        return CalendarDate(year: year, month: month, day: day).map(Scan.date) ?? .noSuchDay
    }
}

extension CalendarDate: CustomStringConvertible {
    package init?(_ text: some StringProtocol) {
        let scanned = Array(text.utf8).withUnsafeBufferPointer { Self.scan($0) }
        guard case .date(let date) = scanned else { return nil }
        self = date
    }

    package var description: String {
        String(unsafeUninitializedCapacity: Self.textCount) { buffer in
            buffer.baseAddress.map { write(to: $0) }
            return Self.textCount
        }
    }
}
