import CSV
import Testing

/// What a real file is; the counts are those of Python's `csv` module.
struct RealFile: Sendable, CustomTestStringConvertible {
    var name: String
    var encoding = Dialect.Encoding.utf8
    var delimiter = ","
    var hasHeader = true
    var columns: Int
    /// Data records.
    var records: Int
    var recordEnd = RecordEnd.lf

    var testDescription: String { name }

    static let all = [
        RealFile(name: "airport-frequencies.csv", columns: 6, records: 30_340),
        RealFile(name: "birdstrikes.csv", columns: 14, records: 10_000, recordEnd: .crlf),
        RealFile(
            name: "comuni-italiani.csv", encoding: .windows1252, delimiter: ";", columns: 26, records: 7_896,
            recordEnd: .crlf),
        RealFile(name: "routes.dat", hasHeader: false, columns: 9, records: 67_663, recordEnd: .crlf),
        RealFile(name: "runways.csv", columns: 20, records: 48_184),
        RealFile(name: "world-cities.csv", columns: 4, records: 34_032),
        RealFile(name: "zipcodes.csv", columns: 6, records: 42_049),
    ]
}

@Suite(.enabled(if: RealFiles.areThere, "the folder ../shared/data is not beside the checkout"))
struct RealFileTests {
    @Test("the dialect of a real file is found, and all its records are read", arguments: RealFile.all)
    func detectAndRead(_ file: RealFile) throws {
        let bytes = try RealFiles.bytes(file.name)
        let sample = Array(bytes.prefix(Detection.sampleSize))
        let found = try Detection.detect(
            sample, isWholeFile: sample.count == bytes.count, end: FileEnd(of: bytes))
        #expect(found.dialect.layout == Layout(headerRows: file.hasHeader ? 1 : 0))
        #expect(found.footerLines.confidence > 0.8, "\(found.footerLines)")
        #expect(found.encoding.value == file.encoding)
        #expect(found.delimiter.value.text == file.delimiter)
        #expect(found.quote.value == UInt8(ascii: "\""))
        #expect(found.escape.value == .doubledQuote)
        #expect(found.recordEnd.value == file.recordEnd)
        #expect(found.header.value == file.hasHeader)
        #expect(found.header.confidence > 0.8)
        #expect(found.delimiter.confidence > 0.8)
        #expect(found.columns.value == file.columns)
        #expect(found.columns.confidence == 1)
        #expect(Set(found.columnNames).count == file.columns)

        var reader = Reader(found.dialect)
        var record = Record()
        var faults: [Fault] = []
        for piece in pieces(of: bytes, 1 << 16) {
            reader.feed(piece)
            while reader.next(into: &record) { faults += record.fault.map { [$0] } ?? [] }
        }
        reader.finish()
        while reader.next(into: &record) { faults += record.fault.map { [$0] } ?? [] }
        #expect(faults == [])
        #expect(reader.position.record == file.records)
        #expect(reader.position.offset == bytes.count)
    }

    @Test("a short sample of a real file gives the same dialect", arguments: RealFile.all, [2_000, 20_000])
    func shortSamples(_ file: RealFile, _ size: Int) throws {
        let bytes = try RealFiles.bytes(file.name)
        let found = try Detection.detect(Array(bytes.prefix(size)), isWholeFile: false)
        #expect(found.delimiter.value.text == file.delimiter)
        #expect(found.header.value == file.hasHeader)
        #expect(found.columns.value == file.columns)
        #expect(found.dialect.layout == Layout(headerRows: file.hasHeader ? 1 : 0))
    }

    @Test("no row of a real file is left out, whatever row it ends with", arguments: RealFile.all)
    func everyEnd(_ file: RealFile) throws {
        let bytes = Array(try RealFiles.bytes(file.name).prefix(12_000))
        for size in stride(from: 6_000, to: 12_000, by: 337) {
            let found = try Detection.detect(Array(bytes.prefix(size)), isWholeFile: true)
            #expect(found.dialect.layout == Layout(headerRows: file.hasHeader ? 1 : 0), "\(size) bytes")
        }
    }

    @Test(
        "spellings of missing values are proposed",
        arguments: [
            ("routes.dat", ["\\N"]), ("zipcodes.csv", []), ("world-cities.csv", []), ("airport-frequencies.csv", []),
        ])
    func nulls(_ name: String, _ spellings: [String]) throws {
        let bytes = Array(try RealFiles.bytes(name).prefix(100_000))
        #expect(try Detection.detect(bytes, isWholeFile: false).nulls.value == spellings)
    }

    @Test("real files give the same records in pieces of any size", arguments: RealFile.all)
    func randomCuts(_ file: RealFile) throws {
        let bytes = Array(try RealFiles.bytes(file.name).prefix(200_000))
        let dialect = try Dialect(
            delimiter: #require(file.delimiter.utf8.first), encoding: file.encoding, hasHeader: file.hasHeader)
        let expected = read(bytes, dialect)
        var random = SeededGenerator(seed: UInt64(bytes.count))
        var cut: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...Int.random(in: 1...5_000, using: &random), using: &random))
            cut.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        var reader = Reader(dialect)
        let rows = read(cut, with: &reader)
        #expect(rows == expected)
    }

    @Test("a real file is written again byte for byte, where its quotes are those that are needed")
    func rewrite() throws {
        for (name, end) in [("zipcodes.csv", RecordEnd.lf), ("world-cities.csv", .lf), ("routes.dat", .crlf)] {
            let bytes = try RealFiles.bytes(name)
            var reader = Reader(plain)
            var writer = Writer(plain, recordEnd: end)
            var record = Record()
            reader.feed(bytes)
            reader.finish()
            while reader.next(into: &record) { try writer.write(record) }
            #expect(writer.take() == bytes, "\(name)")
        }
    }

    @Test(
        "what is odd in a real file is read as it stands",
        arguments: [
            ("zipcodes.csv", 1, ["00501", "40.922326", "-72.637078", "Holtsville", "NY", "Suffolk"]),
            ("routes.dat", 8, ["2B", "410", "DME", "4029", "TGK", "\\N", "", "0", "CR2"]),
            ("world-cities.csv", 6, ["Ţarīf Kalbā", "United Arab Emirates", "Fujairah", "290680"]),
            (
                "world-cities.csv", 1_697,
                ["Yacuiba", "Bolivia, Plurinational State of", "Tarija Department", "3901178"]
            ),
            ("airport-frequencies.csv", 2, ["307581", "6589", "01FL", "ARCAL", "", "122.9"]),
            ("airport-frequencies.csv", 227, ["328118", "38713", "AR-0038", "CTAF", "\"Alvear\"", "123.5"]),
            (
                "runways.csv", 1,
                ["269408", "6523", "00A", "80", "80", "ASPH-G", "1", "0", "H1"]
                    + [String](repeating: "", count: 11)
            ),
        ] as [(String, Int, [String])])
    func oddCells(_ name: String, _ number: Int, _ cells: [String]) throws {
        let bytes = try RealFiles.bytes(name)
        let found = try Detection.detect(Array(bytes.prefix(Detection.sampleSize)), isWholeFile: false)
        let row = try #require(read(bytes, found.dialect).first { $0.number == number })
        #expect(row.cells.map { Array($0.utf8) } == cells.map { Array($0.utf8) })
        #expect(row.fault == nil)
    }

    @Test("line breaks inside the names of a real header become spaces, and names that occur twice differ")
    func headerNames() throws {
        let found = try Detection.detect(try RealFiles.bytes("comuni-italiani.csv"), isWholeFile: true)
        let name = "Codice dell'Unità territoriale sovracomunale (valida a fini statistici)"
        #expect(found.columnNames[1] == name)
        #expect(found.columnNames.filter { $0.hasPrefix("Denominazione dell'Unità") }.count == 1)
        #expect(!found.columnNames.contains { $0.hasSuffix(" ") || $0.contains("\n") })
    }
}
