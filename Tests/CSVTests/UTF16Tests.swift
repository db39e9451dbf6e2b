import CSV
import Testing

@Suite struct UTF16Tests {
    /// Text as UTF-16, with a byte order mark if the text has one.
    private func utf16(_ text: String, _ encoding: Dialect.Encoding) -> [UInt8] {
        bytes(Array(text.utf16), encoding)
    }

    private func bytes(_ units: [UInt16], _ encoding: Dialect.Encoding) -> [UInt8] {
        units.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return encoding == .utf16BE ? [high, low] : [low, high]
        }
    }

    static let texts: [String] =
        SplitTests.inputs + [
            "id,name\r\n1,Zoë\r\n2,\"日本, 語\"\r\n3,🦀🦀\r\n", "🦀,ÿ\u{100},\u{0A0D}\u{0D0A}\n\u{FEFF}a,\u{FFFD}\n", "🦀",
            "é\n", "",
            "\u{FEFF}", "\u{FEFF}\r\n\r\né,🦀\"\n",
        ]

    @Test(
        "a UTF-16 file has the records of the same text in UTF-8, at its own offsets", arguments: texts,
        [Dialect.Encoding.utf16LE, .utf16BE])
    func sameRecords(_ text: String, _ encoding: Dialect.Encoding) throws {
        let limits = [Limits(), Limits(cellBytes: 8, recordBytes: 12, columns: 2)]
        for (escape, limits) in zip([Dialect.Escape.doubledQuote, .backslash], limits) {
            let narrow = read(Array(text.utf8), try Dialect(escape: escape, hasHeader: false), limits: limits)
            let wide = read(
                utf16(text, encoding), try Dialect(escape: escape, encoding: encoding, hasHeader: false),
                limits: limits)
            #expect(wide == narrow.map { inUTF16($0, text) })
        }
    }

    /// The row with offsets of the text in UTF-16.
    private func inUTF16(_ row: Row, _ text: String) -> Row {
        func offset(_ offset: Int) -> Int {
            text.utf8.index(text.startIndex, offsetBy: offset).utf16Offset(in: text) * 2
        }
        var row = row
        row.offset = offset(row.offset)
        if let fault = row.fault { row.fault?.offset = offset(fault.offset) }
        return row
    }

    @Test("cut anywhere, and gone on with behind any record, the records are the same", arguments: texts)
    func everyCut(_ text: String) throws {
        for encoding in [Dialect.Encoding.utf16LE, .utf16BE] {
            for limits in [Limits(columns: 50), Limits(cellBytes: 8, recordBytes: 12, columns: 5)] {
                let dialect = try Dialect(encoding: encoding, hasHeader: false)
                // A half of a surrogate pair, and half a code unit at the end.
                for tail in [[], bytes([0xD83E], encoding), bytes([0xDC00, 0x22], encoding) + [0x41]] {
                    try check(utf16(text, encoding) + tail, dialect, limits)
                }
            }
        }
    }

    private func check(_ bytes: [UInt8], _ dialect: Dialect, _ limits: Limits) throws {
        var whole = Reader(dialect, limits: limits)
        let expected = read([bytes], with: &whole)
        for first in 0...bytes.count {
            let second = min(bytes.count, first + first % 4)
            var reader = Reader(dialect, limits: limits)
            let cut = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
            try #require(read(cut, with: &reader) == expected, "cut at \(first) and \(second)")
        }
        var bytewise = Reader(dialect, limits: limits)
        #expect(read(pieces(of: bytes, 1), with: &bytewise) == expected)
        try resume(bytes, dialect, limits, expected)
    }

    /// Goes on from behind each record, with another reader.
    private func resume(_ bytes: [UInt8], _ dialect: Dialect, _ limits: Limits, _ expected: [Row]) throws {
        var (reader, record) = (Reader(dialect, limits: limits), Record())
        reader.feed(bytes)
        reader.finish()
        var count = 0
        while reader.next(into: &record) {
            count += 1
            try #require((0...bytes.count).contains(reader.position.offset))
            var second = Reader(dialect, limits: limits, resumingAt: reader.position)
            let rest = read([Array(bytes[reader.position.offset...])], with: &second)
            try #require(rest == Array(expected[count...]), "behind record \(count)")
        }
    }

    @Test(
        "half a surrogate pair, and half a code unit at the end, are reported where they stand, and replaced",
        arguments: [
            ([0x61, 0x2C, 0xD83E], [], 4, 2), ([0xDD80, 0x2C, 0x61], [], 0, 1),
            ([0xD83E, 0xDD80, 0x2C, 0xD83E, 0x62], [], 6, 2),
            ([0x61, 0x2C, 0xE9, 0xD83E, 0xD83E, 0xDD80], [], 6, 2), ([0x61, 0x2C], [0x41], 4, 2),
            ([0x22, 0x61, 0x22, 0x22, 0xDC00, 0x22, 0x2C], [], 8, 1),
        ] as [([UInt16], [UInt8], Int, Int)])
    func misfits(_ units: [UInt16], _ tail: [UInt8], _ offset: Int, _ cell: Int) throws {
        for encoding in [Dialect.Encoding.utf16LE, .utf16BE] {
            let rows = read(bytes(units, encoding) + tail, try Dialect(encoding: encoding, hasHeader: false))
            #expect(rows.count == 1 && rows.first?.cells.count == 2)
            let fault = try #require(rows.first?.fault)
            #expect(fault.code == .invalidEncoding && fault.offset == offset && fault.cell == cell, "\(fault)")
            #expect(fault.byte == nil && fault.message.contains("the UTF-16 code unit at byte \(offset) is half"))
            #expect(rows.first?.cells.joined().contains("\u{FFFD}") == true)
        }
    }

    @Test("lines above and below the table are not read", arguments: [Dialect.Encoding.utf16LE, .utf16BE])
    func layout(_ encoding: Dialect.Encoding) throws {
        let table = "Übersicht 🦀\r\n\r\nid,name\r\n1,é\r\n2,🦀\r\n"
        let end = utf16(table, encoding).count
        let dialect = try Dialect(encoding: encoding).with(Layout(preambleLines: 2, endOffset: end + 2))
        let file = utf16("\u{FEFF}" + table + "Quelle: 🦀\r\n", encoding)
        for size in [1, 3, 1000] {
            var reader = Reader(dialect)
            let rows = read(pieces(of: file, size), with: &reader)
            #expect(rows.map(\.cells) == [["id", "name"], ["1", "é"], ["2", "🦀"]])
            #expect(rows.first?.offset == utf16("\u{FEFF}Übersicht 🦀\r\n\r\n", encoding).count)
        }
    }

    @Test(
        "UTF-16 is known by its byte order mark, or by its zeros",
        arguments: [
            ("\u{FEFF}id,name\n1,Ann\n", 1), ("id,name\n1,Ann\n", 0.95), ("\u{FEFF}番号,名前\n一,日本\n", 1),
            ("番号,名前\n一,日本語日本語\n二,日本語\n", 0.8),
        ] as [(String, Double)], [Dialect.Encoding.utf16LE, .utf16BE])
    func detection(_ sample: (text: String, confidence: Double), _ encoding: Dialect.Encoding) throws {
        let found = try Detection.detect(utf16(sample.text, encoding), isWholeFile: true)
        #expect(found.encoding.value == encoding && found.encoding.confidence == sample.confidence)
        #expect(found.dialect.encoding == encoding && found.delimiter.value.text == ",")
        #expect(found.columns.value == 2)
        let names = try Detection.detect(Array(sample.text.utf8), isWholeFile: true).columnNames
        #expect(found.columnNames == names)
    }

    @Test("what is given of the encoding is taken, unless the file says otherwise")
    func given() throws {
        let text = "id,name\n1,Ann\n"
        let plain = utf16(text, .utf16LE)
        #expect(
            try Detection.detect(plain, isWholeFile: true, fixed: .init(encoding: .utf16LE)).encoding.evidence
                == "given")
        let marked = utf16("\u{FEFF}" + text, .utf16BE)
        for (bytes, encoding) in [
            (plain, .utf8), (plain, .utf16BE), (marked, .utf16LE), (marked, .windows1252),
            (Array(("\u{FEFF}" + text).utf8), .utf16LE),
        ] as [([UInt8], Dialect.Encoding)] {
            let error = #expect(throws: DetectionError.self) {
                try Detection.detect(bytes, isWholeFile: true, fixed: .init(encoding: encoding))
            }
            #expect(error?.code == .contradiction)
        }
        let numbers: [UInt8] = (0..<4_000).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        #expect(throws: DetectionError.self) { try Detection.detect(numbers, isWholeFile: true) }
    }

    @Test("the end of the table is found at its offset in the file, also where only both ends of it are known")
    func tableEnd() throws {
        let rows = (1...1_000).map { "\($0),Zoë 🦀 \($0),2024-01-01\n" }.joined()
        let table = "\u{FEFF}Bericht 🦀\n\nid,name,day\n" + rows
        for encoding in [Dialect.Encoding.utf16LE, .utf16BE] {
            let file = utf16(table + "\nQuelle: Ämter 🦀\n", encoding)
            let end = utf16(table + "\n", encoding).count
            for sample in [file.count, 4_001, file.count - 8_000] {
                // Cut in a code unit, in a surrogate pair or between characters.
                for size in 10_000...10_003 {
                    let found = try Detection.detect(
                        Array(file.prefix(sample)), isWholeFile: sample == file.count,
                        end: FileEnd(Array(file.suffix(size)), offset: file.count - size))
                    #expect(found.dialect.layout == Layout(preambleLines: 2, endOffset: end), "\(sample) \(size)")
                }
            }
            let given = try Detection.detect(file, isWholeFile: true, fixed: .init(footerLines: 1))
            #expect(given.dialect.layout.endOffset == end)
        }
    }
}
