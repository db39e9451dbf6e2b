import CSV
import Foundation
import Testing

@Suite struct LimitTests {
    @Test("a cell may be as long as the limit, and no byte longer", arguments: ["abcd", "\"abcd\"", "\"a\"\"bc\""])
    func cellLimit(_ cell: String) {
        let text = "x,y\n\(cell),2\nz,w\n"
        #expect(read(text, limits: Limits(cellBytes: 4)).allSatisfy { $0.fault == nil })
        let rows = read(text, limits: Limits(cellBytes: 3))
        #expect(rows.map(\.fault?.code) == [nil, .cellTooLong, nil])
        #expect(rows.map(\.cells) == [["x", "y"], [], ["z", "w"]])
        #expect(rows[1].fault?.expected == 3)
        #expect(rows[1].fault?.line == 2)
    }

    @Test("the first byte of a delimiter of two counts where it is text", arguments: [1, 2, 3, 100])
    func halfDelimiter(_ size: Int) throws {
        let dialect = try Dialect(delimiter: #require(Delimiter("||")), hasHeader: false)
        for (cell, isInside) in [
            ("abcd", true), ("abc|", true), ("abcd|", false), ("|abcd", false), ("\"abcd\"", true), ("\"ab\"|", true),
            ("\"abcd\"|", false), ("\"abc\"|", false), ("a|b|", true), ("a|b|c", false),
        ] {
            for (text, place) in [("\(cell)\nx||y\n", 0), ("z||\(cell)\nx||y\n", 0), ("x||y\nz||\(cell)", 1)] {
                var reader = Reader(dialect, limits: Limits(cellBytes: 4))
                let rows = read(pieces(of: Array(text.utf8), size), with: &reader)
                try #require(rows.count == 2)
                let isTooLong = rows[place].cells.allSatisfy { $0.utf8.count <= 4 }
                #expect(isTooLong, "\(rows)")
                #expect((rows[place].cells.joined().contains { "abcd".contains($0) }) == isInside, "\(rows)")
            }
        }
    }

    @Test("a record may be as long as the limit, and no byte longer")
    func recordLimit() {
        #expect(read("ab,cd\nx,y\n", limits: Limits(recordBytes: 4)).allSatisfy { $0.fault == nil })
        let rows = read("ab,cd\nx,y\n", limits: Limits(recordBytes: 3))
        #expect(rows.map(\.fault?.code) == [.recordTooLong, nil])
        #expect(rows.map(\.cells) == [["ab"], ["x", "y"]])
    }

    @Test("columns beyond the limit are counted and not kept, and quoted line breaks among them end nothing")
    func columnLimit() {
        let rows = read("1,2,3,\"4\n\",5\n1,2\n", limits: Limits(columns: 2))
        #expect(rows.map(\.fault?.code) == [.tooManyColumns, nil])
        #expect(rows.map(\.cells) == [["1", "2"], ["1", "2"]])
        #expect(rows[0].fault?.found == 5)
        #expect(rows[0].fault?.expected == 2)
    }

    @Test("an unclosed quote at the start of a large file ends at the cell limit, and later records are read")
    func unclosedQuoteInLargeFile() throws {
        var reader = Reader(plain)
        reader.feed(Array("a,b\n1,\"open\n".utf8))
        var record = Record()
        let piece = Array(String(repeating: "some,text\n", count: 6_553).utf8)
        var codes: [Fault.Code] = []
        var sound = 0
        var largest = 0
        for _ in 0..<64 {
            reader.feed(piece)
            while reader.next(into: &record) {
                largest = max(largest, record.ends.last ?? 0)
                if let fault = record.fault {
                    codes.append(fault.code)
                    #expect(fault.line == 2)
                    #expect(fault.offset == 6)
                } else {
                    sound += 1
                }
            }
        }
        #expect(codes == [.cellTooLong])
        #expect(sound > 300_000)
        #expect(largest < 100)
    }

    @Test(
        "eight times as much hostile input takes about eight times as long", .timeLimit(.minutes(10)),
        arguments: [",", "\"", "\0", "\n", "é", "\"\"\"\n", "\"a\"b,", "\"\"\",\n", "\"a\"\"", "\r\n\""])
    func hostile(_ unit: String) {
        let small = Array(String(repeating: unit, count: (1 << 15) / unit.utf8.count).utf8)
        let large = Array(repeatElement(small, count: 8).joined())
        let times = [small, large].map { bytes in
            (0..<3).map { _ in
                let start = threadTime()
                _ = readAll(pieces(of: bytes, 1 << 12))
                return threadTime() - start
            }.min() ?? 0
        }
        #expect(times[1] < times[0] * 24)
    }

    /// The processor time of this thread in seconds, which other work on the machine does not lengthen.
    private func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func readAll(_ pieces: [[UInt8]]) -> Int {
        var reader = Reader(plain)
        var record = Record()
        var faults = 0
        for piece in pieces {
            reader.feed(piece)
            while reader.next(into: &record) { faults += record.fault == nil ? 0 : 1 }
        }
        reader.finish()
        while reader.next(into: &record) { faults += record.fault == nil ? 0 : 1 }
        return faults
    }
}
