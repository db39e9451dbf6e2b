/// A sample read with one delimiter and one way of quoting, and how well that fits.
struct Splitting {
    let dialect: Dialect
    /// The records that the sample holds whole, and those of them with a fault of quoting or size.
    private(set) var records = 0
    private(set) var faulty = 0
    /// The cells that were quoted.
    private(set) var quotedCells = 0
    /// How many records have how many cells.
    private(set) var widths: [Int: Int] = [:]
    /// Unquoted cells that hold the first byte of a delimiter of two.
    private(set) var halved = 0
    /// Of the cells looked at: those that could be whole values, and those that are numbers, dates or the like.
    private var looked = 0
    private var clean = 0
    private var typed = 0

    /// More records say nothing new about the cells.
    private static let looks = 300
    private static let mostRecords = 4_000

    init(_ sample: [UInt8], isWholeFile: Bool, _ dialect: Dialect) {
        self.dialect = dialect
        Self.forEachRecord(in: sample, isWholeFile: isWholeFile, dialect) { record in
            count(record)
            return records < Self.mostRecords
        }
    }

    /// Gives the whole records of a sample to `body`, until that returns false. The last record of a sample that is cut
    /// off counts only if it is the only one. Returns how the records end.
    @discardableResult
    static func forEachRecord(
        in sample: [UInt8], isWholeFile: Bool, _ dialect: Dialect, _ body: (Record) -> Bool
    ) -> RecordEnds {
        var reader = Reader(dialect)
        var record = Record()
        var isAny = false
        reader.feed(sample)
        while reader.next(into: &record) {
            isAny = true
            guard body(record) else { return reader.recordEnds }
        }
        if isWholeFile || !isAny {
            reader.finish()
            while reader.next(into: &record) {
                guard body(record) else { return reader.recordEnds }
            }
        }
        return reader.recordEnds
    }

    private mutating func count(_ record: Record) {
        records += 1
        if let code = record.fault?.code, code != .wrongCellCount, code != .nulByte, code != .invalidEncoding {
            faulty += 1
            return
        }
        widths[record.count, default: 0] += 1
        quotedCells += record.quoted.count { $0 }
        if dialect.delimiter.second != nil {
            halved += (0..<record.count).count { cell in
                !record.quoted[cell] && record.bytes[record.range(cell)].contains(dialect.delimiter.first)
            }
        }
        guard records <= Self.looks else { return }
        for cell in 0..<record.count {
            look(record.bytes[record.range(cell)], isQuoted: record.quoted[cell])
        }
    }

    private mutating func look(_ cell: ArraySlice<UInt8>, isQuoted: Bool) {
        looked += 1
        let kind = CellKind(cell)
        if kind.isTyped { typed += 1 }
        if isQuoted || kind != .text {
            clean += 1
        } else if !isSuspicious(cell) && !Self.isInQuotes(cell) {
            clean += 1
        }
    }

    /// Whether plain text holds what is most often a delimiter or a quote. A comma before a space is prose, and so are
    /// pairs of quotes where nothing is quoted.
    private func isSuspicious(_ cell: ArraySlice<UInt8>) -> Bool {
        let quote = UInt8(ascii: "\"")
        let hasPairs = dialect.quote == nil && cell.count { $0 == quote }.isMultiple(of: 2)
        return cell.indices.contains { at in
            let byte = cell[at]
            guard Self.telling.contains(byte), byte != dialect.delimiter.first else { return false }
            if byte == quote { return !hasPairs }
            return !(at + 1 < cell.endIndex && cell[at + 1] == 0x20 && (byte == 0x2C || byte == 0x3B))
        }
    }

    private static let telling = Array(",;\t|\"".utf8)

    private static func isInQuotes(_ cell: ArraySlice<UInt8>) -> Bool {
        guard cell.count > 1, let first = cell.first, first == cell.last else { return false }
        return first == UInt8(ascii: "'") || first == UInt8(ascii: "\"")
    }

    /// The most frequent number of cells (the larger of equals), and how many records have it.
    var width: (cells: Int, records: Int) {
        let best = widths.max { ($0.value, $0.key) < ($1.value, $1.key) }
        return best.map { ($0.key, $0.value) } ?? (0, 0)
    }

    /// The share of the records that have the most frequent number of cells.
    var consistency: Double {
        records == 0 ? 0 : Double(width.records) / Double(records)
    }

    private var typedShare: Double {
        looked == 0 ? 0 : Double(typed) / Double(looked)
    }

    /// How well the splitting fits, from 0 to 1: consistent widths, cells that are whole values, a usual delimiter.
    var score: Double {
        guard width.cells > 1, looked > 0 else { return 0 }
        let cleanliness = Double(clean) / Double(looked)
        let many = 1 - 1 / Double(2 * width.cells)
        return consistency * consistency * cleanliness * cleanliness * many * usualness
    }

    private var usualness: Double {
        switch dialect.delimiter.first {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"): 1
        case UInt8(ascii: "^"), UInt8(ascii: "~"): 0.9
        case UInt8(ascii: " "): 0.4 + 0.4 * typedShare
        case _ where dialect.delimiter.second != nil: 0.8
        default: 0.5
        }
    }
}
