import Foundation
import Testing

@testable import Cluster

extension ClusterSuite {
    @Suite("Refusals", .serialized)
    struct Refusals {
        @Test("data of another major version is refused with both versions and what to do", arguments: ["14", "99"])
        func versionMismatch(version: String) throws {
            let sandbox = try Sandbox.prepared()
            let data = try sandbox.create()
            try "\(version)\n".write(toFile: "\(data)/PG_VERSION", atomically: false, encoding: .utf8)
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .versionMismatch)
            #expect(refusal.message.contains("made by PostgreSQL \(version)"))
            #expect(refusal.message.contains("15.") && refusal.message.contains("pg_upgrade"))
            #expect(sandbox.status().problem?.code == .versionMismatch)
        }

        @Test("without PostgreSQL, one sentence says how to get it")
        func missing() throws {
            let sandbox = try Sandbox()
            sandbox.configuration.versionFolders = ["\(sandbox.folder)/none"]
            sandbox.configuration.searchPath = "/nonexistent:\(sandbox.folder)"
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .postgresMissing && refusal.message.contains("apt-get install postgresql"))
        }

        @Test("a PostgreSQL older than 15 is named and refused")
        func tooOld() throws {
            let sandbox = try Sandbox()
            let bin = "\(sandbox.folder)/versions/14/bin"
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            for program in ["postgres", "initdb"] {
                let script = "#!/bin/sh\necho '\(program) (PostgreSQL) 14.11'\n"
                try script.write(toFile: "\(bin)/\(program)", atomically: false, encoding: .utf8)
                chmod("\(bin)/\(program)", 0o755)
            }
            sandbox.configuration.versionFolders = ["\(sandbox.folder)/versions"]
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .postgresTooOld)
            #expect(refusal.message.contains("14.11") && refusal.message.contains("15"))

            sandbox.configuration.versionFolders.append("/usr/lib/postgresql")
            #expect(sandbox.refusal() == nil, "a later one further on is taken instead")
        }

        @Test("the programs are found along the search path too")
        func searchPath() throws {
            let sandbox = try Sandbox()
            let found = try #require(sandbox.status().installations.first)
            sandbox.configuration.versionFolders = []
            sandbox.configuration.searchPath = "/nonexistent::relative:\(found.binFolder)"
            #expect(sandbox.status().installations == [found])
        }

        @Test("data that others could read is made private before the server starts")
        func openData() throws {
            let sandbox = try Sandbox.prepared()
            let data = try sandbox.create()
            chmod(data, 0o755)
            #expect(sandbox.refusal() == nil)
            #expect(try #require(fileStatus(data)).st_mode & 0o777 == 0o700)
        }

        @Test("a folder in the data's place without a version is not touched")
        func foreignFolder() throws {
            let sandbox = try Sandbox()
            _ = try HomeFolder(making: sandbox.configuration)
            let data = "\(sandbox.home)/data"
            mkdir(data, 0o700)
            if isRoot { chown(data, 65534, 65534) }
            try "mine".write(toFile: "\(data)/file", atomically: false, encoding: .utf8)
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .dataUnusable && refusal.message.contains("PG_VERSION"))
            #expect(try String(contentsOfFile: "\(data)/file", encoding: .utf8) == "mine")
        }

        @Test("a damaged cluster is refused with the end of the server's log")
        func damaged() throws {
            let sandbox = try Sandbox.prepared()
            let data = try sandbox.create()
            try FileManager.default.removeItem(atPath: "\(data)/global/pg_control")
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .startFailed && refusal.message.contains("server.log"))
            #expect(refusal.logTail.contains { $0.contains("pg_control") })
            #expect(refusal.description.contains("pg_control"))
        }

        @Test("a setting that the server does not know is refused with the log's word for it")
        func wrongSetting() throws {
            let sandbox = try Sandbox.prepared()
            let data = try sandbox.create()
            try "no_such_setting = 'x'\n".write(
                toFile: "\(data)/postgresql.auto.conf", atomically: false, encoding: .utf8)
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.logTail.contains { $0.contains("no_such_setting") })
        }

        @Test("a file in the home's place is refused")
        func fileAsHome() throws {
            let sandbox = try Sandbox()
            try "text".write(toFile: sandbox.home, atomically: false, encoding: .utf8)
            #expect(sandbox.refusal()?.code == .homeUnusable)
        }

        @Test("a home whose path holds a line break is refused")
        func lineBreak() throws {
            let sandbox = try Sandbox(home: "line\nbreak")
            let refusal = try #require(sandbox.refusal())
            #expect(refusal.code == .homeUnusable && refusal.message.contains("line break"))
        }

        @Test(
            "a full disk is named, when the cluster is made and when it is started",
            .enabled(if: isRoot, "mounting a small disk needs root"))
        func fullDisk() throws {
            let sandbox = try Sandbox()
            mkdir(sandbox.home, 0o711)
            let mount = ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=80m,mode=711", "tmpfs", sandbox.home]
            // A container without the right to mount has no small disk to fill.
            guard try execute(mount).status == 0 else { return }
            defer { _ = try? execute(["/usr/bin/umount", "-l", sandbox.home]) }
            let filler = "\(sandbox.home)/filler"
            func fill() throws { try execute(["/usr/bin/dd", "if=/dev/zero", "of=\(filler)", "bs=64k"]) }

            try fill()
            let creation = try #require(sandbox.refusal())
            #expect(creation.message.contains("space"), "\(creation)")
            unlink(filler)
            #expect(sandbox.refusal() == nil, "it goes on when there is space again")
            unlink("\(sandbox.home)/data/\(ServerSettings.fileName)")
            try fill()
            let start = try #require(sandbox.refusal())
            #expect(start.message.contains("free some space"), "\(start)")
            unlink(filler)
            #expect(sandbox.refusal() == nil)
        }
    }
}
