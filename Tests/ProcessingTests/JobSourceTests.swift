import AuditLog
import CSV
import Foundation
import Testing

@testable import Processing

@Suite("How a job's file is read")
struct JobSourceTests {
    private static let report =
        "A title\n\nid,name,city\n1,Ann,Rome\n2,Bob,Oslo\n3,Cid,Bari\n\nSource: the secretary\n"

    @Test("an event gives back the dialect that was found, with the lines that are left out")
    func roundTrip() throws {
        let found = try Detection.detect(Array(Self.report.utf8), isWholeFile: true)
        #expect(found.dialect.layout == Layout(preambleLines: 2, endOffset: 56))
        let json = try JSONEncoder().encode(JobSource(found))
        let source = try JSONDecoder().decode(JobSource.self, from: json)
        #expect(try source.dialect() == found.dialect)
        #expect(source.footerLines == 1)
        #expect(String(decoding: json, as: UTF8.self).contains(#""preamble_lines":2"#))
    }

    @Test("an event gives back the kinds of the columns, and one with a kind that is not known is refused")
    func kinds() throws {
        let rows = (1...60).map { "\($0),Ann \($0),\($0 % 2 == 0 ? "" : "2024-01-31")\n" }.joined()
        let found = try Detection.detect(Array(("id,name,day\n" + rows).utf8), isWholeFile: true)
        var source = try JSONDecoder().decode(JobSource.self, from: JSONEncoder().encode(JobSource(found)))
        #expect(source.columnKinds == ["integer", "text", "date?"] && source.dates == nil)
        #expect(try source.dialect() == found.dialect)
        source.columnKinds = ["integer", "money"]
        #expect(throws: Failure.self) { try source.dialect() }
    }

    @Test("an event gives back the limits that decide where records end, and says nothing of the usual ones")
    func limits() throws {
        var fixed = Detection.Fixed()
        fixed.limits = Limits(cellBytes: 100, recordBytes: 16_777_216, columns: 7)
        let found = try Detection.detect(Array(Self.report.utf8), isWholeFile: true, fixed: fixed)
        let json = try JSONEncoder().encode(JobSource(found))
        let source = try JSONDecoder().decode(JobSource.self, from: json)
        #expect(try source.dialect() == found.dialect && source.dialect().limits == fixed.limits)
        let text = String(decoding: json, as: UTF8.self)
        #expect(text.contains(#""max_cell_bytes":100"#) && text.contains(#""max_columns":7"#))
        #expect(!text.contains("max_record_bytes"))
        let usual = try JobSource(Detection.detect(Array(Self.report.utf8), isWholeFile: true))
        #expect(try usual.dialect().limits == Limits() && Settings().limits == Limits())
        #expect(!String(decoding: try JSONEncoder().encode(usual), as: UTF8.self).contains("max_"))
        let given = Settings([
            "max_cell_bytes": .integer(5), "max_record_bytes": .integer(6), "max_columns": .integer(7),
        ])
        #expect(given.limits == Limits(cellBytes: 5, recordBytes: 6, columns: 7))
    }

    @Test("rows are found by the limits that the job was read with")
    func rowSearch() throws {
        // The quote is never closed: only a limit ends its cell.
        let file = Array("a,b\n1,\"open\n\(String(repeating: "2,y\n", count: 20))3,z\n".utf8)
        let dialect = Dialect.rfc4180.with(Limits(cellBytes: 20))
        var reader = Reader(dialect, columns: 2)
        reader.feed(file)
        reader.finish()
        var (record, last) = (Record(), 0)
        while reader.next(into: &record) { last = record.number }
        #expect(last > 10 && record.offset == file.count - 4)
        for (dialect, found) in [(dialect, [file.count - 4]), (Dialect.rfc4180, [])] {
            var search = RowSearch([last], dialect)
            try search.feed(file)
            try search.finish()
            #expect(search.found.map(\.range.lowerBound) == found)
        }
    }

    @Test("a source that says nothing of the table is a file that is all table", arguments: [true, false])
    func older(_ header: Bool) throws {
        let json = """
            {"encoding":"utf-8","delimiter":";","quote":"\\"","escape":"doubled_quote","header":\(header),"confidence":{}}
            """
        let source = try JSONDecoder().decode(JobSource.self, from: Data(json.utf8))
        #expect(try source.dialect().layout == Layout(headerRows: header ? 1 : 0))
        let again = String(decoding: try JSONEncoder().encode(source), as: UTF8.self)
        #expect(!again.contains("_lines") && !again.contains("end_offset") && !again.contains("header_rows"))
    }

    @Test(
        "what the command line says of the header goes before all that the document says of it",
        arguments: [
            (.init(header: false), .init(preambleLines: 1, headerRows: 2), .init(header: false, preambleLines: 1)),
            (.init(headerRows: 2), .init(header: false), .init(headerRows: 2)),
            (.init(footerLines: 0), .init(headerRows: 2, footerLines: 3), .init(headerRows: 2, footerLines: 0)),
        ] as [(Detection.Fixed, Detection.Fixed, Detection.Fixed)])
    func filled(_ given: Detection.Fixed, _ document: Detection.Fixed, _ expected: Detection.Fixed) {
        let filled = given.filled(from: document)
        #expect(filled.header == expected.header && filled.headerRows == expected.headerRows)
        #expect(filled.preambleLines == expected.preambleLines && filled.footerLines == expected.footerLines)
    }
}
