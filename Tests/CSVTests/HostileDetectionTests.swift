import CSV
import Testing

/// Files that are made to cost much; what grows faster than the file runs into the limit.
@Suite(.timeLimit(.minutes(20))) struct HostileDetectionTests {
    private static let size = 50 << 20

    @Test(
        "a file of one cell of 50 MB is looked at as far as its sample, and read in bounded memory",
        arguments: ["x", "\"", "\"x", "é"])
    func oneCell(_ unit: String) throws {
        let piece = Array(String(repeating: unit, count: (1 << 18) / unit.utf8.count).utf8)
        let sample = Array(repeatElement(piece, count: 4).joined())
        let end = FileEnd(Array(piece.suffix(FileEnd.size)), offset: Self.size - FileEnd.size)
        let found = try Detection.detect(sample, isWholeFile: false, end: end)
        #expect(found.columns.value <= 10_000 && found.columnNames.count == found.columns.value)
        var (reader, record) = (Reader(found.dialect), Record())
        var (largest, faults) = (0, 0)
        func take() {
            while reader.next(into: &record) {
                largest = max(largest, record.bytes.count)
                faults += record.fault == nil ? 0 : 1
            }
        }
        for _ in 0..<Self.size / piece.count {
            reader.feed(piece)
            take()
        }
        reader.finish()
        take()
        #expect(faults == 1 && largest <= 16 << 20)
    }

    @Test(
        "more columns than are allowed are counted, in a header as in rows",
        arguments: [",", ";", "\t", "|", "||", ", "])
    func manyColumns(_ delimiter: String) throws {
        let line = (1...100_000).map { "c\($0 % 10)" }.joined(separator: delimiter) + "\n"
        let sample = Array(String(repeating: line, count: 3).utf8.prefix(Detection.sampleSize))
        let found = try Detection.detect(sample, isWholeFile: false)
        #expect(found.columns.value <= 10_000 && found.columnNames.count == found.columns.value)
        #expect(Set(found.columnNames).count == found.columnNames.count)
        var reader = Reader(try Dialect(delimiter: #require(Delimiter(delimiter)), hasHeader: false))
        let rows = read([Array(line.utf8), Array(line.utf8)], with: &reader)
        #expect(rows.map(\.fault?.code) == [.tooManyColumns, .tooManyColumns])
        #expect(rows.allSatisfy { $0.cells.count == 10_000 && $0.fault?.found == 100_000 })
    }

    @Test(
        "a sample that says nothing is answered as well",
        arguments: [
            "\"", "'", ",", "\",\"", "\"\n", ",\n", "a\n", ";,\t|:^~ ", "sep=", "\"\"\"\n", "Total,\n", "\\\"", "\r",
        ])
    func monotony(_ unit: String) throws {
        let sample = Array(String(repeating: unit, count: Detection.sampleSize / 4 / unit.utf8.count).utf8)
        for isWhole in [true, false] {
            let answer = Result { () throws(DetectionError) in
                try Detection.detect(sample, isWholeFile: isWhole, end: FileEnd(of: sample))
            }
            switch answer {
            case .success(let found): #expect(found.columns.value <= 10_000)
            case .failure(let error): #expect(error.code == .emptyFile && unit == "\r")
            }
        }
    }
}
