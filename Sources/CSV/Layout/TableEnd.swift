/// Where the table of a file ends: above footnotes, sums and a second table.
///
/// Careful: what could be a row stays one. Lines are left out only up to the end of the file, if each of them is a remark, a
/// sum that does not fit the columns, an empty row, or one of a second table behind an empty line.
struct TableEnd {
    /// The offset of the line below the table, and how many lines there are from it on; nil where the file ends it.
    private(set) var cut: (offset: Int, lines: Int)?
    private(set) var hasSecondTable = false
    /// The last row begins as a sum does, but fits the columns, and is not known to add up.
    private(set) var hasDoubtfulSum = false
    /// Nothing but empty rows is cut off.
    private var cutsEmptyRows = false
    /// Whether the end of the file could be read.
    private(set) var isKnown = false

    private let width: Int
    private var rows: [Row] = []
    private var columns = ColumnShapes([], width: 0)
    /// Whether empty lines stand between the rows of the table as well, and so set nothing off.
    private var isSpaced = false
    /// Whether all rows of the table are at hand.
    private var isWhole = false

    private struct Row {
        let record: Record
        let shape: RecordShape
        /// Whether an empty line or an empty row stands above it.
        let isSeparated: Bool

        /// Whether its quotes and its size are right, so that it is no heap of rows behind a quote that was left open.
        var isSound: Bool { record.fault == nil || record.fault?.code == .wrongCellCount }

        var text: ArraySlice<UInt8>? { shape.first.map { record.bytes[record.range($0)] } }
    }

    /// More lines are no footnotes.
    private static let most = 500
    /// A record longer than what this leaves cannot be found from inside.
    private static let reach = 1 << 15

    /// - Parameters:
    ///   - end: the last bytes of the file; nil if they are not at hand, or not to be looked at.
    ///   - tableOffset: where the table starts; in front of `end` or in it.
    ///   - dialect: without a header, for the bytes of `end` alone.
    ///   - headerRows: how many records of the table are none of its data.
    init(_ end: FileEnd?, tableOffset: Int, _ dialect: Dialect, width: Int, headerRows: Int) {
        self.width = width
        guard let end else { return }
        guard width > 1 else {
            isKnown = true
            return
        }
        let startsWithTable = end.offset <= tableOffset
        let bytes = startsWithTable ? Array(end.bytes[(tableOffset - end.offset)...]) : end.bytes
        let offset = max(end.offset, tableOffset)
        guard let start = startsWithTable ? 0 : Self.firstRecord(in: bytes, dialect, width: width) else { return }
        read(bytes, from: start, dialect)
        if startsWithTable { rows.removeFirst(min(headerRows, rows.count)) }
        isKnown = true
        isWhole = startsWithTable
        let regular = (rows.lastIndex { !isDoubtful($0) } ?? -1) + 1
        columns = ColumnShapes(rows[..<regular].map(\.shape), width: width)
        hasDoubtfulSum = rows.last?.text.map(FooterWords.isSum) == true
        // Where rows of the table are ragged or almost empty, those at its end may be as well.
        let doubtful = rows[..<regular].count(where: isDoubtful)
        isSpaced = rows[..<regular].count(where: \.isSeparated) * 50 > regular
        guard regular >= 2, doubtful * 50 <= regular, rows.count - regular <= Self.most else { return }
        for first in regular..<rows.count {
            guard let hasTable = secondTableBelow(first) else { continue }
            let place = rows[first].record.offset
            cut = (offset + place, PhysicalLines.starts(in: bytes[place...]).count)
            hasSecondTable = hasTable
            cutsEmptyRows = rows[first...].allSatisfy { $0.shape.filled == 0 }
            return
        }
    }

    /// The first place in a part of a file from which on its records have the table's width.
    private static func firstRecord(in bytes: [UInt8], _ dialect: Dialect, width: Int) -> Int? {
        let starts = PhysicalLines.starts(in: bytes.prefix(reach)).dropFirst().prefix(40)
        return starts.first { start in
            var seen = 0
            var isTable = true
            Splitting.forEachRecord(in: Array(bytes[start...].prefix(reach)), isWholeFile: false, dialect) { record in
                isTable = record.count == width && (record.fault == nil || record.fault?.code == .invalidEncoding)
                seen += 1
                return isTable && seen < 10
            }
            return isTable && seen > 2
        }
    }

    private mutating func read(_ bytes: [UInt8], from start: Int, _ dialect: Dialect) {
        var reader = Reader(dialect, resumingAt: Position(offset: start, afterCarriageReturn: false))
        var record = Record()
        var (blankLines, isSeparated) = (0, false)
        reader.feed(Array(bytes[start...]))
        reader.finish()
        while reader.next(into: &record) {
            let shape = RecordShape(record)
            if reader.blankLines > blankLines { isSeparated = true }
            rows.append(Row(record: record, shape: shape, isSeparated: isSeparated))
            blankLines = reader.blankLines
            isSeparated = shape.filled == 0
        }
    }

    /// Whether the row cannot be one of the table, or begins as a sum does.
    private func isDoubtful(_ row: Row) -> Bool {
        row.shape.width != width || row.shape.filled < 2 || row.text.map(FooterWords.isSum) == true
    }

    /// Whether a second table is among the rows from this one on; nil if one of them could be a row of the first.
    private func secondTableBelow(_ first: Int) -> Bool? {
        var index = first
        var (isSeparated, hasTable) = (false, false)
        while index < rows.count {
            guard rows[index].isSound else { return nil }
            isSeparated = isSeparated || (rows[index].isSeparated && !isSpaced)
            let table = isSeparated ? secondTable(at: index) : 0
            if table > 0 {
                index += table
                hasTable = true
            } else if isRemark(rows[index], isSeparated) || isSum(rows[index], isSeparated)
                || rows[index].shape.filled == 0 || (index == first && addsUp(rows[first], rows[..<first]))
                || (isSeparated && isTitle(rows[index]) && secondTable(at: index + 1) > 0)
            {
                index += 1
            } else {
                return nil
            }
        }
        return hasTable
    }

    private func isTitle(_ row: Row) -> Bool {
        row.shape.filled == 1 && row.shape.first == 0 && row.shape.kinds[0] == .text
    }

    private func isRemark(_ row: Row, _ isSeparated: Bool) -> Bool {
        guard let text = row.text, isSeparated || width > 2 else { return false }
        let words = FooterWords.words(text).count
        let isUsual = FooterWords.isRemark(text) || FooterWords.isMarked(text)
        if isTitle(row) {
            return isSeparated
                ? isUsual || FooterWords.isSum(text) || (words > 2 && width > 2)
                : isUsual && words > 1 && hasGap(row) && !isNamedRow(row)
        }
        if isSeparated && FooterWords.isRemark(text) && row.shape.filled * 2 <= width { return true }
        // A remark that holds the delimiter.
        return row.shape.width != width && FooterWords.isRemark(text) && text.contains(UInt8(ascii: ":"))
    }

    /// Whether it may be a row of the table of which only the name is known: it has all cells, and no sign of a remark.
    private func isNamedRow(_ row: Row) -> Bool {
        row.shape.width == width
            && row.text.map { !FooterWords.isMarked($0) && !$0.contains(UInt8(ascii: ":")) } == true
    }

    /// Whether a column that is never empty is so here.
    private func hasGap(_ row: Row) -> Bool {
        columns.isFull.indices.contains { columns.isFull[$0] && !row.shape.isFilled($0) }
    }

    /// A sum that does not fit the columns: it has a gap, and is set off from the table, or its name stands among numbers,
    /// dates or the like.
    private func isSum(_ row: Row, _ isSeparated: Bool) -> Bool {
        guard let text = row.text, let first = row.shape.first, FooterWords.isSum(text), row.shape.width <= width else {
            return false
        }
        let others = row.shape.kinds.indices.filter { $0 > first && row.shape.isFilled($0) }
        let isMisplaced = columns.isTyped[first] && row.shape.kinds[first] == .text
        let typed = others.count { row.shape.kinds[$0].isTyped }
        // Below an empty line also with texts beside the numbers: a currency, a date's name.
        return hasGap(row) && (isSeparated ? typed > 0 || others.isEmpty : isMisplaced && typed == others.count)
    }

    /// Whether a row that begins as a sum does holds the sums of the numbers above it, in each column where it has a value;
    /// not all of them zero.
    private func addsUp(_ row: Row, _ above: ArraySlice<Row>) -> Bool {
        guard isWhole, above.count > 1, row.shape.width == width, above.allSatisfy({ $0.shape.width == width }),
            let first = row.shape.first, row.text.map(FooterWords.isNothingButSum) == true
        else { return false }
        let cells = row.shape.kinds.indices.filter { $0 > first && row.shape.isFilled($0) }
        let sums = cells.map { cell in
            [UInt8(ascii: "."), UInt8(ascii: ",")].lazy.compactMap { Self.sum(in: row, of: above, cell, $0) }.first
        }
        return sums.allSatisfy { $0 != nil } && sums.contains { $0 != 0 }
    }

    /// The sum of a column if the row has it there, and all that is filled are numbers with that decimal mark.
    private static func sum(in row: Row, of above: ArraySlice<Row>, _ cell: Int, _ decimalMark: UInt8) -> Int? {
        func number(_ row: Row) -> Int? {
            PlainNumber.read(row.record.bytes[row.record.range(cell)], decimalMark: decimalMark)
        }
        guard let total = number(row) else { return nil }
        var sum = 0
        for row in above where row.shape.isFilled(cell) {
            guard let value = number(row) else { return nil }
            sum &+= value
        }
        return sum == total ? sum : nil
    }

    /// The records of a second table that begins here: a header and two rows at least, of another width than the table.
    private func secondTable(at first: Int) -> Int {
        guard first < rows.count, rows[first].shape.width > 1, rows[first].shape.width != width else { return 0 }
        let width = rows[first].shape.width
        let below = rows[(first + 1)...].prefix { $0.shape.width == width && !$0.isSeparated }
        guard below.count > 1, rows[first].shape.isText, rows[first].shape.filled == width else { return 0 }
        let header = HeaderDetection.detect(rows[first].record, below.map(\.record))
        return header.value && header.confidence >= 0.7 ? 1 + below.count : 0
    }
}

extension TableEnd {
    /// The lines below the table as a property.
    var footer: Detection.Property<Int> {
        if let cut {
            return Detection.Property(
                value: cut.lines, confidence: 0.85,
                evidence: cutsEmptyRows
                    ? "the last lines of the file are rows without a value"
                    : "the last lines of the file are remarks, sums or a second table",
                runnerUp: 0)
        }
        if hasDoubtfulSum {
            return Detection.Property(
                value: 0, confidence: 0.55,
                evidence: "the last record begins as a sum does, but fits the columns; it is read as a row", runnerUp: 1
            )
        }
        return isKnown
            ? Detection.Property(value: 0, confidence: 0.9, evidence: "the table ends with the file")
            : Detection.Property(value: 0, confidence: 0.5, evidence: "the end of the file was not looked at")
    }

    var secondTable: Detection.Property<Bool> {
        hasSecondTable
            ? Detection.Property(
                value: true, confidence: 0.85,
                evidence:
                    "records of another width, with a header of their own, stand below an empty line; they are not"
                    + " read",
                runnerUp: false)
            : Detection.Property(
                value: false, confidence: isKnown ? 0.8 : 0.5,
                evidence: isKnown ? "none stands at the end of the file" : "the end of the file was not looked at")
    }
}
