import Glibc

/// A file without a name: it is gone when it is closed, also by a kill.
struct TemporaryFile: ~Copyable {
    private let descriptor: Int32
    private let folder: String

    init(folder: String) throws(FileError) {
        var descriptor = open(folder, O_RDWR | O_CLOEXEC | Self.nameless, 0o600)
        if descriptor < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL {
            // This file system has no files without names: the name lives for an instant.
            let path = "\(folder)/.atlas2-\(UInt64.random(in: .min ... .max))"
            descriptor = open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0o600)
            if descriptor >= 0 { unlink(path) }
        }
        guard descriptor >= 0 else { throw .temporary(folder, cannot: "make a temporary file", errno) }
        self.init(descriptor: descriptor, folder: folder)
    }

    /// `O_TMPFILE`, a macro that does not import.
    private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

    /// Takes an open descriptor over; `folder` is what errors call it.
    init(descriptor: Int32, folder: String) {
        self.descriptor = descriptor
        self.folder = folder
    }

    deinit { close(descriptor) }

    /// Appends all of the bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var count = 0
        while count < bytes.count {
            let written = Glibc.write(descriptor, bytes.baseAddress.map { $0 + count }, bytes.count - count)
            if written >= 0 {
                count += written
            } else if errno != EINTR {
                throw .temporary(folder, cannot: "write a temporary file", errno)
            }
        }
    }

    /// Fills the buffer from an offset.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
        var count = 0
        while count < buffer.count {
            let got = pread(
                descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count, off_t(offset + count))
            if got > 0 {
                count += got
            } else if got == 0 || errno != EINTR {
                throw .temporary(folder, cannot: "read a temporary file back", got == 0 ? EIO : errno)
            }
        }
    }
}
