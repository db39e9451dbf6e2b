/// The formats of a call that reads dates, where some of them read the same text as different days, as `dd/MM/yyyy` and
/// `MM/dd/yyyy` read `05/06/2024`: which one a column is written in is decided over the whole of it.
struct DateChoice: Sendable {
    /// Two formats, by their indexes.
    struct Conflict: Sendable {
        let first: Int
        let second: Int
    }

    /// As they are written in the mapping.
    let texts: [String]
    let conflicts: [Conflict]
    let formats: [DateFormat]
    private let makeBody: @Sendable (DateReader) -> Function.Body

    /// Comparing all of them with each other takes time that grows with the square of their number.
    static let most = 32

    /// Nil where no text is two days.
    ///
    /// - Throws: `ArgumentError` for more formats than can be decided.
    init?(
        _ texts: [Arguments.Text], _ formats: [DateFormat], body: @escaping @Sendable (DateReader) -> Function.Body
    ) throws(ArgumentError) {
        let programs = formats.map { DateProgram([$0]) }
        var conflicts: [Conflict] = []
        for second in formats.indices {
            for first in 0..<second where Self.conflict(programs[first], programs[second]) {
                conflicts.append(Conflict(first: first, second: second))
            }
            if !conflicts.isEmpty, second >= Self.most {
                throw ArgumentError(
                    texts[second].argument,
                    "more than \(Self.most) formats are too many where some read the same text as different days",
                    "leave the formats out that the column does not have")
            }
        }
        guard !conflicts.isEmpty else { return nil }
        self.texts = texts.map(\.string)
        self.formats = formats
        self.conflicts = conflicts
        makeBody = body
    }

    /// Reads in the formats that the column is written in; nil where nothing was decided.
    func body(_ decision: DateDecision?) -> Function.Body {
        let kept = formats.indices.filter { decision?.readAs.contains(texts[$0]) ?? true }
        let isOpen = conflicts.contains { kept.contains($0.first) && kept.contains($0.second) }
        return makeBody(
            DateReader(
                kept.map { formats[$0] }, other: formats.indices.filter { !kept.contains($0) }.map { formats[$0] },
                isOpen: isOpen))
    }

    /// Days whose years, months and days can be taken for each other, also where four digits are a year.
    private static let samples = [
        (2010, 11, 12), (2010, 12, 11), (2011, 10, 12), (2011, 12, 10), (2012, 10, 11), (2012, 11, 10), (1011, 12, 10),
        (1112, 10, 11), (1210, 11, 12),
    ].compactMap { CalendarDate(year: $0.0, month: $0.1, day: $0.2) }

    /// Whether a text that the one writes is another day in the other.
    private static func conflict(_ one: DateProgram, _ other: DateProgram) -> Bool {
        misread(one, other) || misread(other, one)
    }

    private static func misread(_ written: DateProgram, _ read: DateProgram) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, written.capacity)) { buffer in
            guard let text = buffer.baseAddress else { return false }
            return samples.contains { sample in
                let bytes = Bytes(start: text, count: written.write(.init(sample), to: text))
                guard case .fields(_, let date) = read.read(bytes), case .fields(_, let own) = written.read(bytes)
                else {
                    return false
                }
                return date != own
            }
        }
    }
}

/// Reads dates in some formats, of which two may still read the same text as different days.
struct DateReader: Sendable {
    enum Result {
        case fields(DateProgram.Fields, CalendarDate)
        case mismatch
        case noSuchDay, noSuchTime
        /// The text is two days.
        case ambiguous
        /// The text is a day only in a format that the column is not written in.
        case otherFormat
    }

    private let program: DateProgram
    /// One for each format, where two of them read the same text as different days; else empty.
    private let alone: [DateProgram]
    /// The formats that the column is not written in.
    private let other: DateProgram

    init(_ formats: [DateFormat], other: [DateFormat] = [], isOpen: Bool = false) {
        program = DateProgram(formats)
        self.other = DateProgram(other)
        alone = isOpen ? formats.map { DateProgram([$0]) } : []
    }

    /// Whether there are no formats.
    var isEmpty: Bool { program.isEmpty }

    /// Reads the whole of `bytes`.
    @inline(__always)
    func read(_ bytes: Bytes) -> Result {
        if !alone.isEmpty, isAmbiguous(bytes) { return .ambiguous }
        switch program.read(bytes) {
        case .fields(let fields, let date): return .fields(fields, date)
        case .mismatch: return isOther(bytes) ? .otherFormat : .mismatch
        case .noSuchDay: return isOther(bytes) ? .otherFormat : .noSuchDay
        case .noSuchTime: return .noSuchTime
        }
    }

    private func isAmbiguous(_ bytes: Bytes) -> Bool {
        var found: CalendarDate?
        for program in alone {
            guard case .fields(_, let date) = program.read(bytes) else { continue }
            if let found, found != date { return true }
            found = date
        }
        return false
    }

    private func isOther(_ bytes: Bytes) -> Bool {
        if !other.isEmpty, case .fields = other.read(bytes) { return true }
        return false
    }
}

extension Failure {
    static let ambiguousDate = Failure(
        "ambiguous_date",
        "the text is one day in one of the formats and another day in another, and the column does not tell which is meant;"
            + " leave only the right format there")
    static let otherDateFormat = Failure(
        "ambiguous_date",
        "the text is a day only in a format that the column is not written in; write the date as the others, or leave only"
            + " the right format there")
}
