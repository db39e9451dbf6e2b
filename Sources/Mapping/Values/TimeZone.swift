/// A time zone: which offset holds when, from `TimeZoneTable`, and so the same on every machine.
///
/// Of times that have seconds in their offset (before standard time) the offset is the nearest minute, as in RFC 3339.
struct TimeZone: Sendable {
    /// Seconds since 1970 at which another offset begins to hold, ascending.
    private var instants: [Int64] = []
    /// Minutes east of UTC: the first before all transitions, then one for each.
    private var offsets: [Int16]
    /// From here on everything repeats itself every 400 years; `nil` where nothing changes any more.
    private var repeatsFrom: Int64?

    private static let secondsOf400Years = Int64(CalendarDate.daysOf400Years) * 86_400
    /// No offset is as large as this.
    private static let largestOffset: Int64 = 24 * 3600

    /// A zone of one offset.
    init(offset: Int) {
        offsets = [Int16(offset)]
    }

    /// How its offsets are written: `Z` for UTC itself, and numbers for a place, also where it is at +00:00.
    var form: Datetime.OffsetForm { instants.isEmpty && offsets[0] == 0 ? .utc : .numeric }

    /// The offset in minutes that holds at an instant.
    func offset(at instant: Int64) -> Int {
        Int(offsets[index(at: folded(instant))])
    }

    /// The instant at which clocks show a time, in seconds since 1970-01-01T00:00:00 at the place, and the offset.
    ///
    /// Where they show it twice (set back), the first; where they never do (put forward), `nil`.
    func instant(ofLocal local: Int64) -> (instant: Int64, offset: Int)? {
        let near = folded(local)
        var index = index(at: near - Self.largestOffset)
        while true {
            let instant = near - Int64(offsets[index]) * 60
            let isBegun = index == 0 || instant >= instants[index - 1]
            if isBegun, index == instants.count || instant < instants[index] {
                return (instant + (local - near), Int(offsets[index]))
            }
            guard index < instants.count, instants[index] <= near + Self.largestOffset else { return nil }
            index += 1
        }
    }

    /// The same time of another 400 years, for which transitions are held.
    private func folded(_ time: Int64) -> Int64 {
        guard let repeatsFrom, time >= repeatsFrom + Self.secondsOf400Years else { return time }
        return repeatsFrom + (time - repeatsFrom) % Self.secondsOf400Years
    }

    /// The number of transitions at or before an instant.
    private func index(at instant: Int64) -> Int {
        var (low, high) = (0, instants.count)
        while low < high {
            let middle = (low + high) / 2
            if instants[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// MARK: - Reading the table

extension TimeZone {
    /// The text of the table without line breaks, and where each name's zone begins in it.
    private static let table: (text: [UInt8], zones: [String: Int]) = {
        let source = Bytes(start: TimeZoneTable.text.utf8Start, count: TimeZoneTable.text.utf8CodeUnitCount)
        let text = source.filter { $0 != UInt8(ascii: "\n") }
        var zones: [String: Int] = [:]
        var start = 0
        while start < text.count {
            let names = text[start...].prefix { $0 != UInt8(ascii: "|") }
            for name in names.split(separator: UInt8(ascii: ",")) {
                zones[String(decoding: name, as: UTF8.self)] = names.endIndex + 1
            }
            start = (text[start...].firstIndex(of: UInt8(ascii: ";")) ?? text.count) + 1
        }
        return (text, zones)
    }()

    static var names: [String] { table.zones.keys.sorted() }

    /// A zone by its name (`Europe/Rome`, in this case of letters), or an offset (`+02:00`, `Z`); else `nil`.
    init?(_ name: String) {
        if let offset = Self.fixedOffset(name) {
            self.init(offset: offset)
            return
        }
        guard let start = Self.table.zones[name] else { return nil }
        let parts = Self.table.text[start...].prefix { $0 != UInt8(ascii: ";") }
            .split(separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false)
        let known = Self.numbers(parts[0])
        self.init(offset: known[0])
        readTransitions(parts[1], known)
        extend(by: parts[2].split(separator: UInt8(ascii: ",")).map { Self.numbers($0, separator: ".") })
    }

    /// Whole numbers with signs, as they stand in the table.
    private static func numbers(_ text: ArraySlice<UInt8>, separator: Unicode.Scalar = ",") -> [Int] {
        text.split(separator: UInt8(ascii: separator)).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    private static func fixedOffset(_ name: String) -> Int? {
        if name == "Z" { return 0 }
        let bytes = Array(name.utf8)
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            let datetime = Datetime("2000-01-01T00:00:00" + name)
        else { return nil }
        return Int(datetime.offset)
    }

    private mutating func readTransitions(_ text: ArraySlice<UInt8>, _ known: [Int]) {
        var last = -(Int64(1) << 32)
        var unit: Int64 = 1
        var number: Int64 = 0
        var isAtLetter = true
        for byte in text {
            if isAtLetter {
                let isQuarter = byte >= UInt8(ascii: "a")
                unit = isQuarter ? 900 : 1
                offsets.append(Int16(known[Int(byte - (isQuarter ? UInt8(ascii: "a") : UInt8(ascii: "A")))]))
                isAtLetter = false
                continue
            }
            let digit = Self.digit(byte)
            number = number * 32 + digit % 32
            if digit >= 32 { continue }
            last += number * unit
            instants.append(last)
            number = 0
            isAtLetter = true
        }
    }

    private static func digit(_ byte: UInt8) -> Int64 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int64(byte - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int64(byte - UInt8(ascii: "a")) + 36
        default: byte == UInt8(ascii: "+") ? 62 : 63
        }
    }

    /// Adds the transitions of the rule until they repeat themselves.
    private mutating func extend(by rule: [[Int]]) {
        guard rule.count == 4, let last = instants.last else { return }
        let (winter, summer) = (rule[0][0], rule[1][0])
        let firstYear = Datetime(seconds: last, offset: 0)?.date.year ?? 1970
        for year in firstYear...(firstYear + 402) {
            let begin = Self.change(rule[2], year) - Int64(winter) * 60
            let end = Self.change(rule[3], year) - Int64(summer) * 60
            let changes = begin < end ? [(begin, summer), (end, winter)] : [(end, winter), (begin, summer)]
            for (instant, offset) in changes where instant > last {
                instants.append(instant)
                offsets.append(Int16(offset))
            }
        }
        // Behind the last transition of the table for certain.
        repeatsFrom = CalendarDate(year: firstYear + 1, month: 1, day: 1).map { Int64($0.dayNumber) * 86_400 }
    }

    /// The local time of a change in seconds since 1970: month, week (5: the last), weekday (0: Sunday), second of the day.
    private static func change(_ rule: [Int], _ year: Int) -> Int64 {
        guard let first = CalendarDate(year: year, month: rule[0], day: 1) else { return 0 }
        // Weekdays of a date count from Monday.
        var day = (rule[2] + 6 - first.weekday) % 7 + 7 * (rule[1] - 1)
        if day >= CalendarDate.days(in: rule[0], of: year) { day -= 7 }
        return Int64(first.dayNumber + day) * 86_400 + Int64(rule[3])
    }

    // MARK: - Names

    /// What to do about a name that is none: the nearest zone, also by its place alone.
    static func advice(for name: String) -> String {
        let names = names
        let folded = folded(name)
        if let same = names.first(where: { Self.folded($0) == folded })
            ?? names.first(where: { Self.folded($0.split(separator: "/").last ?? "") == folded })
        {
            return "did you mean \(same)?"
        }
        if name.contains("/"), let nearest = Suggestion.nearest(to: name, among: names) {
            return "did you mean \(nearest)?"
        }
        return "write a place such as Europe/Rome, or an offset such as +01:00"
    }

    /// Whether a text can only be meant as the name of a zone: it begins as one (`Eu`), or it is short and in capitals
    /// (`CEST`, `UTC+1`) and not of the letters of a date's format.
    static func isMeant(by text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count > 1, scalars.allSatisfy(\.isASCII) else { return false }
        let folded = folded(text)
        if names.contains(where: { Self.folded($0) == folded }) { return true }
        if scalars[0] == "+" || scalars[0] == "-" { return true }
        guard "A"..."Z" ~= scalars[0] else { return false }
        if "a"..."z" ~= scalars[1] { return String(scalars[1]) != String(scalars[0]).lowercased() }
        return scalars.count <= 6 && !scalars.allSatisfy { "YMDHSmsdy/-:.".unicodeScalars.contains($0) }
            && scalars.allSatisfy { "A"..."Z" ~= $0 || "0"..."9" ~= $0 || $0 == "+" || $0 == "-" || $0 == ":" }
    }

    private static func folded(_ name: some StringProtocol) -> String {
        name.lowercased().filter { $0 != "_" && $0 != " " && $0 != "-" }
    }
}
