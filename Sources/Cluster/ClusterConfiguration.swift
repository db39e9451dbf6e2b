/// Where an embedded cluster lives and where its programs are looked for.
///
/// Built by the composition root: this module never reads the environment.
package struct ClusterConfiguration: Sendable {
    /// The database every embedded cluster holds.
    package static let databaseName = "atlas2"

    /// The superuser of an embedded cluster; trusted on its socket, which nobody else can reach.
    package static let superuser = "postgres"

    /// The home folder (`ATLAS2_HOME`), relative to the current folder or absolute; made when missing.
    package var home: String

    /// Folders that hold one PostgreSQL per version as `<version>/bin`; searched first, newest version first.
    package var versionFolders = ["/usr/lib/postgresql"]

    /// Folders to search after those, separated by colons (the value of `PATH`).
    package var searchPath: String

    /// A folder of this user's for sockets (the value of `XDG_RUNTIME_DIR`); used where the home's path is too long.
    package var runtimeFolder: String?

    /// The folder for sockets where there is no runtime folder.
    package var temporaryFolder = "/tmp"

    /// Where root keeps the data of homes that the server's user cannot reach.
    package var stateFolder = "/var/lib/atlas2"

    package init(home: String, searchPath: String = "", runtimeFolder: String? = nil) {
        self.home = home
        self.searchPath = searchPath
        self.runtimeFolder = runtimeFolder
    }
}
