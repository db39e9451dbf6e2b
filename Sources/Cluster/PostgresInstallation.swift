import Glibc

/// The programs of one installed PostgreSQL server.
package struct PostgresInstallation: Hashable, Sendable {
    /// The oldest major version that Atlas2 works with.
    package static let oldestMajorVersion = 15

    /// The folder that holds `postgres`, `initdb` and usually `psql`.
    package let binFolder: String

    /// The full version, such as `15.18`.
    package let version: String

    package let majorVersion: Int

    /// The path of one of its programs, such as `psql`.
    package func path(of program: String) -> String { "\(binFolder)/\(program)" }

    /// Asks the server program in a folder for its version; nil when there is none that answers.
    init?(binFolder: String) {
        let programs = ["postgres", "initdb"].map { "\(binFolder)/\($0)" }
        guard programs.allSatisfy({ access($0, X_OK) == 0 }),
            let (ending, output) = try? ChildProcess.capture([programs[0], "--version"]), ending == .exited(0),
            // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 18beta1"
            let version = output.split(whereSeparator: \.isWhitespace).dropFirst(2).first,
            let major = Int(version.prefix { $0.isASCII && $0.isNumber })
        else { return nil }
        self.binFolder = binFolder
        self.version = String(version)
        self.majorVersion = major
    }

    /// All that are installed, in the order of preference: versioned folders newest first, then the search path.
    static func all(_ configuration: ClusterConfiguration) -> [PostgresInstallation] {
        candidateFolders(configuration).compactMap { PostgresInstallation(binFolder: $0) }
    }

    /// The one for a new cluster.
    static func forNewCluster(_ configuration: ClusterConfiguration) throws(ClusterError) -> PostgresInstallation {
        let candidates = candidateFolders(configuration)
        for folder in candidates {
            if let found = PostgresInstallation(binFolder: folder), found.majorVersion >= oldestMajorVersion {
                return found
            }
        }
        throw missing(configuration)
    }

    /// The one whose major version made a data folder.
    static func forData(
        ofVersion version: String, in dataFolder: String, _ configuration: ClusterConfiguration
    ) throws(ClusterError) -> PostgresInstallation {
        // The folder named after the version is asked first: asking costs a process each.
        let candidates = candidateFolders(configuration)
        let named = candidates.filter { $0.hasSuffix("/\(version)/bin") }
        var others: [PostgresInstallation] = []
        for folder in named + candidates.filter({ !named.contains($0) }) {
            guard let found = PostgresInstallation(binFolder: folder) else { continue }
            if String(found.majorVersion) != version {
                others.append(found)
            } else if found.majorVersion < oldestMajorVersion {
                throw tooOld(found)
            } else {
                return found
            }
        }
        if others.isEmpty { throw missing(configuration) }
        let installed = others.map { "\($0.version) (\($0.binFolder))" }.joined(separator: ", ")
        throw ClusterError(
            .versionMismatch,
            "the data in \(dataFolder) was made by PostgreSQL \(version), but installed is \(installed); install "
                + "PostgreSQL \(version) (apt-get install postgresql-\(version)), or move the data with pg_upgrade")
    }

    private static func missing(_ configuration: ClusterConfiguration) -> ClusterError {
        if let old = all(configuration).first { return tooOld(old) }
        return ClusterError(
            .postgresMissing,
            "no PostgreSQL server is installed: apt-get install postgresql, or set DATABASE_URL to use one elsewhere")
    }

    private static func tooOld(_ found: PostgresInstallation) -> ClusterError {
        ClusterError(
            .postgresTooOld,
            "the PostgreSQL in \(found.binFolder) is version \(found.version), but Atlas2 needs "
                + "\(oldestMajorVersion) or later; install a later one")
    }

    private static func candidateFolders(_ configuration: ClusterConfiguration) -> [String] {
        var folders: [String] = []
        for parent in configuration.versionFolders {
            let versions = folderEntries(parent).sorted { (Double($0) ?? 0, $0) > (Double($1) ?? 0, $1) }
            folders += versions.map { "\(parent)/\($0)/bin" }
        }
        for folder in configuration.searchPath.split(separator: ":") where folder.hasPrefix("/") {
            folders.append(String(folder))
        }
        var seen: Set<String> = []
        return folders.filter { access("\($0)/postgres", X_OK) == 0 && seen.insert($0).inserted }
    }
}
