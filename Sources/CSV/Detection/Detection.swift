/// What a sample of a CSV file says about its dialect, with the evidence.
///
/// Nothing is guessed silently: every property carries its value, how sure it is, why, and what came second. What the
/// user fixes is not guessed. The same sample always gives the same answer.
package struct Detection: Sendable {
    /// One property of the file.
    package struct Property<Value: Sendable & Equatable>: Sendable {
        package var value: Value
        /// From 0 (a mere default) to 1 (certain, or given by the user).
        package var confidence: Double
        /// Why, as one sentence.
        package var evidence: String
        /// The second best value, if there is one.
        package var runnerUp: Value?

        /// A property; the confidence is kept within 0 … 1 and to two decimals.
        package init(value: Value, confidence: Double, evidence: String, runnerUp: Value? = nil) {
            self.value = value
            self.confidence = (min(max(confidence, 0), 1) * 100).rounded() / 100
            self.evidence = evidence
            self.runnerUp = runnerUp
        }
    }

    /// The properties that the user has decided.
    package struct Fixed: Sendable {
        package var encoding: Dialect.Encoding?
        package var delimiter: Delimiter?
        /// A quote, or `.some(nil)` for a file without quotes.
        package var quote: UInt8??
        package var escape: Dialect.Escape?
        package var header: Bool?
        /// Physical lines above and below the table.
        package var preambleLines: Int?
        package var footerLines: Int?
        package var headerRows: Int?
        package var limits = Limits()

        package init(
            encoding: Dialect.Encoding? = nil, delimiter: Delimiter? = nil, quote: UInt8?? = nil,
            escape: Dialect.Escape? = nil, header: Bool? = nil, preambleLines: Int? = nil, headerRows: Int? = nil,
            footerLines: Int? = nil
        ) {
            self.encoding = encoding
            self.delimiter = delimiter
            self.quote = quote
            self.escape = escape
            self.header = header
            self.preambleLines = preambleLines
            self.headerRows = headerRows
            self.footerLines = footerLines
        }
    }

    package var encoding: Property<Dialect.Encoding>
    package var delimiter: Property<Delimiter>
    package var quote: Property<UInt8?>
    package var escape: Property<Dialect.Escape>
    /// Nil if the sample has one record without a line break.
    package var recordEnd: Property<RecordEnd?>
    /// The physical lines above the table, which are not read.
    package var preambleLines: Property<Int>
    package var header: Property<Bool>
    /// The records that name the columns together; 0 without a header.
    package var headerRows: Property<Int>
    /// The physical lines below the table, which are not read.
    package var footerLines: Property<Int>
    /// Whether another table is among them.
    package var secondTable: Property<Bool>
    /// The number of cells in a record.
    package var columns: Property<Int>
    /// Spellings of missing values; they are read as they stand unless a mapping names them.
    package var nulls: Property<[String]>
    /// The columns' names (see ``Record/columnNames(headers:count:)``).
    package var columnNames: [String]
    /// What to read the file with.
    package var dialect: Dialect
    /// The data records that the sample holds whole; 0 for a file that has only a header.
    package var sampledRecords: Int

    /// The bytes from the start of a file that a sample needs: more makes it no better.
    package static let sampleSize = 1 << 20
}
