import Foundation
import Logging
import Testing

@testable import Cluster

/// A temporary folder with a home in it; when it ends, no server of it runs and nothing of it is left.
final class Sandbox {
    /// A folder that every user may enter, so that the server's user can.
    let folder: String
    var configuration: ClusterConfiguration
    let logger: Logger

    /// - Parameter homeName: The home's name in the folder.
    init(home homeName: String = "home") throws {
        var template = Array("/tmp/atlas2-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(folder, 0o755)
        configuration = ClusterConfiguration(home: "\(folder)/\(homeName)")
        configuration.stateFolder = "\(folder)/state"
        configuration.temporaryFolder = "\(folder)/tmp"
        mkdir(configuration.temporaryFolder, 0o777)
        chmod(configuration.temporaryFolder, 0o1777)
        var logger = Logger(label: "cluster-tests", factory: { _ in SwiftLogNoOpLogHandler() })
        logger.logLevel = .critical
        self.logger = logger
    }

    deinit {
        _ = try? EmbeddedCluster.stop(configuration, force: true, logger: logger)
        // What a test broke so that it cannot be stopped by its own means.
        for process in folderEntries("/proc").compactMap({ pid_t($0) }) {
            let current = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
            if current?.hasPrefix(folder + "/") == true { kill(process, SIGKILL) }
        }
        // What was killed may still be writing.
        for _ in 0..<50 where fileStatus(folder) != nil {
            if (try? FileManager.default.removeItem(atPath: folder)) == nil { usleep(20000) }
        }
    }

    var home: String { configuration.home }

    func enter() throws(ClusterError) -> Lease { try EmbeddedCluster.enter(configuration, logger: logger) }
    func status() -> ClusterStatus { EmbeddedCluster.status(configuration) }

    /// A sandbox whose home holds a stopped cluster already: a copy of one that is made once.
    static func prepared() throws -> Sandbox {
        let template = try Self.template.get()
        let sandbox = try Sandbox()
        try #require(execute(["/bin/cp", "-a", "\(template)/home", sandbox.home]).status == 0)
        return sandbox
    }

    /// The folder of a sandbox that lasts until this process ends.
    private static let template = Result<String, any Error> {
        let sandbox = try Sandbox()
        _ = try sandbox.create()
        try FileManager.default.moveItem(atPath: sandbox.folder, toPath: templateFolder)
        atexit { try? FileManager.default.removeItem(atPath: Sandbox.templateFolder) }
        return templateFolder
    }

    private static let templateFolder = "/tmp/atlas2-template-\(getpid())"

    /// Makes the cluster, leaves it stopped, and returns its data folder.
    func create() throws -> String {
        try enter().leave()
        return try #require(status().dataFolder)
    }

    /// The error that entering throws.
    func refusal() -> ClusterError? {
        do {
            try enter().leave()
            return nil
        } catch {
            return error
        }
    }
}

extension Lease {
    /// The answer of a statement, through psql and the connection string, as the superuser.
    func query(_ sql: String) throws -> String {
        let (status, output) = try execute([
            installation.path(of: "psql"), "-X", "-A", "-t", "-d", conninfo(user: ClusterConfiguration.superuser), "-c",
            sql,
        ])
        guard status == 0 else { throw QueryFailure(output: output) }
        return output.trimmingCharacters(in: .newlines)
    }
}

struct QueryFailure: Error {
    let output: String
}

/// Runs a program to its end; its output and errors as one text.
///
/// Not by Foundation's `Process`, which waits for the daemons that a program leaves behind, too.
@discardableResult
func execute(_ command: [String]) throws -> (status: Int32, output: String) {
    let (ending, output) = try ChildProcess.capture(command)
    guard case .exited(let status) = ending else { return (-1, output) }
    return (status, output)
}

let isRoot = geteuid() == 0
