import AuditLog

/// Reads the content of stored pieces of files, whole ones and such of which lines were blanked.
package struct PieceOpener: ~Copyable {
    private var decompressor: LZ4Frame.Decompressor

    package init() throws(LZ4FrameError) {
        decompressor = try LZ4Frame.Decompressor()
    }

    /// The bytes of the file that the piece holds; blanked ones are as many as they were.
    package mutating func content(of attachment: [UInt8]) throws -> [UInt8] {
        try FileLines(attachment)?.content ?? decompressor.decompress(attachment, limit: FileChunks.size)
    }

    /// The lines of a piece, and what proves them.
    ///
    /// - Parameter salt: the event's.
    mutating func lines(of attachment: [UInt8], salt: [UInt8]) throws -> FileLines {
        if let lines = FileLines(attachment) { return lines }
        let content = try content(of: attachment)
        return FileLines(content, starts: FileChunk.lineStarts(content), salt: salt)
    }
}
