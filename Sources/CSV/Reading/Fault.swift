/// What is wrong with one record, and where.
///
/// A fault ends its record, never the file. A record with several faults carries the one that explains most: a fault
/// of quoting or size first, then the number of cells, then NUL bytes, then the encoding.
package struct Fault: Sendable, Hashable {
    /// The kind of a fault. More kinds may come, so a switch over them needs a default.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// One byte, so that a fault stays a plain value that costs nothing where there is none.
        private enum Kind: UInt8 {
            case wrongCellCount
            case repairedCells
            case unclosedQuote
            case strayQuote
            case nulByte
            case invalidEncoding
            case cellTooLong
            case recordTooLong
            case tooManyColumns
            case unsupportedEncoding
        }

        private let kind: Kind

        /// The name for machines, as `wrong_cell_count`.
        package var rawValue: String {
            switch kind {
            case .wrongCellCount: "wrong_cell_count"
            case .repairedCells: "repaired_cells"
            case .unclosedQuote: "unclosed_quote"
            case .strayQuote: "stray_quote"
            case .nulByte: "nul_byte"
            case .invalidEncoding: "invalid_encoding"
            case .cellTooLong: "cell_too_long"
            case .recordTooLong: "record_too_long"
            case .tooManyColumns: "too_many_columns"
            case .unsupportedEncoding: "unsupported_encoding"
            }
        }

        package var description: String { rawValue }

        /// The record has fewer or more cells than the header (or the first record). It holds the cells as they stand.
        package static let wrongCellCount = Self(kind: .wrongCellCount)
        /// The record had fewer or more cells than there are columns, and has as many now (see ``Record/repair``).
        package static let repairedCells = Self(kind: .repairedCells)
        /// The file ended inside a quoted cell. The record's last cell holds everything since the quote opened.
        package static let unclosedQuote = Self(kind: .unclosedQuote)
        /// Text follows a closing quote. The cell holds the text between the quotes, the closing quote and what follows it.
        package static let strayQuote = Self(kind: .strayQuote)
        /// A cell holds a NUL byte. It stands in the record as it was.
        package static let nulByte = Self(kind: .nulByte)
        /// A byte has no meaning in the file's encoding. U+FFFD stands in its place.
        package static let invalidEncoding = Self(kind: .invalidEncoding)
        /// A cell exceeds the limit. The record holds the cells before it; reading goes on behind the next line break.
        package static let cellTooLong = Self(kind: .cellTooLong)
        /// The cells together exceed the limit. The record holds those before the limit; reading goes on behind the next
        /// line break.
        package static let recordTooLong = Self(kind: .recordTooLong)
        /// The record has more cells than the limit. It holds the first ones, up to the limit.
        package static let tooManyColumns = Self(kind: .tooManyColumns)
        /// The file starts with the byte order mark of another encoding. This is the file's only record, and it has no cells.
        package static let unsupportedEncoding = Self(kind: .unsupportedEncoding)
    }

    package var code: Code
    /// The record's number among the data records, from 1; the header has 0.
    package var record: Int
    /// The physical line of the fault, from 1. For an unclosed quote, the line on which the quote opened.
    package var line: Int
    /// The offset in the file of the byte at fault; of the record's first byte for a wrong cell count.
    package var offset: Int
    /// The cell at fault, from 1; nil when it is the record as a whole.
    package var cell: Int?
    /// The number that should have been: of cells, or the limit in bytes.
    package var expected: Int?
    /// The number of cells that were found.
    package var found: Int?
    /// The byte that has no meaning in the encoding; nil in UTF-16, where code units may have none.
    package var byte: UInt8?
}
