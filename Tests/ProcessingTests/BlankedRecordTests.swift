import CSV
import Testing

@testable import Processing

@Suite("Blanking rows of a file")
struct BlankedRecordTests {
    private static let marks = Set(Array("x\"',;\\\n\r".utf8))

    /// Blanks rows of a file that is read in pieces.
    private func blank(_ rows: Set<Int>, of file: [UInt8], _ dialect: Dialect, piece: Int) throws -> [UInt8] {
        var search = RowSearch(rows, dialect)
        for start in stride(from: 0, to: file.count, by: piece) {
            try search.feed(Array(file[start..<min(start + piece, file.count)]))
        }
        try search.finish()
        #expect(search.missing.isEmpty)
        var blanked = file
        for record in search.found { blanked.replaceSubrange(record.range, with: record.bytes) }
        #expect(blanked.count == file.count)
        return blanked
    }

    private func records(_ file: [UInt8], _ dialect: Dialect) -> [Record] {
        var (reader, record, records) = (Reader(dialect, columns: 3), Record(), [Record]())
        reader.feed(file)
        reader.finish()
        while reader.next(into: &record) { records.append(record) }
        return records
    }

    @Test(
        "nothing is left of the row but its length and its line breaks",
        arguments: [
            ("a,b\n1,Ann\n2,Bob\n", "a,b\nxxxxx\n2,Bob\n"), ("a,b\r\n1,Ann\r\n2,Bob", "a,b\r\nxxxxx\r\n2,Bob"),
            ("a,b\n1,\"A\nn\"\n2,Bob\n", "a,b\n\"xxx\nx\"\n2,Bob\n"), ("\u{FEFF}a\nÄnn\n", "\u{FEFF}a\nxxxx\n"),
            ("a\n\n\n\"\"\n\nb", "a\n\n\nxx\n\nb"), ("a\n,\n", "a\nx\n"),
            ("a\n1,\"open\nto the end\n", "a\n\"xxxxxx\nxxxxxxxxx\"\n"),
        ])
    func examples(file: String, expected: String) throws {
        let blanked = try blank([1], of: Array(file.utf8), .rfc4180, piece: 3)
        #expect(String(decoding: blanked, as: UTF8.self) == expected)
    }

    @Test("whatever a file holds, every other row keeps its number, line, offset and cells", arguments: 0..<400)
    func otherRows(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let plain = try Dialect(
            delimiter: [Delimiter(44), Delimiter(59), Delimiter(44, 59)].randomElement(using: &random) ?? Delimiter(44),
            quote: [UInt8(ascii: "\""), UInt8(ascii: "'"), nil].randomElement(using: &random) ?? nil,
            escape: Dialect.Escape.allCases.randomElement(using: &random) ?? .doubledQuote,
            encoding: Dialect.Encoding.allCases.filter { !$0.isUTF16 }.randomElement(using: &random) ?? .utf8)
        let pieces = [
            "a", "B2", "\"", "\"", "'", ",", ",", ";", "\n", "\n", "\r\n", "\r", "\\", "\"\"", "é", "\n\n", "\",\"",
            "\";\"",
        ]
        var file: [UInt8] = Bool.random(using: &random) ? [0xEF, 0xBB, 0xBF] : []
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            file += (pieces.randomElement(using: &random) ?? "").utf8
            if Int.random(in: 0..<20, using: &random) == 0 { file.append(0xE9) }
        }
        let breaks = file.indices.dropLast().filter { file[$0] == 0x0A || (file[$0] == 0x0D && file[$0 + 1] != 0x0A) }
        let layout = Layout(
            preambleLines: Int.random(in: -3...3, using: &random), headerRows: Int.random(in: 0...2, using: &random),
            endOffset: Bool.random(using: &random) ? breaks.randomElement(using: &random).map { $0 + 1 } : nil)
        let dialect = plain.with(layout)
        let before = records(file, dialect)
        guard let row = before.map(\.number).filter({ $0 > 0 }).randomElement(using: &random) else { return }
        let blanked = try blank([row], of: file, dialect, piece: Int.random(in: 1...file.count, using: &random))
        let after = records(blanked, dialect)
        #expect(after.map(\.number) == before.map(\.number))
        for (one, other) in zip(before, after) {
            #expect(one.line == other.line && one.offset == other.offset)
            if one.number != row {
                #expect(one.bytes == other.bytes && one.ends == other.ends && one.fault?.code == other.fault?.code)
            } else {
                #expect(Set(other.bytes).isSubset(of: Self.marks))
            }
        }
        // Once more changes nothing.
        #expect(try blank([row], of: blanked, dialect, piece: 7) == blanked)
    }

    @Test("in UTF-16 a row is found where it stands, and cannot be blanked", arguments: [1, 7, 1000])
    func wide(piece: Int) throws {
        let text = "\u{FEFF}a,b\r\n1,Zoë\r\n\r\n2,\"🦀\n\"\r\n3,x"
        let file = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        var search = RowSearch([2, 3], try Dialect(encoding: .utf16LE))
        for start in stride(from: 0, to: file.count, by: piece) {
            try search.feed(Array(file[start..<min(start + piece, file.count)]))
        }
        try search.finish()
        #expect(search.missing.isEmpty && !search.canBlank)
        let texts = search.found.map { record in
            let bytes = file[record.range].map { UInt16($0) }
            return String(
                decoding: stride(from: 0, to: bytes.count, by: 2).map { bytes[$0] | bytes[$0 + 1] << 8 }, as: UTF16.self
            )
        }
        // A piece may end inside the line break.
        let records = texts.map { String($0.reversed().drop(while: \.isNewline).reversed()) }
        #expect(records == ["2,\"🦀\n\"", "3,x"])
    }

    @Test(
        "a record beyond the limits is blanked and moves nothing",
        arguments: [(3, 8), (8, 3), (8, 8), (1, 100), (100, 1)])
    func limits(cell: Int, record: Int) throws {
        let limits = Limits(cellBytes: cell, recordBytes: record, columns: 10)
        let bytes = Array("\"aaaa\nbb\",\"c\n\",dddddd\n".utf8)
        var (reader, found) = (Reader(.rfc4180, limits: limits), Record())
        reader.feed(Array("h\n".utf8) + bytes + Array("next,1\n".utf8))
        _ = reader.next(into: &found)
        let start = reader.position
        _ = reader.next(into: &found)
        #expect(found.number == 1)
        let end = reader.position
        let whole = Array((Array("h\n".utf8) + bytes)[found.offset..<min(end.offset, 2 + bytes.count)])
        let blanked = try BlankedRecord(
            whole, offset: found.offset, from: start, to: end, isLast: false, .rfc4180, limits: limits)
        #expect(Set(blanked.bytes).isSubset(of: Self.marks))
        #expect(blanked.bytes.count == blanked.range.count)
    }
}
