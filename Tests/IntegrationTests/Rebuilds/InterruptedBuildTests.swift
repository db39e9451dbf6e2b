import AuditLog
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Projections

extension RebuildSuite {
    @Suite("Interrupted builds", .timeLimit(.minutes(20)))
    struct InterruptedBuildTests {
        /// Printed, to be set again after a failure.
        private static let seed =
            UInt64(ProcessInfo.processInfo.environment["ATLAS2_TEST_SEED"] ?? "") ?? .random(in: 0...9999)

        @Test(
            "two who rebuild one projection: the second is refused and told of the first; others are rebuilt meanwhile")
        func twice() async throws {
            try await TestTemplate.history.withCopy { database in
                let (owner, command) = (database.owner, database.recoveryCommand)
                try await BuildLock.hold(["users"], owner) {
                    let error = await #expect(throws: BuildError.self) {
                        try await database.rebuilder.rebuild(["tenants", "users"], as: command)
                    }
                    #expect(error?.code == .busy && error?.description.contains("users is being built") ?? false)
                    _ = try await database.rebuilder.rebuild(["tenants"], as: command)
                }
                #expect(try await database.rebuilder.rebuild(["users"], as: command).map(\.differences) == [0])
                #expect(try await database.buildSchemas() == [])
            }
        }

        @Test("nobody but the owner reaches what is being built, or its lock")
        func isolated() async throws {
            try await TestTemplate.history.withCopy { database in
                _ = try await database.rebuilder.compare(["users"], as: database.recoveryCommand)
                try await BuildLock.hold(["users"], database.owner) {
                    for client in [database.app, database.readonly, database.sealer] {
                        for statement in [
                            "SELECT * FROM atlas2_build_users.users",
                            "LOCK TABLE atlas2_locks.users IN ACCESS SHARE MODE",
                            "SELECT * FROM atlas2_build_users.atlas2_progress",
                        ] {
                            let error = await postgresError {
                                try await client.transaction { try $0.script(statement) }
                            }
                            #expect(error?.sqlstate == "42501", "\(statement)")
                        }
                    }
                }
            }
        }

        @Test("an abort ends the build of another and drops what was built; live tables stay as they are")
        func aborted() async throws {
            try await TestTemplate.history.withCopy { database in
                let (owner, command, rebuilder) = (database.owner, database.recoveryCommand, database.rebuilder)
                _ = try await rebuilder.compare(["users"], as: command)
                let (started, start) = AsyncStream.makeStream(of: Void.self)
                let building = Task {
                    try await BuildLock.hold(["users"], owner) {
                        start.yield()
                        try await Task.sleep(for: .seconds(600))
                    }
                }
                for await _ in started { break }
                #expect(try await rebuilder.abort(["users"]) == ["users"])
                let error = await #expect(throws: BuildError.self) { try await building.value }
                #expect(error?.code == .ended)
                #expect(try await database.buildSchemas() == [])
                #expect(try await database.differences() == [])
            }
        }

        @Test("connections broken off at random moments leave each table whole, old or new; the next rebuild ends it")
        func brokenOff() async throws {
            print("ATLAS2_TEST_SEED=\(Self.seed)")
            var random = SplitMix64(seed: Self.seed)
            try await ChangedLibrary.with("users", ChangedLibrary.countingUsers) { library in
                try await TestTemplate.history.withCopy { database in
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    let command = database.recoveryCommand
                    for round in 0..<12 {
                        // By turns a changed definition, and rows that are wrong.
                        let isChange = round.isMultiple(of: 2)
                        if !isChange {
                            try await database.tamper(
                                "UPDATE processing_jobs SET accepted_rows = accepted_rows + 1, processed_rows = processed_rows + 1"
                            )
                        }
                        let (one, names) = (
                            isChange && round % 4 == 0 ? rebuilder : database.rebuilder, ["users", "processing_jobs"]
                        )
                        let running = Task { try await one.rebuild(names, as: command) }
                        try await Task.sleep(for: .milliseconds(Int.random(in: 5...600, using: &random)))
                        try await database.tamper(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'test_owner' AND datname = current_database()"
                        )
                        _ = try? await running.value
                        // Whatever is live now is the whole of one definition.
                        let installed: [String] = try await database.column(
                            "SELECT sha256 FROM projection_definitions() WHERE name = 'users'")
                        let live =
                            library.projections.first { $0.sha256 == installed.first } != nil
                            ? library : database.library
                        let users = try await database.differences(live).filter { $0.table == "users" }
                        #expect(users == [], "round \(round)")
                        _ = try await one.rebuild(names, as: command)
                        let expected = one.library.projections
                        let report = try await ProjectionVerifier(
                            owner: database.owner, definitions: expected.filter { names.contains($0.name) }
                        ).verify()
                        #expect(
                            report.isEqual, "round \(round): \(report.projections.flatMap(\.differences).prefix(3))")
                    }
                    try await database.readViews()
                }
            }
        }

        @Test("an estimate counts what is unread and leaves nothing behind")
        func estimate() async throws {
            try await TestTemplate.history.withCopy { database in
                let schema = try TestCluster.shared.get().dumpSchema(of: database.name)
                let heads: [Int64] = try await database.column("SELECT sum(size)::bigint FROM audit_log_heads")
                let estimates = try await database.rebuilder.estimate(["users"], as: database.recoveryCommand)
                #expect(estimates.map(\.events) == heads)
                #expect(estimates.allSatisfy { $0.bytes > 0 && $0.milliseconds > 0 && !$0.isFromLastRebuild })
                #expect(try TestCluster.shared.get().dumpSchema(of: database.name) == schema)
                _ = try await database.rebuilder.compare(["users"], as: database.recoveryCommand)
                let rest = try await database.rebuilder.estimate(["users"], as: database.recoveryCommand)
                #expect(rest.map(\.events) == [0])
            }
        }

        @Test("copies that may hold what was erased go: tables that were kept, and builds that nobody works on")
        func copies() async throws {
            try await ChangedLibrary.with("users", ChangedLibrary.countingUsers) { library in
                try await TestTemplate.history.withCopy { database in
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    _ = try await rebuilder.rebuild(["users"], as: database.recoveryCommand)
                    _ = try await rebuilder.compare(["tenants"], as: database.recoveryCommand)
                    try await rebuilder.dropExpired()
                    #expect(try await database.buildSchemas() == ["atlas2_build_tenants", "atlas2_old_users"])
                    try await rebuilder.dropCopies()
                    #expect(try await database.buildSchemas() == [])
                }
            }
        }
    }
}
