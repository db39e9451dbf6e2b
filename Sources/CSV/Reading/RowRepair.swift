/// Gives a record with too few or too many cells as many as there are columns, if the kinds of the columns leave one way.
///
/// Too many: neighbours that were not quoted are one cell, with the delimiter between them, or an empty one of them is
/// superfluous. Too few: columns have an empty cell here. Of the ways in which each cell is of its column's kind there must
/// be one only, and that one is taken only if it joins no empty cells and leaves none empty in a column that has none.
/// Ways are counted column by column, so the cost is linear in the record.
struct RowRepair: Sendable {
    private let columns: [ColumnKind]
    private let delimiter: [UInt8]

    /// More cells too many or too few are no slip.
    static let most = 3

    /// Nil where nothing tells one column from another.
    init?(_ dialect: Dialect) {
        columns = dialect.columnKinds
        delimiter = dialect.delimiter.bytes
        guard columns.contains(where: { $0.kind != .text }) else { return nil }
    }

    /// Repairs a record of data whose only fault is the number of its cells, and says so in it.
    func repair(_ record: inout Record) {
        let surplus = record.count - columns.count
        guard var fault = record.fault, fault.code == .wrongCellCount, fault.expected == columns.count,
            record.number > 0, abs(surplus) <= Self.most, record.count > -surplus, let takes = onlyWay(record, surplus),
            isPlausible(takes, of: record)
        else { return }
        fault.code = .repairedCells
        fault.cell = (takes.firstIndex { $0 != 1 } ?? 0) + 1
        apply(takes, to: &record)
        record.fault = nil
        record.repair = fault
    }

    /// For each column, how many cells it takes; nil unless there is exactly one way.
    private func onlyWay(_ record: Record, _ surplus: Int) -> [Int]? {
        // How many ways lead to the place behind a column, by the cells taken beyond one each (or the columns left empty),
        // and how many the last column takes on the first of them. More than one way is enough to know.
        let most = abs(surplus)
        var reached = [1] + [Int](repeating: 0, count: most)
        var choices: [[Int]] = []
        for column in columns.indices {
            var (next, choice) = ([Int](repeating: 0, count: most + 1), [Int](repeating: 1, count: most + 1))
            for before in 0...most where reached[before] > 0 {
                let first = surplus > 0 ? column + before : column - before
                let counts = surplus > 0 ? 1...(1 + most - before) : (before < most ? 0 : 1)...1
                for count in counts where fits(record, column, first, count) {
                    let behind = before + abs(count - 1)
                    next[behind] = min(2, next[behind] + reached[before])
                    choice[behind] = count
                }
            }
            reached = next
            choices.append(choice)
        }
        guard reached[most] == 1 else { return nil }
        var (takes, behind) = ([Int](repeating: 1, count: columns.count), most)
        for column in columns.indices.reversed() {
            takes[column] = choices[column][behind]
            behind -= abs(takes[column] - 1)
        }
        return takes
    }

    /// Whether the column can take so many cells from `first` on.
    private func fits(_ record: Record, _ column: Int, _ first: Int, _ count: Int) -> Bool {
        if count == 0 { return true }
        let cells = first..<first + count
        guard cells.upperBound <= record.count, count == 1 || !record.quoted[cells].contains(true) else { return false }
        if columns[column].takes({ joined(record, cells) }) { return true }
        let filled = cells.filter { !isBlank(record, $0) }
        return filled.count == 1 && columns[column].takes { joined(record, filled[0]..<filled[0] + 1) }
    }

    private func isBlank(_ record: Record, _ cell: Int) -> Bool {
        CellKind(record.bytes[record.range(cell)]) == .empty
    }

    private func isPlausible(_ takes: [Int], of record: Record) -> Bool {
        var first = 0
        for (column, count) in zip(columns, takes) {
            let blanks = (first..<first + count).count { isBlank(record, $0) }
            guard count > 1 ? blanks == 0 : column.mayBeEmpty || blanks < count else { return false }
            first += count
        }
        return true
    }

    private func joined(_ record: Record, _ cells: Range<Int>) -> ArraySlice<UInt8> {
        if cells.count == 1 { return record.bytes[record.range(cells.lowerBound)] }
        return Array(cells.map { record.bytes[record.range($0)] }.joined(separator: delimiter))[...]
    }

    private func apply(_ takes: [Int], to record: inout Record) {
        var (repaired, cell) = (Record(), 0)
        for count in takes {
            if count > 0 { repaired.bytes += joined(record, cell..<cell + count) }
            repaired.ends.append(repaired.bytes.count)
            repaired.quoted.append(count == 1 && record.quoted[cell])
            cell += count
        }
        record.bytes = repaired.bytes
        record.ends = repaired.ends
        record.quoted = repaired.quoted
    }
}
