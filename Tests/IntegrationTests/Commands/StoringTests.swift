import Foundation
import Testing

extension CommandTests {
    /// Jobs that are killed while their file is on its way into the log.
    @Suite("Storing", .timeLimit(.minutes(60)))
    struct StoringTests {
        private static let rows = 25_000

        /// A home with a job that has stored some pieces of its file and not all.
        private func homeWithHalfAFile() async throws -> (home: Home, job: JobAnswer) {
            for seed in UInt64(0)..<10 {
                let home = try await Home.withGeneratedFile(rows: Self.rows, width: 1000, seed: seed)
                let program = try home.start(Home.job)
                while try await home.storedBytes() == 0, program.isRunning {}
                program.send(SIGKILL)
                _ = try await program.end()
                let stored = try await home.storedBytes()
                let size = try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/rows.csv")).count
                let jobs = try await home.run("jobs", "list", "--json").lines(JobAnswer.self)
                if let job = jobs.first, stored > 0, stored < size { return (home, job) }
            }
            throw ChildProgram.Failure(description: "no job could be killed while its file was being stored")
        }

        @Test("killed while its file is being stored, a job goes on from the file; without the file it says so")
        func killed() async throws {
            let (home, job) = try await homeWithHalfAFile()
            rename("\(home.folder)/rows.csv", "\(home.folder)/elsewhere.csv")
            let refused = try await home.run("jobs", "resume", job.id)
            #expect(refused.code == 1, "\(refused)")
            #expect(
                refused.errors.contains("bytes of the file are in the log, and \(home.folder)/rows.csv"), "\(refused)")
            let size = try await home.logSize()
            #expect(try await home.run("jobs", "resume", job.id).code == 1)
            #expect(try await home.logSize() == size, "trying in vain must not fill the log")
            rename("\(home.folder)/elsewhere.csv", "\(home.folder)/rows.csv")

            let resumed = try await home.run("jobs", "resume", job.id, "--json")
            let answer: RunAnswer = try resumed.json()
            #expect(resumed.code == 2 && answer.status == "completed" && answer.rows == Self.rows, "\(resumed)")
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/rows.csv")))
            #expect(try await home.storedFile(job.id) == file)
            try await home.expectSoundness(of: [answer])
        }

        @Test("a file that changed since the kill fails its job instead of being mixed with what is stored")
        func changed() async throws {
            let (home, job) = try await homeWithHalfAFile()
            let path = "\(home.folder)/rows.csv"
            var file = try Data(contentsOf: URL(fileURLWithPath: path))
            file[file.count - 5] = UInt8(ascii: "9")
            file[20] = UInt8(ascii: "9")
            try file.write(to: URL(fileURLWithPath: path))
            let resumed = try await home.run("jobs", "resume", job.id)
            #expect(resumed.code == 1 && (resumed.output + resumed.errors).contains("changed"), "\(resumed)")
            let found: JobAnswer = try await home.run("jobs", "show", job.id, "--json").json()
            #expect(found.status == "failed" && found.reason == "file_changed", "\(found)")
        }
    }
}

extension Home {
    /// How many bytes of files are in the log.
    fileprivate func storedBytes() async throws -> Int {
        let found = try await sql(
            "SELECT sum((payload->>'size')::int) FROM audit_logs WHERE event_type = 'job.file_chunk_stored'")
        return found.first.flatMap { Int($0) } ?? 0
    }
}
