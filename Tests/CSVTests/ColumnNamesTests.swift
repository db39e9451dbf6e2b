import CSV
import Testing

@Test(
    "column names are trimmed, never blank, and all different",
    arguments: [
        ("a,b", 2, ["a", "b"]),
        ("\" a \",\"b\tc\"", 2, ["a", "b\tc"]),
        ("\"two \r\n lines\",\"\n\u{A0}x\u{A0}\"", 2, ["two lines", "x"]),
        ("a,,  ,d", 4, ["a", "column_2", "column_3", "d"]),
        ("a,a,a", 3, ["a", "a_2", "a_3"]),
        ("a,a,a_2", 3, ["a", "a_3", "a_2"]),
        (",column_1", 2, ["column_1_2", "column_1"]),
        ("a", 3, ["a", "column_2", "column_3"]),
        ("a,b,c", 2, ["a", "b"]),
        ("A,a,é,e\u{301}", 4, ["A", "a", "é", "e\u{301}"]),
    ])
func columnNames(_ header: String, _ count: Int, _ expected: [String]) throws {
    var reader = Reader(.rfc4180)
    var record = Record()
    reader.feed(Array(header.utf8))
    reader.finish()
    let isRead = reader.next(into: &record)
    try #require(isRead)
    #expect(
        Record.columnNames(headers: [record], count: count).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
}

@Test("without a header, columns are numbered from 1")
func numberedColumns() {
    #expect(Record.columnNames(headers: [], count: 3) == ["column_1", "column_2", "column_3"])
    #expect(Record.columnNames(headers: [], count: 0) == [])
}
