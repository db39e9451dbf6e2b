import AuditLog
import FoundationEssentials
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Projections

extension RebuildSuite {
    @Suite("A changed definition: compared, put in place, undone", .timeLimit(.minutes(20)))
    struct NewDefinitionTests {
        private final class Steps: Sendable {
            private let kept = Mutex<[RebuildProgress]>([])
            func add(_ step: RebuildProgress) { kept.withLock { $0.append(step) } }
            var resumed: [Int64] {
                kept.withLock { $0.compactMap { if case .resuming(_, let done, _) = $0 { done } else { nil } } }
            }
            var texts: [String] {
                kept.withLock { $0.compactMap { if case .step(let text) = $0 { text } else { nil } } }
            }
        }

        @Test("a comparison shows what would change and changes nothing; the rebuild after it goes on from there")
        func compare() async throws {
            try await ChangedLibrary.with("users", ChangedLibrary.countingUsers) { library in
                try await TestTemplate.history.withCopy { database in
                    try await database.setClock("clock_timestamp()")
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    let comparisons = try await rebuilder.compare(["users"], as: database.recoveryCommand)
                    let table = try #require(comparisons.first?.tables.first)
                    #expect(table.addedColumns == ["changes"] && table.removedColumns == [])
                    #expect(table.oldRows == table.newRows && table.oldRows > 0)
                    #expect(table.rows?.changed == 0 && table.rows?.onlyOld == 0 && table.rows?.onlyNew == 0)
                    #expect(try await database.differences() == [])
                    #expect(try await database.buildSchemas() == ["atlas2_build_users"])

                    try await database.append([UUID(named: "tenant", "meanwhile")], events: 50, seed: 4)
                    let steps = Steps()
                    let results = try await rebuilder.rebuild(["users"], as: database.recoveryCommand) { steps.add($0) }
                    #expect(steps.resumed.allSatisfy { $0 >= 3000 } && steps.resumed.count == 1)
                    #expect(results.map(\.reason) == ["its definition changed"])
                    #expect(try await database.differences(library) == [])
                    try await database.readViews()

                    // What is built of one definition is of no use to another.
                    let other = Steps()
                    _ = try await database.rebuilder.compare(["users"], as: database.recoveryCommand)
                    _ = try await rebuilder.compare(["users"], as: database.recoveryCommand) { other.add($0) }
                    #expect(other.resumed == [])
                    #expect(try await rebuilder.abort() == ["users"])
                    #expect(try await database.buildSchemas() == ["atlas2_old_users"])
                    #expect(try await rebuilder.abort() == [])
                }
            }
        }

        @Test("rows that would be others are counted by column, with samples")
        func comparedRows() async throws {
            try await ChangedLibrary.with(
                "users", { $0.replacing("THEN 'inactive' END ORDER", with: "THEN 'active' END ORDER") }
            ) { library in
                try await TestTemplate.history.withCopy { database in
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    let comparisons = try await rebuilder.compare(["users"], as: database.recoveryCommand)
                    let rows = try #require(comparisons.first?.tables.first?.rows)
                    let inactive: [Int64] = try await database.column(
                        "SELECT count(*) FROM users WHERE status = 'inactive'")
                    #expect(rows.changedColumns.map(\.column) == ["status"])
                    #expect(rows.changedColumns.map(\.rows) == inactive && inactive[0] > 3)
                    #expect(rows.samples.count == 3)
                    #expect(rows.samples.allSatisfy { $0.expected == "\"active\"" && $0.found == "\"inactive\"" })
                }
            }
        }

        @Test(
            "undo puts the old tables back at the head, with views, keys, policies and grants; the file is not due again"
        )
        func undo() async throws {
            try await ChangedLibrary.with("users", ChangedLibrary.countingUsers) { library in
                try await TestTemplate.history.withCopy { database in
                    try await database.setClock("clock_timestamp()")
                    let cluster = try TestCluster.shared.get()
                    let before = try cluster.dumpSchema(of: database.name)
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    #expect(try await rebuilder.due() == ["users"])
                    try await database.whileAppending {
                        _ = try await rebuilder.rebuild(["users"], as: database.recoveryCommand)
                    }
                    #expect(try await database.differences(library) == [])
                    #expect(try await rebuilder.due() == [])
                    try await database.append([UUID(named: "tenant", "later")], events: 80, seed: 5)

                    let undone = try await database.whileAppending(2) {
                        try await rebuilder.undo("users", as: database.recoveryCommand)
                    }
                    #expect(undone.version == 1 && undone.from == 2 && undone.lostViews == [])
                    try await database.catchUp()
                    #expect(try await database.differences() == [])
                    try await database.readViews()
                    #expect(try await rebuilder.due() == [])
                    let events = try await database.log.read(
                        EventFilter(type: ProjectionReverted.type), as: .system(HistoryTenants.first))
                    #expect(try events.map { try $0.payload(of: ProjectionReverted.self).version } == [1])
                    let again = await #expect(throws: BuildError.self) {
                        try await rebuilder.undo("users", as: database.recoveryCommand)
                    }
                    #expect(again?.code == .unsuitable)
                    // Only the mark stays that keeps the file from being built by itself; a dump frames its headings.
                    let changed = TestCluster.changedLines(before, try cluster.dumpSchema(of: database.name))
                    #expect(changed.allSatisfy { $0 == "+ --" || $0.contains("atlas2_old_users") }, "\(changed)")

                    _ = try await rebuilder.rebuild(["users"], as: database.recoveryCommand)
                    #expect(try await database.differences(library) == [])
                }
            }
        }

        @Test(
            "views of one's own come back with their grants; one that cannot be made is said; one of a stranger is refused"
        )
        func ownViews() async throws {
            try await ChangedLibrary.with(
                "users",
                {
                    ChangedLibrary.countingUsers($0).replacing("    created_by uuid,\n", with: "")
                        .replacing("status, created_by, created_at", with: "status, created_at")
                        .replacing("    created_by = coalesce(u.created_by, excluded.created_by),\n", with: "")
                        .replacing(
                            "       (array_agg(actor_id ORDER BY position) FILTER (WHERE event_type = 'user.created' AND actor_id IS NOT NULL))[1],\n",
                            with: ""
                        ).replacing(
                            "COMMENT ON COLUMN users.created_by IS 'User who added them; null for the system';\n",
                            with: "")
                }
            ) { library in
                try await TestTemplate.history.withCopy { database in
                    try await database.tamper(
                        """
                        SET ROLE atlas2_owner;
                        CREATE VIEW own_names AS SELECT tenant_id, id, name FROM users;
                        CREATE VIEW own_letters AS SELECT left(name, 1) AS letter FROM own_names;
                        CREATE VIEW own_creators AS SELECT created_by FROM users;
                        COMMENT ON VIEW own_names IS 'Names';
                        GRANT SELECT ON own_letters TO atlas2_readonly;
                        RESET ROLE;
                        CREATE VIEW strange AS SELECT id FROM users;
                        """)
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    let error = await #expect(throws: BuildError.self) {
                        try await rebuilder.rebuild(["users"], as: database.recoveryCommand)
                    }
                    #expect(error?.code == .dependent && error?.description.contains("strange") ?? false)
                    #expect(try await database.differences() == [])
                    try await database.tamper("DROP VIEW strange")
                    let results = try await rebuilder.rebuild(["users"], as: database.recoveryCommand)
                    #expect(results.flatMap(\.lostViews).map(\.name) == ["public.own_creators"])
                    #expect(results.flatMap(\.lostViews).allSatisfy { $0.statement.contains("CREATE VIEW") })
                    let facts: [String] = try await database.column(
                        """
                        SELECT obj_description('own_names'::regclass, 'pg_class')
                        UNION ALL SELECT has_table_privilege('atlas2_readonly', 'own_letters', 'SELECT')::text
                        UNION ALL SELECT (count(*) > 0)::text FROM own_letters
                        """)
                    #expect(facts == ["Names", "true", "true"])
                    try await database.readViews()
                }
            }
        }

        @Test("a long reader holds nobody up: the exchange gives way, appends go on, and it goes through afterwards")
        func longReader() async throws {
            try await ChangedLibrary.with("users", ChangedLibrary.countingUsers) { library in
                try await TestTemplate.history.withCopy { database in
                    try await database.setClock("clock_timestamp()")
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    let steps = Steps()
                    let reading = Turn()
                    let reader = Task {
                        try await database.administrator.transaction { session in
                            _ = try session.first("SELECT count(*) FROM users") { try $0.decode(0, as: Int64.self) }
                            reading.begin()
                            while !reading.isOver { try session.execute("SELECT pg_sleep(0.02)") }
                        }
                    }
                    while !reading.hasBegun { try await Task.sleep(for: .milliseconds(5)) }
                    let command = database.recoveryCommand
                    let rebuild = Task { try await rebuilder.rebuild(["users"], as: command) { steps.add($0) } }
                    while steps.texts.count(where: { $0.contains("waiting for a lock") }) < 3 {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    // The exchange keeps trying, and each of these gets through.
                    for number in 0..<20 {
                        _ = try await database.createTenant("while-reading-\(number)")
                    }
                    reading.end()
                    try await reader.value
                    #expect(try await rebuild.value.map(\.differences) == [nil])
                    #expect(try await database.differences(library) == [])
                }
            }
        }

        @Test("whoever waits too long for a lock gives up, says who holds it, and keeps what was built")
        func gaveUp() async throws {
            try await ChangedLibrary.with("users", ChangedLibrary.countingUsers) { library in
                try await TestTemplate.history.withCopy { database in
                    let rebuilder = ProjectionRebuilder(owner: database.owner, library: library)
                    var options = RebuildOptions()
                    options.patience = .milliseconds(300)
                    let waiting = options
                    try await database.administrator.transaction { session in
                        _ = try session.first("SELECT count(*) FROM users") { try $0.decode(0, as: Int64.self) }
                        let done = Turn()
                        let command = database.recoveryCommand
                        Task {
                            let error = await #expect(throws: BuildError.self) {
                                try await rebuilder.rebuild(["users"], as: command, options: waiting)
                            }
                            #expect(error?.code == .locked && error?.description.contains("process") ?? false)
                            done.end()
                        }
                        while !done.isOver { try session.execute("SELECT pg_sleep(0.02)") }
                    }
                    #expect(try await database.differences() == [])
                    let steps = Steps()
                    _ = try await rebuilder.rebuild(["users"], as: database.recoveryCommand) { steps.add($0) }
                    #expect(steps.resumed.count == 1)
                    #expect(try await database.differences(library) == [])
                }
            }
        }

        private final class Turn: Sendable {
            private let state = Mutex((begun: false, over: false))
            func begin() { state.withLock { $0.begun = true } }
            func end() { state.withLock { $0.over = true } }
            var hasBegun: Bool { state.withLock { $0.begun } }
            var isOver: Bool { state.withLock { $0.over } }
        }
    }
}
