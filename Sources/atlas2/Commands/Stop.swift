import ArgumentParser
import Cluster
import Processing

/// `atlas2 stop`
struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the embedded PostgreSQL server.",
        discussion: """
            It stops by itself when the last command ends; this is for what a killed command left. Exits with 1 when \
            others still use it, unless --force is given.

            Example:
              atlas2 stop
            """)

    @Flag(help: "Stop it also under those who use it; nothing that was acknowledged is lost.")
    var force = false

    func run() async throws {
        let composition = try Composition()
        guard composition.isEmbedded else {
            throw Failure(
                .state, "DATABASE_URL is set, and Atlas2 stops only the embedded server: unset it to stop that one")
        }
        let (cluster, logger, force) = (composition.cluster, composition.logger, force)
        switch try await blocking({ try EmbeddedCluster.stop(cluster, force: force, logger: logger) }) {
        case .stopped: try Output.line("stopped")
        case .notRunning: try Output.line("it does not run")
        case .inUse(let processes):
            let list = processes.map(String.init).joined(separator: ", ")
            let users = processes.isEmpty ? "others use it" : "these processes use it: \(list)"
            throw Failure(.state, "the server goes on, for \(users); end them, or say --force")
        }
    }
}
