extension DateProgram {
    /// What is written of a day, or of a datetime at its offset.
    struct Written {
        let date: CalendarDate
        var secondOfDay = 0
        var nanosecond = 0
        var offset = 0

        init(_ date: CalendarDate) {
            self.date = date
        }

        init(_ datetime: Datetime) {
            date = datetime.date
            secondOfDay = datetime.secondOfDay
            nanosecond = Int(datetime.nanosecond)
            offset = Int(datetime.offset)
        }

        func value(of component: DateFormat.Component) -> Int {
            switch component {
            case .year: date.year
            case .shortYear: date.year % 100
            case .month: date.month
            case .day: date.day
            case .hour: secondOfDay / 3600
            case .halfDayHour: (secondOfDay / 3600 + 11) % 12 + 1
            case .minute: secondOfDay / 60 % 60
            case .second: secondOfDay % 60
            case .fraction: nanosecond
            }
        }
    }

    /// Writes by the first format and returns the number of bytes; `target` has room for `capacity`.
    func write(_ written: Written, to target: UnsafeMutablePointer<UInt8>) -> Int {
        code.withUnsafeBufferPointer { code in
            var count = 0
            var step = 2
            let end = 2 + Int(code[0]) << 8 + Int(code[1])
            while step < end {
                let (first, second) = (Int(code[step + 1]), Int(code[step + 2]))
                switch Operation(rawValue: code[step]) {
                case .number:
                    guard let component = DateFormat.Component(rawValue: UInt8(first)) else { break }
                    var value = written.value(of: component)
                    // The first digits of the fraction, cut off and not rounded, as clocks show them.
                    if component == .fraction { for _ in (second >> 4)..<9 { value /= 10 } }
                    count += Self.write(value, least: second >> 4, to: target + count)
                case .literal:
                    for offset in 0..<first { target[count + offset] = code[step + Self.stepSize + offset] }
                    count += first
                    step += first
                case .spaces:
                    for offset in 0..<first { target[count + offset] = UInt8(ascii: " ") }
                    count += first
                case .monthName:
                    let name = EnglishNames.months.utf8Start + (written.date.month - 1) * EnglishNames.width
                    count += Self.write(name, isFull: first == 1, to: target + count)
                case .weekdayName:
                    let name = EnglishNames.weekdays.utf8Start + written.date.weekday * EnglishNames.width
                    count += Self.write(name, isFull: first == 1, to: target + count)
                case .halfDay:
                    target[count] = written.secondOfDay < 43_200 ? UInt8(ascii: "A") : UInt8(ascii: "P")
                    target[count + 1] = UInt8(ascii: "M")
                    count += 2
                case .zone:
                    count += Self.write(offset: written.offset, width: first, writesZ: second == 1, to: target + count)
                case nil: break
                }
                step += Self.stepSize
            }
            return count
        }
    }

    /// Writes a number with zeros in front up to `least` digits.
    private static func write(_ value: Int, least: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 1
        var limit = 10
        while limit <= value { (count, limit) = (count + 1, limit * 10) }
        count = max(count, least)
        var rest = value
        for position in stride(from: count - 1, through: 0, by: -1) {
            target[position] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return count
    }

    private static func write(
        _ name: UnsafePointer<UInt8>, isFull: Bool, to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let count = EnglishNames.length(name, isFull: isFull)
        target.update(from: name, count: count)
        target[0] &= ~0x20
        return count
    }

    private static func write(
        offset: Int, width: Int, writesZ: Bool, to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        if offset == 0, writesZ {
            target[0] = UInt8(ascii: "Z")
            return 1
        }
        target[0] = offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
        let (hours, minutes) = (abs(offset) / 60, abs(offset) % 60)
        var count = 1 + write(hours, least: 2, to: target + 1)
        if width == 1, minutes == 0 { return count }
        if width == 3 {
            target[count] = UInt8(ascii: ":")
            count += 1
        }
        return count + write(minutes, least: 2, to: target + count)
    }
}
