import Glibc

/// A file open for reading that closes itself.
package struct OpenFile: ~Copyable, Sendable {
    package let path: String
    private let descriptor: Int32

    /// Opens a file; never waits for the other end of a pipe.
    package init(path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .unreadable(path, cannot: "open", errno) }
        self.init(descriptor: descriptor, path: path)
    }

    /// Takes an open descriptor over; `path` is what errors call it.
    package init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Reads on until the buffer is full or the file ends; returns the number of bytes, 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        var count = 0
        while count < buffer.count {
            let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            if got == 0 { break }
            if got > 0 {
                count += got
            } else if errno != EINTR {
                throw .unreadable(path, cannot: "read", errno)
            }
        }
        return count
    }

    /// Bytes from an offset on, fewer where the file ends; where reading goes on stays as it is.
    func bytes(from offset: Int64, count: Int) throws(FileError) -> [UInt8] {
        var failed: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled))
                if got == 0 { return }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    failed = errno
                    return
                }
            }
        }
        guard failed == 0 else { throw .unreadable(path, cannot: "read", failed) }
        return bytes
    }

    func status() throws(FileError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path, cannot: "look at", errno) }
        return status
    }
}
