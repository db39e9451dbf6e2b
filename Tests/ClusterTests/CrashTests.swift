import Foundation
import Testing

@testable import Cluster

extension ClusterSuite {
    @Suite("After crashes", .serialized)
    struct Crashes {
        @Test("after kill -9 of the server, entering starts it anew with everything that was committed")
        func killedServer() throws {
            let sandbox = try Sandbox.prepared()
            let first = try sandbox.enter()
            _ = try first.query("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
            let server = try #require(sandbox.status().server)
            kill(server, SIGKILL)
            #expect(throws: QueryFailure.self) { try first.query("SELECT pg_sleep(5)") }
            let second = try sandbox.enter()
            #expect(second.arrival == .started)
            #expect(try second.query("SELECT count(*) FROM kept") == "1000")
            #expect(try first.query("SELECT 1") == "1", "the socket is where it was")
            second.leave()
            #expect(sandbox.status().isRunning, "the first lease still counts")
            first.leave()
            #expect(!sandbox.status().isRunning)
        }

        @Test(
            "children of a killed server that do not notice are ended before a new one starts", .timeLimit(.minutes(10))
        )
        func busyOrphans() throws {
            let sandbox = try Sandbox.prepared()
            let lease = try sandbox.enter()
            let data = try #require(sandbox.status().dataFolder)
            let before = Set(ProcessTable.servers(in: data))
            let client = Process()
            client.executableURL = URL(fileURLWithPath: lease.installation.path(of: "psql"))
            client.arguments = ["-X", "-d", lease.conninfo(user: "postgres"), "-c", "SELECT pg_sleep(100)"]
            client.standardError = FileHandle.nullDevice
            try client.run()
            defer { client.terminate() }
            let backend = try #require(
                waitUntil(.seconds(10)) { ProcessTable.servers(in: data).first { !before.contains($0) } })
            // A stopped process notices nothing, like one in a loop or in a long system call.
            kill(backend, SIGSTOP)
            kill(try #require(sandbox.status().server), SIGKILL)
            let next = try sandbox.enter()
            #expect(next.arrival == .started)
            #expect(!ProcessTable.isRunning(backend))
            #expect(try next.query("SELECT 1") == "1")
        }

        @Test(
            "a postmaster.pid and a socket lock left by a crash do not hinder, whoever has that process number now",
            arguments: ["nobody has it", "this process", "a process of the server's user", "process 1"])
        func staleFiles(owner: String) throws {
            let sandbox = try Sandbox.prepared()
            let first = try sandbox.enter()
            let socketFolder = first.socketDirectory
            let data = try #require(sandbox.status().dataFolder)
            let account = try DataFolder(path: data).account
            let pidFile = try String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8)
            let server = try #require(sandbox.status().server)
            first.leave()

            let sleeper = Process()
            let command = try account.running(["/usr/bin/sleep", "60"])
            sleeper.executableURL = URL(fileURLWithPath: command[0])
            sleeper.arguments = Array(command.dropFirst())
            try sleeper.run()
            defer { sleeper.terminate() }
            let number: Int32 =
                switch owner {
                case "this process": getpid()
                case "a process of the server's user": sleeper.processIdentifier
                case "process 1": 1
                default: server
                }
            let stale = pidFile.replacing("\(server)\n", with: "\(number)\n", maxReplacements: 1)
            for (path, text) in [
                ("\(data)/postmaster.pid", stale), ("\(socketFolder)/.s.PGSQL.5432.lock", stale),
                ("\(socketFolder)/.s.PGSQL.5432", ""),
            ] {
                try text.write(toFile: path, atomically: false, encoding: .utf8)
                chown(path, account.owner.user, account.owner.group)
            }
            #expect(!sandbox.status().isRunning)
            let second = try sandbox.enter()
            #expect(second.arrival == .started)
            #expect(try second.query("SELECT 1") == "1")
        }

        @Test("an initdb whose starter was killed is cleaned up by the next", arguments: [false, true])
        func killedCreation(alsoInitdb: Bool) throws {
            let sandbox = try Sandbox()
            let temporary = "\(sandbox.home)/data.new"
            let worker = try Worker(sandbox)
            let isUnderWay = waitUntil(.seconds(30)) {
                fileStatus("\(temporary)/global") != nil ? true : nil
            }
            #expect(isUnderWay == true)
            for process in ProcessTable.holders(of: "\(sandbox.home)/transition.lock") { kill(process, SIGKILL) }
            worker.waitUntilEnded()
            if alsoInitdb {
                for process in ProcessTable.holders(of: "\(sandbox.home)/server.lock") { kill(process, SIGKILL) }
            }
            #expect(fileStatus(temporary) != nil && fileStatus("\(sandbox.home)/data") == nil)
            let lease = try sandbox.enter()
            #expect(lease.arrival == .created)
            #expect(try lease.query("SELECT current_database()") == "atlas2")
            #expect(fileStatus(temporary) == nil)
        }

        @Test("a server that is still stopping, because its last user was killed while leaving, is waited for")
        func stoppingServer() throws {
            let sandbox = try Sandbox.prepared()
            let first = try sandbox.enter()
            kill(try #require(sandbox.status().server), SIGINT)
            let second = try sandbox.enter()
            #expect(try second.query("SELECT 1") == "1")
            first.leave()
            #expect(try second.query("SELECT 1") == "1")
        }

        @Test("a server that pg_ctl started by hand is joined and stopped")
        func startedByHand() throws {
            let sandbox = try Sandbox.prepared()
            let data = try DataFolder(path: try sandbox.create())
            let installation = try #require(sandbox.status().installations.first)
            let start = [installation.path(of: "pg_ctl"), "-D", data.path, "-w", "-s", "-l", "/dev/null", "start"]
            #expect(try execute(data.account.running(start)).status == 0)
            let lease = try sandbox.enter()
            #expect(lease.arrival == .joined)
            #expect(try lease.query("SELECT 1") == "1")
            lease.leave()
            #expect(!sandbox.status().isRunning)
        }
    }
}
