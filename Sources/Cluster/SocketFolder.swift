import Glibc

/// The folder of the server's socket: private to its user, and with a path that sockets and libpq can take.
enum SocketFolder {
    static let port = 5432
    static let socketName = ".s.PGSQL.\(port)"

    /// The longest path of a Unix socket on Linux, in bytes: `sockaddr_un.sun_path` without its final NUL.
    static let longestSocketPath = 107

    /// Makes or checks the folder for a server's socket and returns its path.
    static func prepare(
        home: HomeFolder, dataFolder: String, account: ServerAccount, _ configuration: ClusterConfiguration
    ) throws(ClusterError) -> String {
        let folder = try choose(home: home, dataFolder: dataFolder, account: account, configuration)
        try makePrivateFolder(folder, owner: account.owner, refusal: .socketFolderRefused)
        return folder
    }

    /// Removes what a killed server left in its folder: a socket, and a lock file whose process number may by now be
    /// another process's, which would keep the next server from starting.
    static func clear(_ folder: String) {
        unlink("\(folder)/\(socketName)")
        unlink("\(folder)/\(socketName).lock")
    }

    static func isUsable(_ folder: String) -> Bool {
        folder.utf8.count + 1 + socketName.utf8.count <= longestSocketPath
            // libpq reads a comma as the next host, whatever the quotes; the others need three layers of escaping.
            && folder.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && !",\"'\\".utf8.contains($0) }
    }

    private static func choose(
        home: HomeFolder, dataFolder: String, account: ServerAccount, _ configuration: ClusterConfiguration
    ) throws(ClusterError) -> String {
        // Beside the data: the server's user can reach that folder, wherever it is.
        let beside = String(dataFolder.dropLast("/data".count)) + "/socket"
        if isUsable(beside) { return beside }
        let name = "atlas2-\(home.pathHash)"
        if geteuid() == 0 {
            // Root has a folder that nobody else writes in, so it need not trust a shared one.
            let parent = configuration.stateFolder + "/sockets"
            try makeFolder(parent, mode: 0o755)
            return "\(parent)/\(name)"
        }
        if let runtime = configuration.runtimeFolder, isUsable("\(runtime)/\(name)"),
            let status = fileStatus(runtime), status.isFolder, status.st_uid == geteuid(), !status.isOpenToOthers
        {
            return "\(runtime)/\(name)"
        }
        return "\(configuration.temporaryFolder)/\(name)-\(geteuid())"
    }
}
