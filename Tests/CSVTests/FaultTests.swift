import CSV
import Testing

@Suite struct FaultTests {
    @Test("too few and too many cells are reported with both counts, and reading goes on")
    func wrongCellCount() {
        let rows = read("a,b\n1\n1,2\n1,2,3\n", .rfc4180)
        #expect(rows.map(\.cells) == [["a", "b"], ["1"], ["1", "2"], ["1", "2", "3"]])
        #expect(rows.map(\.fault?.code) == [nil, .wrongCellCount, nil, .wrongCellCount])
        #expect(rows.map(\.fault?.found) == [nil, 1, nil, 3])
        #expect(rows.map(\.fault?.expected) == [nil, 2, nil, 2])
        #expect(
            rows[3].fault?.message
                == "record 3, line 4: has 3 cells where 2 are expected;"
                + " remove the extra cells, or quote the cells that contain the delimiter")
    }

    @Test("the number of cells can be fixed; else the first record that can be counted fixes it")
    func columns() {
        var fixed = Reader(plain, columns: 3)
        #expect(read([Array("a,b\n".utf8)], with: &fixed).first?.fault?.expected == 3)
        var open = Reader(plain)
        let rows = read([Array("\"a\"x,b,c\n1,2\n1,2\n".utf8)], with: &open)
        #expect(rows.map(\.fault?.code) == [.strayQuote, nil, nil])
        #expect(open.columns == 2)
    }

    @Test("text behind a closing quote is kept, and ends its record only")
    func strayQuote() {
        let rows = read("a,b\n\"x\"y \"z\",1\n\"p\" ,2\nq,r\n")
        #expect(rows.map(\.cells) == [["a", "b"], ["x\"y \"z\"", "1"], ["p\" ", "2"], ["q", "r"]])
        #expect(rows.map(\.fault?.code) == [nil, .strayQuote, .strayQuote, nil])
        #expect(rows[1].fault?.offset == 7)
        #expect(rows[1].fault?.line == 2)
        #expect(rows[1].fault?.cell == 1)
    }

    @Test("an unclosed quote names the line on which it opened")
    func unclosedQuote() {
        let rows = read("a,b\n\"x\ny\",\"1\n2\n3", .rfc4180)
        #expect(rows.map(\.cells) == [["a", "b"], ["x\ny", "1\n2\n3"]])
        let fault = rows.last?.fault
        #expect(fault?.code == .unclosedQuote)
        #expect(fault?.line == 3)
        #expect(fault?.offset == 10)
        #expect(fault?.cell == 2)
        #expect(rows.last?.line == 2)
    }

    @Test("a NUL byte is kept, and reported where it stands")
    func nul() {
        let rows = read("a,b\n1,\"\n2\0\"\n3,4\n")
        #expect(rows.map(\.cells) == [["a", "b"], ["1", "\n2\0"], ["3", "4"]])
        #expect(rows.map(\.fault?.code) == [nil, .nulByte, nil])
        #expect(rows[1].fault?.line == 3)
        #expect(rows[1].fault?.offset == 9)
        #expect(rows[1].fault?.cell == 2)
    }

    @Test(
        "invalid UTF-8 is reported with its byte in the file, and replaced",
        arguments: [
            ("a,b\n\u{1}\u{2},", [0xFF], "", 7),
            ("a,\"b\"\"\"\n\"c\"\"\n\",\"d\"\"", [0xC3], "\"", 19),
            ("é,", [0xE6, 0x97], ",日", 3),
            ("", [0xC0, 0x80], ",", 0),
            ("x,", [0xED, 0xA0, 0x80], "", 2),
            ("x,", [0xF5], "y", 2),
        ] as [(String, [UInt8], String, Int)])
    func invalidUTF8(_ before: String, _ bad: [UInt8], _ after: String, _ offset: Int) throws {
        let rows = read(Array(before.utf8) + bad + Array(after.utf8), plain)
        let row = try #require(rows.last)
        #expect(row.fault?.code == .invalidEncoding)
        #expect(row.fault?.offset == offset)
        #expect(row.fault?.byte == bad.first)
        let replaced = row.cells.joined().unicodeScalars.count { $0 == "\u{FFFD}" }
        #expect(replaced == bad.count)
    }

    @Test("a character cut in two by a delimiter is invalid on both sides")
    func splitCharacter() {
        let rows = read([0xC3, 0x2C, 0xA9, 0x0A], plain)
        #expect(rows.map(\.cells) == [["\u{FFFD}", "\u{FFFD}"]])
        #expect(rows.first?.fault?.code == .invalidEncoding)
        #expect(rows.first?.fault?.offset == 0)
    }

    @Test("the line of an invalid byte counts the line breaks before it in its record")
    func invalidLine() {
        let rows = read(Array("a\n\"b\r\nc\rd\n".utf8) + [0xFF] + Array("\"\n".utf8), plain)
        #expect(rows.last?.fault?.code == .invalidEncoding)
        #expect(rows.last?.fault?.line == 5)
        #expect(rows.last?.fault?.offset == 10)
    }

    @Test("the single-byte encodings become UTF-8, and a byte that has no character is reported")
    func singleBytes() throws {
        let bytes: [UInt8] = [0x8A, 0x74, 0xE9, 0x2C, 0x80, 0x0A, 0x78, 0x2C, 0x81, 0x0A]
        let windows = read(bytes, try Dialect(encoding: .windows1252, hasHeader: false))
        #expect(windows.map(\.cells) == [["Šté", "€"], ["x", "\u{FFFD}"]])
        #expect(windows[1].fault?.code == .invalidEncoding)
        #expect(windows[1].fault?.offset == 8)
        let latin = read(bytes, try Dialect(encoding: .latin1, hasHeader: false))
        #expect(latin.map(\.cells) == [["\u{8A}té", "\u{80}"], ["x", "\u{81}"]])
        #expect(latin.allSatisfy { $0.fault == nil })
    }

    @Test(
        "a file with the byte order mark of another encoding is refused with one fault",
        arguments: [
            ([0xFF, 0xFE], .utf8), ([0xFE, 0xFF], .latin1), ([0xFE, 0xFF], .utf16LE), ([0xFF, 0xFE], .utf16BE),
        ] as [([UInt8], Dialect.Encoding)])
    func wrongMark(_ mark: [UInt8], _ encoding: Dialect.Encoding) throws {
        for size in [1, 2, 100] {
            var reader = Reader(try Dialect(encoding: encoding))
            let rows = read(pieces(of: mark + [0x61, 0, 0x0A, 0, 0x62, 0], size), with: &reader)
            #expect(rows.map(\.fault?.code) == [.unsupportedEncoding])
            #expect(rows.map(\.cells) == [[]])
        }
    }

    @Test("every fault has a name for machines and a sentence for people")
    func messages() {
        let codes: [Fault.Code] = [
            .wrongCellCount, .unclosedQuote, .strayQuote, .nulByte, .invalidEncoding, .cellTooLong, .recordTooLong,
            .tooManyColumns, .unsupportedEncoding,
        ]
        #expect(
            codes.map(\.rawValue) == [
                "wrong_cell_count", "unclosed_quote", "stray_quote", "nul_byte", "invalid_encoding", "cell_too_long",
                "record_too_long", "too_many_columns", "unsupported_encoding",
            ])
        let fault = read("a\n\"b").last?.fault
        #expect(
            fault?.description == "unclosed_quote: record 2, line 2, cell 1: the quote opened here (byte 2) is never"
                + " closed; close it, or double it if it is text")
    }
}
