import AuditLog
import Crypto
import Glibc
import Processing
import Testing

@Suite struct FileChunksTests {
    static let mebibyte = 1_048_576

    @Test(
        "a file comes in full pieces of 1 MiB and a last one, with the hash of the whole",
        arguments: [
            (0, []), (1, [1]), (mebibyte - 1, [mebibyte - 1]), (mebibyte, [mebibyte]), (mebibyte + 1, [mebibyte, 1]),
            (3 * mebibyte + 17, [mebibyte, mebibyte, mebibyte, 17]),
        ])
    func pieces(_ size: Int, _ expected: [Int]) throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(UInt64(size))
        let content = generator.bytes(size)
        var chunks = try FileChunks(path: try folder.write(content, as: "a"))
        var read: [UInt8] = []
        var sizes: [Int] = []
        while let chunk = try chunks.next() {
            #expect(chunk.index == sizes.count)
            #expect(chunk.offset == Int64(read.count))
            sizes.append(chunk.bytes.count)
            read += chunk.bytes
        }
        #expect(sizes == expected)
        #expect(read == content)
        #expect(chunks.offset == Int64(size))
        #expect(chunks.sha256 == Array(SHA256.hash(data: content)))
    }

    @Test("short reads, as from a pipe, give the same pieces")
    func shortReads() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writing = ends[1]
        let content = [UInt8](repeating: 5, count: Self.mebibyte + 70_001)
        let writer = Task.detached {
            var rest = content[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(writing, $0.baseAddress, min($0.count, 3_333)) }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            close(writing)
        }
        defer { writer.cancel() }
        var chunks = FileChunks(OpenFile(descriptor: ends[0], path: "a pipe"))
        var sizes: [Int] = []
        while let chunk = try chunks.next() { sizes.append(chunk.bytes.count) }
        #expect(sizes == [Self.mebibyte, 70_001])
    }

    @Test("a file that is missing or cannot be read is named, with the system's reason")
    func failures() throws {
        let folder = try TemporaryFolder()
        let missing = failure { _ = try FileChunks(path: "\(folder.path)/none.csv") }
        #expect(missing?.code == .notFound)
        #expect(missing?.message == "cannot open \(folder.path)/none.csv: No such file or directory; check the path")
        let unreadable = failure {
            var chunks = try FileChunks(path: folder.path)
            _ = try chunks.next()
        }
        #expect(unreadable?.code == .unreadable)
        #expect(unreadable?.message.contains("cannot read \(folder.path): Is a directory") == true)
    }
}

@Suite struct FileFingerprintTests {
    @Test("a file's fingerprint is its size and SHA-256", arguments: [1, 1000, 262_144, 262_145, 3_000_000])
    func fingerprint(_ size: Int) throws {
        let folder = try TemporaryFolder()
        let content = [UInt8](repeating: 0x61, count: size)
        let path = try folder.write(content, as: "a")
        let fingerprint = try FileFingerprint(path: path, maxFileSize: Int64(size))
        #expect(fingerprint.size == Int64(size))
        #expect(fingerprint.sha256 == Array(SHA256.hash(data: content)).hexadecimal)
    }

    @Test("what is no regular file is refused, and says what it is")
    func otherKinds() throws {
        let folder = try TemporaryFolder()
        let pipe = "\(folder.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        for (path, kind) in [(folder.path, "a folder"), ("/dev/null", "a device"), (pipe, "a pipe")] {
            let failure = failure { _ = try FileFingerprint(path: path, maxFileSize: 100) }
            #expect(failure?.code == .notAFile)
            #expect(failure?.message == "\(path) is \(kind); name a regular file, or save the data in one first")
        }
    }

    @Test("missing, empty and unreachable files are refused with the reason")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write([], as: "empty.csv")
        let loop = "\(folder.path)/loop"
        try #require(symlink(loop, loop) == 0)
        let cases: [(String, FileError.Code, String)] = [
            ("\(folder.path)/no.csv", .notFound, "No such file or directory; check the path"),
            ("\(empty)/no.csv", .notFound, "Not a directory; check the path"),
            (empty, .empty, "is empty; name a file that has data"),
            (loop, .unreadable, "Too many levels of symbolic links"),
        ]
        for (path, code, text) in cases {
            let failure = failure { _ = try FileFingerprint(path: path, maxFileSize: 100) }
            #expect(failure?.code == code)
            #expect(failure?.path == path)
            #expect(failure?.message.contains(path) == true)
            #expect(failure?.message.contains(text) == true)
        }
    }

    static let sizeless = "/sys/kernel/uevent_seqnum"

    @Test(
        "a file that gives fewer bytes than its size is refused",
        .enabled(if: access(sizeless, R_OK) == 0, "needs a file that claims a size it does not have"))
    func changed() {
        let failure = failure { _ = try FileFingerprint(path: Self.sizeless, maxFileSize: 1 << 20) }
        #expect(failure?.code == .changed)
        #expect(failure?.message == "\(Self.sizeless) changed while it was read; try again when nothing writes to it")
    }

    @Test("a file over the limit is refused with both sizes and the command that raises the limit")
    func overLimit() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], as: "big.csv")
        let failure = failure { _ = try FileFingerprint(path: path, maxFileSize: 2) }
        #expect(failure?.code == .tooLarge)
        #expect(
            failure?.message == """
                \(path) has 3 bytes, and the setting max_file_size allows 2; split the file, or raise the limit with: \
                atlas2 settings set max_file_size 3
                """)
        #expect(try FileFingerprint(path: path, maxFileSize: 3).size == 3)
    }
}

private func failure(_ body: () throws -> Void) -> FileError? {
    do {
        try body()
        return nil
    } catch {
        return error as? FileError
    }
}
