/// A sample read whole in the dialect that was found.
struct Reading {
    /// The first records, as many as are looked at one by one.
    private(set) var head: [Record] = []
    private(set) var records = 0
    private var quotedCells = 0
    private var widths: [Int: Int] = [:]
    private var ends = RecordEnds()

    private static let headSize = 501

    init(_ sample: [UInt8], isWholeFile: Bool, _ dialect: Dialect) {
        ends = Splitting.forEachRecord(in: sample, isWholeFile: isWholeFile, dialect) { record in
            records += 1
            widths[record.count, default: 0] += 1
            quotedCells += record.quoted.count { $0 }
            if head.count < Self.headSize { head.append(record) }
            return true
        }
    }

    /// The most frequent number of cells; that of the first record if as many have it.
    var columns: Detection.Property<Int> {
        let ranked = widths.sorted { one, other in
            if one.value != other.value { return one.value > other.value }
            if (one.key == head.first?.count) != (other.key == head.first?.count) {
                return one.key == head.first?.count
            }
            return one.key > other.key
        }
        guard let best = ranked.first else {
            return Detection.Property(value: 0, confidence: 0, evidence: "there are no records")
        }
        let noun = best.key == 1 ? "cell" : "cells"
        return Detection.Property(
            value: best.key, confidence: Double(best.value) / Double(records),
            evidence: "\(best.value) of \(records) sampled records have \(best.key) \(noun)",
            runnerUp: ranked.count > 1 ? ranked[1].key : nil)
    }

    func quote(_ dialect: Dialect) -> Detection.Property<UInt8?> {
        guard let quote = dialect.quote else {
            return Detection.Property(
                value: nil, confidence: 0.8, evidence: "quotes occur, but as text: read as quoting, they break records",
                runnerUp: UInt8(ascii: "\""))
        }
        if quotedCells > 0 {
            return Detection.Property(
                value: quote, confidence: quotedCells > 1 ? 0.99 : 0.9,
                evidence: "sampled cells in \(Dialect.describe(quote)): \(quotedCells)",
                runnerUp: .some(nil))
        }
        return Detection.Property(
            value: quote, confidence: 0.5, evidence: "no sampled cell is quoted; the usual quote is assumed",
            runnerUp: .some(nil))
    }

    func escape(_ dialect: Dialect, _ sample: [UInt8]) -> Detection.Property<Dialect.Escape> {
        let mark = UInt8(ascii: "\\")
        guard let quote = dialect.quote else {
            return Detection.Property(value: dialect.escape, confidence: 0.5, evidence: "nothing is quoted")
        }
        if dialect.escape == .backslash {
            return Detection.Property(
                value: .backslash, confidence: 0.95,
                evidence: "fewer records break if a backslash before a quote escapes it", runnerUp: .doubledQuote)
        }
        if SplittingSearch.contains(sample, mark, quote), quotedCells > 0 {
            return Detection.Property(
                value: .doubledQuote, confidence: 0.8,
                evidence: "backslashes stand before quotes, but the records are whole without them as escapes",
                runnerUp: .backslash)
        }
        let isDoubled = quotedCells > 0 && SplittingSearch.contains(sample, quote, quote)
        return Detection.Property(
            value: .doubledQuote, confidence: isDoubled ? 0.95 : 0.6,
            evidence: isDoubled
                ? "doubled quotes occur, and no backslash before a quote"
                : "no quote inside a quoted cell is sampled; doubling is assumed",
            runnerUp: .backslash)
    }

    func recordEnd(isWholeFile: Bool) -> Detection.Property<RecordEnd?> {
        let counts: [(end: RecordEnd, count: Int)] = [(.lf, ends.lf), (.crlf, ends.crlf), (.cr, ends.cr)]
        let ranked = counts.filter { $0.count > 0 }.sorted { $0.count > $1.count }
        guard let best = ranked.first else {
            return Detection.Property(value: nil, confidence: 1, evidence: "the only record has no line break")
        }
        let certainty = isWholeFile ? 1 : 0.95
        let list = ranked.map { "\($0.count) with \($0.end.rawValue.uppercased())" }.joined(separator: ", ")
        let evidence = "records end: \(list)"
        guard ranked.count > 1 else {
            return Detection.Property(value: best.end, confidence: certainty, evidence: evidence)
        }
        return Detection.Property(
            value: .mixed, confidence: certainty, evidence: evidence, runnerUp: .some(best.end))
    }
}
