import Foundation
import Testing

@testable import Cluster

extension ClusterSuite {
    @Suite("Places", .serialized)
    struct Places {
        @Test(
            "a home of any name works",
            arguments: [
                "with space", "it's \"quoted\"", "ümläut-日本-🗂", "a,b", "back\\slash", "$HOME;`x` #&%s",
                "-D", String(repeating: "long", count: 40),
            ])
        func names(name: String) throws {
            let sandbox = try Sandbox(home: name)
            let lease = try sandbox.enter()
            #expect(try lease.query("SELECT current_database()") == "atlas2")
            let socket = "\(lease.socketDirectory)/.s.PGSQL.\(lease.port)"
            #expect(socket.utf8.count <= 107)
            let owner = try #require(fileStatus(lease.socketDirectory))
            #expect(owner.isFolder && !owner.isOpenToOthers)
            lease.leave()
            #expect(!sandbox.status().isRunning)
            #expect(sandbox.refusal() == nil)
        }

        @Test("a relative home is one of the current folder, and a link to a home is that home")
        func otherNames() throws {
            let sandbox = try Sandbox.prepared()
            let lease = try sandbox.enter()
            var relative = sandbox.configuration
            relative.home = String(repeating: "../", count: 40) + String(sandbox.home.dropFirst())
            #expect(EmbeddedCluster.status(relative).home == sandbox.home)
            symlink(sandbox.home, "\(sandbox.folder)/link")
            var linked = sandbox.configuration
            linked.home = "\(sandbox.folder)/link"
            let second = try EmbeddedCluster.enter(linked, logger: sandbox.logger)
            #expect(second.arrival == .joined && second.socketDirectory == lease.socketDirectory)
        }

        @Test("folders and files of the cluster are closed to others")
        func permissions() throws {
            let sandbox = try Sandbox.prepared()
            let lease = try sandbox.enter()
            let data = try #require(sandbox.status().dataFolder)
            for folder in [data, lease.socketDirectory] {
                #expect(try #require(fileStatus(folder)).st_mode & 0o777 == 0o700, "\(folder)")
            }
            for file in ["transition.lock", "users.lock", "server.lock", "server.log"] {
                let status = try #require(fileStatus("\(sandbox.home)/\(file)"))
                #expect(status.st_mode & 0o777 == 0o600 && status.st_uid == geteuid(), "\(file)")
            }
            guard isRoot else { return }
            let probe = [
                lease.installation.path(of: "psql"), "-X", "-d", lease.conninfo(user: "postgres"), "-c", "SELECT 1",
            ]
            for (user, isLetIn) in [("0", true), ("65534", false)] {
                let command =
                    ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "--"] + probe
                #expect(try (execute(command).status == 0) == isLetIn, "user \(user)")
            }
        }

        @Test("a short socket folder that is a link or somebody else's is refused", arguments: ["link", "other owner"])
        func socketFolderTricks(trick: String) throws {
            let sandbox = try Sandbox(home: String(repeating: "long", count: 40))
            let lease = try sandbox.enter()
            let folder = lease.socketDirectory
            lease.leave()
            rmdir(folder)
            if trick == "link" {
                symlink("/tmp", folder)
            } else {
                // Only root can make a folder of another's; for others the root's own folder stands for one.
                guard isRoot else { return }
                mkdir(folder, 0o700)
                chown(folder, 65534, 65534)
            }
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .socketFolderRefused && refusal.message.contains(folder))
            unlink(folder)
            rmdir(folder)
            #expect(sandbox.refusal() == nil)
        }

        @Test("connection strings quote what needs it")
        func conninfo() throws {
            let sandbox = try Sandbox(home: "it's")
            let lease = try sandbox.enter()
            let host = lease.socketDirectory
            #expect(lease.conninfo(user: "a'b\\c").hasSuffix("port='5432' user='a\\'b\\\\c' dbname='atlas2'"))
            #expect(lease.conninfo(user: "u", database: "d") == "host='\(host)' port='5432' user='u' dbname='d'")
        }
    }
}

@Suite("postmaster.pid")
struct PostmasterFileTests {
    @Test(
        "a file is read only when it is whole",
        arguments: [
            ("", nil), ("12", nil), ("12\n/d\n1\n5432\n/s\n\n1 2\n", Postmaster.State.starting),
            ("12\n/d\n1\n5432\n/s\n\n1 2\nready   \n", .ready), ("12\n/d\n1\n5432\n/s\n\n1 2\nstopping\n", .stopping),
            ("-12\n/d\n1\n5432\n/s\n\n1 2\nready   \n", nil), ("1\n/d\n1\n5432\n/s\n\n1 2\nready   \n", nil),
            ("x\n/d\n1\n5432\n/s\n\n1 2\nready   \n", nil), ("12\n/d\n1\ny\n/s\n\n1 2\nready   \n", nil),
        ])
    func parse(text: String, state: Postmaster.State?) {
        let postmaster = Postmaster(text)
        #expect(postmaster?.state == state)
        if let postmaster {
            #expect(postmaster.process == 12 && postmaster.port == 5432 && postmaster.socketFolder == "/s")
        }
    }
}
