import Foundation
import Testing

@testable import Cluster

extension ClusterSuite {
    @Suite("Sharing", .serialized)
    struct Sharing {
        @Test("two leases share a server, and the last to leave stops it")
        func lastOneOut() throws {
            let sandbox = try Sandbox.prepared()
            let first = try sandbox.enter()
            let second = try sandbox.enter()
            #expect(second.arrival == .joined)
            let server = sandbox.status().server
            first.leave()
            #expect(sandbox.status().server == server)
            #expect(try second.query("SELECT 1") == "1")
            second.leave()
            #expect(!sandbox.status().isRunning)
        }

        @Test("of processes that enter a new home at once, one makes the cluster and the others join it")
        func processesAtOnce() throws {
            let sandbox = try Sandbox()
            let workers = try (0..<4).map { _ in try Worker(sandbox) }
            let entered = try workers.map { try $0.entered() }
            #expect(entered.map(\.arrival).sorted() == ["created", "joined", "joined", "joined"])
            #expect(sandbox.status().users == entered.map(\.process).sorted())
            for worker in workers.dropLast() {
                worker.leave()
                #expect(sandbox.status().isRunning)
            }
            workers.last?.leave()
            #expect(!sandbox.status().isRunning)
        }

        @Test("a server whose users were all killed is used by the next, whose leaving stops it")
        func orphanServer() throws {
            let sandbox = try Sandbox.prepared()
            let worker = try Worker(sandbox)
            kill(try worker.entered().process, SIGKILL)
            worker.waitUntilEnded()
            let server = try #require(sandbox.status().server)
            #expect(sandbox.status().users == [])
            let lease = try sandbox.enter()
            #expect(lease.arrival == .joined && sandbox.status().server == server)
            lease.leave()
            #expect(!sandbox.status().isRunning)
        }

        @Test("the terminal's Ctrl-C ends the command, not the server")
        func interrupt() throws {
            let sandbox = try Sandbox.prepared()
            let lease = try sandbox.enter()
            let worker = try Worker(sandbox)
            let process = try worker.entered().process
            let server = try #require(sandbox.status().server)
            #expect(getsid(server) == server && getpgid(server) == server)
            kill(-getpgid(process), SIGINT)
            worker.waitUntilEnded()
            #expect(try lease.query("SELECT 1") == "1")
            #expect(sandbox.status().server == server)
        }

        @Test("a server started by a command survives the Ctrl-C that ends that command")
        func interruptStarter() throws {
            let sandbox = try Sandbox.prepared()
            let worker = try Worker(sandbox)
            kill(-getpgid(try worker.entered().process), SIGINT)
            worker.waitUntilEnded()
            usleep(200_000)
            #expect(sandbox.status().serverState == "ready")
        }

        @Test("the server inherits the lock that says it lives, and neither lock of its users nor any other file")
        func inheritedFiles() throws {
            let sandbox = try Sandbox.prepared()
            // A file of the program's that lacks close-on-exec.
            let leaky = open("/etc/passwd", O_RDONLY)
            defer { close(leaky) }
            let lease = try sandbox.enter()
            let server = try #require(sandbox.status().server)
            #expect(ProcessTable.holders(of: "\(sandbox.home)/users.lock") == [getpid()])
            #expect(ProcessTable.holders(of: "\(sandbox.home)/transition.lock") == [])
            #expect(ProcessTable.holders(of: "\(sandbox.home)/server.lock").contains(server))
            #expect(!ProcessTable.holders(of: "/etc/passwd").contains(server))
            lease.leave()
            #expect(ProcessTable.holders(of: "\(sandbox.home)/server.lock") == [])
        }

        @Test("whoever enters while another leaves has a server until leaving too")
        func enterRacesLeave() async throws {
            let sandbox = try Sandbox.prepared()
            let keep = try sandbox.enter()
            keep.leave()
            let configuration = sandbox.configuration
            let logger = sandbox.logger
            let failures = await withTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var failures: [String] = []
                        for _ in 0..<8 {
                            do {
                                let lease = try EmbeddedCluster.enter(configuration, logger: logger)
                                if try lease.query("SELECT 1") != "1" { failures.append("wrong answer") }
                                lease.leave()
                            } catch {
                                failures.append(String(reflecting: error))
                            }
                        }
                        return failures
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(failures == [])
            #expect(!sandbox.status().isRunning)
        }

        @Test("processes that come and go at random always find a server, and none is left behind")
        func processesComeAndGo() throws {
            let sandbox = try Sandbox.prepared()
            _ = try sandbox.create()
            for _ in 0..<3 {
                let workers = try (0..<3).map { _ in try Worker(sandbox) }
                // Their input has ended: they leave at once, while others still enter.
                for worker in workers { worker.endInput() }
                let lease = try sandbox.enter()
                for worker in workers { worker.waitUntilEnded() }
                #expect(try lease.query("SELECT 1") == "1")
                lease.leave()
                #expect(!sandbox.status().isRunning)
            }
        }
    }
}
