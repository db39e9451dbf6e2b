import ArgumentParser
import Cluster
import Dispatch
import Foundation
import Glibc
import Processing

/// `atlas2 psql`
struct PSQL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "psql",
        abstract: "Open psql on the database.",
        discussion: """
            On the embedded database as its superuser, else with DATABASE_URL. Arguments go to psql, and its exit code \
            comes back.

            Examples:
              atlas2 psql
              atlas2 psql -c 'SELECT count(*) FROM audit_logs'
              atlas2 psql -f report.sql --csv
              atlas2 psql -?
            """)

    @Argument(parsing: .captureForPassthrough, help: "Arguments for psql.")
    var arguments: [String] = []

    func run() async throws {
        // Taken from psql, whose own help is -?, because every command explains itself so.
        if arguments == ["--help"] { throw CleanExit.helpRequest(self) }
        let composition = try Composition()
        let found = composition.searchPath.split(separator: ":").map { "\($0)/psql" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        if let url = composition.databaseURL {
            guard let found else { throw Self.missing }
            let target = ServerTarget(url)
            return try await Self.run([found] + target.arguments + arguments, target.environment)
        }
        let (cluster, logger) = (composition.cluster, composition.logger)
        let lease = try await blocking { try EmbeddedCluster.enter(cluster, logger: logger) }
        let result: Result<Void, any Error>
        do {
            let beside = lease.installation.path(of: "psql")
            let program = FileManager.default.isExecutableFile(atPath: beside) ? beside : found
            guard let program else { throw Self.missing }
            // As variables, which arguments (-U, -d) go before.
            try await Self.run(
                [program] + arguments,
                [
                    "PGHOST": lease.socketDirectory, "PGPORT": String(lease.port),
                    "PGUSER": ClusterConfiguration.superuser, "PGDATABASE": ClusterConfiguration.databaseName,
                ])
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await blocking { lease.leave() }
        try result.get()
    }

    private static let missing = Failure(.file, "psql is not installed: apt-get install postgresql-client")

    /// Runs psql with this process's terminal; throws its exit code unless that is 0.
    private static func run(_ command: [String], _ variables: [String: String]) async throws {
        let process = try ForegroundProcess(command, variables)
        // Ctrl-C goes to psql too, which cancels its query; it is not for this process.
        Interruption.handle(endsAtSecond: false) { signal in
            if signal != SIGINT { process.send(signal) }
        }
        let code = try await blocking { process.wait() }
        guard code == 0 else { throw ExitCode(code) }
    }
}

/// How psql is told of a server: the password by a variable, because arguments can be read by everybody on the machine.
private struct ServerTarget {
    var arguments: [String]
    var environment: [String: String] = [:]

    init(_ url: String) {
        arguments = [url]
        guard let scheme = url.range(of: "://") else { return }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":"),
            let password = String(authority[authority.index(after: colon)..<at]).removingPercentEncoding
        else { return }
        arguments = [String(url[..<colon] + url[at...])]
        environment["PGPASSWORD"] = password
    }
}
