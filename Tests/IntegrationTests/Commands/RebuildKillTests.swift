import Foundation
import TestSupport
import Testing

extension CommandTests {
    @Suite("Kills of rebuilds", .timeLimit(.minutes(60)))
    struct RebuildKillTests {
        /// Printed, to be set again after a failure.
        private static let seed =
            UInt64(ProcessInfo.processInfo.environment["ATLAS2_TEST_SEED"] ?? "") ?? .random(in: 0...9999)

        @Test("a rebuild whose process or database server is killed at random moments is ended by the next one")
        func killed() async throws {
            print("ATLAS2_TEST_SEED=\(Self.seed)")
            var random = SplitMix64(seed: Self.seed)
            let home = try await Home.prepared()
            for round in 0..<10 {
                // By turns rows that are corrected, and tables that are replaced.
                _ = try await home.sql(
                    round.isMultiple(of: 2)
                        ? "UPDATE users SET name = 'x'; DELETE FROM system_settings"
                        : "ALTER TABLE users DROP CONSTRAINT users_role_check; DROP INDEX processing_jobs_created_idx")
                let program = try home.start(["projections", "rebuild", "--json"])
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...1500, using: &random)))
                if round % 3 == 2, let server = home.postmaster { kill(server, SIGKILL) } else { program.send(SIGKILL) }
                _ = try await program.end()
                try await home.run("projections", "rebuild", expecting: 0)
                let verified: VerifyAnswer = try await home.run("projections", "verify", "--json", expecting: 0).json()
                #expect(verified.equal, "round \(round)")
            }
            #expect(try await home.run("projections", "abort").output.contains("nothing is being built"))
        }
    }
}
