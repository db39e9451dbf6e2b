import Cluster
import Foundation
import Logging
import Postgres
import Processing
import Projections

/// What the environment decides: where everything is, and how it behaves.
///
/// The only place that reads the environment. An empty variable counts as one that is not set.
struct Composition: Sendable {
    /// ATLAS2_HOME: the folder of the embedded cluster.
    let home: String
    /// ATLAS2_SEALER: the folder of the keys that sign logs, and of what they signed.
    let sealer: String
    /// Whether ATLAS2_SEALER names that folder: then not to find a log's key in it is no surprise.
    let isSealerElsewhere: Bool
    /// DATABASE_URL: a server to use instead of the embedded cluster.
    let databaseURL: String?
    /// DATABASE_OWNER_URL: the same server, as one who may change schemas.
    let ownerURL: String?
    /// DATABASE_POOL_SIZE: connections at most.
    let poolSize: Int
    /// DATABASE_TIMEOUT: how long an interactive statement may run.
    let timeout: Duration
    /// ATLAS2_PROJECTIONS: a folder with further projections.
    let projectionsFolder: String?
    let terminal: Terminal
    let logger: Logger
    /// PATH: where programs are looked for.
    let searchPath: String
    private let shareFolder: String?
    private let runtimeFolder: String?

    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let variables = environment.filter { !$0.value.isEmpty }
        home = variables["ATLAS2_HOME"] ?? ".atlas2"
        sealer = variables["ATLAS2_SEALER"] ?? "\(home)/sealer"
        isSealerElsewhere = variables["ATLAS2_SEALER"] != nil
        databaseURL = try Self.connectionString("DATABASE_URL", variables)
        ownerURL = try Self.connectionString("DATABASE_OWNER_URL", variables)
        guard ownerURL == nil || databaseURL != nil else {
            throw Failure(
                .value,
                "DATABASE_OWNER_URL is set and DATABASE_URL is not: set both for a server, or neither for the embedded one"
            )
        }
        poolSize = try Self.number("DATABASE_POOL_SIZE", 20, in: 1...1000, of: "connections", variables)
        timeout = .milliseconds(
            try Self.number("DATABASE_TIMEOUT", 30_000, in: 1...86_400_000, of: "milliseconds", variables))
        projectionsFolder = variables["ATLAS2_PROJECTIONS"]
        shareFolder = variables["ATLAS2_SHARE"]
        searchPath = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        runtimeFolder = variables["XDG_RUNTIME_DIR"]
        // https://no-color.org: set to anything but nothing.
        terminal = Terminal(wantsColours: variables["NO_COLOR"] == nil && variables["TERM"] != "dumb")
        let level = variables["ATLAS2_LOG_LEVEL"] ?? "notice"
        guard let logLevel = Logger.Level(rawValue: level.lowercased()) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.value, "ATLAS2_LOG_LEVEL is \"\(level)\": it must be one of \(levels)")
        }
        logger = Logger(label: "atlas2") { _ in ConsoleLog(level: logLevel) }
    }

    var cluster: ClusterConfiguration {
        ClusterConfiguration(home: home, searchPath: searchPath, runtimeFolder: runtimeFolder)
    }

    var isEmbedded: Bool { databaseURL == nil }

    /// Whether there is a database already: a server, or a cluster that was made.
    var hasDatabase: Bool { !isEmbedded || FileManager.default.fileExists(atPath: home) }

    /// Where the SQL files are.
    func share() throws -> String {
        try ShareFolder.find(given: shareFolder)
    }

    /// The SQL files.
    func library() throws -> Library {
        if let projectionsFolder {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: projectionsFolder, isDirectory: &isFolder), isFolder.boolValue
            else { throw Failure(.file, "ATLAS2_PROJECTIONS is \"\(projectionsFolder)\", which is no folder") }
        }
        return try Library(root: share(), additional: projectionsFolder.map { [$0] } ?? [])
    }

    /// A database that this process's settings hold for; connects to nothing yet.
    func database(_ conninfo: String, role: String? = nil, poolSize: Int? = nil) -> Database {
        var configuration = PostgresConfiguration(conninfo: conninfo)
        configuration.poolSize = poolSize ?? self.poolSize
        configuration.timeout = timeout
        // A role's own default must not switch isolation off.
        configuration.settings = [("row_security", "on")] + (role.map { [("role", $0)] } ?? [])
        return Database(configuration, logger: logger)
    }

    private static func number(
        _ name: String, _ standard: Int, in range: ClosedRange<Int>, of unit: String, _ variables: [String: String]
    ) throws -> Int {
        guard let text = variables[name] else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw Failure(
                .value,
                "\(name) is \"\(text)\": it must be a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    /// A URL or keyword string; a plain word would be taken for the name of a database on this machine.
    private static func connectionString(_ name: String, _ variables: [String: String]) throws -> String? {
        guard let text = variables[name] else { return nil }
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") || text.contains("=") else {
            throw Failure(.value, "\(name) must be like postgres://user:password@host:5432/database")
        }
        return text
    }
}
