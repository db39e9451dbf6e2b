import Glibc
internal import Logging
import Synchronization

/// One process's use of the embedded cluster: while it is held, the server runs.
///
/// It ends with `leave()`; with the process, however that ends (the kernel drops the lock, and the next to enter and
/// leave stops the server); or when it is let go of.
package final class Lease: Sendable {
    /// How the server came to run when this lease was taken.
    package enum Arrival: String, Sendable {
        case created
        case started
        case joined
    }

    /// The host to connect to: the folder of the server's socket.
    package let socketDirectory: String
    package let port: Int
    package let arrival: Arrival

    /// The server's programs, such as `psql`.
    package let installation: PostgresInstallation

    private let users: Mutex<FileLock?>
    private let home: HomeFolder
    private let configuration: ClusterConfiguration
    private let logger: Logger

    init(
        _ postmaster: Postmaster, _ arrival: Arrival, _ installation: PostgresInstallation, users: consuming FileLock,
        home: HomeFolder, configuration: ClusterConfiguration, logger: Logger
    ) {
        socketDirectory = postmaster.socketFolder
        port = postmaster.port
        self.arrival = arrival
        self.installation = installation
        self.users = Mutex(users)
        self.home = home
        self.configuration = configuration
        self.logger = logger
    }

    deinit { leave() }

    /// A libpq connection string for a user of the cluster, who needs no password.
    package func conninfo(user: String, database: String = ClusterConfiguration.databaseName) -> String {
        let parts = [("host", socketDirectory), ("port", String(port)), ("user", user), ("dbname", database)]
        return parts.map { name, value in
            let escaped = value.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
            return "\(name)='\(String(escaped))'"
        }.joined(separator: " ")
    }

    /// Gives the cluster up; the last one out stops the server and waits for its end, some 20 ms.
    ///
    /// Blocks its thread; calling it again does nothing.
    /// A server that does not stop is logged, not thrown: the caller's work is done and committed.
    package func leave() {
        guard users.withLock({ $0 != nil }) else { return }
        do throws(ClusterError) {
            try TransitionLock.holding(in: home, logger: logger) { () throws(ClusterError) in
                // Let go of inside: one who enters next must not find it exclusive.
                guard let users = takeUsers(), users.becomeExclusive(), let data = try DataFolder.find(home) else {
                    return
                }
                let control = ServerControl(home: home, configuration: configuration)
                if try control.stop(data) { logger.debug("stopped the embedded PostgreSQL server of \(home.path)") }
            }
        } catch {
            _ = takeUsers()
            logger.error("leaving the embedded PostgreSQL server of \(home.path): \(error)")
        }
    }

    private func takeUsers() -> FileLock? { users.withLock { $0.take() } }

    /// Cuts the server's log when it has grown large; entering and leaving do this too.
    ///
    /// For processes that hold a lease for days: call it once an hour.
    package func cutServerLog() {
        home.log.cutIfLarge()
    }
}
