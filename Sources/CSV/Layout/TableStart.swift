/// Where the table of a file begins: behind a preamble, with one header row or several.
///
/// Careful: what could be a row stays one. Lines are left out only above a record that names columns, and a second
/// record is taken for a header only where the first is none by itself and the data below is of another kind.
struct TableStart {
    /// The record that the table begins with.
    private(set) var first = 0
    /// The header rows from there on, if there is a header at all.
    private(set) var headerRows = 1
    private(set) var isSeparated = false
    /// Records that look like a preamble, but are read.
    private(set) var doubtful = 0
    /// How sure it is that the record below is a header.
    private var headerConfidence = 0.0

    /// More records are never a preamble.
    private static let most = 60
    /// Records below a header that are looked at.
    private static let looks = 100

    /// - Parameters:
    ///   - records: the first ones of the file.
    ///   - width: the cells of most records.
    ///   - mayHaveHeader: false where the user says that there is none.
    ///   - mayHavePreamble: false where the user says how long it is.
    init(_ records: [Record], width: Int, mayHaveHeader: Bool, mayHavePreamble: Bool) {
        guard width > 1 else { return }
        let shapes = records.prefix(Self.most + Self.looks).map(RecordShape.init)
        guard let full = shapes.prefix(Self.most).firstIndex(where: { Self.isFull($0, width) }) else { return }
        let below = ColumnShapes(shapes[(full + 1)...].prefix(Self.looks), width: width)
        var merged = 0
        if mayHaveHeader, shapes[full].isText, Self.isNamed(shapes[full], below) {
            while merged < full, Self.isMerged(shapes[full - merged - 1], width),
                !Self.isSeparated(records, shapes, at: full - merged)
            {
                merged += 1
            }
        }
        let top = full - merged
        isSeparated = Self.isSeparated(records, shapes, at: top)
        if top > 0, mayHavePreamble, Self.isPreamble(shapes[..<top], width, isSeparated) {
            judge(records, shapes, full, top, mayHaveHeader)
        }
        if first == top, mayHaveHeader {
            headerRows = 1 + merged
            if merged == 0 { addSecondRow(records, shapes, width) }
        }
    }

    /// Whether the record could be the names of columns, or a row of data.
    private static func isFull(_ shape: RecordShape, _ width: Int) -> Bool {
        shape.width == width && shape.filled > 1 && shape.filled * 5 >= width * 3
    }

    /// A row of names for groups of columns, as `;Sales;;Costs;`.
    private static func isMerged(_ shape: RecordShape, _ width: Int) -> Bool {
        shape.width == width && shape.isText && shape.filled > 1 && shape.hasGaps
    }

    /// Whether the cells differ in kind from those of a third of the columns, two at least.
    private static func isNamed(_ shape: RecordShape, _ below: ColumnShapes) -> Bool {
        let different = below.isTyped.indices.count { below.isTyped[$0] && shape.isText($0) }
        return different > 1 && different * 3 >= below.isTyped.count
    }

    /// Whether an empty line, or a row without text, stands above the record.
    private static func isSeparated(_ records: [Record], _ shapes: [RecordShape], at index: Int) -> Bool {
        guard index > 0 else { return false }
        if shapes[index - 1].filled == 0 { return true }
        let above = records[index - 1]
        return records[index].line > above.line + above.lineBreaks + 1
    }

    /// Whether these could be a title, remarks or names with their values, but no rows.
    private static func isPreamble(_ shapes: ArraySlice<RecordShape>, _ width: Int, _ isSeparated: Bool) -> Bool {
        let most = width >= 8 ? 3 : width >= 5 ? 2 : 1
        // A name and its value, in a record that has no more cells.
        func isPair(_ shape: RecordShape) -> Bool { isSeparated && shape.width == 2 && width > 2 }
        guard width > 2 || isSeparated, shapes.allSatisfy({ $0.filled <= most || isPair($0) }),
            let first = shapes.first(where: { $0.filled > 0 })
        else { return false }
        return first.first.map { first.kinds[$0] == .text } ?? false
    }

    private mutating func judge(
        _ records: [Record], _ shapes: [RecordShape], _ full: Int, _ top: Int, _ mayHaveHeader: Bool
    ) {
        let next = shapes[(full + 1)...].prefix(2)
        let isFollowed = next.count == 2 && next.allSatisfy { $0.width == shapes[full].width }
        let header = HeaderDetection.detect(records[full], Array(records[(full + 1)...]))
        let isNamed = shapes[full].isText && header.value
        let isSure = mayHaveHeader ? isNamed && (isSeparated || header.confidence >= 0.7) : isSeparated
        if isFollowed && isSure {
            first = top
            headerConfidence = header.confidence
        } else {
            doubtful = top
        }
    }

    /// A first row of names that repeat, as `Sales,Sales,Costs,Costs`, or that has gaps which the second row fills, as
    /// `Region,Sales,` above `,Plan,Actual`, needs the second row to tell columns apart.
    private mutating func addSecondRow(_ records: [Record], _ shapes: [RecordShape], _ width: Int) {
        guard first + 1 < shapes.count, Self.isFull(shapes[first], width), shapes[first].isText,
            shapes[first + 1].width == width, shapes[first + 1].isText
        else { return }
        let (top, second) = (shapes[first], shapes[first + 1])
        // The column of the names stands alone in the first row; a row of data begins with its name.
        let fillsGaps =
            top.isFilled(0) && !second.isFilled(0)
            && (0..<width).allSatisfy { top.isFilled($0) || second.isFilled($0) }
        guard fillsGaps || Self.isFull(second, width) else { return }
        let names = Record.joinedNames([records[first]], count: width)
        let joined = Record.joinedNames(Array(records[first...first + 1]), count: width)
        let below = ColumnShapes(shapes[(first + 2)...].prefix(Self.looks), width: width)
        if fillsGaps || Set(names).count + 1 < names.count, Set(joined).count == joined.count,
            Self.isNamed(shapes[first + 1], below)
        {
            headerRows = 2
        }
    }
}

extension TableStart {
    /// The preamble as a property; `lines` are those above the table, or those that only look so.
    func preamble(lines: Int) -> Detection.Property<Int> {
        if first > 0 {
            return Detection.Property(
                value: lines, confidence: (isSeparated ? 0.5 : 0.4) + headerConfidence / 2,
                evidence: "the records above line \(lines + 1) have few cells with text, and those on it name columns",
                runnerUp: 0)
        }
        if doubtful > 0 {
            return Detection.Property(
                value: 0, confidence: 0.55,
                evidence:
                    "the records above line \(lines + 1) may be none of the table, but nothing on it shows that it"
                    + " names columns; they are read",
                runnerUp: lines)
        }
        return Detection.Property(value: 0, confidence: 0.95, evidence: "the table starts with the first record")
    }

    /// The number of header rows as a property, for a table that has a header.
    var headers: Detection.Property<Int> {
        headerRows > 1
            ? Detection.Property(
                value: headerRows, confidence: 0.85,
                evidence:
                    "the first \(headerRows) records are text above columns of numbers, dates or the like, and the"
                    + " first of them has empty or repeated names",
                runnerUp: 1)
            : Detection.Property(value: 1, confidence: 0.9, evidence: "the second record is no part of a header")
    }
}

extension Record {
    /// The line breaks inside the record's cells.
    fileprivate var lineBreaks: Int {
        var (count, previous) = (0, UInt8(0))
        for byte in bytes[..<(ends.last ?? 0)] {
            if byte == 0x0D || byte == 0x0A && previous != 0x0D { count += 1 }
            previous = byte
        }
        return count
    }
}
