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
        package var delimiter: UInt8?
        /// A quote, or `.some(nil)` for a file without quotes.
        package var quote: UInt8??
        package var escape: Dialect.Escape?
        package var header: Bool?

        package init(
            encoding: Dialect.Encoding? = nil, delimiter: UInt8? = nil, quote: UInt8?? = nil,
            escape: Dialect.Escape? = nil, header: Bool? = nil
        ) {
            self.encoding = encoding
            self.delimiter = delimiter
            self.quote = quote
            self.escape = escape
            self.header = header
        }
    }

    package var encoding: Property<Dialect.Encoding>
    package var delimiter: Property<UInt8>
    package var quote: Property<UInt8?>
    package var escape: Property<Dialect.Escape>
    /// Nil if the sample has one record without a line break.
    package var recordEnd: Property<RecordEnd?>
    package var header: Property<Bool>
    /// The number of cells in a record.
    package var columns: Property<Int>
    /// The columns' names (see ``Record/columnNames(header:count:)``).
    package var columnNames: [String]
    /// What to read the file with.
    package var dialect: Dialect
    /// The data records that the sample holds whole; 0 for a file that has only a header.
    package var sampledRecords: Int

    /// The bytes from the start of a file that a sample needs: more makes it no better.
    package static let sampleSize = 1 << 20
}
