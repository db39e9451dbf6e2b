import Glibc
import TestSupport
import Testing

extension CommandTests {
    /// A server that others look after (`DATABASE_URL`).
    @Suite("Server", .timeLimit(.minutes(60)))
    struct ServerTests {
        @Test("a database that is not initialised is named as that, and init makes it ready")
        func initialisation() async throws {
            let home = try Home(["DATABASE_URL": try TestCluster.shared.get().createDatabase()])
            let refused = try await home.run("users", "list")
            #expect(refused.code == 1 && refused.errors.contains("run atlas2 init"), "\(refused)")
            try await home.run("init", expecting: 0)
            try await home.run("users", "list", expecting: 0)
            // These tests' server runs without fsync.
            let doctor = try await home.run("doctor", expecting: 1)
            #expect(doctor.output.contains("a power cut can destroy the database: turn it on"), "\(doctor)")
            try await home.run("stop", expecting: 1)
        }

        @Test("a job outlives a restart of its server, or ends with the way to resume it", arguments: [true, false])
        func restart(isShort: Bool) async throws {
            let cluster = try TestCluster()
            defer { cluster.stop() }
            let home = try Home(["DATABASE_URL": try cluster.createDatabase()])
            try await home.run("init", expecting: 0)
            try home.write("rows.csv", GeneratedFile(rows: 120_000, width: 0, seed: 6).csv)
            try home.write("rows.yaml", GeneratedFile.mapping)
            let program = try home.start(Home.job)
            try await home.hold(program, atChunk: 3)
            cluster.stop(keep: true)
            if isShort { try cluster.start() }
            program.send(SIGCONT)
            let ended = try await program.end()
            if !isShort { try cluster.start() }
            let job = try #require(try await home.run("jobs", "list", "--json").lines(JobAnswer.self).first)
            if !isShort || ended.code != 2 {
                #expect(ended.code == 1, "\(ended)")
                #expect(ended.errors.contains("atlas2 jobs resume \(job.id)"), "\(ended)")
                #expect(job.status == "running" && job.rows >= 3 * 4096 && job.rows < 120_000, "\(job)")
                try await home.run("jobs", "resume", job.id, expecting: 2)
            }
            let run: RunAnswer = try await home.start(Home.job).end().json()
            #expect(run.jobId == job.id && run.status == "already_done" && run.rows == 120_000)
            try await home.expectSoundness(of: [run])
        }
    }
}
