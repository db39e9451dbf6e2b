/// How large the parts of a file may grow before a record counts as faulty; they bound the reader's memory.
package struct Limits: Sendable, Hashable {
    /// The longest cell, in bytes of the file without quotes and escapes; of a UTF-16 file in bytes of UTF-8.
    package var cellBytes: Int
    /// The longest record, in bytes as for a cell.
    package var recordBytes: Int
    /// The most cells in a record.
    package var columns: Int

    /// Limits; values below 1 count as 1.
    package init(cellBytes: Int = 1 << 20, recordBytes: Int = 16 << 20, columns: Int = 10_000) {
        self.cellBytes = max(1, cellBytes)
        self.recordBytes = max(1, recordBytes)
        self.columns = max(1, columns)
    }
}
