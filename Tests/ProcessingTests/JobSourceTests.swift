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
