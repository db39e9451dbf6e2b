/// Which part of a file is its table.
package struct Layout: Sendable, Hashable {
    /// Physical lines at the start of the file that are no part of the table.
    package var preambleLines: Int
    /// Records above the data that name the columns together; 0 for a table without a header.
    package var headerRows: Int
    /// Where the table ends: the offset in the file of the line below it; nil where the file ends it.
    package var endOffset: Int?

    /// A layout; negative counts are taken as 0.
    package init(preambleLines: Int = 0, headerRows: Int = 1, endOffset: Int? = nil) {
        self.preambleLines = max(0, preambleLines)
        self.headerRows = max(0, headerRows)
        self.endOffset = endOffset
    }
}
