import CSV
import Foundation
import Testing

/// What holds whatever the bytes are. `ATLAS2_FUZZ_INPUTS=2000000` tries as many inputs as that, from number
/// `ATLAS2_FUZZ_FIRST` on; an input that fails is known by its number.
@Suite struct FuzzTests {
    private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap(Int.init) }

    private static let inputs = {
        let first = setting("ATLAS2_FUZZ_FIRST") ?? 0
        return first..<first + (setting("ATLAS2_FUZZ_INPUTS") ?? 1_000)
    }()

    @Test("the records are the same however a file is cut, and wherever reading goes on")
    func reading() throws {
        for number in Self.inputs {
            let input = try FuzzInput(UInt64(number))
            var random = SeededGenerator(seed: UInt64(number) ^ 0xCAFE)
            var whole = Reader(input.dialect, limits: input.limits)
            let rows = read([input.bytes], with: &whole)
            var cut = Reader(input.dialect, limits: input.limits)
            try #require(read(Self.pieces(of: input.bytes, &random), with: &cut) == rows, "input \(number)")
            try #require(cut.recordEnds == whole.recordEnds && cut.blankLines == whole.blankLines, "input \(number)")
            try Self.check(rows, input, number)
            if let place = rows.indices.randomElement(using: &random) {
                try Self.resume(input, behind: place, rows, number)
            }
        }
    }

    private static func pieces(of bytes: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
        let most = Int.random(in: 0...2, using: &random) == 0 ? 2 : 20
        var (pieces, rest) = ([[UInt8]](), bytes[...])
        while !rest.isEmpty {
            let size = Int.random(in: 0...most, using: &random)
            pieces.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    /// Places ascend and lie in the file, and nothing is larger than the limits.
    private static func check(_ rows: [Row], _ input: FuzzInput, _ number: Int) throws {
        let (limits, isNarrow) = (input.limits, input.dialect.encoding == .utf8 || input.dialect.encoding.isUTF16)
        for (before, row) in zip(rows, rows.dropFirst()) {
            try #require(before.offset < row.offset && before.line < row.line, "input \(number)")
            try #require(row.number == before.number + 1 || (before.number == 0 && row.number == 0), "input \(number)")
        }
        for row in rows {
            try #require(row.offset < max(1, input.bytes.count) && row.cells.count <= limits.columns, "input \(number)")
            try #require(row.cells.count == row.quoted.count, "input \(number)")
            if let fault = row.fault {
                try #require((row.offset...input.bytes.count).contains(fault.offset), "input \(number)")
                try #require(fault.line >= row.line && fault.record == row.number, "input \(number)")
            }
            // What has no meaning in its encoding becomes three bytes for one.
            guard isNarrow, row.fault?.code != .invalidEncoding,
                !row.cells.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") })
            else { continue }
            try #require(row.cells.allSatisfy { $0.utf8.count <= limits.cellBytes }, "input \(number)")
            try #require(row.cells.reduce(0) { $0 + $1.utf8.count } <= limits.recordBytes, "input \(number)")
        }
    }

    private static func resume(_ input: FuzzInput, behind place: Int, _ rows: [Row], _ number: Int) throws {
        var (reader, record) = (Reader(input.dialect, limits: input.limits), Record())
        reader.feed(input.bytes)
        reader.finish()
        for _ in 0...place where !reader.next(into: &record) { Issue.record("input \(number)") }
        let offset = reader.position.offset
        try #require(offset <= input.bytes.count, "input \(number)")
        var second = Reader(input.dialect, limits: input.limits, resumingAt: reader.position)
        let rest = read([Array(input.bytes[offset...])], with: &second)
        try #require(rest == Array(rows[(place + 1)...]), "input \(number)")
    }

    @Test("what was read and can be written is read again as it was")
    func writing() throws {
        var written = 0
        for number in Self.inputs {
            let input = try FuzzInput(UInt64(number))
            let dialect = input.dialect.with(Layout(headerRows: 0))
            var (reader, record) = (Reader(input.dialect, limits: Limits(columns: 40)), Record())
            var (writer, records) = (Writer(dialect, recordEnd: .allCases[number % 4]), [Record]())
            reader.feed(input.bytes)
            reader.finish()
            while reader.next(into: &record) {
                guard (try? writer.write(record)) != nil else { continue }
                records.append(record)
            }
            var again = Reader(dialect, limits: Limits(columns: 40))
            let rows = read([writer.take()], with: &again)
            try #require(rows.map(\.cells) == records.map { Row($0).cells }, "input \(number)")
            written += records.count
        }
        #expect(written > Self.inputs.count)
    }

    @Test("detection finds a way of reading any bytes, or says why there is none")
    func detection() throws {
        var found = 0
        for number in Self.inputs where number % 8 == 0 {
            let input = try FuzzInput(UInt64(number))
            let size = number % 16 == 0 ? input.bytes.count : input.bytes.count * 2 / 3
            let end = FileEnd(Array(input.bytes.suffix(size / 2)), offset: input.bytes.count - size / 2)
            let answer = Result { () throws(DetectionError) in
                try Detection.detect(
                    Array(input.bytes.prefix(size)), isWholeFile: size == input.bytes.count, end: end)
            }
            guard case .success(let detection) = answer else { continue }
            found += 1
            let isSure = detection.findings.allSatisfy { (0...1).contains($0.confidence) && !$0.evidence.isEmpty }
            try #require(isSure && detection.sampledRecords >= 0, "input \(number)")
            try #require(detection.columnNames.count == detection.columns.value, "input \(number)")
            try #require(Set(detection.columnNames.map { Array($0.utf8) }).count == detection.columns.value)
            let layout = detection.dialect.layout
            try #require(layout.endOffset.map { (0...input.bytes.count).contains($0) } ?? true, "input \(number)")
            // The table is where detection says: it has its header, and the records of a sample that is whole.
            var reader = Reader(detection.dialect, columns: detection.columns.value)
            let rows = read([input.bytes], with: &reader)
            try #require(rows.count { $0.number == 0 } <= layout.headerRows, "input \(number)")
            if size == input.bytes.count {
                try #require(rows.count { $0.number > 0 } == detection.sampledRecords, "input \(number)")
            }
        }
        #expect(found > Self.inputs.count / 20)
    }
}
