import Foundation
import Testing

extension CommandTests {
    /// Homes whose cluster cannot be used: said in words, and nothing in them is touched.
    @Suite("Broken homes", .timeLimit(.minutes(60)))
    struct BrokenHomeTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// Breaks the home that it is given.
            var command: String
            var words: [String]
        }

        private static let cases = [
            Case(
                testDescription: "made by a version that is not installed", command: "echo 99 > data/PG_VERSION",
                words: ["made by PostgreSQL 99", "install PostgreSQL 99"]),
            Case(
                testDescription: "a damaged control file", command: "head -c 8192 /dev/zero > data/global/pg_control",
                words: ["did not start", "server.log", "FATAL"]),
            Case(
                testDescription: "a database that is gone", command: "rm -r data/base",
                words: ["the embedded database does not answer", "server.log", "put a backup"]),
        ]

        @Test("a damaged home is refused with the place to look at and what to do", arguments: cases)
        func damaged(_ test: Case) async throws {
            let home = try await Home.prepared()
            let broken = try await home.start(program: ["/bin/sh", "-c", "cd home && \(test.command)"]).end()
            #expect(broken.code == 0, "\(broken)")
            let ended = try await home.run("jobs", "list")
            #expect(ended.code == 1 && ended.output.isEmpty, "\(ended)")
            for word in test.words { #expect(ended.errors.contains(word), "\(ended)") }
            #expect(try await home.run("doctor").code == 1)
            #expect(home.postmaster == nil, "a server that was started for nothing must be stopped")
        }

        @Test("without an installed PostgreSQL it says how to get one", .enabled(if: canHide, "hiding needs root"))
        func missing() async throws {
            let home = try Home()
            let hidden = [
                "/usr/bin/unshare", "-m", "/bin/sh", "-c", "\(Self.hiding) && exec \"$@\"", "hidden", Home.program,
            ]
            let ended = try await home.start(
                program: hidden + ["jobs", "list"], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
            ).end()
            #expect(ended.code == 1, "\(ended)")
            #expect(ended.errors.contains("no PostgreSQL server is installed: apt-get install postgresql"), "\(ended)")
        }

        private static let hiding = "mount -t tmpfs none /usr/lib/postgresql"
        /// Whether a process may have a view of its own of the file system.
        private static let canHide: Bool = {
            let tried = try? ChildProgram(
                ["/usr/bin/unshare", "-m", "/bin/sh", "-c", hiding],
                environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
                in: "/", files: "/tmp/atlas2-hiding-\(getpid())")
            defer { for name in ["output", "errors"] { unlink("/tmp/atlas2-hiding-\(getpid()).\(name)") } }
            while tried?.isRunning == true { usleep(5000) }
            return tried?.exitCode == 0
        }()
    }
}
