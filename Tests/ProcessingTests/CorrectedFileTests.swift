import AuditLog
import CSV
import Foundation
import Testing

@testable import Processing

extension CorrectionWriterTests {
    @Suite("Files of corrected rows")
    struct CorrectedFileTests {
        private static func file(
            _ bytes: [UInt8], encoding: String = "utf-8", delimiter: String = ",", columns: [String] = ["id", "name"]
        ) throws -> CorrectedFile {
            var source = JobSource(
                encoding: encoding, delimiter: delimiter, quote: "\"", escape: "doubled_quote", header: true,
                confidence: [:])
            // Where the job's own table stands says nothing of this file.
            (source.preambleLines, source.headerRows, source.endOffset) = (3, 2, 20)
            return try CorrectedFile(bytes, name: "f.csv", source, columns: columns)
        }

        private static func rows(of file: CorrectedFile) throws -> [String] {
            try file.rows.map { row in
                let record = try file.record(of: row, line: 70)
                #expect(record.number == row.number && record.line == 70)
                return "\(row.number)@\(row.line) " + (0..<record.count).map(record.text).joined(separator: "|")
                    + (record.fault.map { " \($0.code)" } ?? "")
            }
        }

        private static func read(
            _ text: String, encoding: String = "utf-8", delimiter: String = ",", as saved: String.Encoding = .utf8,
            columns: [String] = ["id", "name"]
        ) throws -> [String] {
            var bytes = Array(try #require(text.data(using: saved)))
            if saved == .utf16LittleEndian { bytes = [0xFF, 0xFE] + bytes }
            if saved == .utf16BigEndian { bytes = [0xFE, 0xFF] + bytes }
            return try rows(of: file(bytes, encoding: encoding, delimiter: delimiter, columns: columns))
        }

        @Test("rows come by their numbers, with the job's own cells, however many there are")
        func rows() throws {
            #expect(
                try Self.read("_row,_field,_error,id,name\r\n9,,x,9,\"a,b\"\r\n2,f,\"y\r\nz\",2\r\n5,,,5,c,d\r\n7\r\n")
                    == ["2@3 2 wrong_cell_count", "5@5 5|c|d wrong_cell_count", "7@6  wrong_cell_count", "9@2 9|a,b"])
            #expect(try Self.read("_row,_field,_error,id,name\n") == [])
        }

        @Test("the fault of a wrong number of cells counts the job's own")
        func fault() throws {
            let file = try Self.file(Array("_row,_field,_error,id,name\n4,,,1,2,3\n".utf8))
            let row = try #require(file.rows.first)
            let fault = try #require(try file.record(of: row, line: 9).fault)
            #expect(fault.message.hasPrefix("record 4, line 9: has 3 cells where 2 are expected"), "\(fault)")
        }

        @Test(
            "what a spreadsheet saved otherwise is read as well",
            arguments: [
                ("windows-1252", ";", String.Encoding.isoLatin1), ("windows-1252", ";", .utf8),
                ("utf-8", ";", .isoLatin1),
                ("iso-8859-1", ",", .utf8), ("utf-8", ",", .utf8), ("utf-8", ";", .utf16LittleEndian),
                ("utf-16le", ";", .utf8), ("utf-16le", ",", .utf16LittleEndian), ("utf-16be", ",", .utf16BigEndian),
                ("windows-1252", ";", .utf16LittleEndian),
            ])
        func saved(encoding: String, delimiter: String, saved: String.Encoding) throws {
            for written in [",", ";", "\t"] {
                let text = "_row,_field,_error,id,Größe\n2,,,2,Zoë\n3,,,3,Jörg\n4,,,4,Ann\n".replacing(
                    ",", with: written)
                let rows = try Self.read(
                    text, encoding: encoding, delimiter: delimiter, as: saved, columns: ["id", "Größe"])
                #expect(rows == ["2@2 2|Zoë", "3@3 3|Jörg", "4@4 4|Ann"], "\(written)")
                let plain = try Self.read(
                    text.replacing("Größe", with: "size"), encoding: encoding, delimiter: delimiter, as: saved,
                    columns: ["id", "size"])
                #expect(plain == rows, "\(written)")
            }
        }

        @Test("cells come back as the writer wrote them, whatever the job's file is like")
        func written() throws {
            let cells = [["1", "a;b\r\nc"], ["", "\"q\" \\ 'x'"], ["=1+1", " Zoë "], ["2"], ["3", "x", "y", ""]]
            for encoding in ["utf-8", "windows-1252", "iso-8859-1", "utf-16le", "utf-16be"] {
                for (delimiter, quote) in [(",", "\""), (";", "'"), ("\t", nil), ("||", "\""), (", ", "\"")] {
                    for escape in ["doubled_quote", "backslash", "none"] {
                        let source = JobSource(
                            encoding: encoding, delimiter: delimiter, quote: quote, escape: escape, header: true,
                            confidence: [:])
                        var writer = try CorrectionWriter(source)
                        var bytes = try writer.header(["id", "name"])
                        for (index, row) in cells.enumerated() {
                            bytes += try writer.line(
                                index + 1, JobResults.Rejected(line: index + 2, cells: row, errors: []))
                        }
                        let file = try CorrectedFile(bytes, name: "f.csv", source, columns: ["id", "name"])
                        let found = try file.rows.map { row in
                            let record = try file.record(of: row, line: 1)
                            return (0..<record.count).map(record.text)
                        }
                        #expect(found == cells, "\(encoding) \(delimiter) \(quote ?? "-") \(escape)")
                    }
                }
            }
        }

        @Test("where a spreadsheet made all rows as long as the longest, the blank cells behind the columns are none")
        func padded() throws {
            #expect(
                try Self.read("_row,_field,_error,id,name,\n2,,,2,,\n3,,,3,c,d\n4,,,4,,\n5,,,5\n")
                    == ["2@2 2|", "3@3 3|c|d wrong_cell_count", "4@4 4|", "5@5 5 wrong_cell_count"])
            #expect(
                try Self.read("_row,_field,_error,id,name\n2,,,2,b,\n3,,,3,c\n")
                    == ["2@2 2|b| wrong_cell_count", "3@3 3|c"])
        }

        @Test("a row with a wrong number of cells is not repaired, whatever its columns hold")
        func notRepaired() throws {
            let good = (2...60).map { "\($0),,,\($0),N\($0),2024-01-\(10 + $0 % 20)\n" }.joined()
            let text = "_row,_field,_error,id,name,day\n\(good)61,,,61,2024-01-01\n"
            for delimiter in [",", ";"] {
                let rows = try Self.read(
                    text.replacing(",", with: delimiter), columns: ["id", "name", "day"])
                #expect(rows.last == "61@61 61|2024-01-01 wrong_cell_count" && rows.count == 60, "\(delimiter)")
            }
        }

        @Test("every line is a row, also one that looks like a total or a title")
        func everyLine() throws {
            let text = "_row,_field,_error,id,name\n2,,,1,12\n3,,,2,30\n4,,,Total,42\n"
            #expect(try Self.read(text) == ["2@2 1|12", "3@3 2|30", "4@4 Total|42"])
            #expect(
                try Self.read(text.replacing(",", with: "\t")) == ["2@2 1|12", "3@3 2|30", "4@4 Total|42"])
        }

        @Test(
            "what is no file of corrections is refused, with its place",
            arguments: [
                ("id,name\n1,a\n", "has the columns id, name, and not _row, _field, _error, id, name"),
                ("_row,_field,_error,name,id\n2,,,a,1\n", "has the columns"),
                ("_row,_field,_error,id,name\nx,,,1,a\n", "f.csv:2: _row is no number"),
                ("_row,_field,_error,id,name\n-1,,,1,a\n", "f.csv:2: _row is no number"),
                ("_row,_field,_error,id,name\n99999999999999999999,,,1,a\n", "f.csv:2: _row is no number"),
                ("_row,_field,_error,id,name\n2,,,1,a\n3,,,1,a\n2,,,1,a\n", "f.csv:4: row 2 stands on line 2 already"),
                ("_row,_field,_error,id,name\n2,,,1,\"a\n", "f.csv:2: "),
                ("_row,_field,_error,id,name\n2,,,1,a\0b\n", "f.csv:2: "),
                (
                    "_row,_field,_error,id,name\n\n2,,,1,\"a\n\0b\",\n",
                    "f.csv:4: record 1, line 4, cell 5: holds a NUL byte"
                ),
                ("_row,_field,_error,id,name,,\n2,,,1,a\0b\n", "f.csv:2: record 1, line 2, cell 5: holds a NUL byte"),
            ])
        func refused(text: String, words: String) {
            let failure = #expect(throws: Failure.self) { try Self.read(text) }
            #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
        }
    }
}
