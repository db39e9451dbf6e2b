/// A place between two records of a file, from which another reader can go on.
package struct Position: Sendable, Hashable, Codable {
    /// The offset in the file.
    package var offset = 0
    /// The physical line, from 1.
    package var line = 1
    /// The number of the data record before this place; 0 at the start.
    package var record = 0
    /// The cells each record must have, if known.
    package var columns: Int?
    /// The header rows behind this place; a preamble is skipped at the start of a file only.
    package var headerRowsPending = 0
    /// Whether the byte before is a carriage return, so that a line feed here belongs to it.
    package var afterCarriageReturn = false
    /// The empty lines before this place.
    package var blankLines = 0

    package init(
        offset: Int = 0, line: Int = 1, record: Int = 0, columns: Int? = nil, headerRowsPending: Int = 0,
        afterCarriageReturn: Bool = false, blankLines: Int = 0
    ) {
        self.offset = offset
        self.line = line
        self.record = record
        self.columns = columns
        self.headerRowsPending = headerRowsPending
        self.afterCarriageReturn = afterCarriageReturn
        self.blankLines = blankLines
    }
}
