import Foundation
import Testing

@testable import Cluster

private let nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]

extension ClusterSuite {
    @Suite("Accounts", .serialized, .enabled(if: isRoot, "only root can be several users"))
    struct Accounts {
        @Test("for root, the server runs as postgres, in the home where postgres can reach it")
        func rootWithReachableHome() throws {
            let sandbox = try Sandbox()
            let lease = try sandbox.enter()
            #expect(sandbox.status().dataFolder == "\(sandbox.home)/data")
            #expect(sandbox.status().account == "postgres")
            let server = try #require(sandbox.status().server)
            let owner = try #require(fileStatus("/proc/\(server)"))
            #expect(owner.st_uid == getpwnam("postgres").pointee.pw_uid)
            _ = lease
        }

        @Test(
            "for root with a home that postgres cannot reach, the data is in the state folder and the home says where")
        func rootWithPrivateHome() throws {
            let sandbox = try Sandbox(home: "private/home")
            try FileManager.default.createDirectory(
                atPath: "\(sandbox.folder)/private", withIntermediateDirectories: true)
            chmod("\(sandbox.folder)/private", 0o700)
            let data = try sandbox.create()
            #expect(data.hasPrefix(sandbox.configuration.stateFolder + "/"))
            let location = try String(contentsOfFile: "\(sandbox.home)/location", encoding: .utf8)
            #expect(location.contains(data.dropLast("/data".count)))
            #expect(fileStatus("\(sandbox.home)/data") == nil && fileStatus("\(sandbox.home)/data.new") == nil)
            let lease = try sandbox.enter()
            #expect(lease.arrival == .started && lease.socketDirectory.hasPrefix(sandbox.configuration.stateFolder))
            #expect(try lease.query("SELECT 1") == "1")
        }

        @Test("data in the state folder is not shared by a copy, follows a moved home, and is missed when it is gone")
        func stateFolder() throws {
            let sandbox = try Sandbox(home: "private/home")
            let parent = "\(sandbox.folder)/private"
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            chmod(parent, 0o700)
            let data = try sandbox.create()

            try FileManager.default.copyItem(atPath: sandbox.home, toPath: "\(parent)/copy")
            var copy = sandbox.configuration
            copy.home = "\(parent)/copy"
            let refusal = #expect(throws: ClusterError.self) {
                try EmbeddedCluster.enter(copy, logger: sandbox.logger)
            }
            #expect(refusal?.code == .dataUnusable && refusal?.message.contains("copy of \(sandbox.home)") == true)
            try FileManager.default.removeItem(atPath: copy.home)

            try FileManager.default.moveItem(atPath: sandbox.home, toPath: copy.home)
            sandbox.configuration.home = copy.home
            #expect(sandbox.refusal() == nil && sandbox.status().dataFolder == data)

            // A home that is removed and made again starts empty, and the former data is kept.
            try FileManager.default.removeItem(atPath: copy.home)
            sandbox.configuration.home = "\(parent)/home"
            let lease = try sandbox.enter()
            #expect(lease.arrival == .created && sandbox.status().dataFolder != data)
            #expect(fileStatus(data) != nil)
            lease.leave()

            try FileManager.default.removeItem(atPath: sandbox.configuration.stateFolder)
            let missing = try #require(sandbox.refusal())
            #expect(missing.code == .dataUnusable && missing.message.contains("is missing"))
        }

        @Test("a creation that was interrupted in the state folder is finished there")
        func interruptedInStateFolder() throws {
            let sandbox = try Sandbox(home: "private/home")
            try FileManager.default.createDirectory(
                atPath: "\(sandbox.folder)/private", withIntermediateDirectories: true)
            chmod("\(sandbox.folder)/private", 0o700)
            let home = try HomeFolder(making: sandbox.configuration)
            let place = try DataLocation.reserve(for: home, under: sandbox.configuration.stateFolder)
            mkdir("\(place.folder)/data.new", 0o700)
            #expect(try sandbox.create() == "\(place.folder)/data")
        }

        @Test("an ordinary user has server, data and locks of its own; root may use that home and leaves it usable")
        func ordinaryUser() throws {
            let sandbox = try Sandbox(home: "users/home")
            try FileManager.default.createDirectory(
                atPath: "\(sandbox.folder)/users", withIntermediateDirectories: true)
            chown("\(sandbox.folder)/users", 65534, 65534)
            let worker = try Worker(sandbox, prefix: nobody)
            #expect(try worker.entered().arrival == "created")
            let server = try #require(sandbox.status().server)
            #expect(try #require(fileStatus("/proc/\(server)")).st_uid == 65534)
            #expect(try #require(fileStatus(sandbox.home)).st_mode & 0o777 == 0o700)
            worker.leave()
            #expect(!sandbox.status().isRunning)

            unlink("\(sandbox.home)/users.lock")
            unlink("\(sandbox.home)/server.log")
            let lease = try sandbox.enter()
            #expect(sandbox.status().account == "nobody" && lease.arrival == .started)
            lease.leave()
            for name in folderEntries(sandbox.home) {
                #expect(try #require(fileStatus("\(sandbox.home)/\(name)")).st_uid == 65534, "\(name)")
            }
            let again = try Worker(sandbox, prefix: nobody)
            #expect(try again.entered().arrival == "started")
            again.leave()
        }

        @Test("an ordinary user with a long path gets a short socket folder of its own")
        func ordinaryUserWithLongPath() throws {
            let sandbox = try Sandbox(home: "users/" + String(repeating: "long", count: 40))
            try FileManager.default.createDirectory(
                atPath: "\(sandbox.folder)/users", withIntermediateDirectories: true)
            chown("\(sandbox.folder)/users", 65534, 65534)
            let worker = try Worker(sandbox, prefix: nobody)
            _ = try worker.entered()
            let socketFolder = try #require(sandbox.status().socketDirectory)
            #expect(socketFolder.hasPrefix(sandbox.configuration.temporaryFolder + "/atlas2-"))
            let status = try #require(fileStatus(socketFolder))
            #expect(status.st_uid == 65534 && !status.isOpenToOthers)
            worker.leave()

            // Somebody else was there first.
            rmdir(socketFolder)
            mkdir(socketFolder, 0o777)
            let refused = try Worker(sandbox, prefix: nobody)
            #expect(throws: QueryFailure.self) { try refused.entered() }
            refused.leave()
        }

        @Test("an ordinary user is told whose home it is")
        func foreignHome() throws {
            let sandbox = try Sandbox.prepared()
            _ = try sandbox.create()
            let worker = try Worker(sandbox, prefix: nobody)
            let failure = #expect(throws: QueryFailure.self) { try worker.entered() }
            #expect(failure?.output.contains("root") == true || failure?.output.contains("postgres") == true)
            worker.leave()
        }

        @Test("data given to root is refused with the command that gives it back")
        func dataOfRoot() throws {
            let sandbox = try Sandbox.prepared()
            let data = try sandbox.create()
            chown(data, 0, 0)
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .dataUnusable && refusal.message.contains("chown -R postgres"))
        }

        @Test("root without the right to look into processes, as in containers, starts, joins and stops")
        func withoutTracing() throws {
            let sandbox = try Sandbox()
            let bounded = ["/usr/bin/setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", "--"]
            let first = try Worker(sandbox, prefix: bounded)
            #expect(try first.entered().arrival == "created")
            let second = try Worker(sandbox, prefix: bounded)
            #expect(try second.entered().arrival == "joined")
            let server = try #require(sandbox.status().server)
            kill(server, SIGKILL)
            let third = try Worker(sandbox, prefix: bounded)
            #expect(try third.entered().arrival == "started")
            for worker in [first, second, third] { worker.leave() }
            #expect(!sandbox.status().isRunning)
        }
    }
}
