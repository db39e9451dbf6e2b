import Glibc

/// The folder of an exported log, by C2SP tlog-tiles: `checkpoint`, `tile/<level>/…`, `tile/entries/…`; and beside them
/// `payloads/…`, and `export.json`, which says what it is.
package struct ExportFolder: Sendable {
    package let path: String
    /// Whether nobody else may read what is made: it holds personal parts.
    var isPrivate = false

    package static let checkpoint = "checkpoint"
    package static let description = "export.json"
    /// Holds the first checkpoint behind each change of the log's key, which both keys signed; named by its size.
    static let keyChanges = "key-changes"

    package init(_ path: String) {
        self.path = path
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes the folder if it is not there.
    func make() throws(ProofError) {
        guard mkdir(path, isPrivate ? 0o700 : 0o755) == 0 || errno == EEXIST else { throw failure("make", path) }
    }

    /// Closes a folder that was there already to others, where it is to hold personal parts.
    func restrict() throws(ProofError) {
        if isPrivate, chmod(path, 0o700) != 0 { throw failure("close to others", path) }
    }

    /// Sees that the folder is there.
    func find() throws(ProofError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT
                ? ProofError(
                    .folder, "there is no folder \(path): atlas2 log export \(path) makes one where the log is")
                : failure("read", path)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw ProofError(.folder, "\(path) is no folder: give the one that atlas2 log export wrote into")
        }
    }

    /// The names of what is in it, or in one of its folders; none where that is not there.
    func names(in folder: String = "") throws(ProofError) -> [String] {
        let path = folder.isEmpty ? self.path : path(folder)
        guard let stream = opendir(path) else {
            if errno == ENOENT, !folder.isEmpty { return [] }
            throw failure("read", path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    func contains(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

    /// A file's bytes; nil where there is none.
    package func read(_ name: String) throws(ProofError) -> [UInt8]? {
        guard let reader = try lines(name, limit: Self.limit) else { return nil }
        return try reader.rest()
    }

    /// A bundle of 256 entries of 65,535 bytes, the largest file that is read whole, has no more bytes.
    private static let limit: off_t = 17 << 20

    /// A file, to be read line by line; nil where there is none.
    ///
    /// - Parameter limit: bytes that it may have at most.
    /// - Throws: `ProofError` also for what is no file: somebody else made the folder, and a pipe or a device has no end.
    func lines(_ name: String, limit: off_t = .max) throws(ProofError) -> LineReader? {
        let descriptor = open(path(name), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("read", path(name))
        }
        let reader = LineReader(descriptor, path: path(name))
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ProofError(.folder, "cannot read \(path(name)): it is no file")
        }
        guard status.st_size <= limit else {
            throw ProofError(
                .folder, "cannot read \(path(name)): it has \(status.st_size) bytes, more than any of an export")
        }
        return reader
    }

    /// Begins a file; it takes its name, and the place of an older one, when it is closed.
    func create(_ name: String) throws(ProofError) -> FileWriter {
        let target = path(name)
        let temporary = target + ".new"
        unlink(temporary)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let mode: mode_t = isPrivate ? 0o600 : 0o644
        var descriptor = open(temporary, flags, mode)
        if descriptor < 0, errno == ENOENT {
            try makeFolders(above: name)
            descriptor = open(temporary, flags, mode)
        }
        guard descriptor >= 0 else { throw failure("make", temporary) }
        return FileWriter(descriptor, temporary: temporary, target: target)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws(ProofError) {
        let file = try create(name)
        try file.append(bytes)
        try file.close()
    }

    /// Removes a file, and the folder it was the last one of.
    func remove(_ name: String) {
        unlink(path(name))
        if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) { rmdir(path(String(name[..<slash]))) }
    }

    private func makeFolders(above name: String) throws(ProofError) {
        var end = name.startIndex
        while let slash = name[end...].firstIndex(of: "/") {
            let folder = path(String(name[..<slash]))
            guard mkdir(folder, isPrivate ? 0o700 : 0o755) == 0 || errno == EEXIST else {
                throw failure("make", folder)
            }
            end = name.index(after: slash)
        }
    }

    fileprivate static func failure(_ verb: String, _ path: String) -> ProofError {
        ProofError(.folder, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }

    private func failure(_ verb: String, _ path: String) -> ProofError { Self.failure(verb, path) }
}

extension TileID {
    /// The file of the content of the events under a tile of leaves: an object a line.
    var payloadsPath: String { "payloads" + entriesPath.dropFirst("tile/entries".count) + ".jsonl" }
}

/// Writes a file in pieces, in bounded memory.
final class FileWriter {
    private let descriptor: Int32
    private let temporary: String
    private let target: String
    private var buffer: [UInt8] = []
    private var isClosed = false

    fileprivate init(_ descriptor: Int32, temporary: String, target: String) {
        self.descriptor = descriptor
        self.temporary = temporary
        self.target = target
    }

    deinit {
        guard !isClosed else { return }
        Glibc.close(descriptor)
        unlink(temporary)
    }

    func append(_ bytes: [UInt8]) throws(ProofError) {
        buffer += bytes
        if buffer.count >= 1 << 18 { try empty() }
    }

    func close() throws(ProofError) {
        try empty()
        isClosed = true
        guard Glibc.close(descriptor) == 0, rename(temporary, target) == 0 else {
            throw ExportFolder.failure("write", target)
        }
    }

    private func empty() throws(ProofError) {
        var start = 0
        while start < buffer.count {
            let written = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
            }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw ExportFolder.failure("write", target) }
            start += written
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Reads a file line by line; memory holds the longest line.
final class LineReader {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    fileprivate init(_ descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// The next line, without its line feed; nil at the end.
    func next() throws(ProofError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = lineFeed(from: searched) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            searched = buffer.count
            guard searched - start <= Self.longestLine else {
                throw ProofError(.folder, "cannot read \(path): a line has more than \(Self.longestLine >> 20) MiB")
            }
            guard !isAtEnd else {
                defer { start = buffer.count }
                return start < buffer.count ? buffer[start...] : nil
            }
            let kept = start
            try fill()
            searched -= kept
        }
    }

    /// What would be longer is not read into memory: somebody else made the file.
    private static let longestLine = 1 << 28

    private func lineFeed(from index: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + index, 0x0A, bytes.count - index)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// All that was not read yet.
    func rest() throws(ProofError) -> [UInt8] {
        while !isAtEnd { try fill() }
        defer { start = buffer.count }
        return start == 0 ? buffer : Array(buffer[start...])
    }

    private func fill() throws(ProofError) {
        buffer.removeFirst(start)
        start = 0
        let piece = max(1 << 16, buffer.count)
        let count = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: piece))
        var got = -1
        repeat {
            got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + count }, piece) }
        } while got < 0 && errno == EINTR
        buffer.removeLast(piece - max(got, 0))
        guard got >= 0 else { throw ExportFolder.failure("read", path) }
        isAtEnd = got == 0
    }
}
