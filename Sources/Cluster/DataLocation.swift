import Glibc

/// Where the data is when it is not in the home: a folder of root's for one home, named in the home's location file.
///
/// The location file is written before the data is made and decides alone: a home that was removed and made again gets a
/// place of its own, and the former data stays until somebody removes it.
struct DataLocation {
    /// The folder that holds `data`, `socket`, and `home`, the path of the home it serves.
    let folder: String

    var dataFolder: String { "\(folder)/data" }
    private var homeFile: String { "\(folder)/home" }

    /// The place that the home's location file names; nil without one.
    static func read(_ home: HomeFolder) throws(ClusterError) -> DataLocation? {
        guard let text = readText(home.locationFile) else { return nil }
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        guard let line = lines.last, line.hasPrefix("/") else {
            throw ClusterError(
                .dataUnusable,
                "\(home.locationFile) names no folder; write the path of the data folder's parent into it")
        }
        let place = DataLocation(folder: String(line))
        guard fileStatus(place.folder) != nil else {
            throw ClusterError(
                .dataUnusable,
                "the data of \(home.path) is missing: \(place.folder), named in \(home.locationFile), is not there; "
                    + "restore it, or remove that file to begin with an empty database")
        }
        return place
    }

    /// Sets a new place apart for a home and notes it there.
    static func reserve(for home: HomeFolder, under stateFolder: String) throws(ClusterError) -> DataLocation {
        try makeFolder(stateFolder, mode: 0o755)
        if let status = fileStatus(stateFolder), status.st_uid != 0 || status.st_mode & 0o022 != 0 {
            throw ClusterError(
                .dataUnusable,
                "others than root can write in \(stateFolder); give it to root and take their access away (chmod 755)")
        }
        for attempt in 1...1000 {
            let place = DataLocation(folder: "\(stateFolder)/\(home.pathHash)" + (attempt == 1 ? "" : "-\(attempt)"))
            guard try makeFolder(place.folder, mode: 0o711) else { continue }
            try place.note(home)
            let text = "# The server's user cannot enter this folder, so the data and the socket are in:\n"
            try replaceText(home.locationFile, with: text + place.folder + "\n", owner: home.owner)
            return place
        }
        throw ClusterError(
            .dataUnusable, "\(stateFolder) holds a thousand former data folders of \(home.path); remove some")
    }

    /// Makes sure that the data serves this home alone: a copied home must not share it, a moved one may have it.
    func refuseCopy(_ home: HomeFolder) throws(ClusterError) {
        guard let noted = notedHome, noted != home.path,
            let location = readText("\(noted)/location"), location.split(separator: "\n").last == folder[...]
        else { return }
        throw ClusterError(
            .dataUnusable,
            "\(home.path) is a copy of \(noted), whose data in \(folder) it cannot share; use that home, or remove "
                + "\(home.locationFile) to begin with an empty database")
    }

    /// Notes which home the data serves.
    func note(_ home: HomeFolder) throws(ClusterError) {
        guard notedHome != home.path else { return }
        try replaceText(homeFile, with: home.path + "\n", owner: FileOwner(user: geteuid(), group: getegid()))
    }

    private var notedHome: String? {
        readText(homeFile)?.split(separator: "\n").first.map(String.init)
    }
}
