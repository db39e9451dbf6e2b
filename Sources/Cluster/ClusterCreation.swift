import Glibc
internal import Logging

/// Makes a new data folder with the product's database in it.
///
/// All is done under a temporary name, which becomes `data` in one step at the end: a data folder is complete or not
/// there, and what a crash leaves behind is removed by the next.
struct ClusterCreation {
    let home: HomeFolder
    let account: ServerAccount
    let installation: PostgresInstallation
    let configuration: ClusterConfiguration
    let logger: Logger

    /// - Parameter lock: The home's `server.lock`, handed on to every program that works in the folder.
    func run(holding lock: borrowing FileLock) throws(ClusterError) -> DataFolder {
        let temporary = try prepareFolder()
        let log = home.log
        log.cutIfLarge()
        let start = log.size
        let output = try log.openForAppending()
        var initialize = [
            installation.path(of: "initdb"), "--pgdata=\(temporary)", "--username=\(ClusterConfiguration.superuser)",
            "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C", "--data-checksums",
            "--no-instructions",
        ]
        // Letters beyond ASCII have cases and classes only under a UTF-8 character type; order stays by bytes.
        if let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) {
            freelocale(locale)
            initialize.append("--lc-ctype=C.UTF-8")
        }
        try execute(initialize, "", "initdb", in: temporary, output, lock, logStart: start)
        try includeSettings(temporary)
        let create = [installation.path(of: "postgres"), "--single", "-j", "-D", temporary, "postgres"]
        try execute(
            create, "CREATE DATABASE \(ClusterConfiguration.databaseName);\n\n", "CREATE DATABASE", in: temporary,
            output, lock, logStart: start)

        let final = String(temporary.dropLast(".new".count))
        guard rename(temporary, final) == 0 else { throw .system(.creationFailed, cannot: "rename \(temporary)") }
        synchronizeFolder(of: final)
        return try DataFolder(path: final)
    }

    /// An empty folder of the account's, named `data.new`, in the home or where the account can reach it.
    private func prepareFolder() throws(ClusterError) -> String {
        if let place = try DataLocation.read(home) { return try emptyFolder(place.dataFolder + ".new") }
        if geteuid() == account.owner.user { return try emptyFolder(home.dataFolder + ".new") }
        if let inHome = try? emptyFolder(home.dataFolder + ".new") {
            let check = try account.running(["/usr/bin/test", "-w", inHome])
            if try ChildProcess.capture(check).ending == .exited(0) { return inHome }
            rmdir(inHome)
        }
        let place = try DataLocation.reserve(for: home, under: configuration.stateFolder)
        logger.notice("the server's user \(account.name) cannot enter \(home.path); the data is in \(place.folder)")
        return try emptyFolder(place.dataFolder + ".new")
    }

    private func emptyFolder(_ path: String) throws(ClusterError) -> String {
        if let left = fileStatus(path) {
            // As its owner: root would follow whatever that user had put there.
            let remove = ["/bin/rm", "-rf", "--one-file-system", "--", path]
            _ = try ChildProcess.capture(ServerAccount(user: left.st_uid).running(remove))
            guard rmdir(path) == 0 || errno == ENOENT else {
                throw .system(.creationFailed, cannot: "remove \(path), left by an interrupted start")
            }
        }
        try makePrivateFolder(path, owner: account.owner, refusal: .creationFailed)
        return path
    }

    private func includeSettings(_ folder: String) throws(ClusterError) {
        let path = "\(folder)/postgresql.conf"
        let file = try Descriptor(path: path, flags: O_WRONLY | O_APPEND)
        try file.write("\ninclude_if_exists = '\(ServerSettings.fileName)'\n".utf8, to: path)
        guard fsync(file.number) == 0 else { throw .system(.creationFailed, cannot: "write \(path)") }
    }

    private func execute(
        _ command: [String], _ input: String, _ name: String, in folder: String, _ output: borrowing Descriptor,
        _ lock: borrowing FileLock, logStart: Int
    ) throws(ClusterError) {
        let ending = try ChildProcess.run(
            account.running(command), input: input, output: output.number, held: lock.number)
        guard ending != .exited(0) else { return }
        throw ClusterError(
            .creationFailed, "a new cluster cannot be made in \(folder): \(name) failed\(diskAdvice(folder))",
            logTail: home.log.tail(since: logStart))
    }
}

/// What to add to a failure when the disk under a path is full: a full disk often cannot even log that it is.
func diskAdvice(_ path: String) -> String {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return "" }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    return free < 64 << 20 ? "; its disk has only \(free >> 20) MB left: free some space and try again" : ""
}
