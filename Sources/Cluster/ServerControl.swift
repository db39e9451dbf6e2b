import Glibc

/// Starts and stops the server of a data folder; used only while holding the home's `transition.lock`.
///
/// It starts `postgres` itself and watches `postmaster.pid` as `pg_ctl -w` does, but without that program's steps of
/// 100 ms: a short command pays for a start and a stop, 70 ms together instead of 215.
struct ServerControl {
    let home: HomeFolder
    let configuration: ClusterConfiguration

    /// How long a server may take to become ready: recovery after a crash replays up to gigabytes.
    static let startLimit: Duration = .seconds(900)
    static let stopLimit: Duration = .seconds(300)
    /// How long the children of a killed server may take to notice; then they are told, then killed.
    static let orphanLimit: Duration = .seconds(2)
    /// How long a killed process may take to be gone: one that waits for a disk goes when the disk answers.
    static let killLimit: Duration = .seconds(30)

    /// Waits until nobody works in the data folder, and locks it.
    ///
    /// What holds the lock without a postmaster is the rest of a killed server, or an `initdb` whose starter was
    /// killed. Both end by themselves, as a rule at once.
    ///
    /// - Returns: The lock; nil when a server runs in the folder, to be joined instead.
    func lock(_ data: DataFolder?) throws(ClusterError) -> FileLock? {
        let begin = ContinuousClock.now
        var nextSignal: (number: Int32, after: Duration)? = (SIGQUIT, Self.orphanLimit)
        while true {
            if let data, Postmaster.running(in: data.path, as: data.account) != nil { return nil }
            if let lock = try FileLock(path: home.serverLock, mode: .exclusive, owner: home.owner) {
                let strangers = data.map { leftServers(in: $0) } ?? []
                if strangers.isEmpty { return lock }
            }
            let waited = ContinuousClock.now - begin
            if let signal = nextSignal, waited > signal.after {
                for process in orphans(data) { kill(process, signal.number) }
                nextSignal = signal.number == SIGQUIT ? (SIGKILL, Self.orphanLimit * 2) : nil
            }
            guard waited < Self.killLimit else {
                throw ClusterError(
                    .busy,
                    "processes of a server that was killed still work in \(data?.path ?? home.path)"
                        + list(orphans(data)) + "; end them and try again")
            }
            usleep(5000)
        }
    }

    /// Starts the server and waits until it accepts connections.
    func start(
        _ data: DataFolder, with installation: PostgresInstallation, holding lock: borrowing FileLock
    ) throws(ClusterError) -> Postmaster {
        try data.makePrivate()
        removeStaleFile(data)
        let socketFolder = try SocketFolder.prepare(
            home: home, dataFolder: data.path, account: data.account, configuration)
        SocketFolder.clear(socketFolder)
        try writeSettings(data, socketFolder)

        let log = home.log
        log.cutIfLarge()
        let logStart = log.size
        let output = try log.openForAppending()
        let command = try data.account.running([installation.path(of: "postgres"), "-D", data.path])
        let process = try ChildProcess.start(command, output: output.number, held: lock.number)
        let ready: Started? = waitUntil(Self.startLimit) {
            if let ending = ChildProcess.poll(process) { return .failed(ending) }
            guard let recorded = Postmaster.recorded(in: data.path), recorded.process == process else { return nil }
            return recorded.state == .ready ? .ready(recorded) : nil
        }
        switch ready {
        case .ready(let postmaster): return postmaster
        case .failed(let ending):
            throw ClusterError(
                .startFailed,
                "the PostgreSQL server of \(data.path) did not start (\(ending))\(diskAdvice(data.path)); its log is "
                    + log.path,
                logTail: log.tail(since: logStart))
        case nil: throw notReady(process)
        }
    }

    /// Waits for a server that somebody else started or stops; nil when it has ended.
    func join(_ data: DataFolder) throws(ClusterError) -> Postmaster? {
        var last: Postmaster?
        let joined: Joined? = waitUntil(Self.startLimit) {
            last = Postmaster.running(in: data.path, as: data.account)
            guard let last else { return .gone }
            return last.state == .ready ? .ready(last) : nil
        }
        switch joined {
        case .ready(let postmaster): return postmaster
        case .gone: return nil
        case nil: throw notReady(last?.process ?? 0)
        }
    }

    /// Stops the server (fast: clients are disconnected, everything is written) and waits until it has ended.
    ///
    /// - Returns: Whether there was one to stop.
    func stop(_ data: DataFolder) throws(ClusterError) -> Bool {
        guard let postmaster = Postmaster.running(in: data.path, as: data.account) else { return false }
        guard kill(postmaster.process, SIGINT) == 0 || errno == ESRCH else {
            throw .system(.stopFailed, cannot: "stop the server (process \(postmaster.process))")
        }
        let ended: Bool? = waitUntil(Self.stopLimit) {
            // A child of this process stays in the table until it is asked for.
            if ChildProcess.poll(postmaster.process) == .exited(0) { return true }
            return ProcessTable.isRunning(postmaster.process) ? nil : true
        }
        home.log.cutIfLarge()
        guard ended == true else {
            throw ClusterError(
                .stopFailed,
                "the server of \(data.path) (process \(postmaster.process)) was told to stop and is still writing; "
                    + "it ends by itself, and the next command waits for it",
                logTail: home.log.tail(since: 0))
        }
        return true
    }

    private enum Started {
        case ready(Postmaster)
        case failed(ChildProcess.Ending)
    }

    private enum Joined {
        case ready(Postmaster)
        case gone
    }

    private func notReady(_ process: pid_t) -> ClusterError {
        ClusterError(
            .startFailed,
            "the server (process \(process)) is not ready after \(Self.startLimit); it may be recovering from a "
                + "crash: try again later, or look into \(home.log.path)",
            logTail: home.log.tail(since: 0))
    }

    private func writeSettings(_ data: DataFolder, _ socketFolder: String) throws(ClusterError) {
        let path = "\(data.path)/\(ServerSettings.fileName)"
        let text = ServerSettings.text(socketFolder: socketFolder)
        guard readText(path) != text else { return }
        try replaceText(path, with: text, owner: data.account.owner)
    }

    /// Removes a `postmaster.pid` whose process number now belongs to something else.
    ///
    /// PostgreSQL takes any living process of that number for a server and refuses to start. A number that nobody
    /// has is left to PostgreSQL, which then also looks for shared memory still in use.
    private func removeStaleFile(_ data: DataFolder) {
        guard let recorded = Postmaster.recorded(in: data.path) else { return }
        if kill(recorded.process, 0) == 0 || errno == EPERM { unlink(Postmaster.file(in: data.path)) }
    }

    private func leftServers(in data: DataFolder) -> [pid_t] {
        fileStatus(Postmaster.file(in: data.path)) == nil ? [] : ProcessTable.servers(in: data.path)
    }

    private func orphans(_ data: DataFolder?) -> [pid_t] {
        let found = ProcessTable.holders(of: home.serverLock) + (data.map { ProcessTable.servers(in: $0.path) } ?? [])
        return Set(found).subtracting([getpid()]).sorted()
    }
}

/// A list of processes for the end of a sentence's clause; empty for none.
func list(_ processes: [pid_t]) -> String {
    switch processes.count {
    case 0: ""
    case 1: " (process \(processes[0]))"
    default: " (processes " + processes.map(String.init).joined(separator: ", ") + ")"
    }
}

/// Asks again and again, soon at first, until there is an answer; nil when the time is up.
func waitUntil<Answer>(_ limit: Duration, _ ask: () -> Answer?) -> Answer? {
    let begin = ContinuousClock.now
    while true {
        if let answer = ask() { return answer }
        let waited = ContinuousClock.now - begin
        guard waited < limit else { return nil }
        usleep(waited < .milliseconds(300) ? 2000 : 20000)
    }
}
