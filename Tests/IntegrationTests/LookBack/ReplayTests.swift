import AuditLog
import Foundation
import Postgres
import Projections
import TestSupport
import Testing

extension LookBackTests {
    @Suite("A replay", .timeLimit(.minutes(20)))
    struct ReplayTests {
        /// Printed, to be set again after a failure.
        private static let seed =
            UInt64(ProcessInfo.processInfo.environment["ATLAS2_TEST_SEED"] ?? "") ?? .random(in: 0...9999)

        @Test(
            "shows every table and view as it was captured at that moment, by time for all tenants, by position for one"
        )
        func equality() async throws {
            print("ATLAS2_TEST_SEED=\(Self.seed)")
            try await TestTemplate.schema.withCopy { database in
                // Each event has a time of its own, a second after the one before.
                try await database.setClock(
                    "'2026-01-20 10:00+00'::timestamptz + (SELECT coalesce(sum(size), 0) FROM audit_log_heads) * interval '1 second'"
                )
                var random = SplitMix64(seed: Self.seed)
                let tenants = HistoryTenants.all.prefix(2)
                var histories = tenants.map { History(tenant: $0, seed: random.next()) }
                var moments: [(time: Timestamp, sizes: [UUID: Int64])] = []
                for step in 1...400 {
                    let index = Int.random(in: 0..<histories.count, using: &random)
                    let appends = [try histories[index].next()]
                    for outcome in try await database.log.append(appends, as: .system(tenants[index])) {
                        guard case .appended = outcome else { throw HistoryError(outcome: outcome) }
                    }
                    guard step == 400 || step > 20 && random.chance(2) else { continue }
                    try await database.catchUp()
                    try await database.capture(into: "captured_\(moments.count)")
                    let heads: [(UUID, Int64, Timestamp)] = try await database.administrator.session { session in
                        try session.query("SELECT tenant_id, size, recorded_at FROM audit_log_heads") {
                            (try $0.decode(0), try $0.decode(1), try $0.decode(2))
                        }
                    }
                    moments.append(
                        (
                            try #require(heads.map { $0.2 }.max()),
                            Dictionary(uniqueKeysWithValues: heads.map { ($0.0, $0.1) })
                        ))
                }
                for (number, moment) in moments.enumerated() {
                    let result = try await database.replays.make("at_\(number)", at: .time(moment.time), by: nil)
                    #expect(Dictionary(uniqueKeysWithValues: result.tenants.map { ($0.id, $0.events) }) == moment.sizes)
                    #expect(result.viewsLeftOut == [] && result.tenants.allSatisfy { $0.erased == 0 })
                    for table in database.readModel {
                        let differing = try await database.differingRows(
                            "captured_\(number).\(table)", "at_\(number).\(table)")
                        #expect(differing == 0, "\(table) at \(moment.time)")
                    }
                }
                // A position belongs to one tenant, and so does what is shown.
                let (tenant, size) = try #require(moments.first?.sizes.first)
                _ = try await database.replays.make("one", at: .position(size - 1), tenants: [tenant], by: nil)
                for table in database.readModel {
                    #expect(
                        try await database.differingRows("captured_0.\(table)", "one.\(table)", of: tenant) == 0,
                        "\(table)")
                    let others: [Int64] = try await database.column(
                        "SELECT count(*) FROM one.\(raw: table) WHERE tenant_id <> \(tenant)")
                    #expect(others == [0], "\(table)")
                }
            }
        }

        @Test("has comments, keys, indexes and policies like the live tables, and no function")
        func shape() async throws {
            try await TestTemplate.history.withCopy { database in
                _ = try await database.replays.make(
                    "past", at: .time(try #require(Timestamp("2026-02-10T00:00:00Z"))), by: UUID())
                let wrong: [String] = try await database.column(
                    """
                    WITH live AS (
                        SELECT l.oid AS live, p.oid AS past, l.relname FROM pg_class l
                        LEFT JOIN pg_class p ON p.relname = l.relname AND p.relnamespace = 'past'::regnamespace
                        WHERE l.relnamespace = 'public'::regnamespace AND l.relname = ANY (\(database.readModel)))
                    SELECT relname || ': is missing' FROM live WHERE past IS NULL
                    UNION ALL SELECT relname || ': comment' FROM live
                    WHERE obj_description(live, 'pg_class') IS DISTINCT FROM obj_description(past, 'pg_class')
                    UNION ALL SELECT relname || ': columns' FROM live
                    WHERE (SELECT array_agg((attname, atttypid, attnotnull, col_description(live, attnum))::text ORDER BY attnum)
                           FROM pg_attribute WHERE attrelid = live AND attnum > 0)
                       IS DISTINCT FROM
                          (SELECT array_agg((attname, atttypid, attnotnull, col_description(past, attnum))::text ORDER BY attnum)
                           FROM pg_attribute WHERE attrelid = past AND attnum > 0)
                    UNION ALL SELECT relname || ': policies' FROM live
                    WHERE (SELECT array_agg(polname || pg_get_expr(polqual, live) ORDER BY polname) FROM pg_policy WHERE polrelid = live)
                       IS DISTINCT FROM
                          (SELECT array_agg(polname || pg_get_expr(polqual, past) ORDER BY polname) FROM pg_policy WHERE polrelid = past)
                    UNION ALL SELECT live.relname || ': row security' FROM live JOIN pg_class c ON c.oid = past
                    WHERE c.relkind = 'r' AND NOT c.relrowsecurity
                       OR c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)
                    UNION ALL SELECT relname || ': keys' FROM live
                    WHERE (SELECT array_agg(pg_get_constraintdef(oid) ORDER BY pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = live AND contype <> 'f')
                       IS DISTINCT FROM
                          (SELECT array_agg(pg_get_constraintdef(oid) ORDER BY pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = past AND contype <> 'f')
                    UNION ALL SELECT relname || ': indexes' FROM live
                    WHERE (SELECT count(*) FROM pg_index WHERE indrelid = live) <> (SELECT count(*) FROM pg_index WHERE indrelid = past)
                    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'past'::regnamespace
                    """)
                #expect(wrong == [])
                let tenants = try await database.tenants()
                let (entry, seen) = try await database.app.transaction(Scope.system(tenants[0]).transaction()) {
                    session in
                    let entry = try #require(try session.pastSchemas().first)
                    return (entry, try session.events(in: entry))
                }
                #expect(entry.schema == "past" && entry.note.at == "2026-02-10T00:00:00.000000Z")
                #expect(entry.note.projections == database.library.projections.map(\.name))
                // Nobody reads of another tenant how much it has, nor that it is there.
                #expect(Array(seen.keys) == [tenants[0]])
                let comment = try await database.readonly.session { session in
                    try session.first("SELECT obj_description('past'::regnamespace)") {
                        try $0.decode(0, as: String.self)
                    }
                }
                #expect(tenants.count == 3 && tenants.allSatisfy { comment?.contains($0.text) == false })
                try await database.replays.drop("past")
                #expect(try await database.pastSchemas() == [])
                #expect(
                    await refusal { try await database.replays.drop("past") }?.contains("there is no replay past")
                        == true)
                for schema in ["public", "fold", "pg_catalog", "x; DROP SCHEMA public"] {
                    #expect(
                        await refusal { try await database.replays.drop(schema) }?.contains("there is no replay")
                            == true)
                }
            }
        }

        @Test("of some projections has their tables, and the views that read no others")
        func some() async throws {
            try await TestTemplate.history.withCopy { database in
                let moment = Moment.time(try #require(Timestamp("2026-02-10T00:00:00Z")))
                let result = try await database.replays.make("past", at: moment, projections: ["tenants"], by: nil)
                #expect(
                    result.projections == ["tenants"]
                        && result.viewsLeftOut == ["audit_trail", "job_trends", "system_health"])
                let names: [String] = try await database.column(
                    "SELECT relname::text FROM pg_class WHERE relnamespace = 'past'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1"
                )
                #expect(
                    names == [
                        "audit_log_heads", "audit_logs", "audit_streams", "log_checkpoints", "processing_errors",
                        "processing_results", "projection_checkpoints", "projection_stops", "tenants",
                    ])
                let live: [String] = try await database.column(
                    "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = 'audit_trail'"
                )
                #expect(live == ["audit_trail"])
            }
        }

        @Test("before the first event is empty; between two events it has the first; what is to come is refused")
        func edges() async throws {
            try await TestTemplate.schema.withCopy { database in
                try await database.setClock(
                    "'2026-03-29 01:30+00'::timestamptz + (SELECT coalesce(sum(size), 0) FROM audit_log_heads) * interval '1 hour'"
                )
                let tenant = try await database.createTenant("one")
                let command = Command(scope: .system(tenant))
                for role in ["admin", "user"] {
                    try await database.log.append(
                        [command.event(UserCreated(email: "\(role)@example.com", name: nil, role: role), on: UUID())],
                        as: command.scope)
                }
                // At 01:30, 02:30 and 03:30 UTC, in the night in which Berlin's clocks go from 02:00 to 03:00.
                let cases: [(String, Int64)] = [
                    ("2026-03-29 01:29:59.999999", 0), ("2026-03-29 01:30", 1), ("2026-03-29", 0),
                    ("2026-03-29T03:30:00.000000+02:00", 1), ("2026-03-29T02:30+01:00", 1), ("2026-03-29 02:29:59", 1),
                    ("2026-03-29T04:30+02:00", 2), ("2026-03-29 03:30:00.000001", 3), ("0", 1), ("1", 2), ("2", 3),
                ]
                for (number, (text, size)) in cases.enumerated() {
                    let result = try await database.replays.make(
                        "past_\(number)", at: try #require(Moment(text)), by: nil)
                    #expect(result.tenants.map(\.events) == [size], "\(text)")
                    let counts: [Int64] = try await database.column(
                        """
                        SELECT count(*) FROM past_\(raw: "\(number)").users
                        UNION ALL SELECT count(*) FROM past_\(raw: "\(number)").audit_logs
                        UNION ALL SELECT count(*) FROM past_\(raw: "\(number)").audit_trail
                        UNION ALL SELECT count(*) FROM past_\(raw: "\(number)").audit_log_heads
                        """)
                    #expect(counts == [max(0, size - 1), size, size, min(1, size)], "\(text)")
                }
                let late = await refusal { _ = try await database.replays.make("late", at: .time(.now), by: nil) }
                #expect(late?.contains("is in the future") == true, "\(late ?? "")")
                let behind = await refusal { _ = try await database.replays.make("late", at: .position(3), by: nil) }
                #expect(behind?.contains("there is no position 3: the log has 3 events") == true, "\(behind ?? "")")
                _ = try await database.createTenant("two")
                let whose = await refusal { _ = try await database.replays.make("late", at: .position(0), by: nil) }
                #expect(whose?.contains("belongs to the log of one tenant") == true, "\(whose ?? "")")
                #expect(try await database.pastSchemas().count == cases.count)
            }
        }

        @Test("refuses names that are there, are ours, or mean something else")
        func names() async throws {
            try await TestTemplate.schema.withCopy { database in
                _ = try await database.createTenant("one")
                try await database.tamper("CREATE SCHEMA mine")
                func make(_ name: String) async -> String? {
                    await refusal { _ = try await database.replays.make(name, at: .position(0), by: nil) }
                }
                for (name, words) in [
                    ("public", "Atlas2's own"), ("fold", "Atlas2's own"), ("pg_past", "PostgreSQL's"),
                    ("pg_catalog", "PostgreSQL's"),
                    ("information_schema", "PostgreSQL's"), ("atlas2_past", "Atlas2's own"),
                    ("mine", "there is a schema mine already"),
                    ("test_app", "is a role of this server"), ("postgres", "is a role of this server"),
                    ("select", "is a word of SQL"),
                    ("user", "is a word of SQL"), ("", "is no name for a schema"), ("Past", "is no name"),
                    ("a b", "is no name"),
                    ("x; DROP SCHEMA public CASCADE", "is no name"), ("x\"y", "is no name"),
                    ("vergangenheit_ä", "is no name"),
                    (String(repeating: "x", count: 59), "is no name"),
                ] {
                    let answer = await make(name)
                    #expect(answer?.contains(words) == true, "\(name): \(answer ?? "was made")")
                }
                #expect(await make("past") == nil)
                #expect(await make("past")?.contains("atlas2 replay --drop past") == true)
                let unknown = await refusal {
                    _ = try await database.replays.make("other", at: .position(0), projections: ["user"], by: nil)
                }
                #expect(unknown?.contains("there is no projection user") == true)
                #expect(try await database.pastSchemas() == ["past"])
            }
        }

        @Test("of two who want the same name at once, one gets it")
        func twice() async throws {
            try await TestTemplate.history.withCopy { database in
                let moment = Moment.time(try #require(Timestamp("2026-02-10T00:00:00Z")))
                let answers = await withTaskGroup(of: String?.self) { group in
                    for _ in 0..<2 {
                        group.addTask {
                            await refusal { _ = try await database.replays.make("past", at: moment, by: nil) }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count { $0 == nil } == 1, "\(answers)")
                #expect(answers.contains { $0?.contains("there is a schema past already") == true }, "\(answers)")
            }
        }
    }
}
