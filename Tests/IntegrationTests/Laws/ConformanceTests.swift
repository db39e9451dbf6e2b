import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Laws 4, 5 and 6: replay equals live, however and wherever it is replayed", .timeLimit(.minutes(20)))
    struct ConformanceTests {
        @Test("every projection conforms", arguments: try Library.withExamples().projections.map(\.name))
        func conforms(projection: String) async throws {
            try await TestTemplate.history.withCopy { database in
                try await HostileSession.prepare(database)
                let definition = try #require(database.library.projections.first { $0.name == projection })
                for table in definition.tables {
                    let rows: [Int64] = try await database.column("SELECT count(*) FROM \(identifier: table)")
                    #expect(rows[0] > 0, "\(table) is empty: the history feeds nothing into it")
                }
                let problems = try await Conformance(database: database, definition: definition).problems()
                #expect(problems == [])
            }
        }

        @Test("a history appended in a hostile session is the same to those who replay and verify it elsewhere")
        func hostileWriter() async throws {
            try await TestTemplate.examples.withCopy { database in
                try await HostileSession.prepare(database)
                let tenant = UUID(named: "tenant", "hostile")
                let client = try database.client(.app, settings: HostileSession.settings)
                try await database.append([tenant], events: 400, seed: 11, by: client)
                for projection in database.library.projections where projection.mode == .async {
                    while try await database.advance(projection.name, tenant, limit: 61, by: client) > 0 {}
                }
                await client.close()
                let report = try await database.verifier.verify()
                #expect(report.isEqual, "\(report.projections.flatMap(\.differences).prefix(3))")
                let log = try await database.log.verify(as: .system(tenant))
                #expect(log.isSound, "\(log.problems.prefix(3))")
                #expect(log.events >= 400)
            }
        }

        /// A fold that breaks one law each, over users' events.
        struct Impurity: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var value: String
            var update: String
            /// How many ways of replaying must show it.
            var ways: ClosedRange<Int>
            /// Whether the check of its file refuses it.
            var isRefused = true
        }

        @Test(
            "a projection that breaks a law does not pass",
            arguments: [
                Impurity(testDescription: "the clock", value: "now()::text", update: "excluded.value", ways: 5...5),
                Impurity(
                    testDescription: "a random value", value: "random()::text", update: "excluded.value", ways: 6...6),
                Impurity(
                    testDescription: "a random order", value: "(array_agg(position ORDER BY random()))[1]::text",
                    update: "v.value", ways: 1...6),
                Impurity(
                    testDescription: "a batch that replaces what was before", value: "count(*)::text",
                    update: "excluded.value", ways: 1...6, isRefused: false),
                Impurity(
                    testDescription: "a first that counts on the batch", value: "min(actor_id::text)",
                    update: "v.value",
                    ways: 1...6, isRefused: false),
                Impurity(
                    testDescription: "another projection", value: "(SELECT count(*) FROM users)::text",
                    update: "excluded.value", ways: 6...6),
                Impurity(
                    testDescription: "the session's settings", value: "current_setting('enable_hashagg')",
                    update: "excluded.value", ways: 2...6),
                Impurity(
                    testDescription: "nothing: it is pure", value: "last(position::text ORDER BY position)",
                    update: "excluded.value", ways: 0...0, isRefused: false),
            ])
        func impure(impurity: Impurity) async throws {
            let text = """
                -- projection: impure
                -- version: 1
                -- mode: async
                -- events: user.*
                -- key: stream
                -- @schema
                CREATE TABLE impure (tenant_id uuid, id uuid, value text, PRIMARY KEY (tenant_id, id));
                -- @fold
                INSERT INTO impure AS v (tenant_id, id, value) SELECT tenant_id, stream_id, \(impurity.value)
                FROM events GROUP BY tenant_id, stream_id
                ON CONFLICT (tenant_id, id) DO UPDATE SET value = \(impurity.update);
                """
            let definition = try Definition(parsing: text, file: "impure.sql")
            let isRefused = FileCheck(definition, names: TakenNames()).findings().contains { $0.severity == .error }
            #expect(isRefused == impurity.isRefused)
            try await TestTemplate.history.withCopy { database in
                try await HostileSession.prepare(database)
                // No check stands in its way.
                try await database.owner.transaction(TransactionOptions(settings: [("role", "atlas2_owner")])) {
                    try $0.script("SET LOCAL search_path = public; " + definition.installation)
                }
                for tenant in HistoryTenants.all {
                    while try await database.advance("impure", tenant, limit: 97) > 0 {}
                }
                let problems = try await Conformance(database: database, definition: definition).problems()
                #expect(impurity.ways.contains(problems.count), "\(problems)")
            }
        }
    }
}
