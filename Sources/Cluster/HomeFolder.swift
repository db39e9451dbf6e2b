import Glibc

/// The folder that everything of one embedded cluster is found from.
///
/// ```
/// transition.lock   held while a process comes or goes
/// users.lock        shared by every process that uses the cluster, for as long as it does
/// server.lock       held by the server and its children, for as long as one of them lives
/// server.log        the server's messages
/// data/  socket/    the cluster and its socket; or, when the server's user cannot enter the home:
/// location          where they are instead
/// ```
struct HomeFolder: Sendable {
    /// Absolute and free of links, so that one home has one name.
    let path: String
    let owner: FileOwner

    var transitionLock: String { "\(path)/transition.lock" }
    var usersLock: String { "\(path)/users.lock" }
    var serverLock: String { "\(path)/server.lock" }
    var locationFile: String { "\(path)/location" }
    var dataFolder: String { "\(path)/data" }
    var log: ServerLog { ServerLog(path: "\(path)/server.log", owner: owner) }

    /// Opens the home, making it when it is missing.
    init(making configuration: ClusterConfiguration) throws(ClusterError) {
        // Root lets the server's user pass through to the private folders inside.
        try makeFolder(Self.absolute(configuration.home), mode: geteuid() == 0 ? 0o711 : 0o700)
        guard let home = try HomeFolder(existing: configuration) else {
            throw .system(.homeUnusable, cannot: "find the home folder \(configuration.home)")
        }
        self = home
    }

    /// Opens the home if there is one.
    init?(existing configuration: ClusterConfiguration) throws(ClusterError) {
        guard let resolved = realpath(Self.absolute(configuration.home), nil) else {
            if errno == ENOENT { return nil }
            throw .system(.homeUnusable, cannot: "enter the home folder \(configuration.home)")
        }
        defer { free(resolved) }
        path = String(cString: resolved)
        // Files that PostgreSQL and this module keep hold one path a line.
        guard !path.utf8.contains(UInt8(ascii: "\n")) else {
            throw ClusterError(
                .homeUnusable, "the home folder's path holds a line break; choose another with ATLAS2_HOME")
        }
        guard let status = fileStatus(path), status.isFolder else {
            throw ClusterError(.homeUnusable, "\(path) is not a folder; remove it or choose another home folder")
        }
        owner = FileOwner(status)
        guard geteuid() == 0 || owner.user == geteuid() else {
            throw ClusterError(
                .homeUnusable,
                "the home folder \(path) belongs to \(ServerAccount(user: owner.user).name); run as that user, or "
                    + "choose another home folder with ATLAS2_HOME")
        }
    }

    /// Sixteen hexadecimal digits that stand for the path where the path itself is too long (64-bit FNV-1a).
    var pathHash: String {
        let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }
}
