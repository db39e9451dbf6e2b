/// What is known about an embedded cluster without starting or changing anything.
package struct ClusterStatus: Sendable {
    /// The home folder as it was given, or free of links where it exists.
    package var home: String
    package var homeExists = false
    package var dataFolder: String?
    /// The major version that made the data.
    package var dataVersion: String?
    /// The user that the data belongs to and the server runs as.
    package var account: String?
    /// The process number of the running server.
    package var server: Int32?
    /// `starting`, `ready`, `stopping` or `standby`.
    package var serverState: String?
    package var socketDirectory: String?
    package var port: Int?
    package var logFile: String?
    /// The processes that use the cluster: those that the caller may know of.
    package var users: [Int32] = []
    /// The servers installed, in the order of preference.
    package var installations: [PostgresInstallation] = []
    /// Why the cluster cannot be entered, where that is known already.
    package var problem: ClusterError?

    package var isRunning: Bool { server != nil }
}

extension EmbeddedCluster {
    /// Describes the cluster of a home; makes no folder, takes no lock, starts nothing.
    package static func status(_ configuration: ClusterConfiguration) -> ClusterStatus {
        var status = ClusterStatus(home: configuration.home)
        status.installations = PostgresInstallation.all(configuration)
        do {
            guard let home = try HomeFolder(existing: configuration) else {
                _ = try PostgresInstallation.forNewCluster(configuration)
                return status
            }
            status.home = home.path
            status.homeExists = true
            if fileStatus(home.log.path) != nil { status.logFile = home.log.path }
            status.users = ProcessTable.holders(of: home.usersLock)
            guard let data = try DataFolder.find(home) else {
                _ = try PostgresInstallation.forNewCluster(configuration)
                return status
            }
            status.dataFolder = data.path
            status.dataVersion = data.version
            status.account = data.account.name
            if let postmaster = Postmaster.running(in: data.path, as: data.account) {
                status.server = postmaster.process
                status.serverState = postmaster.state.rawValue
                status.socketDirectory = postmaster.socketFolder
                status.port = postmaster.port
            }
            _ = try PostgresInstallation.forData(ofVersion: data.version, in: data.path, configuration)
        } catch {
            status.problem = error
        }
        return status
    }
}
