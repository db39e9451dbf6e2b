import Glibc

/// A `flock` on a file: it belongs to the open file, and the kernel drops it with the last descriptor, however the
/// process ends.
struct FileLock: ~Copyable, Sendable {
    enum Mode: Sendable {
        case shared
        case exclusive

        fileprivate var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
    }

    private let file: Descriptor

    /// The number of the locked descriptor, to hand the lock to a child.
    var number: Int32 { file.number }

    /// Takes the lock if nobody stands in the way; nil otherwise.
    init?(path: String, mode: Mode, owner: FileOwner) throws(ClusterError) {
        let file = try Descriptor(path: path, flags: O_RDWR | O_CREAT, owner: owner)
        while flock(file.number, mode.operation | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return nil
            default: throw .system(.homeUnusable, cannot: "lock \(path)")
            }
        }
        self.file = file
    }

    /// Changes a shared lock into an exclusive one if this is its only holder.
    ///
    /// The change is not atomic: when it is refused, the shared lock may be gone too. Ask only when done with it.
    func becomeExclusive() -> Bool {
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }
}
