import AuditLog
import Cluster
import Foundation
import Glibc
import Postgres
import Processing
import Projections

/// What `atlas2 doctor` finds.
struct Examination {
    struct Check: Sendable {
        enum Verdict: String, Sendable {
            case ok
            case look
            case wrong
        }
        var name: String
        var verdict: Verdict
        var detail: String
    }

    let composition: Composition
    private(set) var found: [Check] = []

    init(_ composition: Composition) {
        self.composition = composition
    }

    mutating func add(_ name: String, _ verdict: Check.Verdict = .ok, _ detail: String) {
        found.append(Check(name: name, verdict: verdict, detail: detail))
    }

    consuming func run() async -> [Check] {
        add("atlas2", "version \(atlas2Version)")
        do {
            let library = try composition.library()
            add(
                "sql files",
                "\(library.migrations.count.counting("migration")) and \(library.projections.count.counting("projection")) in \(try composition.share())"
            )
            for file in library.faulty {
                add(
                    "projection \(file.projection ?? file.path)", .look,
                    "is left out, its file is faulty: \(file.summary)")
            }
        } catch {
            add("sql files", .wrong, Explanation.text(error))
            return found
        }
        client()
        guard composition.isEmbedded ? cluster() : server() else { return found }
        await database()
        return found
    }

    private mutating func add(_ name: String, _ detail: String) {
        add(name, .ok, detail)
    }

    private mutating func client() {
        let psql = composition.searchPath.split(separator: ":").map { "\($0)/psql" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let psql else {
            return add(
                "client", .look,
                "psql is not installed, which only atlas2 psql needs: apt-get install postgresql-client")
        }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: psql)
        process.arguments = ["--version"]
        process.standardOutput = pipe
        do {
            try process.run()
            let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            add("client", "\(text.prefix { !$0.isNewline }), \(psql)")
        } catch {
            add("client", .look, "\(psql) cannot be run: \(error)")
        }
    }

    /// The embedded cluster, without starting it; false when there is no database to look into.
    private mutating func cluster() -> Bool {
        let status = EmbeddedCluster.status(composition.cluster)
        add("database", "embedded, home \(status.home)")
        let versions = status.installations.map { "\($0.version) (\($0.binFolder))" }.joined(separator: ", ")
        add(
            "server programs", versions.isEmpty ? .wrong : .ok,
            versions.isEmpty ? "none found" : "PostgreSQL \(versions)")
        if let problem = status.problem {
            add("cluster", .wrong, problem.message)
            return false
        }
        disk(status.dataFolder ?? existing(status.home))
        guard let folder = status.dataFolder else {
            add("cluster", .look, "there is no database yet: run atlas2 init")
            return false
        }
        let state = status.serverState.map { "running (\($0))" } ?? "not running; started for this examination"
        add(
            "cluster",
            "\(folder), made by PostgreSQL \(status.dataVersion ?? "?"), belongs to \(status.account ?? "?"), \(state)")
        return true
    }

    private mutating func server() -> Bool {
        add("database", "the server of DATABASE_URL" + (composition.ownerURL == nil ? "" : ", and DATABASE_OWNER_URL"))
        if composition.ownerURL == nil {
            add(
                "owner", .look,
                "DATABASE_OWNER_URL is not set: init, migrate, verify and rebuild need it unless DATABASE_URL may do all"
            )
        }
        return true
    }

    private mutating func disk(_ folder: String) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            return add("disk", .look, "\(folder) may not be examined by \(Login.user)")
        }
        let free = (UInt64(status.f_bavail) * UInt64(status.f_frsize)) >> 20
        let verdict: Check.Verdict = free < 64 ? .wrong : free < 1024 ? .look : .ok
        add("disk", verdict, "\(free.grouped) MB free at \(folder)" + (verdict == .ok ? "" : ": free some space"))
    }

    /// The path, or the nearest folder above it that there is.
    private func existing(_ path: String) -> String {
        var folder = URL(fileURLWithPath: path).standardizedFileURL
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        return folder.path
    }
}
