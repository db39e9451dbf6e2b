import CSV
import Testing

@Suite struct WriterTests {
    @Test(
        "cells are quoted only where they must be",
        arguments: [
            (["a", "b"], "a,b\r\n"),
            (["a,b", "c\"d", "e\nf", "g\rh", " i "], "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\rh\", i \r\n"),
            (["", ""], ",\r\n"),
            ([""], "\"\"\r\n"),
            (["\u{FEFF}a"], "\"\u{FEFF}a\"\r\n"),
        ])
    func quoting(_ cells: [String], _ expected: String) throws {
        var writer = Writer(.rfc4180)
        try writer.write(cells)
        #expect(String(decoding: writer.take(), as: UTF8.self) == expected)
        #expect(writer.take() == [])
    }

    static let dialects: [Dialect] = {
        let delimiters = (",;\t|:^~ ".map(String.init) + [", ", "||", "|~", "::"]).compactMap { Delimiter($0) }
        let made = delimiters.flatMap { delimiter in
            [Dialect.Escape.doubledQuote, .backslash].flatMap { escape in
                Dialect.Encoding.allCases.map { encoding in
                    try? Dialect(
                        delimiter: delimiter, quote: UInt8(ascii: delimiter.first == 0x2C ? "'" : "\""), escape: escape,
                        encoding: encoding, hasHeader: false)
                }
            }
        }
        return made.compactMap { $0 }
    }()

    @Test("what is written is read back as it was", arguments: dialects)
    func identity(_ dialect: Dialect) throws {
        var random = SeededGenerator(seed: UInt64(dialect.delimiter.first))
        var alphabet = "ab\"'\\,,;\t|| ~::éÿþï»¿".map(String.init) + ["\r", "\n"]
        if dialect.encoding == .utf8 || dialect.encoding.isUTF16 { alphabet += ["🦀", "日", "\u{FEFF}", "e\u{301}"] }
        if dialect.encoding == .windows1252 { alphabet += ["€", "Š"] }
        for end in [RecordEnd.lf, .crlf, .cr] {
            var writer = Writer(dialect, recordEnd: end)
            var records: [Record] = []
            for _ in 0..<100 {
                let width = Int.random(in: 1...6, using: &random)
                let record = try randomRecord(width, alphabet, &random)
                try writer.write(record)
                records.append(record)
            }
            let rows = read(writer.take(), dialect)
            #expect(rows.map(\.cells) == records.map { record in (0..<record.count).map(record.text) })
            for (row, record) in zip(rows, records) {
                #expect(row.fault == nil || row.fault?.code == .wrongCellCount)
                for cell in 0..<record.count where record.range(cell).isEmpty && record.count > 1 {
                    #expect(row.quoted[cell] == record.quoted[cell])
                }
            }
        }
    }

    private func randomRecord(
        _ width: Int, _ alphabet: [String], _ random: inout SeededGenerator
    ) throws -> Record {
        var record = Record()
        for _ in 0..<width {
            let length = Int.random(in: 0...5, using: &random)
            let text = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
            record.append(text, quoted: Bool.random(using: &random))
        }
        return record
    }

    @Test("what a dialect cannot hold is refused, and nothing of the record is written")
    func refused() throws {
        var bare = Writer(try Dialect(quote: nil))
        try bare.write(["a", "", "\""])
        for cells in [["x", "a,b"], ["a\n"], [""]] {
            #expect(throws: WriterError.self) { try bare.write(cells) }
        }
        #expect(throws: WriterError.self) { try bare.write(Record()) }
        #expect(String(decoding: bare.take(), as: UTF8.self) == "a,,\"\r\n")
        var unescaped = Writer(try Dialect(escape: .noEscape))
        try unescaped.write(["a,b", "5\" pipe", ""])
        for cells in [["x", "a,\""], ["\"a"], ["\"\n"]] {
            let error = WriterError(code: .needsEscape, cell: cells.count)
            #expect(throws: error) { try unescaped.write(cells) }
        }
        let written = unescaped.take()
        #expect(String(decoding: written, as: UTF8.self) == "\"a,b\",5\" pipe,\r\n")
        #expect(
            read(written, try Dialect(escape: .noEscape, hasHeader: false)).map(\.cells) == [["a,b", "5\" pipe", ""]])
        var latin = Writer(try Dialect(encoding: .latin1))
        #expect(throws: WriterError(code: .unencodable, cell: 2)) { try latin.write(["x", "€"]) }
        #expect(latin.take() == [])
    }
}
