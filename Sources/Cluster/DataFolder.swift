import Glibc

/// A finished data folder, and whom it belongs to.
struct DataFolder: Sendable {
    let path: String
    let account: ServerAccount

    /// The major version of the server that made it, as `PG_VERSION` states it.
    let version: String

    /// Examines the data folder at a path, which must be a real folder with a version.
    init(path: String) throws(ClusterError) {
        guard let status = fileStatus(path), status.isFolder else {
            throw ClusterError(
                .dataUnusable, "\(path) is not a folder of its own; put the data there, or remove it to begin anew")
        }
        account = try ServerAccount.forExistingData(path, status)
        self.path = path
        let stated = readText("\(path)/PG_VERSION")?.prefix { !$0.isWhitespace } ?? ""
        guard !stated.isEmpty else {
            throw ClusterError(
                .dataUnusable,
                "\(path) is not a PostgreSQL data folder (it has no PG_VERSION); restore it, or remove it to begin "
                    + "with an empty database")
        }
        version = String(stated)
    }

    /// The data folder of a home; nil when none was made, or its making was interrupted.
    static func find(_ home: HomeFolder) throws(ClusterError) -> DataFolder? {
        if fileStatus(home.dataFolder) != nil { return try DataFolder(path: home.dataFolder) }
        guard let place = try DataLocation.read(home), fileStatus(place.dataFolder) != nil else { return nil }
        try place.refuseCopy(home)
        return try DataFolder(path: place.dataFolder)
    }

    /// Takes away access by others, with which PostgreSQL refuses to start.
    func makePrivate() throws(ClusterError) {
        guard let status = fileStatus(path), status.isOpenToOthers else { return }
        try makePrivateFolder(path, owner: account.owner, refusal: .dataUnusable)
    }
}
