/// A row of a `COPY … TO STDOUT (FORMAT binary)`, borrowed while the closure that gets it runs.
package struct CopiedRow: ~Copyable {
    private let fields: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>

    fileprivate init(_ fields: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>) {
        self.fields = fields
    }

    /// The bytes of a column, counted from 0, in PostgreSQL's binary form; nil for NULL. Valid while the row is.
    package subscript(column: Int) -> UnsafeRawBufferPointer? { fields[column] }
}

extension Session {
    /// Lends the rows of a `COPY (…) TO STDOUT (FORMAT binary)` as they come: the cheapest way to read very many.
    ///
    /// - Parameters:
    ///   - statement: takes no values: whatever stands in it is SQL.
    ///   - columns: how many each row has.
    /// - Throws: `.decoding` for anything but such rows; what `row` throws, as `forEach` does.
    package func copyOut(_ statement: String, columns: Int, row: (borrowing CopiedRow) throws -> Void) throws {
        let fields = UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>.allocate(capacity: columns)
        fields.initialize(repeating: nil)
        defer { fields.deallocate() }
        var isFirst = true
        try copyOut(statement) { message in
            // The server sends each row as a message of its own, the header in front of the first.
            var reader = FieldReader(bytes: message)
            if isFirst {
                isFirst = false
                try reader.skipHeader()
            }
            if try reader.read(into: fields) { try row(CopiedRow(fields)) }
        }
    }
}

/// Reads the binary format of COPY. Source: PostgreSQL's documentation of COPY, "Binary Format".
private struct FieldReader {
    var bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Signature (11 bytes), flags, length of an extension, extension.
    mutating func skipHeader() throws {
        offset = 15
        offset += Int(try integer(UInt32.self))
    }

    /// Reads the fields of one row; false at the end of the data.
    mutating func read(into fields: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>) throws -> Bool {
        let count = try integer(Int16.self)
        if count == -1 { return false }
        guard Int(count) == fields.count else { throw Self.malformed }
        for column in 0..<fields.count {
            let length = Int(try integer(Int32.self))
            guard length >= 0 else {
                fields[column] = nil
                continue
            }
            guard bytes.count - offset >= length else { throw Self.malformed }
            fields[column] = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            offset += length
        }
        return true
    }

    private mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        let size = MemoryLayout<Value>.size
        guard bytes.count - offset >= size else { throw Self.malformed }
        defer { offset += size }
        return Value(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    private static let malformed = PostgresError(
        .decoding, "COPY gave something else than the rows that were asked for")
}
