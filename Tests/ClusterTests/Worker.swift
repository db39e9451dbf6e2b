import Foundation
import Logging
import Testing

@testable import Cluster

/// Another process that uses the cluster: this test program again, told by its environment to be one.
final class Worker {
    private static let homeVariable = "CLUSTER_TEST_WORKER_HOME"
    private static let folderVariable = "CLUSTER_TEST_WORKER_FOLDER"

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// - Parameter prefix: A command that runs the rest of its arguments, such as one that changes the user.
    init(_ sandbox: Sandbox, prefix: [String] = []) throws {
        // The prefix puts it into a process group of its own, as a shell does with a command.
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let command = prefix + [program, "--testing-library", "swift-testing", "--filter", "WorkerBody"]
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["--wait"] + command
        process.environment = [
            Self.homeVariable: sandbox.home, Self.folderVariable: sandbox.folder, "PATH": "/usr/bin:/bin",
        ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Waits until it has entered, and says how and as which process.
    func entered() throws -> (arrival: String, process: pid_t) {
        let words = try line().split(separator: " ")
        guard words.count == 3, let number = pid_t(words[2]) else { throw QueryFailure(output: "\(words)") }
        return (String(words[1]), number)
    }

    func leave() {
        endInput()
        process.waitUntilExit()
    }

    /// Lets it leave as soon as it has entered.
    func endInput() { try? input.fileHandleForWriting.close() }

    func waitUntilEnded() { process.waitUntilExit() }

    private func line() throws -> String {
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            text += String(decoding: data, as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let found = lines.first(where: { $0.hasPrefix("WORKER ") }) { return String(found) }
            if data.isEmpty { throw QueryFailure(output: text) }
        }
    }

    fileprivate static var sandbox: (home: String, folder: String)? {
        let environment = ProcessInfo.processInfo.environment
        guard let home = environment[homeVariable], let folder = environment[folderVariable] else { return nil }
        return (home, folder)
    }
}

@Suite("Worker process")
struct WorkerBody {
    @Test(
        "a worker enters, waits for the end of its input, and leaves",
        .enabled(if: Worker.sandbox != nil, "the body of other tests' child processes"))
    func body() throws {
        guard let (home, folder) = Worker.sandbox else { return }
        var configuration = ClusterConfiguration(home: home)
        configuration.stateFolder = "\(folder)/state"
        configuration.temporaryFolder = "\(folder)/tmp"
        let logger = Logger(label: "worker", factory: { _ in SwiftLogNoOpLogHandler() })
        do {
            let lease = try EmbeddedCluster.enter(configuration, logger: logger)
            FileHandle.standardOutput.write(Data("\nWORKER \(lease.arrival.rawValue) \(getpid())\n".utf8))
            _ = FileHandle.standardInput.readDataToEndOfFile()
            lease.leave()
        } catch {
            FileHandle.standardOutput.write(Data("\nWORKER failed: \(error)\n".utf8))
        }
    }
}
