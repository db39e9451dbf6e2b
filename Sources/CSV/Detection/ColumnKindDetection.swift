/// Tells what the columns hold, from many rows, to repair those that have too few or too many cells.
enum ColumnKindDetection {
    /// Fewer rows say too little.
    private static let fewest = 20

    /// The kind of each column; none where there are too few rows, or where no column can be told from texts.
    ///
    /// - Parameter rows: records of data.
    static func detect(_ rows: some Collection<Record>, width: Int) -> [ColumnKind] {
        let rows = rows.filter { $0.count == width }
        guard width > 1, rows.count >= fewest else { return [] }
        let kinds = (0..<width).map { column in
            var counts: [CellKind: Int] = [:]
            for row in rows { counts[CellKind(row.bytes[row.range(column)]), default: 0] += 1 }
            let empty = counts.removeValue(forKey: .empty) ?? 0
            // A decimal without a fraction looks like an integer.
            if let decimals = counts[.decimal] {
                counts[.decimal] = decimals + (counts.removeValue(forKey: .integer) ?? 0)
            }
            let only = counts.count == 1 && rows.count - empty >= fewest ? counts.keys.first : nil
            return ColumnKind(only ?? .text, mayBeEmpty: empty > 0)
        }
        return kinds.contains { $0.kind != .text } ? kinds : []
    }
}
