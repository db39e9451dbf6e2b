import Glibc

/// What is at a path, not following a symbolic link in its last component; nil when nothing is there.
func fileStatus(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isOpenToOthers: Bool { st_mode & 0o077 != 0 }
}

/// Makes a folder and its missing parents; `mode` is for the last one, whatever the umask.
///
/// - Returns: Whether it had to be made.
@discardableResult
func makeFolder(_ path: String, mode: mode_t) throws(ClusterError) -> Bool {
    if mkdir(path, mode) == 0 {
        chmod(path, mode)
        return true
    }
    switch errno {
    case EEXIST:
        var status = stat()
        guard stat(path, &status) == 0, status.isFolder else {
            throw ClusterError(.homeUnusable, "\(path) is not a folder; remove it or choose another home folder")
        }
        return false
    case ENOENT:
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else {
            throw .system(.homeUnusable, cannot: "make the folder \(path)")
        }
        let parent = String(path[..<slash])
        if fileStatus(parent) == nil { try makeFolder(parent, mode: 0o755) }
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw .system(.homeUnusable, cannot: "make the folder \(path)")
        }
        chmod(path, mode)
        return true
    default:
        throw .system(.homeUnusable, cannot: "make the folder \(path)")
    }
}

/// Makes a folder that one user alone (and root) can enter, or checks that the existing one is such.
///
/// Whatever stands there already is opened without following a link and judged through the open descriptor, so
/// nothing can be put in its place between the check and the use.
func makePrivateFolder(_ path: String, owner: FileOwner, refusal: ClusterError.Code) throws(ClusterError) {
    let isNew = mkdir(path, 0o700) == 0
    guard isNew || errno == EEXIST else { throw .system(refusal, cannot: "make the folder \(path)") }
    let number = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else {
        if errno == ENOTDIR || errno == ELOOP {
            throw ClusterError(refusal, "\(path) is not a folder of its own (a link or a file); remove it")
        }
        throw .system(refusal, cannot: "open the folder \(path)")
    }
    let folder = try Descriptor(owning: number)
    var status = stat()
    guard fstat(folder.number, &status) == 0 else { throw .system(refusal, cannot: "examine \(path)") }
    if isNew, status.st_uid != owner.user {
        guard fchown(folder.number, owner.user, owner.group) == 0 else {
            let failure = errno
            rmdir(path)
            throw .system(refusal, cannot: "give \(path) to \(ServerAccount(user: owner.user).name)", failure)
        }
        status.st_uid = owner.user
    }
    guard status.st_uid == owner.user else {
        throw ClusterError(
            refusal,
            "the folder \(path) belongs to \(ServerAccount(user: status.st_uid).name), not to "
                + "\(ServerAccount(user: owner.user).name); remove it or give it back with chown")
    }
    if status.isOpenToOthers || isNew, fchmod(folder.number, 0o700) != 0 {
        throw .system(refusal, cannot: "make \(path) private")
    }
}

/// The text of a small file; nil when there is none or it cannot be read.
func readText(_ path: String) -> String? {
    guard let file = try? Descriptor(path: path, flags: O_RDONLY) else { return nil }
    return String(decoding: file.read(at: 0, count: 64 << 10), as: UTF8.self)
}

/// Replaces a small file in one step: readers and crashes see the old text or the new one.
func replaceText(_ path: String, with text: String, owner: FileOwner) throws(ClusterError) {
    let temporary = path + ".new"
    unlink(temporary)
    do throws(ClusterError) {
        let file = try Descriptor(path: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, owner: owner)
        try file.write(text.utf8, to: temporary)
        guard fsync(file.number) == 0 else { throw .system(.homeUnusable, cannot: "write \(temporary)") }
    } catch {
        unlink(temporary)
        throw error
    }
    guard rename(temporary, path) == 0 else { throw .system(.homeUnusable, cannot: "write \(path)") }
    synchronizeFolder(of: path)
}

/// Makes the names in the folder that holds `path` survive a power cut.
func synchronizeFolder(of path: String) {
    let parent = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    let number = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return }
    fsync(number)
    close(number)
}

/// The names in a folder, unordered; empty when it cannot be read.
func folderEntries(_ path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}
