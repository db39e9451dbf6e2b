import CSV
import Testing

@Suite struct RowRepairTests {
    /// A file with enough rows to know its columns, and below them one that is wrong.
    private func rows(_ header: String, _ regular: [String], _ wrong: String) throws -> (Detection, Row, Fault?) {
        let lines = (0..<24).map { regular[$0 % regular.count].replacing("#", with: "\($0 + 1)") }
        let bytes = Array(([header] + lines + [wrong]).joined(separator: "\n").utf8)
        let found = try Detection.detect(
            bytes, isWholeFile: true, fixed: .init(quote: UInt8(ascii: "\""), header: true, footerLines: 0))
        var (reader, record) = (Reader(found.dialect, columns: found.columns.value), Record())
        var (repair, last): (Fault?, Row?) = (nil, nil)
        reader.feed(bytes)
        reader.finish()
        while reader.next(into: &record) { (repair, last) = (record.repair, Row(record)) }
        return (found, try #require(last), repair)
    }

    private static let people = ["#,Ann,2024-01-31", "#,Bob,2023-05-01"]

    @Test(
        "a row with too many cells is repaired where its columns leave one way",
        arguments: [
            ("9,Lee, Ann,2024-01-31", ["9", "Lee, Ann", "2024-01-31"]),
            ("9,a,b,c,d,2024-01-31", ["9", "a,b,c,d", "2024-01-31"]),
            ("9,12,13,2024-01-31", ["9", "12,13", "2024-01-31"]),
            ("9,é,日,2024-01-31", ["9", "é,日", "2024-01-31"]),
            // Not repaired: too many, quoted, beside nothing, or no way at all.
            ("9,a,b,c,d,e,2024-01-31", nil), ("9,\"Lee\",Ann,2024-01-31", nil), ("9,Lee,,2024-01-31", nil),
            ("9,Lee, ,2024-01-31", nil), ("9,Ann,2024-01-31,", nil), ("9,Ann,2024-01-31,x", nil),
            ("x,Lee,Ann,2024-01-31", nil), ("9,Lee,Ann,soon", nil), ("9,Lee,Ann,", nil),
        ] as [(String, [String]?)])
    func tooMany(_ wrong: String, _ cells: [String]?) throws {
        let (found, row, repair) = try rows("id,name,day", Self.people, wrong)
        #expect(found.dialect.columnKinds.map(\.name) == ["integer", "text", "date"])
        if let cells {
            #expect(row.cells == cells && row.fault == nil)
            #expect(repair?.code == .repairedCells && repair?.cell == 2 && repair?.expected == 3)
            #expect(repair?.message.contains("cells where 3 are expected, and was read in the only way") == true)
            #expect(row.quoted.count == 3)
        } else {
            #expect(row.fault?.code == .wrongCellCount && repair == nil, "\(row)")
            #expect(row.fault?.found == row.cells.count)
        }
    }

    @Test(
        "a row with too few cells is repaired where one way of leaving columns empty is left",
        arguments: [
            ("x9,Rome,2024-01-31", ["x9", "", "Rome", "2024-01-31"]), ("x9,7.5,Rome", ["x9", "7.5", "Rome", ""]),
            ("x9,7.5,\"Rome, Italy\"", ["x9", "7.5", "Rome, Italy", ""]),
            // Several ways; none; as many are missing as are there.
            ("7.5,Rome,2024-01-31", nil), ("7.5,2024-01-31,2024-01-31", nil), ("x9,7.5,2024-01-31", nil),
            ("x9,Rome,Bonn", nil), ("x9,Rome", nil), ("Rome", nil),
        ] as [(String, [String]?)])
    func tooFew(_ wrong: String, _ cells: [String]?) throws {
        let regular = [
            "x#,2.5,Oslo,2024-01-31", "x#,3,Bari,2023-05-01", "x#,,Bonn,2023-05-01", "x#,4.5,Kiel,",
            "x#,1,Graz,2023-05-01",
        ]
        let many = regular + Array(repeating: "x#,8.5,Linz,2024-02-01", count: 19)
        let (found, row, repair) = try rows("code,price,city,day", many, wrong)
        #expect(found.dialect.columnKinds.map(\.name) == ["text", "decimal?", "text", "date?"])
        #expect(row.cells == cells ?? row.cells && (row.fault == nil) == (cells != nil), "\(row)")
        #expect((repair?.message.contains("cells left empty; add the missing cells") == true) == (cells != nil))
    }

    @Test(
        "an empty cell may be one too many, and is no reason to join others",
        arguments: [("9,Lee,Ann,", ["9", "Lee,Ann", ""]), ("9,Ann,2024-01-31,", nil), ("9,,Ann,2024-01-31", nil)]
            as [(String, [String]?)])
    func superfluous(_ wrong: String, _ cells: [String]?) throws {
        let regular = Array(repeating: "#,Bob,2023-05-01", count: 21) + ["#,Cid,", "#,Dora,", "#,Eve,"]
        let (found, row, repair) = try rows("id,name,day", regular, wrong)
        #expect(found.dialect.columnKinds.map(\.name) == ["integer", "text", "date?"])
        #expect(row.cells == cells ?? row.cells && (row.fault == nil) == (cells != nil), "\(row)")
        #expect((repair != nil) == (cells != nil))
    }

    @Test(
        "where several ways fit, or nothing tells columns apart, the row stays as it is",
        arguments: [
            ("a,b,n", ["Ann,Oslo,#"], "Lee,Ann,Oslo,9"),
            ("a,b,c", ["Ann,Oslo,x#y"], "Lee,Ann,Oslo,x9y"),
            ("n,d,m", ["#,2.5,#"], "1,2,5,7"),
            ("n,d,t", ["#,2.5,x#y"], "1,2,5,x9y"),
        ])
    func severalWays(_ header: String, _ regular: [String], _ wrong: String) throws {
        let (_, row, repair) = try rows(header, regular, wrong)
        let isNumber = header == "n,d,m"
        // A decimal comma in a column of decimals is one way; beside a text there are two.
        #expect(row.cells == (isNumber ? ["1", "2,5", "7"] : wrong.split(separator: ",").map(String.init)))
        #expect((repair != nil) == isNumber && (row.fault == nil) == isNumber)
    }

    @Test("what else is wrong with a row keeps it from being repaired, and few rows say nothing")
    func refused() throws {
        let nul = try rows("id,name,day", Self.people, "9,Lee,A\0n,2024-01-31")
        #expect(nul.1.fault?.code == .wrongCellCount && nul.2 == nil)
        let few = Array("id,name,day\n1,Ann,2024-01-31\n2,Lee,Bob,2024-01-31\n".utf8)
        #expect(try Detection.detect(few, isWholeFile: true).dialect.columnKinds.isEmpty)
    }

    @Test(
        "a kind of column has a name, by which it is known again",
        arguments: ["integer", "date?", "text", "email?", "decimal"])
    func names(_ name: String) {
        #expect(ColumnKind(named: name)?.name == name)
        #expect(
            ColumnKind(named: name + "??") == nil && ColumnKind(named: "empty") == nil && ColumnKind(named: "") == nil)
    }

    @Test("a row of ten thousand cells costs no more than its length")
    func wide() throws {
        let kinds = (0..<9_999).compactMap { ColumnKind(named: $0 % 2 == 0 ? "integer?" : "text?") }
        var reader = Reader(Dialect.rfc4180.with(header: false).with(kinds), columns: 9_999)
        let rows = read(
            [Array((Array(repeating: "1", count: 9_996).joined(separator: ",") + "\n").utf8)], with: &reader)
        #expect(rows.map(\.fault?.code) == [.wrongCellCount])
    }
}
