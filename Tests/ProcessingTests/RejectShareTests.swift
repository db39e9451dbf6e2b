import CSV
import Mapping
import TestSupport
import Testing

@testable import Processing

@Suite("Giving up when too large a share of the rows is rejected")
struct RejectShareTests {
    /// How a file went through: the chunks' last rows, how many rows were rejected, and why it gave up.
    private struct Run: Equatable {
        var lastRows: [Int] = []
        var rows = 0
        var rejected = 0
        var message: String?
    }

    private func run(
        _ bytes: [UInt8], _ columns: Int, _ limit: String, behind extent: StoredFile.Extent = .none
    ) throws -> Run {
        let names = (0..<columns).map { "c\($0)" }
        let mapping = """
            name: n
            api: {name: x, fields: [{name: id, type: integer}]}
            mappings: {id: $c0}
            \(limit.isEmpty ? "" : "max_rejects: \(limit)")
            """
        let program = try Program(Document(parsing: mapping, file: "test.yaml"), columns: names)
        var processor = try RowProcessor(
            program, dialect: .rfc4180, fileSize: Int64(bytes.count), behind: extent)
        var run = Run()
        for start in stride(from: 0, to: bytes.count, by: 50_000) where processor.refusal == nil {
            processor.feed(Array(bytes[start..<min(start + 50_000, bytes.count)]))
            while let chunk = try processor.nextChunk() { run.lastRows.append(chunk.rows.upperBound) }
        }
        if processor.refusal == nil { processor.finish() }
        while let chunk = try processor.nextChunk() { run.lastRows.append(chunk.rows.upperBound) }
        (run.rows, run.rejected, run.message) = (processor.rows, processor.rejected, processor.refusal?.message)
        return run
    }

    private func file(_ columns: Int, _ rows: [String]) -> [UInt8] {
        Array(((0..<columns).map { "c\($0)" }.joined(separator: ",") + "\n" + rows.joined(separator: "\n")).utf8)
    }

    @Test(
        "a file gives up at the first row behind which no number of good rows can help",
        arguments: [
            // Behind ten bad rows of 9 bytes and two columns 90 are left, or 91 with the last line break: 45 rows.
            (
                String(repeating: "x", count: 6) + ",y", 20, "18%", 10,
                "10 of the first 10 rows were rejected: more than the 18 %"
            ),
            (String(repeating: "x", count: 6) + ",y", 20, "19%", 11, nil),
            ("x,y", 10, "0%", 1, "1 of the first 1 row were rejected"),
            ("x,y", 10, "100%", 10, nil),
            // Good rows, as short as can be.
            (",", 10, "50%", 10, nil),
        ])
    func firstHopelessRow(row: String, count: Int, limit: String, last: Int, message: String?) throws {
        let run = try run(file(2, Array(repeating: row, count: count)), 2, limit)
        #expect(run.lastRows == [last], "\(run)")
        if let message { #expect(run.message?.hasPrefix(message) == true, "\(run)") }
        #expect((run.message != nil) == (limit != "100%" && row != ","), "\(run)")
    }

    @Test("a chunk of good rows behind the bad ones is enough to give up, and a job that goes on there gives up too")
    func chunkEnd() throws {
        let rows = (0..<10_000).map { ($0 < 3_000 ? "x" : "1") + ",a,b,c,d,e,\(String(repeating: "f", count: 48))" }
        let bytes = file(7, rows)
        let first = try run(bytes, 7, "5%")
        #expect(
            first.lastRows == [4096] && first.message?.hasPrefix("3000 of the first 4,096 rows") == true, "\(first)")
        var extent = StoredFile.Extent.none
        (extent.lastRow, extent.rejected) = (4096, 3_000)
        let second = try run(bytes, 7, "5%", behind: extent)
        #expect(second.lastRows.isEmpty && second.message == first.message && second.rows == 4096)
    }

    @Test(
        "no file within its share is given up, and one that is given up goes on to the same row",
        arguments: UInt64(0)..<60)
    func certainty(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let columns = Int.random(in: 1...4, using: &random)
        let (percent, badness) = (Int.random(in: 1...60, using: &random), Int.random(in: 0...70, using: &random))
        let rows = (0..<Int.random(in: 1...6_000, using: &random)).map { _ -> String in
            let cells = (0..<columns).map { column -> String in
                if column == 0 {
                    return random.chance(badness) ? "x" : columns == 1 ? "1" : random.chance(50) ? "" : "12"
                }
                return random.chance(30) ? String(repeating: "y", count: Int.random(in: 0...40, using: &random)) : ""
            }
            // Some without all their cells.
            return random.chance(2) ? "x,,,,,," : cells.joined(separator: ",")
        }
        let bytes = file(columns, rows)
        let whole = try run(bytes, columns, "")
        let exceeds = whole.rejected * 100 > percent * whole.rows
        let judged = try run(bytes, columns, "\(percent)%")
        #expect((judged.message != nil) == exceeds, "\(judged) \(whole)")
        var extent = StoredFile.Extent.none
        for last in judged.lastRows {
            extent.rejected = try run(file(columns, Array(rows[..<last])), columns, "").rejected
            extent.lastRow = last
            let resumed = try run(bytes, columns, "\(percent)%", behind: extent)
            #expect(resumed.lastRows == judged.lastRows.filter { $0 > last } && resumed.rows == judged.rows)
            #expect((resumed.message != nil) == exceeds)
        }
    }

    @Test(
        "a row takes at least its delimiters and a line break, in bytes of the file",
        arguments: [
            ("utf-8", ",", [], 1, 2), ("utf-8", ",", [], 2, 2), ("utf-8", "||", [], 3, 5), ("utf-16le", ",", [], 3, 6),
            ("utf-8", ",", ["integer", "text", "text", "text", "text"], 5, 2), ("utf-8", ",", ["date"], 1, 2),
            ("windows-1252", ";", [], 7, 7),
        ] as [(String, String, [String], Int, Int)])
    func shortest(encoding: String, delimiter: String, kinds: [String], columns: Int, bytes: Int) throws {
        let (mark, coding) = (try #require(Delimiter(delimiter)), try #require(Dialect.Encoding(rawValue: encoding)))
        let dialect = try Dialect(delimiter: mark, encoding: coding)
        #expect(dialect.with(kinds.compactMap(ColumnKind.init(named:))).shortestRecord(columns: columns) == bytes)
    }
}
