import AuditLog
import Crypto
import Glibc

/// What identifies a file's content: its size and its SHA-256.
package struct FileFingerprint: Sendable, Hashable {
    /// Bytes.
    package let size: Int64
    /// Lower-case hexadecimal.
    package let sha256: String

    /// Reads a file once.
    ///
    /// Throws a ``FileError`` that says what to do for what cannot be processed: folders, devices, pipes, and files that are
    /// missing, unreadable, empty, larger than the limit, or written to meanwhile.
    ///
    /// - Parameter maxFileSize: Bytes; the setting `max_file_size`.
    package init(path: String, maxFileSize: Int64) throws(FileError) {
        // Asked before opening: opening a device may have effects.
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(path, cannot: "open", errno) }
        try Self.check(status, path: path, maxFileSize: maxFileSize)
        let file = try OpenFile(path: path)
        status = try file.status()
        try Self.check(status, path: path, maxFileSize: maxFileSize)
        (size, sha256) = try Self.hash(file, expected: Int64(status.st_size))
    }

    private static func check(_ status: stat, path: String, maxFileSize: Int64) throws(FileError) {
        let kind: String? =
            switch status.st_mode & S_IFMT {
            case S_IFREG: nil
            case S_IFDIR: "a folder"
            case S_IFIFO: "a pipe"
            case S_IFSOCK: "a socket"
            default: "a device"
            }
        if let kind {
            throw FileError(
                .notAFile, path: path, "\(path) is \(kind); name a regular file, or save the data in one first")
        }
        let size = Int64(status.st_size)
        guard size > 0 else { throw FileError(.empty, path: path, "\(path) is empty; name a file that has data") }
        guard size <= maxFileSize else {
            throw FileError(
                .tooLarge, path: path,
                """
                \(path) has \(size) bytes, and the setting max_file_size allows \(maxFileSize); split the file, or raise \
                the limit with: atlas2 settings set max_file_size \(size)
                """)
        }
    }

    private static func hash(_ file: borrowing OpenFile, expected: Int64) throws(FileError) -> (Int64, String) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        var size: Int64 = 0
        while size <= expected {
            let count = try file.read(into: buffer)
            if count == 0 { break }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
        guard size == expected else {
            throw FileError(
                .changed, path: file.path,
                "\(file.path) changed while it was read; try again when nothing writes to it")
        }
        return (size, hash.finalize().withUnsafeBytes { [UInt8]($0) }.hexadecimal)
    }
}
