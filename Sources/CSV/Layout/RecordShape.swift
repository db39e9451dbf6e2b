/// What a record looks like as a line of a table.
struct RecordShape {
    /// What each cell looks like.
    let kinds: [CellKind]
    /// For each cell, whether it holds more than spaces.
    private let isFilled: [Bool]
    /// The cells that hold more than spaces.
    let filled: Int
    /// For each cell, whether it is a number that may be the name of a column.
    private let isYear: [Bool]

    init(_ record: Record) {
        let cells = (0..<record.count).map { record.bytes[record.range($0)] }
        kinds = cells.map { CellKind($0) }
        isFilled = cells.map { $0.contains { $0 != 0x20 && $0 != 0x09 } }
        filled = isFilled.count { $0 }
        isYear = cells.map(HeaderDetection.isYear)
    }

    var width: Int { kinds.count }

    /// The first cell that holds something.
    var first: Int? { isFilled.firstIndex(of: true) }

    func isFilled(_ cell: Int) -> Bool { cell < width && isFilled[cell] }

    func isText(_ cell: Int) -> Bool { isFilled(cell) && (kinds[cell] == .text || isYear[cell]) }

    /// Whether no cell is a number, a date or the like; years may be names.
    var isText: Bool { kinds.indices.allSatisfy { !kinds[$0].isTyped || isYear[$0] } }

    /// Whether an empty cell stands between filled ones, or before two of them, as where cells were merged.
    var hasGaps: Bool {
        let places = isFilled.indices.filter { isFilled[$0] }
        guard places.count > 1, let first = places.first, let last = places.last else { return false }
        return first > 0 || last - first >= places.count
    }
}

/// What the columns of a table hold, told from some of its rows.
struct ColumnShapes {
    let rows: Int
    /// For each column, whether all its filled cells, three at least, are numbers, dates or the like.
    private(set) var isTyped: [Bool]
    /// For each column, whether no cell of it is empty.
    private(set) var isFull: [Bool]

    /// Only rows of this width count.
    init(_ shapes: some Sequence<RecordShape>, width: Int) {
        let shapes = shapes.filter { $0.width == width }
        rows = shapes.count
        isTyped = (0..<width).map { column in
            let kinds = shapes.lazy.map { $0.kinds[column] }.filter { $0 != .empty }
            return kinds.count >= 3 && kinds.allSatisfy(\.isTyped)
        }
        isFull = (0..<width).map { column in shapes.count >= 3 && shapes.allSatisfy { $0.isFilled(column) } }
    }
}
