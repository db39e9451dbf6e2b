import Glibc

/// The file in the home that the server's messages go to, kept below a size.
struct ServerLog {
    /// Above this many bytes the log is cut.
    static let limit = 8 << 20
    /// This many bytes of its end stay when it is cut.
    static let kept = 1 << 20

    let path: String
    let owner: FileOwner

    /// Opens the log for a server to write to.
    ///
    /// Appending is what lets another process cut the file under a running server.
    func openForAppending() throws(ClusterError) -> Descriptor {
        try Descriptor(path: path, flags: O_WRONLY | O_APPEND | O_CREAT, owner: owner)
    }

    /// Cuts the log to its last lines when it has grown above the limit; lines written meanwhile may be lost.
    func cutIfLarge() {
        guard let file = try? Descriptor(path: path, flags: O_RDWR | O_APPEND), file.size > Self.limit else { return }
        let end = file.read(at: file.size - Self.kept, count: Self.kept)
        ftruncate(file.number, 0)
        let firstLine = end.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        try? file.write(end[firstLine...], to: path)
    }

    var size: Int { fileStatus(path).map { Int($0.st_size) } ?? 0 }

    /// The last lines written after an offset, oldest first.
    func tail(since offset: Int, lines: Int = 12) -> [String] {
        guard let file = try? Descriptor(path: path, flags: O_RDONLY) else { return [] }
        let start = max(offset, file.size - 16 << 10)
        let text = String(decoding: file.read(at: start, count: max(0, file.size - start)), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).suffix(lines).map(String.init)
    }
}
