/// Why a record cannot be written in a dialect.
package struct WriterError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The record has no cells, and would read as an empty line. Leave it out.
        package static let emptyRecord = Code(rawValue: "empty_record")
        /// The cell needs quotes, and the dialect has none. Choose one that has, or another delimiter.
        package static let needsQuotes = Code(rawValue: "needs_quotes")
        /// The cell needs quotes and holds one, and the dialect has no escape. Choose one that has.
        package static let needsEscape = Code(rawValue: "needs_escape")
        /// The cell has a character that the encoding lacks. Choose UTF-8.
        package static let unencodable = Code(rawValue: "unencodable")
    }

    package let code: Code
    /// The cell at fault, from 1; 0 for the record as a whole.
    package let cell: Int

    package init(code: Code, cell: Int) {
        self.code = code
        self.cell = cell
    }

    package var description: String {
        switch code {
        case .emptyRecord: "a record without cells cannot be written: leave it out"
        case .needsQuotes: "cell \(cell) cannot be written without quotes: choose a dialect that has them"
        case .needsEscape: "cell \(cell) holds a quote within quotes: choose a dialect that can escape it"
        case .unencodable: "cell \(cell) has a character that the encoding lacks: write UTF-8"
        default: "cell \(cell): \(code.rawValue)"
        }
    }
}
