/// One way to write a date, with or without a time, such as `dd/MM/yyyy`; the letters are those of Unicode (CLDR) and Java.
///
/// - `yyyy` four digits; `yy` two, where 00–68 are 2000–2068 and 69–99 are 1969–1999; `y` one to four
/// - `MM`, `dd`, `HH`, `hh`, `mm`, `ss` two digits; `M`, `d`, `H`, `h`, `m`, `s` one or two
/// - `MMM` `Jan`, `MMMM` `January`; `EEE` `Mon`, `EEEE` `Monday` (English; read in any case, the weekday is not checked)
/// - `S…` as many digits of a second; `a` AM or PM
/// - `X`, `x`, `Z` a zone, read as `Z`, `+02`, `+0200` or `+02:00`; written `+02` or `+0230` by `X`, `+0200` by `XX` and
///   `Z`, `+02:00` by `XXX`, where UTC is `Z`, and by `x`, `xx` and `xxx` without that `Z`
/// - text between `'…'` and every sign stand for themselves; a space for one or more spaces.
struct DateFormat: Sendable {
    /// What a format is for, which decides what it must hold.
    enum Use: Sendable {
        /// Reading days: day, month and year, each once; times must be possible, and are left out.
        case readingDates
        /// Reading times of a day: the same, and `a` with `h`.
        case readingDatetimes
        /// Writing: anything.
        case writing
    }

    enum Part: Sendable {
        case number(Component, least: Int, most: Int)
        case monthName(isFull: Bool)
        case weekdayName(isFull: Bool)
        case halfDay
        case zone(width: Int, writesZ: Bool)
        case literal([UInt8])
        case spaces(Int)
    }

    enum Component: UInt8, Sendable {
        case year, shortYear, month, day, hour, halfDayHour, minute, second, fraction
    }

    let parts: [Part]
    /// Whether it holds a zone.
    let hasZone: Bool
    /// Where its first letter of a time or a zone stands, in Unicode scalars.
    let timeOffset: Int?

    /// So that a format's steps are few bytes; no date is as long.
    private static let longest = 1_000

    /// The same format with other parts.
    init(_ format: DateFormat, parts: [Part]) {
        self.parts = parts
        hasZone = format.hasZone
        timeOffset = format.timeOffset
    }

    init(_ format: String, for use: Use) throws(PatternError) {
        guard format.unicodeScalars.count <= Self.longest else {
            throw PatternError(offset: 0, message: "the format is longer than 1,000 characters")
        }
        var parts: [Part] = []
        var scalars = Array(format.unicodeScalars)[...]
        var components: Set<Component> = []
        var (hasZone, hasHalfDay) = (false, false)
        var timeOffset: Int?
        while let scalar = scalars.first {
            let offset = scalars.startIndex
            let count = scalars.prefix { $0 == scalar }.count
            if scalar == "'" {
                parts.append(.literal(try Self.quoted(&scalars)))
                continue
            }
            scalars = scalars.dropFirst(count)
            if scalar == " " {
                parts.append(.spaces(count))
            } else if scalar.isASCII, scalar.properties.isAlphabetic {
                let part = try Self.part(scalar, count, offset)
                if case .number(let component, _, _) = part, !components.insert(component).inserted, use != .writing {
                    throw PatternError(offset: offset, message: "'\(scalar)' occurs twice in the format")
                }
                if case .monthName = part { components.insert(.month) }
                if case .zone = part { hasZone = true }
                if case .halfDay = part { hasHalfDay = true }
                if part.isOfTime, timeOffset == nil { timeOffset = offset }
                parts.append(part)
            } else {
                parts.append(.literal(Array(String(repeating: Character(scalar), count: count).utf8)))
            }
        }
        self.parts = parts
        self.hasZone = hasZone
        self.timeOffset = timeOffset
        if parts.isEmpty { throw PatternError(offset: 0, message: "the format is empty") }
        if use != .writing { try Self.checkDay(components) }
        if use == .readingDatetimes, components.contains(.halfDayHour), !hasHalfDay {
            throw PatternError(
                offset: timeOffset ?? 0, message: "the format has h, the hour of half a day, but no a (AM, PM)")
        }
    }

    private static func checkDay(_ components: Set<Component>) throws(PatternError) {
        for (component, letter) in [(Component.day, "d"), (.month, "M")] where !components.contains(component) {
            throw PatternError(offset: 0, message: "the format has no \(letter)")
        }
        if !components.contains(.year), !components.contains(.shortYear) {
            throw PatternError(offset: 0, message: "the format has no year (yyyy or yy)")
        }
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
        case ("X", 1...3), ("x", 1...3): return .zone(width: count, writesZ: letter == "X")
        case ("Z", 1): return .zone(width: 2, writesZ: false)
        default:
            let letters = String(repeating: Character(letter), count: count)
            let hint = letter == "Y" || letter == "D" ? " (the year is yyyy, the day dd)" : ""
            throw PatternError(offset: offset, message: "'\(letters)' has no meaning in a date's format\(hint)")
        }
    }
}

extension DateFormat.Part {
    /// Whether it is a part that a day alone does not have.
    fileprivate var isOfTime: Bool {
        switch self {
        case .number(let component, _, _): component.rawValue >= DateFormat.Component.hour.rawValue
        case .halfDay, .zone: true
        case .monthName, .weekdayName, .literal, .spaces: false
        }
    }
}

extension [Arguments.Text] {
    /// The formats that the texts are.
    func dateFormats(for use: DateFormat.Use) throws(ArgumentError) -> [DateFormat] {
        var formats: [DateFormat] = []
        for text in self { formats.append(try text.dateFormat(for: use)) }
        return formats
    }
}

extension Arguments.Text {
    /// The format that the text is.
    func dateFormat(for use: DateFormat.Use) throws(ArgumentError) -> DateFormat {
        do throws(PatternError) {
            return try DateFormat(string, for: use)
        } catch {
            let sample = use == .readingDates ? "dd/MM/yyyy" : "dd/MM/yyyy HH:mm"
            throw ArgumentError(argument, offset: error.offset, error.message, "write a format such as \"\(sample)\"")
        }
    }
}
