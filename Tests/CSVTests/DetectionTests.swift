import CSV
import Testing

@Suite struct DetectionTests {
    private func detect(_ text: String, fixed: Detection.Fixed = .init()) throws -> Detection {
        try Detection.detect(Array(text.utf8), isWholeFile: true, fixed: fixed)
    }

    @Test(
        "the delimiter is the one that splits records into whole values",
        arguments: [
            ("a,b,c\n1,2,3\n4,5,6\n", ",", 3),
            ("name;price\nx;1,5\ny;2,5\nz;10,25\n", ";", 2),
            ("1,5;2,5;3,5\n4,5;5,5;6,5\n", ";", 3),
            ("a\tb\nhello, world\t2\nso, it goes\t3\n", "\t", 2),
            ("id|when\n1|2024-01-01 10:00:00\n2|2024-01-02 11:30:00\n", "|", 2),
            ("id,when\n1,2024-01-01 10:00:00\n2,2024-01-02 11:30:00\n", ",", 2),
            ("time,value\n10:00:00,5\n10:05:00,7\n", ",", 2),
            ("root:x:0:0\nbin:x:1:1\nsync:x:4:65534\n", ":", 4),
            ("a^b^c\n1^2^3\n", "^", 3),
            ("a~b~c\n1~2~3\n", "~", 3),
            ("x y z\n1.5 2.5 3\n4 5.25 6\n", " ", 3),
            ("\"a;b\";\"c\"\n\"1,2;3\";\"x\"\n\"4;5\";\"y\"\n", ";", 2),
            ("id;\"note\"\n1;\"one, two\nthree, four\"\n2;\"five\"\n", ";", 2),
            ("a,b\n1,2\n3\n4,5\n6,7\n8,9\n", ",", 2),
        ])
    func delimiters(_ text: String, _ delimiter: String, _ columns: Int) throws {
        let found = try detect(text)
        #expect(found.delimiter.value.text == delimiter, "\(found.delimiter)")
        #expect(found.columns.value == columns)
        #expect((0.5...1).contains(found.delimiter.confidence))
        #expect(found.dialect.delimiter == found.delimiter.value)
    }

    @Test(
        "two characters are the delimiter only where the first one would leave quotes or empty cells behind",
        arguments: [
            ("id, name, note\n1, \"Lee, Ann\", x\n2, \"Fox\", y\n", ", ", 3),
            ("id; \"name\"\n1; \"a \"\"b\"\"; c\"\n2; \"d\"\n", "; ", 2),
            ("a, b\n\"1, 2\", \"3\n4\"\n\"5\", \"6\"\n", ", ", 2),
            ("id, 'name'\n1, 'Lee, Ann'\n2, 'Fox, Bo'\n", ", ", 2),
            ("1::1193::5::978300760\n1::661::3::978302109\n2::914::3::978301968\n", "::", 4),
            ("id||name||city\n1||Ann||Rome\n2||||Oslo\n", "||", 3),
            ("a||b||c\n\"1||2\"||3||4\n5||6||7\n", "||", 3),
            // The first one alone does as well, or better.
            ("id, name\n1, Ann\n2, Bob\n", ",", 2),
            ("id, price\n\"1\", 2.50\n\"2\", 3.50\n", ",", 2),
            ("id,note\n1,\"a, b\"\n2,\"c, d\"\n", ",", 2),
            ("id,name\n1, \"Ann\"\n2, \"Bob\"\n", ",", 2),
            ("id, a, b,\n1, \"x\", 2,\n2, \"y\", 3,\n", ",", 4),
            ("id|note|city\n1||Rome\n2||Oslo\n3||Bari\n", "|", 3),
            ("1||Rome\n2||Oslo\n3||Bari\n", "|", 3),
            ("id,host\n1,fe80::1\n2,::1\n3,2001:db8::2\n", ",", 2),
            ("time,a\n10:00:00,1\n11:00:00,2\n", ",", 2),
        ])
    func twoCharacters(_ text: String, _ delimiter: String, _ columns: Int) throws {
        for end in ["\n", "\r\n"] {
            let found = try detect(text.replacing("\n", with: end))
            #expect(found.delimiter.value.text == delimiter, "\(found.delimiter)")
            #expect(found.dialect.delimiter == found.delimiter.value && found.columns.value == columns)
        }
    }

    @Test(
        "lines that are whole values are one column",
        arguments: [
            "name\nAnn Lee\nBob\nCarla de la Cruz\n",
            "12:30:00\n12:45:00\n",
            "id\n1\n2\n",
            "2024-01-01 10:00\n2024-01-02 11:00\n",
        ])
    func oneColumn(_ text: String) throws {
        let found = try detect(text)
        #expect(found.columns.value == 1)
        #expect(found.delimiter.confidence <= 0.5)
    }

    @Test(
        "a header is told from data",
        arguments: [
            ("id,name\n1,Ann\n2,Bob\n", true),
            ("1,Ann\n2,Bob\n3,Cid\n", false),
            ("name,city\nAnn,Rome\nBob,Paris\n", true),
            ("2B,410,AER,\\N\n2B,411,ASF,\\N\n3C,412,AER,7\n", false),
            ("code,day\nAB,2024-01-01\nCD,2024-01-02\n", true),
            ("AB,2024-01-03\nAB,2024-01-01\nCD,2024-01-02\n", false),
            ("region,2019,2020\nnorth,1,2\nsouth,3,4\n", true),
            ("email,active\na@b.org,true\nc@d.org,false\n", true),
            ("Ann,a@b.org\nBob,c@d.org\n", false),
            ("01;Torino;IT\n02;Roma;IT\n03;Bari;IT\n", false),
        ])
    func headers(_ text: String, _ hasHeader: Bool) throws {
        let found = try detect(text)
        #expect(found.header.value == hasHeader, "\(found.header)")
        #expect(found.dialect.hasHeader == hasHeader)
        #expect(found.header.runnerUp == !hasHeader)
        let records = text.split(separator: "\n").count
        #expect(found.sampledRecords == (hasHeader ? records - 1 : records))
    }

    @Test("a file with a header only has no records")
    func headerOnly() throws {
        let found = try detect("id,name,city\n")
        #expect(found.header.value)
        #expect(found.header.confidence < 0.7)
        #expect(found.sampledRecords == 0)
        #expect(found.columnNames == ["id", "name", "city"])
    }

    @Test(
        "the quote and the escape are those that leave records whole",
        arguments: [
            ("a,b\n\"1,2\",3\n\"4,5\",6\n", "\"", Dialect.Escape.doubledQuote),
            ("a,b\n'1,2',3\n'4,5',6\n", "'", .doubledQuote),
            ("'a','b'\n'x','y'\n", "'", .doubledQuote),
            ("a,b\n\"say \\\"hi, you\\\"\",1\n\"no\",2\n", "\"", .backslash),
            ("a,b\n\"C:\\dir\\\",1\n\"D:\\\",2\n", "\"", .doubledQuote),
            ("a,b\n\"say \"\"hi, you\"\"\",1\n\"no\",2\n", "\"", .doubledQuote),
            ("a,b\n\"Big\" Joe,1\n\"Small\" Al,2\n", nil, .doubledQuote),
            ("a,b\n1,2\n", "\"", .doubledQuote),
            ("name,quote\nO'Brien,don't\n'tis,ok\n", "\"", .doubledQuote),
        ] as [(String, String?, Dialect.Escape)])
    func quotes(_ text: String, _ quote: String?, _ escape: Dialect.Escape) throws {
        let found = try detect(text)
        #expect(found.quote.value == quote?.utf8.first, "\(found.quote)")
        #expect(found.escape.value == escape, "\(found.escape)")
        #expect(found.delimiter.value.text == ",")
    }

    @Test(
        "the encoding is UTF-8 if the bytes are, else a single-byte one",
        arguments: [
            (Array("a,b\n1,2\n".utf8), .utf8),
            (Array("a,é\n1,日\n".utf8), .utf8),
            (Array("\u{FEFF}a,b\n".utf8), .utf8),
            (Array("a,b\n1,".utf8) + [0xE9, 0x0A], .windows1252),
            (Array("a,b\n1,".utf8) + [0x8A, 0xE9, 0x0A], .windows1252),
            (Array("a,b\n1,".utf8) + [0x81, 0xE9, 0x0A], .latin1),
            (Array(String(repeating: "é,b\n", count: 50).utf8) + [0xE9, 0x0A], .utf8),
        ] as [([UInt8], Dialect.Encoding)])
    func encodings(_ bytes: [UInt8], _ encoding: Dialect.Encoding) throws {
        let found = try Detection.detect(bytes, isWholeFile: true)
        #expect(found.encoding.value == encoding, "\(found.encoding)")
    }

    @Test(
        "an encoding has several names, and what is not read has none",
        arguments: [
            ("utf-8", .utf8), ("UTF8", .utf8), ("ISO-8859-1", .latin1), ("latin1", .latin1), ("Latin_1", .latin1),
            ("windows-1252", .windows1252), ("cp1252", .windows1252), ("UTF-16LE", .utf16LE), ("utf16be", .utf16BE),
            ("utf-16", nil), ("", nil), ("ütf-8", nil),
        ] as [(String, Dialect.Encoding?)])
    func encodingNames(_ name: String, _ encoding: Dialect.Encoding?) {
        #expect(Dialect.Encoding(named: name) == encoding)
    }

    @Test("a character that the end of a sample cuts does not count against UTF-8", arguments: 1...3)
    func cutCharacter(_ kept: Int) throws {
        let bytes = Array("a,b\nx,🦀".utf8).dropLast(4 - kept)
        #expect(try Detection.detect(Array(bytes), isWholeFile: false).encoding.value == .utf8)
        #expect(try Detection.detect(Array(bytes), isWholeFile: true).encoding.value == .windows1252)
    }

    @Test("record ends are named, and mixed ones counted")
    func recordEnds() throws {
        #expect(try detect("a,b\r\n1,2\r\n").recordEnd.value == .crlf)
        #expect(try detect("a,b\r1,2\r").recordEnd.value == .cr)
        #expect(try detect("a,\"b\r\nc\"\n1,2\n").recordEnd.value == .lf)
        let mixed = try detect("a,b\r\n1,2\n3,4\n").recordEnd
        #expect(mixed.value == .mixed)
        #expect(mixed.runnerUp == .lf)
        #expect(mixed.evidence == "records end: 2 with LF, 1 with CRLF")
        #expect(try detect("a,b").recordEnd.value == nil)
    }

    @Test(
        "what is no CSV is refused with a reason",
        arguments: [
            ([], .emptyFile),
            (Array("\n\r\n\n".utf8), .emptyFile),
            ([0xEF, 0xBB, 0xBF], .emptyFile),
            ([0xFF, 0xFE, 0x0A, 0x00], .emptyFile),
            ([0x0A, 0, 0x0D, 0], .emptyFile),
            ([0xFF, 0xFE, 0x00, 0x00, 0x61, 0x00, 0x00, 0x00], .unsupportedEncoding),
            ([0x00, 0x00, 0xFE, 0xFF], .unsupportedEncoding),
            ([0xFF, 0xFE] + (1..<200).flatMap { [UInt8($0 & 0x1F), 0] }, .binaryFile),
            ([0x50, 0x4B, 0x03, 0x04] + Array("word/document".utf8), .binaryFile),
            ((0..<200).map { UInt8($0) }, .binaryFile),
        ] as [([UInt8], DetectionError.Code)])
    func refused(_ bytes: [UInt8], _ code: DetectionError.Code) {
        #expect(throws: DetectionError.self) { try Detection.detect(bytes, isWholeFile: true) }
        do {
            _ = try Detection.detect(bytes, isWholeFile: true)
        } catch {
            #expect(error.code == code, "\(error)")
            #expect(!error.message.isEmpty)
        }
    }

    @Test("what the user fixed is taken as it is, and the rest is found under it")
    func fixed() throws {
        let text = "a;b,c\n1;2,3\n4;5,6\n"
        let found = try detect(
            text,
            fixed: .init(encoding: .latin1, delimiter: Delimiter(UInt8(ascii: ";")), quote: .some(nil), header: false))
        #expect(found.delimiter.value.text == ";")
        #expect(found.delimiter.evidence == "given")
        #expect(found.columns.value == 2)
        #expect(found.quote.value == nil)
        #expect(found.encoding.value == .latin1)
        #expect(found.header.confidence == 1)
        #expect(found.columnNames == ["column_1", "column_2"])
        #expect(throws: DetectionError.self) {
            try detect(text, fixed: .init(delimiter: Delimiter(UInt8(ascii: ";")), quote: UInt8(ascii: ";")))
        }
    }

    @Test("the findings list every property as text, with a reason and a confidence")
    func findings() throws {
        let found = try detect("id\tname\r\n1\tAnn\r\n2\t\"Bob\"\r\n")
        #expect(
            found.findings.map(\.name) == [
                "encoding", "delimiter", "quote", "escape", "record_end", "preamble_lines", "header", "header_rows",
                "footer_lines", "second_table", "columns", "nulls",
            ])
        #expect(
            found.findings.map(\.value) == [
                "utf-8", "\t", "\"", "doubled_quote", "crlf", "0", "true", "1", "0", "false", "2", "none",
            ])
        #expect(
            found.findings.map(\.runnerUp) == [
                nil, nil, "none", "backslash", nil, nil, "false", nil, nil, nil, nil, nil,
            ])
        #expect(found.findings.allSatisfy { (0...1).contains($0.confidence) && !$0.evidence.isEmpty })
    }

    @Test("the last record of a cut sample does not count")
    func cutRecord() throws {
        let found = try Detection.detect(Array("a,b,c\n1,2,3\n4,5".utf8), isWholeFile: false)
        #expect(found.columns.value == 3)
        #expect(found.columns.confidence == 1)
        #expect(found.sampledRecords == 1)
    }
}
