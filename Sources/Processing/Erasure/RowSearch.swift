import CSV

/// Finds rows of a file by their numbers, in the pieces of the file one after the other, and how they are blanked.
struct RowSearch {
    private let dialect: Dialect
    private var wanted: Set<Int>
    private var reader: Reader
    private var record = Record()
    /// The file's bytes from this offset on: those of the record that is not whole yet.
    private var tail: [UInt8] = []
    private var tailOffset = 0
    private(set) var found: [BlankedRecord] = []

    init(_ rows: Set<Int>, _ dialect: Dialect) {
        wanted = rows
        self.dialect = dialect
        reader = Reader(dialect)
    }

    /// Whether the rows that were found can be blanked.
    var canBlank: Bool { !dialect.encoding.isUTF16 }

    /// Rows that were not found so far.
    var missing: Set<Int> { wanted }

    /// Takes the next piece in.
    mutating func feed(_ piece: [UInt8]) throws {
        tail += piece
        reader.feed(piece)
        try search(isLast: false)
        tail.removeFirst(reader.position.offset - tailOffset)
        tailOffset = reader.position.offset
    }

    /// Says that the file ends behind the last piece.
    mutating func finish() throws {
        reader.finish()
        try search(isLast: true)
    }

    private mutating func search(isLast: Bool) throws {
        while !wanted.isEmpty {
            let start = reader.position
            guard reader.next(into: &record) else { return }
            guard record.number > 0, wanted.remove(record.number) != nil else { continue }
            let end = reader.position
            if dialect.encoding.isUTF16 {
                found.append(BlankedRecord(range: record.offset..<end.offset))
                continue
            }
            found.append(
                try BlankedRecord(
                    Array(tail[(record.offset - tailOffset)..<(end.offset - tailOffset)]), offset: record.offset,
                    from: start, to: end, isLast: isLast, dialect))
        }
    }
}
