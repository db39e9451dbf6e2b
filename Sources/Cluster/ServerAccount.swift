import Glibc

/// The user that the server runs as: this one, or an ordinary one when root asks.
struct ServerAccount: Sendable {
    let owner: FileOwner
    let name: String

    /// The account with a number; a number without an account is its own name and group.
    init(user: uid_t) {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        if getpwuid_r(user, &record, &buffer, buffer.count, &found) == 0, found != nil, let name = record.pw_name {
            self.init(owner: FileOwner(user: user, group: record.pw_gid), name: String(cString: name))
        } else {
            self.init(owner: FileOwner(user: user, group: gid_t(user)), name: "user \(user)")
        }
    }

    private init(owner: FileOwner, name: String) {
        self.owner = owner
        self.name = name
    }

    /// The account for a new cluster: this user, or for root the home's owner, or `postgres`.
    ///
    /// PostgreSQL refuses to run as root, whoever can take such a server over owns the machine.
    static func forNewCluster(in home: HomeFolder) throws(ClusterError) -> ServerAccount {
        guard geteuid() == 0 else { return ServerAccount(user: geteuid()) }
        if home.owner.user != 0 { return ServerAccount(user: home.owner.user) }
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwnam_r("postgres", &record, &buffer, buffer.count, &found) == 0, found != nil else {
            throw ClusterError(
                .accountMissing,
                "PostgreSQL does not run as root and there is no system user 'postgres' to run it as; make one "
                    + "(adduser --system --group postgres) or run as an ordinary user")
        }
        return ServerAccount(user: record.pw_uid)
    }

    /// The account of an existing data folder: its owner.
    static func forExistingData(_ dataFolder: String, _ status: stat) throws(ClusterError) -> ServerAccount {
        let account = ServerAccount(user: status.st_uid)
        if status.st_uid == 0 {
            throw ClusterError(
                .dataUnusable,
                "the data folder \(dataFolder) belongs to root, as whom PostgreSQL does not run; give it back with "
                    + "chown -R postgres: '\(dataFolder)'")
        }
        guard geteuid() == 0 || geteuid() == status.st_uid else {
            throw ClusterError(
                .dataUnusable,
                "the data folder \(dataFolder) belongs to \(account.name); run as that user, or choose another home "
                    + "folder with ATLAS2_HOME")
        }
        return account
    }

    /// The command that runs `command` as this account.
    func running(_ command: [String]) throws(ClusterError) -> [String] {
        guard geteuid() != owner.user else { return command }
        let places = ["/usr/bin/setpriv", "/bin/setpriv"]
        guard let setpriv = places.first(where: { access($0, X_OK) == 0 }) else {
            throw ClusterError(
                .accountMissing,
                "running the server as \(name) needs setpriv; install it with apt-get install util-linux")
        }
        return [setpriv, "--reuid=\(owner.user)", "--regid=\(owner.group)", "--clear-groups", "--"] + command
    }
}
