import CSV
import Testing

@Suite struct ReaderTests {
    @Test(
        "cells are read as RFC 4180 says",
        arguments: [
            ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
            ("a\nb\r\nc\rd", [["a"], ["b"], ["c"], ["d"]]),
            ("\"a\",\"b\"\n", [["a", "b"]]),
            ("\"a,b\",\"c\nd\",\"e\r\nf\"\n", [["a,b", "c\nd", "e\r\nf"]]),
            ("\"say \"\"hi\"\"\",\"\"\"\"\n", [["say \"hi\"", "\""]]),
            (",\n", [["", ""]]),
            ("a,", [["a", ""]]),
            ("\"\"", [[""]]),
            ("\"\",\"\"", [["", ""]]),
            (" a , b \n", [[" a ", " b "]]),
            ("5\" pipe,6' rod\n", [["5\" pipe", "6' rod"]]),
            (" \"a\",b\n", [[" \"a\"", "b"]]),
            ("\u{FEFF}a,b\n", [["a", "b"]]),
            ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
            ("a\u{FEFF},b\n", [["a\u{FEFF}", "b"]]),
            ("naïve,日本語,🦀🦀🦀🦀\n", [["naïve", "日本語", "🦀🦀🦀🦀"]]),
            (
                "a cell that is longer than a word,\"another one, quoted\"\n",
                [
                    ["a cell that is longer than a word", "another one, quoted"]
                ]
            ),
            ("tab\tand\u{1B}escape,\u{1}\n", [["tab\tand\u{1B}escape", "\u{1}"]]),
            ("", []),
            ("\u{FEFF}", []),
        ])
    func cells(_ text: String, _ expected: [[String]]) {
        let rows = read(text)
        #expect(rows.map(\.cells) == expected)
        #expect(rows.allSatisfy { $0.fault == nil })
    }

    @Test(
        "delimiter, quote and escape are those of the dialect",
        arguments: [
            (";", "'", Dialect.Escape.doubledQuote, "'a;b';c''d;'e''f'\n", ["a;b", "c''d", "e'f"]),
            ("\t", "\"", .doubledQuote, "a\t\"b\tc\"\t\n", ["a", "b\tc", ""]),
            (" ", "\"", .doubledQuote, "a  \"b c\"\n", ["a", "", "b c"]),
            ("~", nil, .doubledQuote, "\"a~b\"~\"\n", ["\"a", "b\"", "\""]),
            ("|", "\"", .backslash, #""a\"b"|"c\\"|"d\n"|\e"# + "\n", ["a\"b", "c\\", "d\\n", "\\e"]),
            ("|", "\"", .backslash, #""a""b"|"\|""# + "\n", ["a\"b", "\\|"]),
            ("||", "\"", .doubledQuote, "a|b||\"c||d\"\"\"|||e||\n", ["a|b", "c||d\"", "|e", ""]),
            (", ", "\"", .doubledQuote, "1,5, \"a, b\",  c, d,\n", ["1,5", "a, b", " c", "d,"]),
            ("\t|", "'", .backslash, "a\tb\t|'c\\'d'\t|'e'\t|\t", ["a\tb", "c'd", "e", "\t"]),
            (",", "\"", .noEscape, #""a,b",5" pipe,"","c\""# + "\n", ["a,b", "5\" pipe", "", "c\\"]),
        ] as [(String, String?, Dialect.Escape, String, [String])])
    func dialects(
        _ delimiter: String, _ quote: String?, _ escape: Dialect.Escape, _ text: String, _ expected: [String]
    ) throws {
        let dialect = try Dialect(
            delimiter: #require(Delimiter(delimiter)), quote: quote?.utf8.first, escape: escape, hasHeader: false)
        let rows = read(text, dialect)
        #expect(rows.map(\.cells) == [expected])
        #expect(rows.first?.fault == nil)
    }

    @Test("where quotes have no escape, one inside a quoted cell is a stray quote", arguments: [1, 2, 100])
    func noEscape(_ size: Int) throws {
        var reader = Reader(try Dialect(escape: .noEscape, hasHeader: false))
        let rows = read(pieces(of: Array("\"a\"\"b\",1\n\"c\",2\n".utf8), size), with: &reader)
        #expect(rows.map(\.cells) == [["a\"\"b\"", "1"], ["c", "2"]])
        #expect(rows.map(\.fault?.code) == [.strayQuote, nil])
        #expect(rows.first?.fault?.offset == 3)
    }

    @Test("a header has number 0, and the records below count from 1, with their lines and offsets")
    func places() {
        let rows = read("\u{FEFF}a,b\r\n\r\n1,\"x\r\ny\"\r\n\n2,z", .rfc4180)
        #expect(rows.map(\.number) == [0, 1, 2])
        #expect(rows.map(\.line) == [1, 3, 6])
        #expect(rows.map(\.offset) == [3, 10, 21])
    }

    @Test("empty lines are skipped and counted, whatever ends them")
    func blankLines() {
        var reader = Reader(plain)
        let rows = read([Array("\n\r\n\ra\r\n\r\n\n\"\"\n\n".utf8)], with: &reader)
        #expect(rows.map(\.cells) == [["a"], [""]])
        #expect(reader.blankLines == 6)
        #expect(rows.map(\.line) == [4, 7])
    }

    @Test("whether a cell was quoted is kept, so that an empty text differs from nothing")
    func quoted() {
        #expect(read("a,\"b\",,\"\"\n").map(\.quoted) == [[false, true, false, true]])
    }

    @Test("the ways in which records end are counted", arguments: [1, 2, 3, 100])
    func recordEnds(_ size: Int) {
        var reader = Reader(plain)
        _ = read(pieces(of: Array("a\nb\r\nc\r\nd\re\n\r\n\rf".utf8), size), with: &reader)
        #expect(reader.recordEnds == RecordEnds(lf: 2, crlf: 2, cr: 1))
    }

    @Test("a delimiter or quote that cannot work is refused", arguments: Array("\\\n\r\0a0\"".utf8) + [0x7F, 0x80])
    func unusable(_ byte: UInt8) {
        #expect(throws: DialectError.self) { try Dialect(delimiter: byte) }
        #expect(throws: DialectError.self) { try Dialect(delimiter: UInt8(ascii: "\""), quote: byte) }
    }

    @Test("reading goes on from the position behind any record")
    func resume() {
        let text = Array("id,\"na\r\nme\"\r\n1,a\r\n\r\n2,b\r\"3\n\",c\n\n4\n5,é\r\n".utf8)
        for size in [1, 5, text.count] {
            var reader = Reader(.rfc4180)
            let all = read(pieces(of: text, size), with: &reader)
            #expect(all.count == 6)
            var positions = [Reader(.rfc4180).position]
            var first = Reader(.rfc4180)
            var record = Record()
            for piece in pieces(of: text, size) {
                first.feed(piece)
                while first.next(into: &record) { positions.append(first.position) }
            }
            for (taken, position) in positions.enumerated() {
                var second = Reader(.rfc4180, resumingAt: position)
                let rest = read([Array(text[position.offset...])], with: &second)
                #expect(rest == Array(all[taken...]))
                #expect(second.blankLines == reader.blankLines)
            }
        }
    }
}

/// The bytes in pieces of one size.
func pieces(of bytes: [UInt8], _ size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min(bytes.count, $0 + size)]) }
}
