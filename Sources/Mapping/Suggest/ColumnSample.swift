package import CSV

/// The different cells of a column in the beginning of a file.
package struct ColumnSample: Sendable {
    /// Each once, in the order of the file, without blanks; not more than `mostCells`.
    private(set) var cells: [[UInt8]] = []
    /// For each of `cells`, in how many records it stands.
    private(set) var counts: [Int] = []
    private var places: [[UInt8]: Int] = [:]

    private static let mostCells = 2_000

    /// Records in which the column has a cell that is not blank, of those with one of `cells`.
    var total: Int { counts.reduce(0, +) }

    mutating func add(_ cell: [UInt8], nulls: [[UInt8]]) {
        if let place = places[cell] {
            counts[place] += 1
        } else if cells.count < Self.mostCells, !nulls.contains(cell),
            !cell.withUnsafeBufferPointer({ trimmed($0).isEmpty })
        {
            places[cell] = cells.count
            cells.append(cell)
            counts.append(1)
        }
    }
}

/// The beginning of a file, for suggestions: its columns' names, samples of their cells, and its records.
package struct TableSample: Sendable {
    package let columns: [String]
    /// Cells that mean no value.
    package let nulls: [String]
    private(set) var samples: [ColumnSample]
    /// Records to try whole mappings on; not more than `mostRecords`.
    private(set) var records: [Record] = []
    private let nullBytes: [[UInt8]]

    private static let mostRecords = 1_000

    package init(columns: [String], nulls: [String] = []) {
        self.columns = columns
        self.nulls = nulls
        nullBytes = nulls.map { Array($0.utf8) }
        samples = columns.map { _ in ColumnSample() }
    }

    /// Takes in the next record; one that cannot be read is left out.
    package mutating func add(_ record: borrowing Record) {
        guard record.fault == nil else { return }
        for column in samples.indices where column < record.count {
            samples[column].add(Array(record.bytes[record.range(column)]), nulls: nullBytes)
        }
        if records.count < Self.mostRecords { records.append(copy record) }
    }
}
