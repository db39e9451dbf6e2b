import Crypto

/// A piece of a file.
package struct FileChunk: Sendable {
    /// From 0.
    package let index: Int
    /// Offset of its first byte in the file.
    package let offset: Int64
    package let bytes: [UInt8]
}

/// Reads a file in pieces of 1 MiB and hashes the whole on the way.
///
/// Every piece but the last is full, so that pieces of the same file are always the same. Whoever goes on after some pieces
/// were stored reads from the start all the same and skips those, because the hash is over the whole file. Memory: one
/// piece.
package struct FileChunks: ~Copyable {
    /// Bytes of a piece.
    package static let size = 1 << 20

    private let file: OpenFile
    private var hash = SHA256()
    private var index = 0
    /// Bytes read so far.
    package private(set) var offset: Int64 = 0

    package init(path: String) throws(FileError) {
        self.init(try OpenFile(path: path))
    }

    package init(_ file: consuming OpenFile) {
        self.file = file
    }

    /// The next piece; nil at the file's end.
    package mutating func next() throws(FileError) -> FileChunk? {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, count in
            do throws(FileError) {
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard !bytes.isEmpty else { return nil }
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        defer {
            index += 1
            offset += Int64(bytes.count)
        }
        return FileChunk(index: index, offset: offset, bytes: bytes)
    }

    /// SHA-256 of the bytes read so far: after the last piece, of the whole file (32 bytes).
    package var sha256: [UInt8] {
        hash.finalize().withUnsafeBytes { [UInt8]($0) }
    }
}
