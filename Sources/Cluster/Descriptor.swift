import Glibc

/// An open file that closes itself; never inherited by another program unless handed over on purpose.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    /// Takes an open descriptor over. It is moved out of the way of 0 to 3, which children are given by number.
    init(owning number: Int32) throws(ClusterError) {
        guard number < 4 else {
            self.number = number
            return
        }
        let moved = fcntl(number, F_DUPFD_CLOEXEC, 10)
        let failure = errno
        close(number)
        guard moved >= 0 else { throw .system(.homeUnusable, cannot: "duplicate a file descriptor", failure) }
        self.number = moved
    }

    /// Opens a file without following a symbolic link in its last component.
    ///
    /// - Parameter mode: The permissions of a file that `O_CREAT` makes, whatever the umask.
    init(path: String, flags: Int32, mode: mode_t = 0o600, owner: FileOwner? = nil) throws(ClusterError) {
        let number = open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
        guard number >= 0 else { throw .system(.homeUnusable, cannot: "open \(path)") }
        try self.init(owning: number)
        // Root must not leave files in a user's home that the user cannot open.
        if flags & O_CREAT != 0, let owner, geteuid() == 0 { fchown(self.number, owner.user, owner.group) }
    }

    deinit { close(number) }

    var size: Int {
        var status = stat()
        return fstat(number, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Reads up to `count` bytes from `offset`; fewer at the file's end.
    func read(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            while length < count {
                let got = pread(
                    number, buffer.baseAddress.map { $0 + length }, count - length, off_t(offset + length))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { break }
                length += got
            }
        }
    }

    /// Reads a pipe until all its writers are gone.
    func readToEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = Glibc.read(number, &buffer, buffer.count)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return bytes }
            bytes += buffer[..<got]
        }
    }

    func write(_ bytes: some Collection<UInt8>, to name: String) throws(ClusterError) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written >= 0 else { throw .system(.homeUnusable, cannot: "write \(name)") }
            rest = rest.dropFirst(written)
        }
    }
}

/// The user and group that own a file.
struct FileOwner: Hashable, Sendable {
    let user: uid_t
    let group: gid_t

    init(user: uid_t, group: gid_t) {
        self.user = user
        self.group = group
    }

    init(_ status: stat) {
        self.init(user: status.st_uid, group: status.st_gid)
    }
}
