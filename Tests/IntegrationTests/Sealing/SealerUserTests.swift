import AuditLog
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// A user of the operating system that goes with it.
private final class SystemUser: Sendable {
    let name: String
    let (user, group): (uid_t, gid_t)

    static let canBeMade = geteuid() == 0 && access("/usr/sbin/useradd", X_OK) == 0

    init(_ role: String, for home: Home) async throws {
        name = "atlas2-\(role)-\(getpid())"
        let made = try await home.start(program: [
            "/usr/sbin/useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", name,
        ]).end()
        guard made.code == 0, let entry = getpwnam(name) else { throw ChildProgram.Failure(description: "\(made)") }
        (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// A program that runs as this user.
    func running(_ command: [String]) -> [String] {
        ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"] + command
    }

    deinit {
        let remove = Process()
        (remove.executableURL, remove.arguments) = (URL(fileURLWithPath: "/usr/sbin/userdel"), [name])
        guard (try? remove.run()) != nil else { return }
        remove.waitUntilExit()
    }
}

extension CommandTests {
    @Suite("A sealer that is another user", .timeLimit(.minutes(60)))
    struct SealerUserTests {
        @Test(
            "keeps its key from the application's user, and seals what that one appends to a server's database",
            .enabled(if: SystemUser.canBeMade, "makes users of the operating system, which takes root and useradd"))
        func otherUser() async throws {
            let cluster = try TestCluster.shared.get()
            let database = try cluster.createDatabase()
            // Its socket is in a folder that only the server's user may enter; the data stays closed.
            chmod(cluster.folder, 0o755)
            let logins = (app: "clerk_\(getpid())", sealer: "sealer_\(getpid())")
            try cluster.psql("CREATE ROLE \(logins.app) LOGIN; CREATE ROLE \(logins.sealer) LOGIN")
            func url(_ login: String) -> String { database.replacing("user=postgres", with: "user=\(login)") }

            let home = try Home(["DATABASE_URL": url(logins.app)])
            let made = try await home.run("init", environment: ["DATABASE_OWNER_URL": database])
            #expect(made.code == 0, "\(made)")
            // What the administrator of the database does, once.
            try cluster.psql("GRANT atlas2_sealer TO \(logins.sealer)")
            let (clerk, sealer) = (try await SystemUser("c", for: home), try await SystemUser("s", for: home))
            let keys = "\(home.folder)/keys"
            mkdir(keys, 0o700)
            chown(keys, sealer.user, sealer.group)
            func asSealer(_ arguments: String...) throws -> ChildProgram {
                try home.start(
                    program: sealer.running([Home.program] + arguments),
                    environment: ["DATABASE_URL": url(logins.sealer), "ATLAS2_SEALER": keys])
            }
            func asClerk(_ command: String...) async throws -> Ended {
                try await home.start(program: clerk.running(command), environment: ["ATLAS2_SEALER": keys]).end()
            }
            func checkpoint() async throws -> Int64 {
                let note = try await home.run("log", "checkpoint")
                guard note.code == 0 else { return 0 }
                return try SignedCheckpoint(parsing: note.output).checkpoint.size
            }

            let created = try await asSealer("log", "key", "create", "--origin", "example.com/logs/one").end()
            #expect(created.code == 0 && created.output.contains("Publish"), "\(created)")
            let folder = "\(keys)/\(UUID(named: "tenant", "default").text)"
            #expect(try await asClerk("/bin/cat", "\(folder)/key").code != 0)
            let set = try await asClerk(Home.program, "settings", "set", "job_timeout", "1801")
            #expect(set.code == 0 && !set.errors.contains("sealed"), "\(set)")
            let size = try await Int64(home.logSize())
            #expect(try await checkpoint() == size - 1)

            // The application's user can sign with a key of its own, and store nothing.
            let refused = try await home.start(
                program: clerk.running([Home.program, "log", "key", "create"]),
                environment: ["ATLAS2_SEALER": "\(home.folder)/clerk"]
            ).end()
            #expect(refused.code == 1 && refused.errors.contains("GRANT atlas2_sealer TO"), "\(refused)")
            let call = "SELECT audit_seal('\(UUID(named: "tenant", "default").text)', 1, sha256(''), '', '{}')"
            let stored = try await asClerk("/usr/bin/psql", "-X", "-d", url(logins.app), "-c", call)
            #expect(stored.code != 0 && stored.errors.contains("permission denied"), "\(stored)")

            let sealed = try await asSealer("log", "seal").end()
            #expect(sealed.code == 0, "\(sealed)")
            #expect(try await checkpoint() == size)
            for command in [["work"], ["log", "seal", "--follow"]] {
                let service = try home.start(
                    program: sealer.running([Home.program] + command),
                    environment: ["DATABASE_URL": url(logins.sealer), "ATLAS2_SEALER": keys])
                for value in 1...2 {
                    let again = try await asClerk(
                        Home.program, "settings", "set", "job_timeout", "\(1900 + value + command.count * 10)")
                    #expect(again.code == 0, "\(again)")
                    let size = try await Int64(home.logSize())
                    try await poll(within: .seconds(20)) { try await checkpoint() == size }
                }
                try await home.expectOrderlyEnd(of: service)
            }
            let verified = try await asClerk(Home.program, "log", "verify")
            #expect(verified.code == 0, "\(verified)")
            let doctor = try await asClerk(Home.program, "doctor")
            #expect(doctor.output.contains("with a key that is not here"), "\(doctor)")

            // Without the right nothing is stored, and what to run is said; whoever has the keys gets it back by init.
            try cluster.psql("REVOKE atlas2_sealer FROM \(logins.sealer); GRANT atlas2_app TO \(logins.sealer)")
            let stopped = try await asSealer("log", "seal").end()
            let grant = "GRANT atlas2_sealer TO \"\(logins.sealer)\""
            #expect(stopped.code == 1 && stopped.errors.contains(grant), "\(stopped)")
            let again = try await home.start(
                program: sealer.running([Home.program, "init"]),
                environment: [
                    "DATABASE_URL": url(logins.sealer), "ATLAS2_SEALER": keys, "DATABASE_OWNER_URL": database,
                ]
            ).end()
            #expect(again.code == 0 && again.errors.contains("made a member of atlas2_sealer"), "\(again)")
            #expect(try await asSealer("log", "seal").end().code == 0)
        }
    }
}
