import Foundation
import Testing

@testable import Cluster

/// Every suite that starts servers is inside, so that one test's servers run at a time.
@Suite("Embedded cluster", .serialized, .timeLimit(.minutes(10)))
struct ClusterSuite {}

extension ClusterSuite {
    @Suite("Lifecycle", .serialized)
    struct Lifecycle {
        @Test("the first enter makes the cluster, leaving stops it, and the data is there the next time")
        func createLeaveReturn() throws {
            let sandbox = try Sandbox()
            let first = try sandbox.enter()
            #expect(first.arrival == .created)
            _ = try first.query("CREATE TABLE kept AS SELECT 42 AS answer")
            first.leave()
            #expect(!sandbox.status().isRunning)

            let second = try sandbox.enter()
            #expect(second.arrival == .started)
            #expect(try second.query("SELECT answer FROM kept") == "42")
            second.leave()
            second.leave()
            #expect(!sandbox.status().isRunning)
        }

        @Test("a lease that is let go of leaves")
        func forgottenLease() throws {
            let sandbox = try Sandbox.prepared()
            do {
                let lease = try sandbox.enter()
                #expect(try lease.query("SELECT 1") == "1")
            }
            #expect(!sandbox.status().isRunning)
        }

        @Test("the server runs with the settings that crash safety, privacy and the log ask for")
        func settings() throws {
            let expected = [
                ("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"), ("data_checksums", "on"),
                ("wal_level", "replica"), ("max_wal_size", "4GB"), ("checkpoint_completion_target", "0.9"),
                ("shared_buffers", "256MB"), ("maintenance_work_mem", "256MB"), ("work_mem", "32MB"),
                ("default_toast_compression", "lz4"), ("wal_compression", "lz4"), ("jit", "off"),
                ("max_connections", "100"), ("TimeZone", "UTC"), ("autovacuum", "on"), ("listen_addresses", ""),
                ("server_encoding", "UTF8"), ("lc_collate", "C"), ("lc_ctype", "C.UTF-8"),
            ]
            let sandbox = try Sandbox()
            let lease = try sandbox.enter()
            let names = expected.map { "current_setting('\($0.0)')" }.joined(separator: ", ")
            let values = try lease.query("SELECT \(names)").components(separatedBy: "|")
            for ((name, value), actual) in zip(expected, values) { #expect(actual == value, "\(name)") }
            #expect(try lease.query("SELECT current_database(), current_user") == "atlas2|postgres")
        }

        @Test("a setting of an administrator survives, and a changed settings file is put right at the next start")
        func administratorsSettings() throws {
            let sandbox = try Sandbox.prepared()
            let lease = try sandbox.enter()
            _ = try lease.query("ALTER SYSTEM SET work_mem = '5MB'")
            lease.leave()
            let file = try #require(sandbox.status().dataFolder) + "/" + ServerSettings.fileName
            try "jit = on\n".write(toFile: file, atomically: false, encoding: .utf8)
            let next = try sandbox.enter()
            #expect(try next.query("SELECT current_setting('work_mem'), current_setting('jit')") == "5MB|off")
        }

        @Test("the status tells what there is, before, during and after")
        func status() throws {
            let sandbox = try Sandbox()
            let before = sandbox.status()
            #expect(!before.homeExists && before.dataFolder == nil && before.problem == nil)
            #expect(before.installations.contains { $0.majorVersion >= 15 })
            #expect(!FileManager.default.fileExists(atPath: sandbox.home))

            let lease = try sandbox.enter()
            let during = sandbox.status()
            #expect(during.isRunning && during.serverState == "ready" && during.users == [getpid()])
            #expect(during.dataVersion == String(lease.installation.majorVersion))
            #expect(during.socketDirectory == lease.socketDirectory && during.port == lease.port)
            #expect(during.account == (isRoot ? "postgres" : ServerAccount(user: geteuid()).name))

            lease.leave()
            let after = sandbox.status()
            #expect(!after.isRunning && after.users == [] && after.dataFolder == during.dataFolder)
        }

        @Test("stopping tells who uses the server, and stops it under them only when forced")
        func stop() throws {
            let sandbox = try Sandbox.prepared()
            func stop(force: Bool = false) throws -> EmbeddedCluster.StopOutcome {
                try EmbeddedCluster.stop(sandbox.configuration, force: force, logger: sandbox.logger)
            }
            #expect(try stop() == .notRunning)
            let lease = try sandbox.enter()
            #expect(try stop() == .inUse(by: [getpid()]))
            #expect(try lease.query("SELECT 1") == "1")
            #expect(try stop(force: true) == .stopped)
            #expect(throws: QueryFailure.self) { try lease.query("SELECT 1") }
            #expect(try stop(force: true) == .notRunning)
            lease.leave()
        }

        @Test("the server's log keeps its end and a bounded size")
        func logSize() throws {
            let sandbox = try Sandbox.prepared()
            let lease = try sandbox.enter()
            let log = "\(sandbox.home)/server.log"
            let line = String(repeating: "x", count: 1023) + "\n"
            let handle = try #require(FileHandle(forWritingAtPath: log))
            try handle.seekToEnd()
            for _ in 0..<10 { try handle.write(contentsOf: Data(String(repeating: line, count: 1024).utf8)) }
            try handle.write(contentsOf: Data("the last line\n".utf8))
            lease.cutServerLog()
            #expect(throws: QueryFailure.self) { try lease.query("SELECT no_such_column") }
            let text = try String(contentsOfFile: log, encoding: .utf8)
            #expect(text.utf8.count < 2 << 20)
            #expect(text.contains("\nthe last line\n") && text.contains("no_such_column"))
            #expect(text.hasPrefix("xxx") && !text.contains("\0"))
        }
    }
}
