import CSV
import Glibc
import Processing

/// A file that is read once from its start to its end; `-` is standard input.
struct InputFile: ~Copyable {
    /// As the user gave it.
    let name: String
    private let descriptor: Int32

    /// - Throws: `Failure` when it cannot be opened or is a folder.
    init(_ path: String) throws {
        name = path == "-" ? "standard input" : path
        if path == "-" {
            descriptor = STDIN_FILENO
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw Self.failure(path, EISDIR)
        }
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// The next bytes, up to `count`; fewer only where the file ends.
    func read(_ count: Int) throws -> [UInt8] {
        var failed: Int32 = 0
        let descriptor = descriptor
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let length = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
                if length > 0 {
                    filled += length
                } else if length == 0 {
                    return
                } else if errno != EINTR {
                    failed = errno
                    return
                }
            }
        }
        guard failed == 0 else { throw Self.failure(name, failed) }
        return bytes
    }

    /// The last bytes, wherever reading is; nil for what has no end yet, such as a pipe.
    func end() throws -> FileEnd? {
        var status = stat()
        guard descriptor != STDIN_FILENO, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        do {
            return try OpenFile(path: name).end(of: Int64(status.st_size))
        } catch {
            throw Failure(.file, error.description)
        }
    }

    private static func failure(_ path: String, _ number: Int32) -> Failure {
        Failure(.file, "\(path) cannot be read: \(String(cString: strerror(number)))")
    }
}
