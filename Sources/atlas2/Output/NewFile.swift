import Glibc
import Processing

/// A file that appears under its name when it is whole, readable by its owner alone; until then it is a hidden one beside.
final class NewFile {
    let path: String
    private let partial: String
    private let replaces: Bool
    private let descriptor: Int32
    private var isPlaced = false

    /// Makes the hidden file.
    ///
    /// - Parameter replaces: whether a file that is there may be replaced.
    /// - Throws: `Failure` where there is one already, or none can be made; then nothing is left behind.
    init(_ path: String, replaces: Bool) throws {
        self.path = path
        self.replaces = replaces
        try Self.check(path, replaces: replaces)
        let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        partial = "\(path[..<cut]).atlas2-\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
        descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path, "made") }
    }

    deinit {
        close(descriptor)
        if !isPlaced { unlink(partial) }
    }

    static func check(_ path: String, replaces: Bool) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw Failure(.file, "\(path) is a folder: name a file in it")
        }
        guard replaces, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                .file,
                replaces
                    ? "\(path) is no regular file: name another one"
                    : "\(path) is there already: name another file, or give --force to replace it")
        }
    }

    func write(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            }
            if written >= 0 {
                start += written
            } else if errno != EINTR {
                throw Self.failure(path, "written")
            }
        }
    }

    /// Has everything on the disk, still hidden.
    func settle() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure(path, "written") }
    }

    /// Gives the file its name, in one step.
    ///
    /// - Throws: `Failure` where another file has taken the name meanwhile.
    func place() throws {
        if replaces {
            guard rename(partial, path) == 0 else { throw Self.failure(path, "put in its place") }
        } else {
            // Unlike rename, it replaces nothing.
            guard link(partial, path) == 0 else {
                if errno == EEXIST { try Self.check(path, replaces: false) }
                throw Self.failure(path, "put in its place")
            }
            unlink(partial)
        }
        isPlaced = true
    }

    private static func failure(_ path: String, _ what: String) -> Failure {
        Failure(
            .file,
            "\(path) cannot be \(what) (\(String(cString: strerror(errno)))): name a file in a folder that you may write to"
        )
    }
}
