import CSV
import Testing

@Suite struct SplitTests {
    /// Small files with everything that can be cut in two.
    static let inputs: [String] = [
        "\u{FEFF}a,b\r\n\"c\"\"d\",\"e\r\nf\"\r\n\r\ng,h",
        "\"a\"x,b\n\"\"\"\",\r\rc,d\"e\n\n",
        "é,日本語\r🦀,\"🦀\"\n\"un\nclosed",
        "a,b,c\n1,2\n1,2,3,4\n\"\"\"\n",
        "long cells, that fill more than one word,\"and one, \"\"quoted\"\", as well\"\nno\0nul,\"a\r\0\",x\n",
        "\"a\\\"b\\\\\",\"\\c\\\"\n\"d\\",
        "\"12345678901234567890\"\nab,12345678901234567890,c\nd,\"1234\"\"67\"\"9\n01\n23\"e\nf,g\n"
            + "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\nh",
        "\"1234567\\x\\\"9\n0\\n12\\\n3\\4\",5\n6\n\"1234567\"x\ny\n"
            + "\"12345678\"x\ny\n\"123456789\"\nz\n\"12345678\\\n9\n",
        "1,2,3,4,5,6,7,8\n\"1\",\"2\",\"3\",\"4\",\"5\n\",6\n1,2\n",
        "a||b|||c|\n\"d\"||\"e\"|\"f\"||g\n||||\"\"|||\n\"|\"\"||\"|x||12345678||\"12345678\"||1234567|",
        "a, b,c, \"d, e\",f\n\"g\", \"h\" , i,\n,, ,\"j, \"\"\", 1234567,8,\n\"k\"",
    ]

    @Test(
        "two pieces, and three with a small one between, give the same records as one, cut anywhere", arguments: inputs)
    func everyCut(_ input: String) throws {
        for dialect in [
            plain, try Dialect(escape: .backslash), try Dialect(escape: .noEscape),
            try Dialect(quote: nil, encoding: .windows1252),
            try Dialect(delimiter: #require(Delimiter(", ")), escape: .backslash),
            try Dialect(delimiter: #require(Delimiter("||")), escape: input.contains("|") ? .doubledQuote : .noEscape),
            try Dialect(delimiter: #require(Delimiter("||")), quote: nil),
        ] {
            for limits in [Limits(columns: 50), Limits(cellBytes: 8, recordBytes: 12, columns: 5)] {
                try check(Array(input.utf8), dialect, limits)
            }
        }
    }

    private func check(_ bytes: [UInt8], _ dialect: Dialect, _ limits: Limits) throws {
        var whole = Reader(dialect, limits: limits)
        let expected = read([bytes], with: &whole)
        for first in 0...bytes.count {
            for second in first...min(bytes.count, first + 4) {
                var reader = Reader(dialect, limits: limits)
                let cut = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                let rows = read(cut, with: &reader)
                try #require(rows == expected, "cut at \(first) and \(second)")
                try #require(reader.recordEnds == whole.recordEnds, "cut at \(first) and \(second)")
                try #require(reader.blankLines == whole.blankLines, "cut at \(first) and \(second)")
            }
        }
        var bytewise = Reader(dialect, limits: limits)
        #expect(read(pieces(of: bytes, 1), with: &bytewise) == expected)
    }

    @Test("random bytes from a hostile alphabet give the same records in any pieces", arguments: 0..<40)
    func randomCuts(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet: [UInt8] = Array("\"\"\"\",,,  \n\r\\\\ab".utf8) + [0, 0xC3, 0xA9, 0xEF, 0xBB, 0xBF, 0xFF]
        var bytes = (0..<3_000).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        let dialect = try Dialect(
            delimiter: #require(Delimiter([",", ", ", ",,"][seed / 3 % 3])),
            quote: seed % 7 == 4 ? nil : UInt8(ascii: "\""), escape: seed % 2 == 0 ? .doubledQuote : .backslash,
            encoding: Dialect.Encoding.allCases[seed % 5])
        // Most of these are characters then, and some halves of surrogate pairs.
        switch dialect.encoding {
        case .utf16LE: bytes = bytes.flatMap { [$0, $0 == 0xFF ? 0xD8 : $0 == 0xEF ? 0xDC : 0] } + [0]
        case .utf16BE: bytes = bytes.flatMap { [$0 == 0xFF ? 0xD8 : $0 == 0xEF ? 0xDC : 0, $0] } + [0]
        default: break
        }
        for limits in [Limits(), Limits(cellBytes: 5, recordBytes: 20, columns: 3)] {
            let expected = read(bytes, dialect, limits: limits)
            #expect(expected.count > 10)
            for _ in 0..<10 {
                var cut: [[UInt8]] = []
                var rest = bytes[...]
                while !rest.isEmpty {
                    let size = Int.random(in: 0...40, using: &random)
                    cut.append(Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                var reader = Reader(dialect, limits: limits)
                let rows = read(cut, with: &reader)
                try #require(rows == expected)
            }
        }
    }
}
