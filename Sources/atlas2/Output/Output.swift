import Glibc
import Processing
import Synchronization

/// Standard output: results, and nothing else.
///
/// Written in large pieces; `flush()` hands over what is left. A reader that has gone away (`| head`) ends the command
/// quietly, by `ReaderGone`.
enum Output {
    /// The program at the other end of the pipe reads no more.
    struct ReaderGone: Error {}

    private static let buffer = Mutex<[UInt8]>([])

    static func line(_ text: String) throws {
        try write(Array(text.utf8) + [0x0A])
    }

    static func line(_ value: JSONValue) throws {
        try write(value.bytes + [0x0A])
    }

    static func write(_ bytes: [UInt8]) throws {
        try buffer.withLock { buffer in
            buffer += bytes
            if buffer.count >= 1 << 16 { try empty(&buffer) }
        }
    }

    static func flush() throws {
        try buffer.withLock { try empty(&$0) }
    }

    private static func empty(_ buffer: inout [UInt8]) throws {
        // What cannot be written now cannot be later.
        defer { buffer.removeAll(keepingCapacity: true) }
        var start = 0
        while start < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                Glibc.write(STDOUT_FILENO, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            }
            if written >= 0 {
                start += written
            } else if errno == EPIPE {
                throw ReaderGone()
            } else if errno != EINTR {
                throw Failure(.file, "standard output cannot be written: \(String(cString: strerror(errno)))")
            }
        }
    }
}

/// Standard error: progress, notices and errors.
enum StandardError {
    static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // There is nowhere left to say that it failed.
            guard written > 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, written))
        }
    }

    /// A line that begins with the program's name.
    ///
    /// What it quotes may be somebody else's: only its line breaks do anything.
    static func say(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
        write("atlas2: \(lines.joined(separator: "\n"))\n")
    }
}
