import Glibc
internal import Logging

/// The lock under which a process comes or goes, so that decisions about the server are taken one at a time.
struct TransitionLock: ~Copyable {
    private static let limit: Duration = .seconds(1200)

    private let lock: FileLock

    /// Runs `body` while no other process comes or goes; waits for those that do.
    static func holding<Value>(
        in home: HomeFolder, logger: Logger, _ body: () throws(ClusterError) -> Value
    ) throws(ClusterError) -> Value {
        let transition = try TransitionLock(home, logger: logger)
        return try withExtendedLifetime(transition) { (_) throws(ClusterError) in try body() }
    }

    private init(_ home: HomeFolder, logger: Logger) throws(ClusterError) {
        let begin = ContinuousClock.now
        var isTold = false
        while true {
            if let lock = try FileLock(path: home.transitionLock, mode: .exclusive, owner: home.owner) {
                self.lock = lock
                return
            }
            let waited = ContinuousClock.now - begin
            if !isTold, waited > .seconds(2) {
                isTold = true
                let holders = list(ProcessTable.holders(of: home.transitionLock))
                logger.notice("waiting for another process\(holders) that starts or stops the server of \(home.path)")
            }
            guard waited < Self.limit else {
                let holders = list(ProcessTable.holders(of: home.transitionLock))
                throw ClusterError(
                    .busy,
                    "another process\(holders) has been starting or stopping the server of \(home.path) for "
                        + "\(Self.limit); end it and try again")
            }
            usleep(5000)
        }
    }
}
