import CSV
import Testing

@Suite("Where the table of a file is")
struct LayoutTests {
    private func detect(_ text: String, fixed: Detection.Fixed = .init()) throws -> Detection {
        try Detection.detect(Array(text.utf8), isWholeFile: true, fixed: fixed)
    }

    /// The cells of the data records as the dialect reads them.
    private func rows(_ text: String, _ found: Detection) -> [[String]] {
        var reader = Reader(found.dialect, columns: found.columns.value)
        let rows = read([Array(text.utf8)], with: &reader).filter { $0.number > 0 }
        #expect(rows.allSatisfy { $0.fault == nil }, "\(rows)")
        return rows.map(\.cells)
    }

    /// A file, and what of it is no table.
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var preamble = 0
        var headerRows = 1
        var footer = 0
        var hasSecondTable = false
        var delimiter = ";"
        var columns: [String]
        var rows: Int

        var testDescription: String { name }
    }

    static let bank = """
        "Umsatzanzeige";"Girokonto"
        "Kunde";"Erika Mustermann"
        "Zeitraum";"01.05.2024 - 31.05.2024"
        "Kontostand";"1.234,56"

        "Buchung";"Valuta";"Auftraggeber/Empfänger";"Buchungstext";"Verwendungszweck";"Saldo";"Währung";"Betrag"
        "31.05.2024";"31.05.2024";"Stadtwerke";"Lastschrift";"Abschlag; Strom";"1.234,56";"EUR";"-85,00"
        "28.05.2024";"28.05.2024";"Arbeit GmbH";"Gehalt";"Lohn 05/2024";"1.319,56";"EUR";"2.500,00"
        "03.05.2024";"03.05.2024";"Vermieter";"Dauerauftrag";"Miete";"-1.180,44";"EUR";"-900,00"

        """

    static let report = """
        Sales by region;;;;
        January to December;;;;
        ;;;;
        ;North;;South;
        Product;2023;2024;2023;2024
        Apples;12;15;7;8
        Pears;3;4;9;11
        Plums;5;6;1;2
        Quinces;1;0;2;3
        ;;;;
        Total;;;;48
        Source: annual accounts;;;;

        """

    static let examples = [
        Example(
            name: "a bank's export", text: bank, preamble: 5,
            columns: [
                "Buchung", "Valuta", "Auftraggeber/Empfänger", "Buchungstext", "Verwendungszweck", "Saldo", "Währung",
                "Betrag",
            ], rows: 3),
        Example(
            name: "a report with a title, two header rows and a sum", text: report, preamble: 3, headerRows: 2,
            footer: 3,
            columns: ["Product", "North 2023", "North 2024", "South 2023", "South 2024"], rows: 4),
        Example(
            name: "a German spreadsheet",
            text: "sep=;\r\nArtikel;Preis;Menge\r\nBirne;1,50;3\r\nApfel, rot;0,99;12\r\nKirsche;10,00;1\r\n",
            preamble: 1,
            columns: ["Artikel", "Preis", "Menge"], rows: 3),
        Example(
            name: "a title and remarks as lines of text",
            text: """
                Members of the club
                as of June 2024

                id,name,city,joined
                1,Ann,Rome,2020-01-31
                2,Bob,Oslo,2021-05-01
                3,Cid,Bari,2022-08-15

                Source: the secretary, by hand
                * without honorary members
                """, preamble: 3, footer: 2, delimiter: ",", columns: ["id", "name", "city", "joined"], rows: 3),
        Example(
            name: "a sum right below the rows", text: "id,name,fee\n1,Ann,5\n2,Bob,7\n3,Cid,9\nTotal,,21\n", footer: 1,
            delimiter: ",", columns: ["id", "name", "fee"], rows: 3),
        Example(
            name: "sums that fit the columns and add up, below a header of which the second row fills the gaps",
            text: """
                Sales by region,,,,
                Quarter 3,,,,
                ,,,,
                Region,Units,,Revenue,
                ,Plan,Actual,Plan,Actual
                North,311,431,"1,483.50",277
                South,569,796,860.25,"1,883"
                West,1,2,-3,0
                Total,881,"1,229","2,340.75","2,160"
                ,,,,
                Source: accounts,,,,

                """, preamble: 3, headerRows: 2, footer: 3, delimiter: ",",
            columns: ["Region", "Units Plan", "Units Actual", "Revenue Plan", "Revenue Actual"], rows: 3),
        Example(
            name: "sums with decimal commas", text: "Land;Betrag\nA;1.200,5\nB;0,75\nC;-1\nSumme;1.200,25\n",
            footer: 1, columns: ["Land", "Betrag"], rows: 3),
        Example(
            name: "rows without a value at the end", text: "id;name;city\n1;Ann;Rome\n2;Bob;Oslo\n;;\n ;;\n;;\n",
            footer: 3, columns: ["id", "name", "city"], rows: 2),
        Example(
            name: "a balance with its currency below an empty line",
            text: """
                IBAN:;DE89370400440532013000

                Buchungstag;Zweck;Betrag;Währung
                02.01.2025;Miete;-850,00;EUR
                03.01.2025;Gehalt;2.500,00;EUR
                05.01.2025;Markt;-45,20;EUR

                Kontostand;;1.604,80;EUR
                """, preamble: 2, footer: 1, delimiter: ";", columns: ["Buchungstag", "Zweck", "Betrag", "Währung"],
            rows: 3),
        Example(
            name: "a second table",
            text: """
                id,name,fee
                1,Ann,5
                2,Bob,7
                3,Cid,9

                Fees by year
                year,members
                2023,41
                2024,44

                """, footer: 4, hasSecondTable: true, delimiter: ",", columns: ["id", "name", "fee"], rows: 3),
        Example(
            name: "repeated names that a second row tells apart",
            text: "Item,Item,Sales,Sales,Sales\nCode,Name,2022,2023,Growth\n1,Ann,5,6,1\n2,Bob,7,7,0\n3,Cid,9,12,3\n",
            headerRows: 2, delimiter: ",",
            columns: ["Item Code", "Item Name", "Sales 2022", "Sales 2023", "Sales Growth"], rows: 3),
    ]

    @Test("what is no part of the table is left out", arguments: examples)
    func leftOut(_ example: Example) throws {
        let found = try detect(example.text)
        #expect(found.delimiter.value.text == example.delimiter, "\(found.delimiter)")
        #expect(found.preambleLines.value == example.preamble, "\(found.preambleLines)")
        #expect(found.headerRows.value == example.headerRows, "\(found.headerRows)")
        #expect(found.footerLines.value == example.footer, "\(found.footerLines)")
        #expect(found.secondTable.value == example.hasSecondTable, "\(found.secondTable)")
        #expect(found.columnNames == example.columns)
        #expect(found.sampledRecords == example.rows)
        #expect(found.columns.confidence == 1)
        #expect(rows(example.text, found).count == example.rows)
        for property in [found.preambleLines, found.headerRows, found.footerLines] {
            #expect((0.6...1).contains(property.confidence) && !property.evidence.isEmpty)
        }
        // The same with other line breaks, a byte order mark, and in pieces.
        let windows = "\u{FEFF}" + example.text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        let again = try detect(windows)
        #expect(again.dialect.layout.preambleLines == example.preamble)
        #expect(again.footerLines.value == example.footer)
        #expect(rows(windows, again).count == example.rows)
        var whole = Reader(again.dialect)
        let expected = read([Array(windows.utf8)], with: &whole)
        for size in [1, 2, 7] {
            var reader = Reader(again.dialect)
            #expect(read(pieces(of: Array(windows.utf8), size), with: &reader) == expected)
            #expect(reader.blankLines == whole.blankLines)
        }
    }

    @Test(
        "an ordinary file loses no line",
        arguments: [
            // A header with a name too few, or with one alone.
            "id,name\n1,Ann,x\n2,Bob,y\n3,Cid,z\n",
            "name\nAnn,Lee,Rome\nBob,Fox,Oslo\nCid,Low,Bari\n",
            "id,,,\n1,2,3,4\n5,6,7,8\n9,1,2,3\n",
            ",a,,b\nx,Ann,y,Rome\nz,Bob,q,Oslo\nw,Cid,r,Bari\n",
            // A first row that is short, without a header.
            "1\n2,3,4\n5,6,7\n8,9,1\n",
            // A first row of data that is text where numbers follow.
            "id,name,age\nx1,Ann,unknown\n2,Bob,34\n3,Cid,35\n4,Dot,36\n",
            // Sums that fit the columns, in the midst, and at the end where they do not add up.
            "region,q1,q2\nnorth,1,2\nsouth,3,4\nwest,5,6\nTotal,9,13\n",
            "region,q1,q2\nnorth,0,0\nsouth,0,0\nTotal,0,0\n",
            "name,q1,q2\nTotal,1,2\nShell,3,4\nTotal,1,x\n",
            "region,q1,q2\nTotal,9,12\nnorth,1,2\nsouth,3,4\nTotal,,3\nwest,5,6\n",
            "name,q1,q2\nAnn,1,2\nTotal,,3\nBob,3,4\nSum,,7\nCid,5,\nTotal,,1\n",
            // Ragged and cut last rows, also below an empty line.
            "id,name,city\n1,Ann,Rome\n2,Bob,Oslo\n3,Cid,Bari\n4,Do",
            "first,last,city\nAnn,Lee,Rome\nBob,Fox,Oslo\nCid,Low,Bari\n\nDot,Sm",
            "first,last,city\nAnn,Lee,Rome\nBob,Fox,Oslo\nCid,Low,Bari\n\nDot",
            "first,last,city\nAnn,Lee,Rome\nBob,Fox,Oslo\nCid,Low,Bari\n\nDot,Kay\nEve,May\n",
            // An empty line between all rows, and a quote that is left open below one.
            "first,last,city\n\nAnn,Lee,Rome\n\nBob,Fox,Oslo\n\nCid,Low,Bari\n\nMaria de la",
            "first,last,city\nAnn,Lee,Rome\nBob,Fox,Oslo\nCid,Low,Bari\n\n\"Dot and all,Kay,Bonn\nEve,May,Wien\n",
            // Rows of which most is empty, and words that remarks begin with, as values.
            "id,note,x,y\n1,,,\n2,,,\n3,a,b,c\n4,,,\nNotes,,,\n",
            "word,meaning\nsource,spring\nnote,tone\ntotal,sum\n",
            "term,meaning,use\nbase,a,b\nnote,c,d\nsource,,\n",
            ";;;\n1;2;3;4\n5;6;7;8\n",
            // Texts in the first row of data, names that begin as remarks and sums do.
            "name,q1,q2,\nAnn,absent,absent,was ill\nBob,1,2,\nCid,3,4,\nDee,5,6,late\nEva,3,2,\n",
            "Product;Price;Stock\nBlender;39.90;4\nKettle;19.90;7\nToaster;24.50;3\nStand mixer;;\n",
            "Item;Qty\nBolt;1\nNut;2\nTotal cleaner;3\n",
            "a\nb\nc\n",
            "id,name\n",
        ])
    func nothingLost(_ text: String) throws {
        let found = try detect(text)
        #expect(found.dialect.layout.preambleLines == 0, "\(found.preambleLines)")
        #expect(found.dialect.layout.headerRows <= 1, "\(found.headerRows)")
        #expect(found.dialect.layout.endOffset == nil, "\(found.footerLines)")
        #expect(!found.secondTable.value)
    }

    @Test("a sum that fits the columns is reported, and read")
    func doubtfulSum() throws {
        let found = try detect("region,q1,q2\nnorth,1,2\nsouth,3,4\nwest,5,6\nTotal,9,11\n")
        #expect(found.footerLines.value == 0 && found.footerLines.runnerUp == 1)
        #expect(found.footerLines.confidence < 0.6)
        #expect(found.sampledRecords == 4)
    }

    @Test("lines that may be a preamble, but above nothing that names columns, are reported, and read")
    func doubtfulPreamble() throws {
        let found = try detect("Members\n1,Ann,Rome\n2,Bob,Oslo\n3,Cid,Bari\n")
        #expect(found.preambleLines.value == 0 && found.preambleLines.runnerUp == 1, "\(found.preambleLines)")
        #expect(found.preambleLines.confidence < 0.6)
    }

    @Test("what the user fixed is left out as it is")
    func fixed() throws {
        let text = "x\ny\na,b\nc,d\n1,2\n3,4\nend\n\n"
        let found = try detect(text, fixed: .init(preambleLines: 2, headerRows: 2, footerLines: 2))
        #expect(found.dialect.layout == Layout(preambleLines: 2, headerRows: 2, endOffset: 20))
        #expect(found.columnNames == ["a c", "b d"])
        #expect(rows(text, found) == [["1", "2"], ["3", "4"]])
        #expect(found.preambleLines.evidence == "given" && found.footerLines.confidence == 1)
        let none = try detect(Self.report, fixed: .init(preambleLines: 0, headerRows: 1, footerLines: 0))
        #expect(none.dialect.layout == Layout())
        #expect(none.sampledRecords == 11)
        let bare = try detect("A title\n\n1,2,3\n4,5,6\n7,8,9\n", fixed: .init(header: false))
        #expect(bare.dialect.layout == Layout(preambleLines: 2, headerRows: 0))
    }

    @Test(
        "what is fixed must leave something, and not contradict itself",
        arguments: [
            (.init(preambleLines: 3), .emptyFile), (.init(footerLines: 3), .emptyFile),
            (.init(footerLines: 4), .contradiction), (.init(preambleLines: 2, footerLines: 1), .emptyFile),
            (.init(header: false, headerRows: 1), .contradiction), (.init(header: true, headerRows: 0), .contradiction),
            (.init(headerRows: -1), .contradiction),
        ] as [(Detection.Fixed, DetectionError.Code)])
    func refused(_ fixed: Detection.Fixed, _ code: DetectionError.Code) {
        do {
            let found = try detect("a,b\n1,2\n3,4\n", fixed: fixed)
            Issue.record("\(found.dialect)")
        } catch {
            #expect((error as? DetectionError)?.code == code, "\(error)")
        }
    }

    @Test("the end of a long file is looked at where it is at hand, and else nothing is said of it")
    func longFile() throws {
        let rows = (1...90_000).map { "\($0),\"name, \($0)\",Rome\n" }.joined()
        let file = Array("id,name,city\n\(rows)\nTotal: 90000\nGenerated by hand on Monday\n".utf8)
        let sample = Array(file.prefix(Detection.sampleSize))
        let found = try Detection.detect(sample, isWholeFile: false, end: FileEnd(of: file))
        #expect(found.footerLines.value == 2, "\(found.footerLines)")
        #expect(found.dialect.layout.endOffset == file.count - 41)
        let blind = try Detection.detect(sample, isWholeFile: false)
        #expect(blind.dialect.layout == Layout() && blind.footerLines.confidence == 0.5)
        #expect(throws: DetectionError.self) {
            try Detection.detect(sample, isWholeFile: false, fixed: .init(footerLines: 2))
        }
        var reader = Reader(found.dialect, columns: 3)
        #expect(read(pieces(of: file, 1 << 20), with: &reader).last?.number == 90_000)
        #expect(reader.position.offset < file.count)
    }

    @Test(
        "reading goes on from the position behind any record of a table in the midst of a file",
        arguments: [1, 5, 1_000])
    func resume(_ size: Int) throws {
        let text = Array("title\r\n\r\nid,x\r\n,y\r\n1,a\r\n\r\n2,\"b\r\nc\"\r\n3,d\r\nTotal\r\n".utf8)
        let dialect = Dialect.rfc4180.with(Layout(preambleLines: 2, headerRows: 2, endOffset: text.count - 7))
        var reader = Reader(dialect)
        let all = read(pieces(of: text, size), with: &reader)
        #expect(all.map(\.number) == [0, 0, 1, 2, 3])
        #expect(all.map(\.line) == [3, 4, 5, 7, 9])
        var first = Reader(dialect)
        var positions = [first.position]
        var record = Record()
        for piece in pieces(of: text, size) {
            first.feed(piece)
            while first.next(into: &record) { positions.append(first.position) }
        }
        for (taken, position) in positions.enumerated() {
            var second = Reader(dialect, resumingAt: position)
            #expect(read([Array(text[position.offset...])], with: &second) == Array(all[taken...]))
        }
    }

    @Test(
        "spellings of missing values are proposed where the rest of a column is of a kind",
        arguments: [
            ("id,age\n1,NULL\n2,5\n3,7\n4,9\n5,NULL\n", ["NULL"]),
            ("id,age\n-,n/a\n2,5\n3,7\n4,9\nNA,n/a\n", ["n/a", "-", "NA"]),
            ("id,city\n1,NA\n2,Rome\n3,Oslo\n4,-\n", []),
            ("id,age\n1,\n2,5\n3,7\n4,9\n", []),
        ])
    func nulls(_ text: String, _ spellings: [String]) throws {
        let found = try detect(text)
        #expect(found.nulls.value == spellings, "\(found.nulls)")
        #expect(found.nulls.runnerUp == (spellings.isEmpty ? nil : []))
    }
}
