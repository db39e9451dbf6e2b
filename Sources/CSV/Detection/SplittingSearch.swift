/// Tries every delimiter and way of quoting on a sample, and ranks them.
struct SplittingSearch {
    /// The delimiters that are looked for; earlier ones win ties.
    static let delimiters = ",;\t|:^~ ".utf8.map { Delimiter($0) }
    /// Those of two bytes; each is used only where its first byte alone would not do.
    private static let pairs = [", ", "; ", "||", "::"].compactMap { Delimiter($0) }

    /// The best splitting of each delimiter, the best first.
    let ranked: [Splitting]
    /// How well it fits to leave the records whole, as one column.
    let scoreAsOneColumn: Double
    private let fixed: Detection.Fixed

    /// The start of a sample that is enough to tell delimiters apart.
    private static let size = 1 << 17

    init(
        _ sample: [UInt8], isWholeFile: Bool, _ encoding: Dialect.Encoding, _ fixed: Detection.Fixed
    ) throws(DetectionError) {
        let isWhole = isWholeFile && sample.count <= Self.size
        let start = Array(sample.prefix(Self.size))
        var best: [Splitting] = []
        for delimiter in fixed.delimiter.map({ [$0] }) ?? Self.delimiters {
            guard fixed.delimiter != nil || start.contains(delimiter.first),
                let single = try Self.best(delimiter, start, isWholeFile: isWhole, encoding, fixed)
            else { continue }
            best.append(single)
            guard fixed.delimiter == nil else { continue }
            for pair in Self.pairs where pair.first == delimiter.first {
                guard let second = pair.second, Self.contains(start, pair.first, second),
                    let splitting = try Self.best(pair, start, isWholeFile: isWhole, encoding, fixed),
                    splitting.isNeeded(beside: single)
                else { continue }
                best[best.count - 1] = splitting
            }
        }
        // Sorting by place as well keeps ties in the order of the delimiters.
        ranked = best.enumerated()
            .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
            .map(\.element)
        scoreAsOneColumn = Self.scoreAsOneColumn(start, isWholeFile: isWhole)
        self.fixed = fixed
    }

    /// The splitting by a delimiter with the way of quoting that suits it best.
    private static func best(
        _ delimiter: Delimiter, _ start: [UInt8], isWholeFile: Bool, _ encoding: Dialect.Encoding,
        _ fixed: Detection.Fixed
    ) throws(DetectionError) -> Splitting? {
        var best: Splitting?
        for (quote, escape) in quotings(start, fixed) {
            let dialect: Dialect
            do throws(DialectError) {
                dialect = try Dialect(
                    delimiter: delimiter, quote: quote, escape: escape, encoding: encoding, hasHeader: false
                ).with(fixed.limits)
            } catch {
                guard fixed.delimiter != nil else { continue }
                throw DetectionError(code: .contradiction, message: error.description)
            }
            let splitting = Splitting(start, isWholeFile: isWholeFile, dialect)
            if best.map({ splitting.isBetter(than: $0) }) ?? true { best = splitting }
        }
        return best
    }

    /// The ways of quoting worth trying, the usual one first.
    private static func quotings(_ sample: [UInt8], _ fixed: Detection.Fixed) -> [(UInt8?, Dialect.Escape)] {
        let double = UInt8(ascii: "\"")
        let single = UInt8(ascii: "'")
        var quotes: [UInt8?] = [double]
        if let quote = fixed.quote {
            quotes = [quote]
        } else {
            if sample.contains(single) { quotes.append(single) }
            if sample.contains(double) { quotes.append(nil) }
        }
        return quotes.flatMap { quote -> [(UInt8?, Dialect.Escape)] in
            if let escape = fixed.escape { return [(quote, escape)] }
            guard let quote, contains(sample, UInt8(ascii: "\\"), quote) else { return [(quote, .doubledQuote)] }
            return [(quote, .doubledQuote), (quote, .backslash)]
        }
    }

    /// Whether the two bytes stand next to each other anywhere.
    static func contains(_ sample: [UInt8], _ first: UInt8, _ second: UInt8) -> Bool {
        sample.withUnsafeBufferPointer { bytes in
            var at = 0
            while at + 1 < bytes.count {
                if bytes[at] == first && bytes[at + 1] == second { return true }
                at += 1
            }
            return false
        }
    }

    /// Better if the lines are values as they stand.
    private static func scoreAsOneColumn(_ sample: [UInt8], isWholeFile: Bool) -> Double {
        let lines = sample.split { $0 == 0x0A || $0 == 0x0D }.prefix(300)
        let typed = lines.count { line in
            CellKind(line).isTyped && !line.contains { ",;\t|".utf8.contains($0) }
        }
        return 0.35 + 0.6 * Double(typed) / Double(max(1, lines.count))
    }

    /// The splitting to use; a comma with one column if no delimiter splits better than none.
    func best(_ encoding: Dialect.Encoding) throws(DetectionError) -> (dialect: Dialect, isOneColumn: Bool) {
        if let first = ranked.first, fixed.delimiter != nil || first.score > scoreAsOneColumn {
            return (first.dialect, first.score == 0)
        }
        do throws(DialectError) {
            let comma = Delimiter(UInt8(ascii: ","))
            // A comma that occurs, but splits nothing consistently, still has the quoting that suits it best.
            if let found = ranked.first(where: { $0.dialect.delimiter == comma }), found.width.cells == 1 {
                return (found.dialect, true)
            }
            let spare = ranked.contains { $0.dialect.delimiter.first == comma.first } ? Self.spare(in: ranked) : comma
            let dialect = try Dialect(
                delimiter: spare, quote: fixed.quote ?? UInt8(ascii: "\""), escape: fixed.escape ?? .doubledQuote,
                encoding: encoding, hasHeader: false
            ).with(fixed.limits)
            return (dialect, true)
        } catch {
            throw DetectionError(code: .contradiction, message: error.description)
        }
    }

    /// A usual delimiter that does not occur in the sample, so that its lines stay whole.
    private static func spare(in ranked: [Splitting]) -> Delimiter {
        delimiters.dropFirst().first { delimiter in
            !ranked.contains { $0.dialect.delimiter.first == delimiter.first }
        } ?? Delimiter(UInt8(ascii: ","))
    }
}

extension Splitting {
    /// Whether it fits better than another way of quoting with the same delimiter.
    func isBetter(than other: Splitting) -> Bool {
        if score != other.score { return score > other.score }
        return faulty * max(1, other.records) < other.faulty * max(1, records)
    }

    /// Whether this splitting, by two bytes, is right where the one by the first of them is not: that byte never stands
    /// alone, and without the second one quotes would be text or every other cell empty.
    func isNeeded(beside single: Splitting) -> Bool {
        guard halved == 0, records > 1, width.cells > 1, consistency >= single.consistency,
            faulty * max(1, single.records) <= single.faulty * max(1, records)
        else { return false }
        return dialect.delimiter.second == UInt8(ascii: " ")
            ? quotedCells > single.quotedCells : width.cells > 2
    }
}

extension SplittingSearch {
    /// The delimiter as a property, with the reason for it.
    func delimiter(_ dialect: Dialect, isOneColumn: Bool) -> Detection.Property<Delimiter> {
        guard !isOneColumn, let best = ranked.first else {
            let second = ranked.first { $0.score > 0 }
            let sure = 1 - (second?.score ?? 0) / scoreAsOneColumn / 2
            return Detection.Property(
                value: dialect.delimiter, confidence: 0.5 * sure,
                evidence: "no delimiter splits the records into the same number of cells; they are read as one column",
                runnerUp: second?.dialect.delimiter)
        }
        let second = ranked.dropFirst().first { $0.score > 0 }
        let rival = max(second?.score ?? 0, second == nil ? 0 : scoreAsOneColumn / 4)
        let name = Dialect.describe(dialect.delimiter)
        var evidence =
            "\(name) splits \(best.width.records) of \(best.records) sampled records into \(best.width.cells) cells"
        if let second {
            evidence +=
                "; next best \(Dialect.describe(second.dialect.delimiter)), \(second.width.records) into"
                + " \(second.width.cells)"
        }
        let few = best.records < 3 ? 0.8 : 1
        let margin = max(0, 1 - rival / best.score)
        return Detection.Property(
            value: dialect.delimiter, confidence: best.consistency * few * (0.5 + 0.5 * margin.squareRoot()),
            evidence: evidence, runnerUp: second?.dialect.delimiter)
    }
}
