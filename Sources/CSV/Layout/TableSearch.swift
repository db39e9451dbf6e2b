/// Finds in a sample of a file how it is split, and where its table is.
struct TableSearch {
    private(set) var search: SplittingSearch
    /// Without a header, for the bytes of the table alone.
    private(set) var dialect: Dialect
    private(set) var isOneColumn: Bool
    private(set) var start: TableStart
    private(set) var end: TableEnd
    private(set) var header: Detection.Property<Bool>
    /// Records that name the columns together.
    private(set) var headerRows: Int
    /// The table's first line, from 0, and its offset, in the sample; and what it would be without doubtful records.
    private(set) var line = 0
    private(set) var offset = 0
    private(set) var doubtfulLine = 0

    /// - Parameters:
    ///   - sample: the file's first bytes behind what is no part of the table for sure.
    ///   - isWhole: whether the table ends with the sample at the latest.
    ///   - end: the last bytes of the file, unless the table's end is given; offsets are those of the sample.
    /// - Throws: if the sample has no records, or what was fixed contradicts itself.
    init(
        _ sample: [UInt8], isWhole: Bool, end fileEnd: FileEnd?, _ encoding: Dialect.Encoding, _ fixed: Detection.Fixed
    ) throws(DetectionError) {
        let search = try SplittingSearch(sample, isWholeFile: isWhole, encoding, fixed)
        let best = try search.best(encoding)
        let reading = Reading(sample, isWholeFile: isWhole, best.dialect)
        let width = best.isOneColumn ? 1 : reading.columns.value
        try self.init(search, best, reading, width: width, fileEnd, fixed)
        let isPoor = best.isOneColumn || (search.ranked.first?.consistency ?? 0) < 0.9
        guard isPoor, fixed.delimiter == nil, let core = TableCore.find(in: sample) else { return }
        let second = try SplittingSearch(core, isWholeFile: true, encoding, fixed)
        let better = try second.best(encoding)
        guard !better.isOneColumn, let width = second.ranked.first?.width.cells else { return }
        let whole = Reading(sample, isWholeFile: isWhole, better.dialect)
        let found = try TableSearch(second, better, whole, width: width, fileEnd, fixed)
        if found.isCut { self = found }
    }

    private init(
        _ search: SplittingSearch, _ best: (dialect: Dialect, isOneColumn: Bool), _ reading: Reading, width: Int,
        _ fileEnd: FileEnd?, _ fixed: Detection.Fixed
    ) throws(DetectionError) {
        guard !reading.head.isEmpty else {
            throw DetectionError(code: .emptyFile, message: "the file has no records")
        }
        self.search = search
        (dialect, isOneColumn) = best
        start = TableStart(
            reading.head, width: width, mayHaveHeader: fixed.hasHeader ?? true,
            mayHavePreamble: fixed.preambleLines == nil)
        if start.first > 0 {
            line = reading.head[start.first].line - 1
            offset = reading.head[start.first].offset
        }
        if start.doubtful > 0 { doubtfulLine = reading.head[start.doubtful].line - 1 }
        let rows = fixed.headerRows ?? start.headerRows
        let names = min(start.first + max(1, rows), reading.head.count) - 1
        header =
            fixed.hasHeader.map(Detection.Property.given)
            ?? HeaderDetection.detect(reading.head[names], Array(reading.head[(names + 1)...]))
        headerRows = header.value ? rows : 0
        end = TableEnd(fileEnd, tableOffset: offset, dialect, width: width, headerRows: headerRows)
    }

    /// Whether lines were left out.
    private var isCut: Bool { start.first > 0 || end.cut != nil }

    /// Says how well the table alone is split, now that it is known.
    mutating func refine(_ table: [UInt8], isWhole: Bool, _ fixed: Detection.Fixed) throws(DetectionError) {
        let refined = try SplittingSearch(table, isWholeFile: isWhole, dialect.encoding, fixed)
        let best = try refined.best(dialect.encoding)
        guard best.dialect == dialect, !best.isOneColumn else { return }
        search = refined
    }
}
