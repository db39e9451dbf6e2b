import Glibc

/// What the kernel tells about processes under `/proc`.
enum ProcessTable {
    /// Whether a process runs; one that has ended and waits for its parent does not.
    static func isRunning(_ process: pid_t) -> Bool {
        guard let text = read("/proc/\(process)/stat"), let name = text.lastIndex(of: UInt8(ascii: ")")) else {
            return false
        }
        // "pid (name) state …", where the name may hold anything.
        let state = text[name...].dropFirst(2).first
        return state != UInt8(ascii: "Z") && state != UInt8(ascii: "X")
    }

    /// The processes that have a file open, this one included; only those that the caller may look into.
    static func holders(of path: String) -> [pid_t] {
        var wanted = stat()
        guard stat(path, &wanted) == 0 else { return [] }
        return folderEntries("/proc").compactMap { pid_t($0) }.filter { process in
            folderEntries("/proc/\(process)/fd").contains { isSame("/proc/\(process)/fd/\($0)", wanted) }
        }.sorted()
    }

    /// Whether a process's current folder is this one; nil when the caller may not know.
    static func works(_ process: pid_t, in folder: String) -> Bool? {
        var wanted = stat()
        var current = stat()
        guard stat(folder, &wanted) == 0 else { return false }
        guard stat("/proc/\(process)/cwd", &current) == 0 else { return errno == EACCES ? nil : false }
        return current.st_dev == wanted.st_dev && current.st_ino == wanted.st_ino
    }

    /// The server processes whose current folder is this one, the postmaster's children among them.
    static func servers(in dataFolder: String) -> [pid_t] {
        folderEntries("/proc").compactMap { pid_t($0) }.filter { process in
            works(process, in: dataFolder) == true
                && read("/proc/\(process)/comm").map { $0.starts(with: "postgres".utf8) } == true
        }
    }

    private static func isSame(_ path: String, _ wanted: stat) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_dev == wanted.st_dev && status.st_ino == wanted.st_ino
    }

    private static func read(_ path: String) -> [UInt8]? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        defer { close(number) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(number, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
