/// One way to write a date, such as `dd/MM/yyyy`; the letters are those of Unicode (CLDR) and Java.
///
/// - `yyyy` four digits; `yy` two, where 00–68 are 2000–2068 and 69–99 are 1969–1999; `y` one to four
/// - `MM`, `dd`, `HH`, `hh`, `mm`, `ss` two digits; `M`, `d`, `H`, `h`, `m`, `s` one or two
/// - `MMM` `Jan`, `MMMM` `January`; `EEE` `Mon`, `EEEE` `Monday` (English, in any case; the weekday is not checked)
/// - `S…` as many digits of a second; `a` AM or PM; `X` a zone (`Z`, `+02`, `+0200`, `+02:00`)
/// - text between `'…'` and every sign stand for themselves; a space for one or more spaces.
/// Times must be possible, and are then left out: the result is the day as it is written.
struct DateFormat: Sendable {
    private enum Part: Sendable {
        case number(Component, least: Int, most: Int)
        case monthName(isFull: Bool)
        case weekdayName(isFull: Bool)
        case halfDay
        case zone
        case literal([UInt8])
        case spaces
    }

    private enum Component: Sendable {
        case year, shortYear, month, day, hour, halfDayHour, minute, second, fraction
    }

    enum Result {
        case date(CalendarDate)
        case mismatch
        /// The text has the form, but there is no such day or time.
        case impossible
    }

    private let parts: [Part]

    init(_ format: String) throws(PatternError) {
        var parts: [Part] = []
        var scalars = Array(format.unicodeScalars)[...]
        var components: Set<Component> = []
        while let scalar = scalars.first {
            let offset = scalars.startIndex
            let count = scalars.prefix { $0 == scalar }.count
            if scalar == "'" {
                parts.append(.literal(try Self.quoted(&scalars)))
                continue
            }
            scalars = scalars.dropFirst(count)
            if scalar == " " {
                parts.append(.spaces)
            } else if scalar.isASCII, scalar.properties.isAlphabetic {
                let part = try Self.part(scalar, count, offset)
                if case .number(let component, _, _) = part, !components.insert(component).inserted {
                    throw PatternError(offset: offset, message: "'\(scalar)' occurs twice in the format")
                }
                if case .monthName = part { components.insert(.month) }
                parts.append(part)
            } else {
                parts.append(.literal(Array(String(repeating: Character(scalar), count: count).utf8)))
            }
        }
        for (component, letter) in [(Component.day, "d"), (.month, "M")] where !components.contains(component) {
            throw PatternError(offset: 0, message: "the format has no \(letter)")
        }
        if !components.contains(.year), !components.contains(.shortYear) {
            throw PatternError(offset: 0, message: "the format has no year (yyyy or yy)")
        }
        self.parts = parts
    }

    private static func quoted(_ scalars: inout ArraySlice<Unicode.Scalar>) throws(PatternError) -> [UInt8] {
        let offset = scalars.startIndex
        scalars = scalars.dropFirst()
        if scalars.first == "'" {
            scalars = scalars.dropFirst()
            return [0x27]
        }
        guard let end = scalars.firstIndex(of: "'") else {
            throw PatternError(offset: offset, message: "the quote ' is not closed")
        }
        let text = String(String.UnicodeScalarView(scalars[..<end]))
        scalars = scalars[(end + 1)...]
        return Array(text.utf8)
    }

    private static func part(_ letter: Unicode.Scalar, _ count: Int, _ offset: Int) throws(PatternError) -> Part {
        func short(_ component: Component) -> Part { .number(component, least: count, most: 2) }
        switch (letter, count) {
        case ("y", 4), ("u", 4): return .number(.year, least: 4, most: 4)
        case ("y", 2): return .number(.shortYear, least: 2, most: 2)
        case ("y", 1), ("u", 1): return .number(.year, least: 1, most: 4)
        case ("M", 1...2), ("L", 1...2): return short(.month)
        case ("M", 3...4), ("L", 3...4): return .monthName(isFull: count == 4)
        case ("d", 1...2): return short(.day)
        case ("H", 1...2): return short(.hour)
        case ("h", 1...2): return short(.halfDayHour)
        case ("m", 1...2): return short(.minute)
        case ("s", 1...2): return short(.second)
        case ("S", 1...9): return .number(.fraction, least: count, most: count)
        case ("E", 1...4): return .weekdayName(isFull: count == 4)
        case ("a", 1): return .halfDay
        case ("X", 1...3), ("x", 1...3), ("Z", 1): return .zone
        default:
            let letters = String(repeating: Character(letter), count: count)
            let hint = letter == "Y" || letter == "D" ? " (the year is yyyy, the day dd)" : ""
            throw PatternError(offset: offset, message: "'\(letters)' has no meaning in a date's format\(hint)")
        }
    }

    // MARK: - Reading

    private struct Reading {
        var year = 0
        var month = 0
        var day = 0
        var isPossible = true
    }

    func parse(_ bytes: Bytes) -> Result {
        var index = 0
        var reading = Reading()
        for part in parts {
            guard read(part, bytes, &index, &reading) else { return .mismatch }
        }
        guard index == bytes.count else { return .mismatch }
        guard reading.isPossible, let date = CalendarDate(year: reading.year, month: reading.month, day: reading.day)
        else { return .impossible }
        return .date(date)
    }

    @inline(__always)
    private func read(_ part: Part, _ bytes: Bytes, _ index: inout Int, _ reading: inout Reading) -> Bool {
        switch part {
        case .number(let component, let least, let most):
            var value = 0
            let start = index
            while index < bytes.count, index - start < most, bytes[index] &- 0x30 < 10 {
                value = value * 10 + Int(bytes[index] &- 0x30)
                index += 1
            }
            if index - start < least { return false }
            note(value, component, &reading)
            return true
        case .literal(let literal):
            guard bytes.count - index >= literal.count else { return false }
            for (offset, byte) in literal.enumerated() where bytes[index + offset] != byte { return false }
            index += literal.count
            return true
        case .spaces:
            let start = index
            while index < bytes.count {
                let (scalar, length) = decodeScalar(bytes, at: index)
                guard isBlankScalar(scalar) else { break }
                index += length
            }
            return index > start
        default:
            return readWord(part, bytes, &index, &reading)
        }
    }

    @inline(__always)
    private func note(_ value: Int, _ component: Component, _ reading: inout Reading) {
        switch component {
        case .year: reading.year = value
        case .shortYear: reading.year = value <= 68 ? 2000 + value : 1900 + value
        case .month: reading.month = value
        case .day: reading.day = value
        case .hour: if value > 23 { reading.isPossible = false }
        case .halfDayHour: if value < 1 || value > 12 { reading.isPossible = false }
        case .minute, .second: if value > 59 { reading.isPossible = false }
        case .fraction: break
        }
    }

    private func readWord(_ part: Part, _ bytes: Bytes, _ index: inout Int, _ reading: inout Reading) -> Bool {
        switch part {
        case .monthName(let isFull):
            guard let month = Self.name(at: &index, bytes, among: EnglishNames.months, isFull: isFull) else {
                return false
            }
            reading.month = month + 1
            return true
        case .weekdayName(let isFull):
            return Self.name(at: &index, bytes, among: EnglishNames.weekdays, isFull: isFull) != nil
        case .halfDay:
            guard bytes.count - index >= 2, bytes[index + 1] | 0x20 == UInt8(ascii: "m") else { return false }
            let first = bytes[index] | 0x20
            index += 2
            return first == UInt8(ascii: "a") || first == UInt8(ascii: "p")
        default:
            return Self.skipZone(&index, bytes)
        }
    }

    private static func name(
        at index: inout Int, _ bytes: Bytes, among names: [[UInt8]], isFull: Bool
    ) -> Int? {
        for (number, name) in names.enumerated() {
            let count = isFull ? name.count : 3
            guard bytes.count - index >= count else { continue }
            if (0..<count).allSatisfy({ bytes[index + $0] | 0x20 == name[$0] }) {
                index += count
                return number
            }
        }
        return nil
    }

    private static func skipZone(_ index: inout Int, _ bytes: Bytes) -> Bool {
        guard index < bytes.count else { return false }
        if bytes[index] == UInt8(ascii: "Z") {
            index += 1
            return true
        }
        guard bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") else { return false }
        func digits(at start: Int) -> Bool {
            start + 2 <= bytes.count && bytes[start] &- 0x30 < 10 && bytes[start + 1] &- 0x30 < 10
        }
        guard digits(at: index + 1) else { return false }
        index += 3
        let hasColon = index < bytes.count && bytes[index] == UInt8(ascii: ":")
        if digits(at: index + (hasColon ? 1 : 0)) { index += hasColon ? 3 : 2 } else if hasColon { return false }
        return true
    }
}

/// The names of months and weekdays, small letters.
private enum EnglishNames {
    static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ].map { Array($0.utf8) }
    static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .map { Array($0.utf8) }
}
