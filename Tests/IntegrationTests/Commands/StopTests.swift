import Foundation
import TestSupport
import Testing

extension CommandTests {
    /// What stops a job in order: signals, other commands, files that go.
    @Suite("Stops", .timeLimit(.minutes(60)))
    struct StopTests {
        @Test("SIGINT and SIGTERM pause a job, say how to go on with it, and it goes on", arguments: [SIGINT, SIGTERM])
        func signal(_ signal: Int32) async throws {
            let home = try await Home.withGeneratedFile(rows: 120_000, seed: 1)
            let program = try home.start(["run", "rows.csv", "--mapping", "rows.yaml"])
            try await home.hold(program, atChunk: 3)
            program.send(signal)
            program.send(SIGCONT)
            let ended = try await program.end()
            #expect(ended.code == 1, "\(ended)")
            let jobs = try await home.run("jobs", "list", "--json").lines(JobAnswer.self)
            let job = try #require(jobs.first)
            #expect(job.status == "paused" && job.reason == "interrupted", "\(job) \(ended)")
            #expect(ended.output.contains("atlas2 jobs resume \(job.id)"), "\(ended)")
            let resumed = try await home.run("jobs", "resume", job.id, "--json")
            let answer: RunAnswer = try resumed.json()
            #expect(resumed.code == 2 && answer.status == "completed" && answer.rows == 120_000, "\(resumed)")
            #expect(answer.resumedAfter.map { $0 >= 3 * 4096 && $0 < 120_000 } == true)
            // Why it had stopped is no longer said of it.
            let completed: JobAnswer = try await home.run("jobs", "show", job.id, "--json").json()
            #expect(completed.reason == nil && completed.attempts == 2, "\(completed)")
            try await home.expectSoundness(of: [answer])
        }

        @Test("a second SIGINT ends the program at once, and the job goes on all the same")
        func impatience() async throws {
            let home = try await Home.withGeneratedFile(rows: 120_000, seed: 2)
            let program = try home.start(Home.job)
            try await home.hold(program, atChunk: 2)
            program.send(SIGINT)
            program.send(SIGCONT)
            program.send(SIGINT)
            let ended = try await program.end()
            #expect([1, 128 + SIGINT].contains(ended.code), "\(ended)")
            let answer: RunAnswer = try await home.run("jobs", "resume", "last", "--json").json()
            #expect(answer.status == "completed" && answer.rows == 120_000)
        }

        @Test("another process pauses a running job, which then goes on; and cancels it, which is its end")
        func decisions() async throws {
            let home = try await Home.withGeneratedFile(rows: 120_000, seed: 3)
            let first = try home.start(Home.job)
            try await home.hold(first, atChunk: 2)
            first.send(SIGCONT)
            try await home.run("jobs", "pause", "last", expecting: 0)
            let paused = try await first.end()
            #expect(paused.code == 1, "\(paused)")
            let answer: RunAnswer = try paused.json()
            #expect(answer.status == "paused" && answer.detail == "requested")

            let second = try home.start(["jobs", "resume", "last", "--json"])
            try await home.hold(second, atChunk: 6)
            second.send(SIGCONT)
            try await home.run("jobs", "cancel", "last", expecting: 0)
            let cancelled = try await second.end()
            #expect(cancelled.code == 1, "\(cancelled)")
            #expect(try cancelled.json(RunAnswer.self).status == "cancelled")
            for command in ["resume", "pause", "cancel"] {
                let refused = try await home.run("jobs", command, "last")
                #expect(refused.code == 1 && refused.errors.contains("is cancelled"), "\(refused)")
            }
            // What it did stays; the same file makes a new job.
            let job: JobAnswer = try await home.run("jobs", "show", "last", "--json").json()
            #expect(job.rows >= 6 * 4096 && job.rows < 120_000)
            let third = try home.start(Home.job)
            try await home.hold(third, atChunk: job.rows / 4096 + 1)
            third.send(SIGKILL)
            let jobs = try await home.run("jobs", "list", "--json").lines(JobAnswer.self)
            #expect(jobs.map(\.status) == ["running", "cancelled"], "\(jobs)")
            try await home.expectSoundness(of: [])
        }

        @Test("of two runs of the same file at once, one works and the other says so")
        func twice() async throws {
            let home = try await Home.withGeneratedFile(seed: 4)
            let first = try home.start(Home.job)
            try await home.hold(first, atChunk: 1)
            let second = try await home.start(Home.job).end()
            #expect(second.code == 1, "\(second)")
            #expect(second.errors.contains("rows.csv is going through the mapping generated right now"), "\(second)")
            let resumed = try await home.run("jobs", "resume", "last")
            #expect(resumed.code == 1 && resumed.errors.contains("is being worked on right now"), "\(resumed)")
            first.send(SIGCONT)
            let answer: RunAnswer = try await first.end().json()
            #expect(answer.status == "completed" && answer.rows == 60_000)
            try await home.expectSoundness(of: [answer])
        }

        @Test("more jobs at once than max_concurrent_jobs allows are refused, and nothing of them is kept")
        func limit() async throws {
            let home = try await Home.withGeneratedFile(seed: 5)
            try home.write("others.csv", "id,name,amount\n1,a,2\n")
            try await home.run("settings", "set", "max_concurrent_jobs", "1", expecting: 0)
            let first = try home.start(Home.job)
            try await home.hold(first, atChunk: 1)
            let refused = try await home.run("run", "others.csv", "--mapping", "generated")
            #expect(refused.code == 1, "\(refused)")
            #expect(refused.errors.contains("as many jobs are running as max_concurrent_jobs allows (1)"), "\(refused)")
            first.send(SIGCONT)
            #expect(try await first.end().code == 2)
            #expect(try await home.run("jobs", "list", "--json").lines(JobAnswer.self).count == 1)
            try await home.run("run", "others.csv", "--mapping", "generated", expecting: 0)
        }
    }
}
