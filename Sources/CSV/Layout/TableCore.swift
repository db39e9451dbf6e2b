/// Lines of a sample that are surely of the table: the longest run of them with the same number of a usual delimiter.
///
/// Short tables below long preambles, or above many remarks, show their delimiter only so.
enum TableCore {
    private static let size = 1 << 16
    private static let shortest = 3

    /// The bytes of the run; nil if there is none, or if it is the whole sample.
    static func find(in sample: [UInt8]) -> [UInt8]? {
        let start = sample.prefix(size)
        let starts = PhysicalLines.starts(in: start)
        var best = (lines: 0..<0, count: 0)
        for delimiter in ",;\t|".utf8 {
            var run = (lines: 0..<0, count: 0)
            for line in starts.indices {
                let end = line + 1 < starts.count ? starts[line + 1] : start.endIndex
                let count = count(of: delimiter, in: start[starts[line]..<end])
                if count == run.count {
                    run.lines = run.lines.lowerBound..<line + 1
                } else {
                    run = (line..<line + 1, count)
                }
                if count > 0, (run.lines.count, run.count) > (best.lines.count, best.count) { best = run }
            }
        }
        guard best.lines.count >= shortest, best.lines.count < starts.count else { return nil }
        let end = best.lines.upperBound < starts.count ? starts[best.lines.upperBound] : start.endIndex
        return Array(start[starts[best.lines.lowerBound]..<end])
    }

    /// How often the delimiter stands outside double quotes.
    private static func count(of delimiter: UInt8, in line: ArraySlice<UInt8>) -> Int {
        var (count, isQuoted) = (0, false)
        for byte in line {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == delimiter && !isQuoted { count += 1 }
        }
        return count
    }
}
