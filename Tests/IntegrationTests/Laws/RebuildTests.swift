import AuditLog
import Foundation
import Postgres
import Projections
import Synchronization
import TestSupport
import Testing

extension LawTests {
    @Suite("Rebuilding while the system runs, and to a new definition", .timeLimit(.minutes(20)))
    struct RebuildTests {
        /// Appends histories to its own tenants, new ones all the time, until it is told to stop.
        ///
        /// - Returns: how many events it appended that no rebuild appends.
        private func write(_ database: TestDatabase, number: Int, until stop: Stop) async throws -> Int64 {
            let client = try database.client(.app)
            var appended: Int64 = 0
            var round = 0
            while !stop.isSet {
                round += 1
                let tenant = UUID(named: "tenant", "writer \(number) \(round)")
                var history = History(tenant: tenant, seed: UInt64(number * 1000 + round))
                // Faster than they are rebuilt, so many tenants would never come to an end.
                for _ in 0..<60 where !stop.isSet {
                    try await Task.sleep(for: .milliseconds(25))
                    let appends = try [history.next(), history.next(), history.next()]
                    for outcome in try await EventLog(client).append(appends, as: .system(tenant)) {
                        _ = try outcome.positions()
                    }
                    appended += Int64(appends.joined().count { $0.type != ProjectionRebuilt.type })
                }
            }
            await client.close()
            return appended
        }

        private final class Stop: Sendable {
            private let flag = Atomic<Bool>(false)
            var isSet: Bool { flag.load(ordering: .relaxed) }
            func set() { flag.store(true, ordering: .relaxed) }
        }

        /// Events that no rebuild appended.
        private func events(_ database: TestDatabase) async throws -> Int64 {
            let counts: [Int64] = try await database.column(
                "SELECT count(*) FROM audit_logs WHERE event_type <> \(ProjectionRebuilt.type)")
            return counts[0]
        }

        /// Runs `body` while four write and one follows; then nothing that they appended may be missing.
        private func underLoad(_ database: TestDatabase, _ body: () async throws -> Void) async throws {
            let before = try await events(database)
            let stop = Stop()
            let writers = (0..<4).map { number in
                Task { try await write(database, number: number, until: stop) }
            }
            let follower = Task {
                while !stop.isSet { try await database.catchUp() }
            }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            stop.set()
            var appended: Int64 = 0
            for writer in writers { appended += try await writer.value }
            try await follower.value
            try result.get()
            #expect(appended > 0)
            #expect(try await events(database) == before + appended)
        }

        @Test("a rebuild while four write and one follows loses nothing, and what it leaves is equal to the log")
        func whileWriting() async throws {
            try await TestTemplate.history.withCopy { database in
                try await underLoad(database) {
                    for _ in 0..<3 {
                        let results = try await database.rebuilder.rebuild(
                            as: Command(scope: .system(HistoryTenants.first)))
                        #expect(results.count == database.library.projections.count)
                    }
                }
                try await database.catchUp()
                let report = try await database.verifier.verify()
                #expect(report.isEqual, "\(report.projections.flatMap(\.differences).prefix(3))")
                for tenant in try await database.tenants() {
                    #expect(try await database.log.verify(as: .system(tenant)).isSound)
                }
            }
        }

        @Test("a verification while four write and one follows finds everything equal, each time")
        func verifyWhileWriting() async throws {
            try await TestTemplate.history.withCopy { database in
                try await underLoad(database) {
                    for _ in 0..<4 {
                        let report = try await database.verifier.verify()
                        #expect(report.isEqual, "\(report.projections.flatMap(\.differences).prefix(3))")
                        #expect(try await database.log.verify(as: .system(HistoryTenants.first)).isSound)
                    }
                }
            }
        }

        @Test(
            "a new definition is asked for by upgrading, built by rebuilding, and keeps views, keys, policies and grants"
        )
        func newDefinition() async throws {
            try await ChangedLibrary.with("users", ChangedLibrary.countingUsers) { library in
                try await TestTemplate.history.withCopy { database in
                    let cluster = try TestCluster.shared.get()
                    try await database.setClock("clock_timestamp()")
                    let before = try cluster.dumpSchema(of: database.name)
                    let schema = Schema(owner: database.owner, library: library)
                    try await schema.up()
                    let upgraded = TestCluster.changedLines(before, try cluster.dumpSchema(of: database.name))
                    #expect(upgraded.allSatisfy { $0.contains("; definitions ") }, "\(upgraded)")
                    let verifier = ProjectionVerifier(owner: database.owner, definitions: library.projections)
                    #expect(try await verifier.verify().projections.filter { !$0.isEqual }.map(\.name) == ["users"])
                    // Until it is rebuilt, the old one goes on.
                    try await database.append([UUID(named: "tenant", "late")], events: 50, seed: 4)
                    try await database.catchUp()
                    #expect(try await database.verifier.verify().isEqual)

                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    let results = try await rebuilder.rebuild(
                        ["users"], as: Command(scope: .system(HistoryTenants.first)))
                    #expect(results.map(\.differences) == [nil])
                    #expect(try await verifier.verify().isEqual)
                    let counts: [Int64] = try await database.column(
                        """
                        SELECT sum(changes)::bigint - (SELECT count(*) FROM audit_logs WHERE event_type LIKE 'user.%') FROM users
                        """)
                    #expect(counts == [0])
                    let rebuilt = TestCluster.changedLines(before, try cluster.dumpSchema(of: database.name))
                    let kept = [
                        "GRANT", "POLICY", "CONSTRAINT", "VIEW", "INDEX", "ROW LEVEL", "COMMENT ON COLUMN",
                        "COMMENT ON TABLE",
                    ]
                    for line in rebuilt where line.hasPrefix("- ") {
                        #expect(!kept.contains { line.contains($0) }, "\(line)")
                    }
                    #expect(rebuilt.contains("+     changes bigint NOT NULL,"))
                    try await database.append([UUID(named: "tenant", "later")], events: 50, seed: 5)
                    try await database.catchUp()
                    #expect(try await verifier.verify().isEqual)

                    // And back again: nothing is left of it but what is kept for a day.
                    try await database.schema.up()
                    _ = try await database.rebuilder.rebuild(
                        ["users"], as: Command(scope: .system(HistoryTenants.first)))
                    try await database.rebuilder.dropCopies()
                    let changed = TestCluster.changedLines(before, try cluster.dumpSchema(of: database.name))
                    #expect(changed == [])
                    #expect(try await database.verifier.verify().isEqual)
                }
            }
        }
    }
}
