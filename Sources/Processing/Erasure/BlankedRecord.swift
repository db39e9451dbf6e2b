package import CSV

/// A record of a CSV file whose cells are to be unreadable, in a file where everything else stays where it is.
///
/// Its bytes become `x`, as many as they were; line breaks stay. So every other record keeps its number, line and offset,
/// and of this one its length and line breaks are all that can be told. Only where that would move other records do
/// delimiters and quotes stay as well, which tell the lengths of the cells.
package struct BlankedRecord: Sendable, Hashable {
    /// Where it stands in the file: a range of offsets, without the line break behind it.
    package let range: Range<Int>
    /// What is to stand there, byte for byte; empty where nothing can.
    package let bytes: [UInt8]
    /// Whether that is what stands there already.
    package let isBlankAlready: Bool

    /// A record of a file whose lines cannot be blanked, as of UTF-16: the zeros of its line breaks are no bytes that a
    /// blank line may hold.
    init(range: Range<Int>) {
        self.range = range
        bytes = []
        isBlankAlready = false
    }

    /// - Parameters:
    ///   - bytes: the file's bytes from the record's first on, up to and with its line break.
    ///   - start: the place in front of the record, and of what a reader skips before it.
    ///   - offset: of the record's first byte.
    ///   - end: the place behind the record.
    ///   - isLast: whether the file, not a line break, ends it.
    /// - Throws: ``Failure`` where the record cannot be blanked without moving others.
    package init(
        _ bytes: [UInt8], offset: Int, from start: Position, to end: Position, isLast: Bool, _ dialect: Dialect,
        limits: Limits? = nil
    ) throws {
        let count = bytes.count - Self.lengthOfLineBreak(bytes)
        range = offset..<(offset + count)
        let lineBreak = bytes[count...]
        for keepsMarks in [false, true] {
            let blank = Self.blank(bytes[..<count], dialect, keepsMarks: keepsMarks)
            var place = start
            // What a reader skips before the record, empty lines and a byte order mark, stays as it is.
            place.offset = offset
            place.line = end.line - Self.lineBreaks(bytes)
            place.blankLines = end.blankLines
            place.afterCarriageReturn = false
            var (reader, record) = (Reader(dialect, limits: limits, resumingAt: place), Record())
            reader.feed(blank + lineBreak)
            if isLast { reader.finish() }
            guard reader.next(into: &record) else { continue }
            var found = reader.position
            found.columns = end.columns
            if found == end {
                self.bytes = blank
                isBlankAlready = blank.elementsEqual(bytes[..<count])
                return
            }
        }
        throw Failure(
            .state, "the row at byte \(offset) of the file cannot be blanked without moving others: erase the whole job"
        )
    }

    /// The length of the line break that ends the record; 0 at the end of a file without one.
    private static func lengthOfLineBreak(_ bytes: [UInt8]) -> Int {
        switch (bytes.dropLast().last, bytes.last) {
        case (0x0D, 0x0A): 2
        case (_, 0x0A), (_, 0x0D): 1
        default: 0
        }
    }

    private static func blank(_ bytes: ArraySlice<UInt8>, _ dialect: Dialect, keepsMarks: Bool) -> [UInt8] {
        var blank = bytes.map { byte in
            switch byte {
            case 0x0A, 0x0D: return byte
            case UInt8(ascii: "\\"): return keepsMarks ? byte : UInt8(ascii: "x")
            default:
                let isMark = byte == dialect.quote || dialect.delimiter.contains(byte)
                return keepsMarks && isMark ? byte : UInt8(ascii: "x")
            }
        }
        // A line break inside the record must stay inside it.
        if !keepsMarks, let quote = dialect.quote, blank.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
            for index in [blank.startIndex, blank.index(before: blank.endIndex)] where blank[index] == UInt8(ascii: "x")
            {
                blank[index] = quote
            }
        }
        return blank
    }

    /// How many line breaks the bytes hold.
    private static func lineBreaks(_ bytes: [UInt8]) -> Int {
        var (count, previous) = (0, UInt8(0))
        for byte in bytes {
            if byte == 0x0D || byte == 0x0A && previous != 0x0D { count += 1 }
            previous = byte
        }
        return count
    }
}
