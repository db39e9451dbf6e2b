package import FoundationEssentials
import Glibc
import Postgres

/// What a sealer keeps outside the database for one log: a folder that its user alone can enter.
///
/// ```
/// key            the key that signs, as Go's note package writes it (0600)
/// previous-key   the key before, until both have signed the change
/// state          what was signed last, and what it takes to go on from there
/// patrol         how far the patrol has come, and when its rounds began
/// refusal        why the last attempt to seal was refused; gone when one succeeds
/// set-aside      the last checkpoint that was found in the database and that no key of the log had signed
/// lock           held by the sealer at work
/// ```
package struct SealerFolder: Sendable, Hashable {
    package enum File: String, Sendable, CaseIterable {
        case key
        case previousKey = "previous-key"
        case state
        case patrol
        case refusal
        case setAside = "set-aside"
        case lock
    }

    package let path: String

    /// - Parameter root: the folder of all logs' sealers.
    package init(root: String, tenant: UUID) {
        path = "\(root)/\(tenant.text)"
    }

    package func path(_ file: File) -> String { "\(path)/\(file.rawValue)" }

    /// Makes the folder and those above it.
    ///
    /// Made by root inside somebody's folder, it is theirs: root leaves nothing that its owner could not open.
    package func make() throws(SealRefusal) {
        var missing: [String] = []
        var folder = path
        var status = stat()
        while stat(folder, &status) != 0 {
            guard errno == ENOENT else { throw failure("examine", folder) }
            missing.append(folder)
            let parent = folder.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(folder[..<$0]) } ?? "."
            folder = parent.isEmpty ? "/" : parent
        }
        for folder in missing.reversed() {
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure("make", folder) }
            if geteuid() == 0 { _ = chown(folder, status.st_uid, status.st_gid) }
        }
        try synchronize(folder)
    }

    /// The text of a file; nil where there is none.
    package func read(_ file: File) throws(SealRefusal) -> String? {
        let number = open(path(file), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read", path(file))
        }
        defer { close(number) }
        var status = stat()
        guard fstat(number, &status) == 0 else { throw failure("examine", path(file)) }
        if [.key, .previousKey].contains(file), status.st_mode & 0o077 != 0 {
            throw SealRefusal(
                .unusableKey,
                "\(path(file)) can be read by others: chmod 600 \(path(file)), and rotate the key if somebody may have read it"
            )
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(number, &buffer, buffer.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure("read", path(file)) }
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<got]
        }
    }

    /// Replaces a file in one step: readers and crashes see the old text or the new one, and a power cut does not bring
    /// the old one back.
    ///
    /// - Parameter isDurable: false leaves it to the system when the text reaches the disk.
    package func write(_ text: String, to file: File, isDurable: Bool = true) throws(SealRefusal) {
        let temporary = try prepare(text, for: file, isDurable: isDurable)
        guard rename(temporary, path(file)) == 0 else { throw failure("write", path(file)) }
        if isDurable { try synchronize(path) }
    }

    /// As `write`, but only where there is no such file yet.
    package func create(_ file: File, _ text: String) throws(SealRefusal) {
        let temporary = try prepare(text, for: file, isDurable: true)
        defer { unlink(temporary) }
        guard link(temporary, path(file)) == 0 else { throw failure("make", path(file)) }
        try synchronize(path)
    }

    /// Puts a new text in a file's place and keeps the old one under another name; there is no moment without either.
    package func replace(_ file: File, with text: String, keepingAs former: File) throws(SealRefusal) {
        let temporary = try prepare(text, for: file, isDurable: true)
        guard link(path(file), path(former)) == 0 else { throw failure("make", path(former)) }
        try synchronize(path)
        guard rename(temporary, path(file)) == 0 else { throw failure("write", path(file)) }
        try synchronize(path)
    }

    package func remove(_ file: File) throws(SealRefusal) {
        guard unlink(path(file)) == 0 else {
            if errno == ENOENT { return }
            throw failure("remove", path(file))
        }
        try synchronize(path)
    }

    /// Writes a file's text beside it.
    private func prepare(_ text: String, for file: File, isDurable: Bool) throws(SealRefusal) -> String {
        let temporary = path(file) + ".new"
        unlink(temporary)
        let number = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw failure("make", temporary) }
        defer { close(number) }
        giveToOwner(of: path, number)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw failure("write", temporary) }
            rest = rest.dropFirst(written)
        }
        guard !isDurable || fsync(number) == 0 else { throw failure("write", temporary) }
        return temporary
    }

    private func synchronize(_ folder: String) throws(SealRefusal) {
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw failure("open", folder) }
        defer { close(number) }
        guard fsync(number) == 0 else { throw failure("write", folder) }
    }

    private func giveToOwner(of folder: String, _ number: Int32) {
        var status = stat()
        guard geteuid() == 0, stat(folder, &status) == 0 else { return }
        fchown(number, status.st_uid, status.st_gid)
    }

    private func failure(_ verb: String, _ path: String) -> SealRefusal {
        SealRefusal(.file, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}

extension SealerFolder {
    /// The right to seal, on this machine; given up when the last reference goes, and when the process does.
    package final class Lock: Sendable {
        private let number: Int32

        fileprivate init(_ number: Int32) {
            self.number = number
        }

        deinit { close(number) }
    }

    /// Takes the lock, so that the sealers of one machine take turns.
    ///
    /// - Parameter wait: how long to wait for another; nil: as long as it takes.
    /// - Returns: nil when another sealer is still at work then.
    package func lock(wait: Duration?) async throws -> Lock? {
        let number = open(path(.lock), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw failure("open", path(.lock)) }
        let lock = Lock(number)
        giveToOwner(of: path, number)
        let deadline = wait.map { ContinuousClock.now + $0 }
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw failure("lock", path(.lock)) }
            if let deadline, ContinuousClock.now >= deadline { return nil }
            try await Task.sleep(for: .milliseconds(20))
        }
        return lock
    }

    /// Whether this process can read a key here; without one there is nothing to seal with.
    package var hasKey: Bool { access(path(.key), R_OK) == 0 }
}
