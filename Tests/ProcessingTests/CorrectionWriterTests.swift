import AuditLog
import CSV
import Testing

@testable import Processing

@Suite("Rejected rows as a file to correct")
struct CorrectionWriterTests {
    private static func source(
        _ delimiter: String, quote: String?, escape: String = "doubled_quote", encoding: String = "utf-8"
    ) -> JobSource {
        var source = JobSource(
            encoding: encoding, delimiter: delimiter, quote: quote, escape: escape, header: true, confidence: [:])
        // The file to correct has none of what stands around the job's own table.
        source.preambleLines = 4
        source.endOffset = 17
        source.headerRows = 2
        return source
    }

    private static func rejected(
        _ cells: [String], _ reasons: [(field: String?, rule: String, code: String, message: String)]
    ) -> JobResults.Rejected {
        JobResults.Rejected(
            line: 2, cells: cells,
            errors: reasons.map {
                .init(field: $0.field, column: nil, rule: $0.rule, code: $0.code, value: nil, message: $0.message)
            })
    }

    @Test("a row stands behind its number, its fields and its reasons, each field once")
    func form() throws {
        var writer = try CorrectionWriter(Self.source(";", quote: "\""))
        let row = Self.rejected(
            ["7", " Zoë \"Z\"; x ", "=1+1"],
            [
                ("id", "to_integer", "c", "no number; correct it"), ("name", "a", "c", "too long"),
                ("id", "b", "c", "too small"), (nil, "rule", "c", "ends before it starts"),
            ])
        let text = String(decoding: try writer.header(["Id", "Na;me", "X"]) + writer.line(12, row), as: UTF8.self)
        #expect(
            text == """
                _row;_field;_error;Id;"Na;me";X\r
                12;"id; name";"id: no number; correct it; name: too long; id: too small; ends before it starts";7;\
                " Zoë ""Z""; x ";=1+1\r

                """)
    }

    private static let sources = [
        source(",", quote: "\""), source(";", quote: "'"), source("\t", quote: "\"", escape: "backslash"),
        source("|", quote: nil), source(",", quote: "\"", escape: "none"),
        source(";", quote: "\"", encoding: "windows-1252"),
        source(" ", quote: "\"", encoding: "iso-8859-1"),
    ]

    @Test("read in its own dialect it gives the same cells, however many there are", arguments: sources)
    func identity(_ source: JobSource) throws {
        var writer = try CorrectionWriter(source)
        let rows: [[String]] = [
            ["a", "b", "c"], ["", "", ""], [" x ", "5\" pipe", "it's"], ["line\r\nbreak", ",;|\t", "\\\""],
            ["é", "ü", "ß"], ["one"], ["a", "b", "c", "d", "e"], ["\"", "'", "\\"], ["\"\"", "''", "''\"\"\\\\"],
        ]
        var bytes = try writer.header(["x", "y z", "\"q\""])
        for (index, row) in rows.enumerated() { bytes += try writer.line(index + 1, Self.rejected(row, [])) }
        var reader = Reader(writer.dialect, columns: 6)
        reader.feed(bytes)
        reader.finish()
        var record = Record()
        var read: [[String]] = []
        while reader.next(into: &record) {
            let cells = (0..<record.count).map { record.text($0) }
            if record.number == 0 { #expect(cells == ["_row", "_field", "_error", "x", "y z", "\"q\""]) }
            if record.number > 0 { read.append(cells) }
        }
        #expect(read.map { Array($0.dropFirst(3)) } == rows)
        #expect(read.map { $0[0] } == (1...rows.count).map(String.init))
    }

    @Test("what the encoding lacks becomes a question mark, and only that")
    func unencodable() throws {
        var writer = try CorrectionWriter(Self.source(";", quote: "\"", encoding: "iso-8859-1"))
        let row = Self.rejected(["ü\u{FFFD}", "x"], [("f", "csv", "invalid_encoding", "schlecht – ü")])
        let line = try writer.line(1, row)
        #expect(line == Array("1;f;f: schlecht ? ".utf8) + [0xFC] + Array(";".utf8) + [0xFC] + Array("?;x\r\n".utf8))
    }

    @Test(
        "a row of which only a part was read says so",
        arguments: [
            ("csv", "cell_too_long", true), ("csv", "record_too_long", true), ("csv", "too_many_columns", true),
            ("csv", "wrong_cell_count", false), ("csv", "stray_quote", false), ("rule", "cell_too_long", false),
        ])
    func incomplete(rule: String, code: String, expected: Bool) throws {
        var writer = try CorrectionWriter(Self.source(",", quote: "\""))
        let line = try writer.line(1, Self.rejected(["x"], [(nil, rule, code, "m")]))
        #expect(String(decoding: line, as: UTF8.self).contains("complete it from the source") == expected)
    }
}
