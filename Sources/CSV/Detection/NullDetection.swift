/// Finds how a file spells missing values: `\N`, `NULL`, `n/a` … where the other cells of a column are numbers or the like.
enum NullDetection {
    /// The spellings, the most frequent first. They are only proposed: whether `NA` is none or Namibia, nothing tells.
    ///
    /// - Parameter rows: records of data.
    static func detect(_ rows: some Collection<Record>, width: Int) -> Detection.Property<[String]> {
        var counts: [[UInt8]: Int] = [:]
        for column in 0..<width {
            let cells = rows.lazy.filter { $0.count == width }.map { $0.bytes[$0.range(column)] }
            var spelled: [[UInt8]: Int] = [:]
            var (typed, texts) = (0, 0)
            for cell in cells {
                let kind = CellKind(cell)
                if kind == .text {
                    texts += 1
                } else if kind.isTyped {
                    typed += 1
                } else if cell.contains(where: { $0 != 0x20 && $0 != 0x09 }) {
                    spelled[Array(cell), default: 0] += 1
                }
            }
            guard !spelled.isEmpty, typed >= 3, texts * 20 <= typed else { continue }
            counts.merge(spelled, uniquingKeysWith: +)
        }
        let ranked = counts.sorted { one, other in
            one.value == other.value ? one.key.lexicographicallyPrecedes(other.key) : one.value > other.value
        }
        guard !ranked.isEmpty else {
            return Detection.Property(
                value: [], confidence: 0.5,
                evidence: "no spelling of a missing value stands among numbers, dates or the like")
        }
        let cells = ranked.reduce(0) { $0 + $1.value }
        return Detection.Property(
            value: ranked.map { String(decoding: $0.key, as: UTF8.self) }, confidence: 0.8,
            evidence: "sampled cells in columns of numbers, dates or the like: \(cells); they are read as they stand"
                + " unless the mapping names them",
            runnerUp: [])
    }
}
