/// Writes records as a CSV file in a dialect: what the reader of that dialect reads back are the same records.
///
/// A cell is quoted only where it must be: if it holds the delimiter, the quote or a line break; if it is empty and was
/// quoted; if it is empty and alone in its record; and if it would look like a byte order mark. Where quotes cannot be
/// escaped, a quote behind other text stays as it is. UTF-16 begins with a byte order mark. Take the bytes when there are enough of them:
/// ```swift
/// var writer = Writer(dialect)
/// try writer.write(record)
/// let bytes = writer.take()
/// ```
package struct Writer: Sendable {
    package let dialect: Dialect
    package let recordEnd: RecordEnd
    /// What was written since the last ``take()``; of UTF-16 as UTF-8.
    package private(set) var bytes: [UInt8] = []

    private let delimiter: [UInt8]
    private let lineBreak: [UInt8]
    private var isAtStart = true
    private var isMarkPending: Bool
    private var encoded: [UInt8] = []

    /// A writer at the start of a file. Records end with CRLF, as RFC 4180 asks, unless something else is given.
    package init(_ dialect: Dialect, recordEnd: RecordEnd = .crlf) {
        self.dialect = dialect
        self.recordEnd = recordEnd
        delimiter = dialect.delimiter.bytes
        lineBreak = recordEnd.bytes
        isMarkPending = dialect.encoding.isUTF16
    }

    /// Hands over what was written, and goes on behind it.
    package mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        guard dialect.encoding.isUTF16, !taken.isEmpty else { return taken }
        let mark: [UInt8] = isMarkPending ? [0xEF, 0xBB, 0xBF] : []
        isMarkPending = false
        return UTF16Decoder.encode(mark + taken, dialect.encoding)
    }

    /// Writes one record with its line break. If it throws, nothing was written.
    package mutating func write(_ record: Record) throws(WriterError) {
        guard record.count > 0 else { throw WriterError(code: .emptyRecord, cell: 0) }
        let start = bytes.count
        do throws(WriterError) {
            for cell in 0..<record.count {
                if cell > 0 { bytes += delimiter }
                let isAlone = record.count == 1
                let wasQuoted = cell < record.quoted.count && record.quoted[cell]
                let quotesEmpty = isAlone || (wasQuoted && dialect.quote != nil)
                try write(record.bytes[record.range(cell)], number: cell + 1, quotesEmpty: quotesEmpty)
            }
        } catch {
            bytes.removeLast(bytes.count - start)
            throw error
        }
        bytes += lineBreak
        isAtStart = false
    }

    /// Writes one record of texts, as for ``write(_:)``.
    package mutating func write(_ cells: [String]) throws(WriterError) {
        var record = Record()
        for cell in cells {
            record.append(cell)
        }
        try write(record)
    }

    private mutating func write(
        _ text: ArraySlice<UInt8>, number: Int, quotesEmpty: Bool
    ) throws(WriterError) {
        var cell = text
        if dialect.encoding != .utf8, !dialect.encoding.isUTF16, text.contains(where: { $0 >= 0x80 }) {
            guard Text.encode(text, as: dialect.encoding, into: &encoded) else {
                throw WriterError(code: .unencodable, cell: number)
            }
            cell = encoded[...]
        }
        let startsWithMark = isAtStart && number == 1 && ByteOrderMark(cell) != nil
        let needsQuotes =
            cell.isEmpty
            ? quotesEmpty
            : startsWithMark || cell.first == dialect.quote || cell.contains(where: isSpecial) || holdsPair(cell)
        guard needsQuotes else {
            bytes.append(contentsOf: cell)
            return
        }
        guard let quote = dialect.quote else { throw WriterError(code: .needsQuotes, cell: number) }
        guard dialect.escape != .noEscape || !cell.contains(quote) else {
            throw WriterError(code: .needsEscape, cell: number)
        }
        bytes.append(quote)
        for byte in cell {
            if byte == quote {
                bytes.append(dialect.escape == .backslash ? Self.backslash : quote)
            } else if byte == Self.backslash && dialect.escape == .backslash {
                bytes.append(byte)
            }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    private static let backslash = UInt8(ascii: "\\")

    private func isSpecial(_ byte: UInt8) -> Bool {
        (byte == dialect.delimiter.first && dialect.delimiter.second == nil) || byte == 0x0A || byte == 0x0D
            || (byte == dialect.quote && dialect.escape != .noEscape)
    }

    /// Whether the cell holds a delimiter of two bytes, or the first of them where the next cell's could follow.
    private func holdsPair(_ cell: ArraySlice<UInt8>) -> Bool {
        guard let second = dialect.delimiter.second else { return false }
        return cell.indices.contains { at in
            cell[at] == dialect.delimiter.first && (at + 1 == cell.endIndex || cell[at + 1] == second)
        }
    }
}
