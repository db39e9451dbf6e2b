import Foundation
import TestSupport
import Testing

extension CommandTests {
    @Suite("Kills", .timeLimit(.minutes(60)))
    struct KillTests {
        /// Printed, to be set again after a failure.
        private static let seed =
            UInt64(ProcessInfo.processInfo.environment["ATLAS2_TEST_SEED"] ?? "") ?? .random(in: 0...9999)

        @Test("a job whose process is killed at 12 random moments gives each row the result of an undisturbed run")
        func process() async throws {
            try await survive(12) { program, _ in program.send(SIGKILL) }
        }

        @Test(
            "a job whose database server is killed at 8 random moments gives each row the result of an undisturbed run")
        func server() async throws {
            try await survive(8) { program, home in
                // None runs before the first and after the last moment of a command.
                if let process = home.postmaster { kill(process, SIGKILL) }
                let ended = try await program.end()
                if ended.code == 1 { #expect(ended.errors.hasPrefix("atlas2: "), "\(ended)") }
            }
        }

        /// Interrupts a job again and again, lets it end, and compares it with an undisturbed one.
        private func survive(_ count: Int, _ interrupt: (ChildProgram, Home) async throws -> Void) async throws {
            print("ATLAS2_TEST_SEED=\(Self.seed)")
            var random = SplitMix64(seed: Self.seed)
            let home = try await Home.withGeneratedFile(seed: Self.seed)
            let begin = ContinuousClock.now
            let undisturbed: RunAnswer = try await home.start(Home.job).end().json()
            // The machine may be busier now than later, so no moment is later than a short job takes.
            let duration = min(ContinuousClock.now - begin, .seconds(2))

            var (interrupted, answers, isResuming) = (0, [RunAnswer](), false)
            // The last kill may have come after the job was complete: then one more run answers.
            while interrupted < count || isResuming || answers.isEmpty {
                // By turns the command that began the job, and the one that names it.
                let byName = isResuming && interrupted.isMultiple(of: 2)
                let program = try home.start(
                    byName ? ["jobs", "resume", "last", "--json"] : Home.job + (isResuming ? [] : ["--again"]))
                if interrupted < count {
                    try await Task.sleep(for: duration * Double.random(in: 0.02...0.7, using: &random))
                    if program.isRunning {
                        interrupted += 1
                        try await interrupt(program, home)
                    }
                }
                let ended = try await program.end()
                if ended.code == 2 { answers.append(try ended.json()) }
                let jobs = try await home.run("jobs", "list", "--json").lines(JobAnswer.self)
                isResuming = jobs.contains { $0.status != "completed" }
                #expect(jobs.count { $0.status != "completed" } <= 1, "a job goes on instead of beginning again")
            }
            #expect(!answers.isEmpty)
            for answer in answers { #expect(answer.totals == undisturbed.totals) }
            let jobs = try await home.run("jobs", "list", "--json").lines(JobAnswer.self)
            let results = try await home.results(of: undisturbed.jobId)
            for job in jobs { #expect(try await home.results(of: job.id) == results, "\(job)") }
            try await home.expectSoundness(of: [undisturbed])
        }
    }
}

extension Home {
    /// Every row's outcome, as printed.
    fileprivate func results(of job: String) async throws -> String {
        try await run("jobs", "results", job, "--json").output
    }
}
