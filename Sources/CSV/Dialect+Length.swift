extension Dialect {
    /// The fewest bytes of a file that a record without a fault takes, with its line break.
    ///
    /// The last record of a file may lack the line break. A record that was repaired may have had fewer cells.
    ///
    /// - Parameter columns: the cells that a record must have.
    package func shortestRecord(columns: Int) -> Int {
        let cells = max(1, columnKinds.isEmpty ? columns : columns - RowRepair.most)
        // An empty line is no record.
        let content = max(1, (cells - 1) * delimiter.bytes.count)
        return (content + 1) * (encoding.isUTF16 ? 2 : 1)
    }

    /// The bytes of the shortest line break.
    package var shortestLineBreak: Int { encoding.isUTF16 ? 2 : 1 }
}
