import Foundation
import Glibc
import Synchronization

/// A throw-away PostgreSQL cluster on a Unix socket in a temporary folder.
///
/// It stops, and its folder goes, when `stop()` is called or this process ends, however it ends: a shell that starts the
/// server waits for the end of a pipe that only this process holds.
package final class TestCluster: Sendable {
    /// The cluster of all tests that do not break it. A database of its own per test keeps them apart.
    package static let shared = Result { try TestCluster() }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Also where the socket is.
    package let folder: String
    private let server = Mutex<Server?>(nil)
    private let databases = Atomic<Int>(0)

    private struct Server {
        var process: Process
        /// The writing end of the pipe whose end stops the server.
        var lifeline: FileHandle
    }

    /// Where Debian puts PostgreSQL 15; other places by `PG_BIN`.
    static let binaries = ProcessInfo.processInfo.environment["PG_BIN"] ?? "/usr/lib/postgresql/15/bin"
    private static let isRoot = geteuid() == 0

    package init() throws {
        var template = Array("/tmp/atlas2-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary folder: errno \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if Self.isRoot, let postgres = getpwnam("postgres") {
            guard chown(folder, postgres.pointee.pw_uid, postgres.pointee.pw_gid) == 0 else {
                throw Failure(description: "chown \(folder): errno \(errno)")
            }
        }
        let initdb = Process()
        Self.prepare(
            initdb,
            [
                "\(Self.binaries)/initdb", "--pgdata=\(folder)/data", "--username=postgres", "--auth=trust",
                "--encoding=UTF8", "--locale=C", "--no-sync",
            ], folder: folder)
        initdb.standardOutput = FileHandle.nullDevice
        try initdb.run()
        initdb.waitUntilExit()
        guard initdb.terminationStatus == 0 else { throw Failure(description: "initdb failed") }
        try start()
    }

    deinit {
        stop()
    }

    /// A connection string for a database of the cluster.
    package func conninfo(database: String = "postgres", user: String = "postgres") -> String {
        "host=\(folder) port=5432 user=\(user) dbname=\(database)"
    }

    /// A new, empty database; returns its connection string.
    package func createDatabase() throws -> String {
        let name = "test_\(databases.add(1, ordering: .relaxed).newValue)"
        try psql("CREATE DATABASE \(name)")
        return conninfo(database: name)
    }

    /// Runs SQL from outside, as another client would.
    package func psql(_ sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(Self.binaries)/psql")
        process.arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo(), "-c", sql]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "psql failed: \(sql)") }
    }

    /// Starts the server and waits until it accepts connections.
    package func start() throws {
        let process = Process()
        let lifeline = Pipe()
        // Fast shutdown, which breaks connections off; the folder goes only with the pipe's end, not after a kill.
        let script = """
            "$@" & server=$!; cat >/dev/null; kill -INT $server 2>/dev/null; wait $server; \
            test -e '\(folder)/keep' || rm -rf '\(folder)'
            """
        let server = Self.command([
            "\(Self.binaries)/postgres", "-D", "\(folder)/data", "-k", folder, "-p", "5432", "-c", "listen_addresses=",
            "-c", "fsync=off", "-c", "max_connections=300", "-c", "log_min_messages=panic",
            "-c", "shared_buffers=32MB",
            // As the embedded server has it.
            "-c", "jit=off",
        ])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "server"] + server
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = lifeline.fileHandleForReading
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        unlink("\(folder)/keep")
        try process.run()
        self.server.withLock { $0 = Server(process: process, lifeline: lifeline.fileHandleForWriting) }
        for _ in 0..<600 {
            if status == "ready" { return }
            usleep(50_000)
        }
        throw Failure(description: "the server in \(folder) did not start")
    }

    /// Stops the server; with `keep`, it can be started again.
    package func stop(keep: Bool = false) {
        guard let server = server.withLock({ $0.take() }) else { return }
        if keep { close(creat("\(folder)/keep", 0o600)) }
        try? server.lifeline.close()
        server.process.waitUntilExit()
    }

    /// Kills the server without warning, and waits until it is gone.
    package func kill() throws {
        guard let process = postmaster else { throw Failure(description: "no server runs in \(folder)") }
        guard Glibc.kill(process, SIGKILL) == 0 else { throw Failure(description: "kill: errno \(errno)") }
        stop(keep: true)
        unlink("\(folder)/data/postmaster.pid")
    }

    /// The server's process, as its lock file says.
    private var postmaster: pid_t? { lockFile.first.flatMap { pid_t($0) } }

    private var status: String {
        lockFile.count > 7 ? lockFile[7].trimmingCharacters(in: .whitespaces) : ""
    }

    private var lockFile: [String] {
        let text = try? String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
        return text?.components(separatedBy: "\n") ?? []
    }

    /// The server refuses to run as root.
    private static func command(_ command: [String]) -> [String] {
        isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + command : command
    }

    private static func prepare(_ process: Process, _ command: [String], folder: String) {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = Self.command(command)
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
    }
}
