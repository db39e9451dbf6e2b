extension DateProgram {
    /// What a text says of a day and a time.
    struct Fields {
        var year = 0
        var month = 0
        var day = 0
        var hour = 0
        var minute = 0
        var second = 0
        var nanosecond = 0
        var digits = 0
        /// Minutes east of UTC, where the text has a zone.
        var offset: Int?
        var offsetForm = Datetime.OffsetForm.numeric
        fileprivate var halfDayHour: Int?
        fileprivate var isAfternoon = false
        /// Whether the time of day is one; a zone's hours are looked at by `isZonePossible`.
        var isTimePossible = true
        var isZonePossible = true
    }

    enum Result {
        case fields(Fields, CalendarDate)
        case mismatch
        /// The text has the form, but there is no such day or time.
        case noSuchDay, noSuchTime
    }

    /// Reads the whole of `bytes` in the first of the formats in which it is a possible day and time.
    func read(_ bytes: Bytes) -> Result {
        code.withUnsafeBufferPointer { code in
            var result = Result.mismatch
            var start = 0
            while start < code.count {
                let end = start + 2 + Int(code[start]) << 8 + Int(code[start + 1])
                var fields = Fields()
                if Self.read(bytes, Bytes(rebasing: code[(start + 2)..<end]), &fields) {
                    let date = CalendarDate(year: fields.year, month: fields.month, day: fields.day)
                    if let date, fields.isTimePossible { return .fields(fields, date) }
                    result = date == nil ? .noSuchDay : .noSuchTime
                }
                start = end
            }
            return result
        }
    }

    @inline(__always)
    private static func read(_ bytes: Bytes, _ steps: Bytes, _ fields: inout Fields) -> Bool {
        var index = 0
        var step = 0
        while step < steps.count {
            let (first, second) = (Int(steps[step + 1]), Int(steps[step + 2]))
            switch Operation(rawValue: steps[step]) {
            case .number:
                var value = 0
                let start = index
                while index < bytes.count, index - start < second & 0xF, bytes[index] &- 0x30 < 10 {
                    value = value * 10 + Int(bytes[index] &- 0x30)
                    index += 1
                }
                if index - start < second >> 4 { return false }
                note(value, DateFormat.Component(rawValue: UInt8(first)), digits: index - start, &fields)
            case .literal:
                guard bytes.count - index >= first else { return false }
                for offset in 0..<first where bytes[index + offset] != steps[step + stepSize + offset] { return false }
                index += first
                step += first
            case .spaces:
                let start = index
                while index < bytes.count {
                    let (scalar, length) = decodeScalar(bytes, at: index)
                    guard isBlankScalar(scalar) else { break }
                    index += length
                }
                if index == start { return false }
            case .monthName:
                guard let month = name(bytes, &index, among: EnglishNames.months, isFull: first == 1) else {
                    return false
                }
                fields.month = month + 1
            case .weekdayName:
                guard name(bytes, &index, among: EnglishNames.weekdays, isFull: first == 1) != nil else {
                    return false
                }
            case .halfDay:
                guard bytes.count - index >= 2, bytes[index + 1] | 0x20 == UInt8(ascii: "m") else { return false }
                let letter = bytes[index] | 0x20
                guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else { return false }
                fields.isAfternoon = letter == UInt8(ascii: "p")
                index += 2
            case .zone:
                guard readZone(bytes, &index, &fields) else { return false }
            case nil:
                return false
            }
            step += stepSize
        }
        if let hour = fields.halfDayHour { fields.hour = hour % 12 + (fields.isAfternoon ? 12 : 0) }
        return index == bytes.count
    }

    @inline(__always)
    private static func note(_ value: Int, _ component: DateFormat.Component?, digits: Int, _ fields: inout Fields) {
        switch component {
        case .year: fields.year = value
        case .shortYear: fields.year = value <= 68 ? 2000 + value : 1900 + value
        case .month: fields.month = value
        case .day: fields.day = value
        case .hour:
            fields.hour = value
            if value > 23 { fields.isTimePossible = false }
        case .halfDayHour:
            fields.halfDayHour = value
            if value < 1 || value > 12 { fields.isTimePossible = false }
        case .minute:
            fields.minute = value
            if value > 59 { fields.isTimePossible = false }
        case .second:
            fields.second = value
            if value > 59 { fields.isTimePossible = false }
        case .fraction:
            fields.nanosecond = value
            for _ in digits..<9 { fields.nanosecond *= 10 }
            fields.digits = digits
        case nil: break
        }
    }

    private static func name(_ bytes: Bytes, _ index: inout Int, among names: StaticString, isFull: Bool) -> Int? {
        for number in 0..<(names.utf8CodeUnitCount / EnglishNames.width) {
            let name = names.utf8Start + number * EnglishNames.width
            let count = EnglishNames.length(name, isFull: isFull)
            guard bytes.count - index >= count else { continue }
            var matched = 0
            while matched < count, bytes[index + matched] | 0x20 == name[matched] { matched += 1 }
            if matched == count {
                index += count
                return number
            }
        }
        return nil
    }

    private static func readZone(_ bytes: Bytes, _ index: inout Int, _ fields: inout Fields) -> Bool {
        guard index < bytes.count else { return false }
        let sign = bytes[index]
        if sign == UInt8(ascii: "Z") {
            index += 1
            (fields.offset, fields.offsetForm) = (0, .utc)
            return true
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        func pair(at start: Int) -> Int? {
            guard start + 2 <= bytes.count, bytes[start] &- 0x30 < 10, bytes[start + 1] &- 0x30 < 10 else { return nil }
            return Int(bytes[start] - 0x30) * 10 + Int(bytes[start + 1] - 0x30)
        }
        guard let hours = pair(at: index + 1) else { return false }
        index += 3
        var minutes = 0
        let hasColon = index < bytes.count && bytes[index] == UInt8(ascii: ":")
        if let value = pair(at: index + (hasColon ? 1 : 0)) {
            minutes = value
            index += hasColon ? 3 : 2
        } else if hasColon {
            return false
        }
        fields.isZonePossible = hours < 24 && minutes < 60
        let offset = hours * 60 + minutes
        fields.offset = sign == UInt8(ascii: "-") ? -offset : offset
        fields.offsetForm = sign == UInt8(ascii: "-") && offset == 0 ? .unknown : .numeric
        return true
    }
}
