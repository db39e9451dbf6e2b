/// One record of a CSV file: its cells as UTF-8 bytes, and where it stood in the file.
///
/// A reader fills the same `Record` again for every record, so that reading allocates nothing once the buffers have
/// grown. Cell `i` is `bytes[range(i)]`, unquoted and converted to UTF-8: each cell is valid UTF-8, also
/// in a record with a fault.
package struct Record: Sendable {
    /// The cells' bytes, one after the other; what follows behind the last cell does not count.
    package var bytes: [UInt8] = []
    /// For each cell, the offset in `bytes` just behind it.
    package var ends: [Int] = []
    /// For each cell, whether it was quoted in the file (a quoted empty cell is empty text, not a missing value).
    package var quoted: [Bool] = []
    /// The record's number among the data records of the file, from 1; the header has none (0).
    package var number = 0
    /// The physical line on which the record starts, from 1.
    package var line = 0
    /// The offset of the record's first byte in the file.
    package var offset = 0
    /// What is wrong with the record, if anything; its cells are then what could be read (see ``Fault/Code``).
    package var fault: Fault?
    /// What was wrong with the number of its cells, if that could be repaired; its cells are then those of the columns.
    package var repair: Fault?

    package init() {}

    @inlinable
    package var count: Int { ends.count }

    /// Where the cell's bytes lie in `bytes`.
    @inlinable
    package func range(_ cell: Int) -> Range<Int> {
        (cell == 0 ? 0 : ends[cell - 1])..<ends[cell]
    }

    /// Empties the record and keeps its buffers.
    @inlinable
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        quoted.removeAll(keepingCapacity: true)
        fault = nil
        repair = nil
    }
}
