import CPostgres

extension Session {
    /// Sends data through `COPY … FROM STDIN`; returns the number of rows.
    ///
    /// When `body` throws, nothing of it takes effect, and an open transaction has failed.
    @discardableResult
    package func copyIn(_ statement: String, _ body: (inout CopyWriter) throws -> Void) throws -> Int {
        let link = try link
        try link.startCopy(statement, expecting: PGRES_COPY_IN)
        var writer = CopyWriter(link)
        do {
            try body(&writer)
            try writer.finish()
        } catch {
            do {
                _ = try link.endCopyIn(because: "the client gave up")
            } catch let failure as PostgresError where failure.code == .connection {
                throw failure
            } catch {
                // The server's answer to giving up; the reason for it is thrown below.
            }
            throw error
        }
        return try link.endCopyIn(because: nil).affectedRows
    }

    /// Lends the data of `COPY … TO STDOUT`: a row at a time in the text formats; the bytes are valid during the call only.
    ///
    /// When `chunk` throws, the session can do nothing more, as with `forEach`.
    package func copyOut(_ statement: String, _ chunk: (UnsafeRawBufferPointer) throws -> Void) throws {
        let link = try link
        try link.startCopy(statement, expecting: PGRES_COPY_OUT)
        try link.forEachCopyChunk(chunk)
    }
}

/// Takes the data of a COPY and sends it on in chunks of 128 KiB.
///
/// Either bytes in the statement's format, or rows of values for `WITH (FORMAT binary)`.
package struct CopyWriter {
    private let link: Link
    private var buffer: [UInt8] = []
    private var hasBinaryRows = false
    private static let chunkSize = 128 * 1024

    init(_ link: Link) {
        self.link = link
        buffer.reserveCapacity(Self.chunkSize)
    }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        if buffer.count + bytes.count > Self.chunkSize { try flush() }
        guard bytes.count > Self.chunkSize else { return buffer.append(contentsOf: bytes) }
        for start in stride(from: 0, to: bytes.count, by: Self.chunkSize) {
            let end = min(start + Self.chunkSize, bytes.count)
            try link.putCopyData(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        }
    }

    package mutating func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    package mutating func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a row in the binary format; the columns must have exactly the types of the values.
    package mutating func writeRow<each Value: PostgresEncodable>(_ values: repeat each Value) throws {
        if !hasBinaryRows {
            hasBinaryRows = true
            // Signature, flags, length of the header's extension. Source: PostgreSQL's documentation of COPY.
            buffer += Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        let start = buffer.count
        buffer.append(bigEndian: Int16(0))
        var count: UInt16 = 0
        for value in repeat each values {
            buffer.append(lengthPrefixed: value)
            count += 1
        }
        buffer[start] = UInt8(count >> 8)
        buffer[start + 1] = UInt8(truncatingIfNeeded: count)
        if buffer.count >= Self.chunkSize { try flush() }
    }

    mutating func finish() throws {
        if hasBinaryRows { buffer.append(bigEndian: Int16(-1)) }
        try flush()
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { try link.putCopyData($0) }
        buffer.removeAll(keepingCapacity: true)
    }
}
