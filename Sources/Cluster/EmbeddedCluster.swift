import Glibc
package import Logging

/// The private PostgreSQL cluster of a home folder, shared by all the processes that use that home.
///
/// These calls block their thread while locks and the server are waited for: entering takes about 60 ms, the first time
/// about a second, after a crash as long as recovery takes.
package enum EmbeddedCluster {
    /// Makes the cluster if there is none, starts its server if it does not run, and counts this process as a user.
    ///
    /// Call it once, early, and `leave()` the lease at the end, also when ending on a signal.
    package static func enter(
        _ configuration: ClusterConfiguration, logger: Logger
    ) throws(ClusterError) -> Lease {
        let begin = ContinuousClock.now
        let home = try HomeFolder(making: configuration)
        return try TransitionLock.holding(in: home, logger: logger) { () throws(ClusterError) in
            guard let users = try FileLock(path: home.usersLock, mode: .shared, owner: home.owner) else {
                let holders = list(ProcessTable.holders(of: home.usersLock))
                throw ClusterError(
                    .busy, "\(home.usersLock) is locked by another program\(holders); end it and try again")
            }
            let (postmaster, arrival, installation) = try bringUp(home, configuration, logger)
            let duration = ContinuousClock.now - begin
            logger.debug("\(arrival.rawValue) the embedded PostgreSQL server of \(home.path) in \(duration)")
            return Lease(
                postmaster, arrival, installation, users: users, home: home, configuration: configuration,
                logger: logger)
        }
    }

    /// What became of a request to stop the server.
    package enum StopOutcome: Equatable, Sendable {
        case stopped
        case notRunning
        /// Other processes use it: those that the caller may know of.
        case inUse(by: [Int32])
    }

    /// Stops the server if nobody uses it; with `force`, also under its users, whose connections end.
    package static func stop(
        _ configuration: ClusterConfiguration, force: Bool = false, logger: Logger
    ) throws(ClusterError) -> StopOutcome {
        guard let home = try HomeFolder(existing: configuration) else { return .notRunning }
        return try TransitionLock.holding(in: home, logger: logger) { () throws(ClusterError) in
            guard let data = try DataFolder.find(home), Postmaster.running(in: data.path, as: data.account) != nil
            else {
                return .notRunning
            }
            let alone = try FileLock(path: home.usersLock, mode: .exclusive, owner: home.owner)
            if alone == nil, !force { return .inUse(by: ProcessTable.holders(of: home.usersLock)) }
            return try ServerControl(home: home, configuration: configuration).stop(data) ? .stopped : .notRunning
        }
    }

    private static func bringUp(
        _ home: HomeFolder, _ configuration: ClusterConfiguration, _ logger: Logger
    ) throws(ClusterError) -> (Postmaster, Lease.Arrival, PostgresInstallation) {
        let control = ServerControl(home: home, configuration: configuration)
        if let data = try DataFolder.find(home) {
            if data.path != home.dataFolder { try DataLocation.read(home)?.note(home) }
            let installation = try PostgresInstallation.forData(
                ofVersion: data.version, in: data.path, configuration)
            while true {
                if let lock = try control.lock(data) {
                    return (try control.start(data, with: installation, holding: lock), .started, installation)
                }
                if let postmaster = try control.join(data) { return (postmaster, .joined, installation) }
            }
        }
        let installation = try PostgresInstallation.forNewCluster(configuration)
        let account = try ServerAccount.forNewCluster(in: home)
        guard let lock = try control.lock(nil) else {
            throw ClusterError(.busy, "\(home.serverLock) is locked by another program; end it and try again")
        }
        logger.notice("making a PostgreSQL \(installation.version) cluster for \(home.path)")
        let creation = ClusterCreation(
            home: home, account: account, installation: installation, configuration: configuration, logger: logger)
        let data = try creation.run(holding: lock)
        return (try control.start(data, with: installation, holding: lock), .created, installation)
    }
}
