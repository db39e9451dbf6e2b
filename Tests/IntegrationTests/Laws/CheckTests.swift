import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Checking a projection's file with the database", .timeLimit(.minutes(20)))
    struct CheckTests {
        private static func definition(
            table: String =
                "CREATE TABLE visits (tenant_id uuid, id uuid, n bigint, at timestamptz, PRIMARY KEY (tenant_id, id));",
            fold: String
        ) throws -> Definition {
            try Definition(
                parsing: """
                    -- projection: visits
                    -- version: 1
                    -- mode: async
                    -- events: user.*
                    -- key: stream
                    -- @schema
                    \(table)
                    -- @fold
                    \(fold)
                    """, file: "visits.sql")
        }

        private struct Tried<T: Sendable>: Error {
            var result: T
        }

        /// Runs `body` as the owner in a transaction that is taken back.
        private func tried<T: Sendable>(
            _ database: TestDatabase, _ body: @escaping @Sendable (Session) throws -> T
        ) async throws -> T {
            do {
                return try await database.owner.transaction(TransactionOptions(settings: [("role", "atlas2_owner")])) {
                    throw Tried(result: try body($0))
                }
            } catch let tried as Tried<T> {
                return tried.result
            }
        }

        @Test(
            "what the database does not understand is named with its place in the file",
            arguments: [
                (nil, "DELETE FROM visits WHERE nobody = 1;", 9, 26, "\"nobody\" does not exist"),
                (
                    nil,
                    "DELETE FROM visits;\nWITH ä AS (SELECT * FROM events)\nDELETE FROM visits v USING ä WHERE v.id = ä.nobody;",
                    11, 43, "nobody"
                ),
                (nil, "DELETE FROM visits WHERE;", 9, nil, "syntax error at end of input"),
                (nil, "DELETE FROM visits WHERE (n = 1;", 9, nil, "syntax error"),
                (nil, "UPDATE visits SET n = twice(n);", 9, 23, "function twice(bigint) does not exist"),
                (
                    nil, "INSERT INTO visits SELECT tenant_id, stream_id, payload FROM events;", 9, 49,
                    "is of type bigint but expression is of type jsonb"
                ),
                (
                    nil, "INSERT INTO visits SELECT tenant_id, stream_id, 1 FROM events ON CONFLICT (id) DO NOTHING;",
                    9, nil, "no unique or exclusion constraint"
                ),
                (
                    nil, "INSERT INTO visits SELECT tenant_id, stream_id, log_pseudo(1) FROM events;", 9, 49,
                    "log_pseudo"
                ),
                (
                    "CREATE TABLE visits (tenant_id uuid PRIMARY KEY, n bigint CHECK (n > nobody));",
                    "DELETE FROM visits;", 7, nil, "nobody"
                ),
                (
                    "CREATE TABLE visits (tenant_id uuid PRIMARY KEY, n nothing);", "DELETE FROM visits;", 7, 52,
                    "type \"nothing\" does not exist"
                ),
            ] as [(String?, String, Int, Int?, String)])
        func findings(table: String?, fold: String, line: Int, column: Int?, message: String) async throws {
            try await TestTemplate.schema.withCopy { database in
                let definition =
                    try table.map { try Self.definition(table: $0, fold: fold) } ?? Self.definition(fold: fold)
                let findings = try await tried(database) { try DatabaseCheck(definition).findings($0) }
                let finding = try #require(findings.first { $0.message.contains(message) }, "\(findings)")
                #expect(finding.line == line, "\(finding)")
                if let column { #expect(finding.column == column, "\(finding)") }
                let left: [Int64] = try await database.column(
                    "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'atlas2%'")
                #expect(left == [0])
            }
        }

        @Test("a function that the catalog calls volatile is refused, also one that no list names")
        func volatile() async throws {
            try await TestTemplate.schema.withCopy { database in
                try await database.tamper(
                    "CREATE FUNCTION fold.dice() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 6'; GRANT USAGE ON SCHEMA fold TO PUBLIC"
                )
                let definition = try Self.definition(fold: "UPDATE visits SET\n  n = dice();")
                let findings = try await tried(database) { try DatabaseCheck(definition).findings($0) }
                #expect(
                    findings.map { "\($0)" } == [
                        "visits.sql:10:7: dice() gives another value each time: \(findings[0].advice)"
                    ])
            }
        }

        @Test("a name that the database has already is no name for WITH")
        func hidden() async throws {
            try await TestTemplate.schema.withCopy { database in
                let definition = try Self.definition(
                    fold: """
                        DELETE FROM visits WHERE n IN (WITH pg_stat_activity AS (SELECT 1 AS a) SELECT a FROM pg_stat_activity)
                          OR EXISTS (SELECT FROM pg_stat_activity);
                        """)
                let findings = try await tried(database) { try DatabaseCheck(definition).findings($0) }
                #expect(findings.map(\.message) == ["WITH names pg_stat_activity, which the database has already"])
            }
        }

        @Test(
            "what the header asks for is tried",
            arguments: [
                ("owner: n", "operator does not exist: bigint = uuid"),
                ("references: visits (tenant_id, n) -> users (tenant_id, id)", "cannot be implemented"),
                ("references: visits (tenant_id, id) -> users (tenant_id, kye)", "kye"),
                ("references: visits (tenant_id, id) -> users (tenant_id, name)", "no unique constraint"),
            ])
        func header(line: String, message: String) async throws {
            try await TestTemplate.schema.withCopy { database in
                let plain = try Self.definition(fold: "DELETE FROM visits;")
                let text =
                    "-- projection: visits\n-- version: 1\n-- mode: async\n-- events: user.*\n-- key: stream\n-- \(line)\n"
                let definition = try Definition(
                    parsing: text + "-- @schema\n\(plain.schema)\n-- @fold\n\(plain.fold)", file: "visits.sql")
                let findings = try await tried(database) { try DatabaseCheck(definition).findings($0) }
                #expect(findings.count == 1 && findings[0].line == 6, "\(findings)")
                #expect(findings.first?.message.contains(message) == true, "\(findings)")
            }
        }

        @Test("a relation that is there already is nobody's to take")
        func collision() async throws {
            try await TestTemplate.schema.withCopy { database in
                try await database.tamper("CREATE TABLE public.visits (a int)")
                let definition = try Self.definition(fold: "DELETE FROM visits;")
                let findings = try await tried(database) { try DatabaseCheck(definition).findings($0) }
                #expect(findings.first?.line == 7)
                #expect(findings.first?.message == "the database has a relation visits already")
            }
        }

        @Test("nothing is wrong with any file that is installed")
        func installed() async throws {
            try await TestTemplate.examples.withCopy { database in
                for definition in database.library.projections {
                    let findings = try await tried(database) { try DatabaseCheck(definition).findings($0) }
                    #expect(findings == [], "\(definition.name)")
                }
            }
        }

        @Test(
            "folding a part of the log shows what depends on batches, with a likely reason",
            arguments: [
                (
                    "INSERT INTO visits AS v SELECT tenant_id, stream_id, count(*) FROM events GROUP BY 1, 2 ON CONFLICT (tenant_id, id) DO UPDATE SET n = v.n + excluded.n;",
                    nil, nil
                ),
                (
                    "INSERT INTO visits AS v SELECT tenant_id, stream_id, count(*) FROM events GROUP BY 1, 2 ON CONFLICT (tenant_id, id) DO UPDATE SET n = excluded.n;",
                    "in batches of 7", "n = visits.n + excluded.n"
                ),
                (
                    "INSERT INTO visits AS v SELECT tenant_id, stream_id, 1, max(recorded_at) FROM events GROUP BY 1, 2 ON CONFLICT (tenant_id, id) DO NOTHING;",
                    "in batches of 7", "coalesce(excluded.at, visits.at)"
                ),
                (
                    "INSERT INTO visits AS v SELECT tenant_id, stream_id, count(*) FROM events GROUP BY 1, 2;",
                    "in batches of 7", "ON CONFLICT"
                ),
                ("INSERT INTO visits SELECT tenant_id, stream_id, 1 FROM events;", "all at once", "cannot take"),
                (
                    "INSERT INTO visits SELECT tenant_id, stream_id, extract(epoch FROM clock_timestamp()) * 1000000 FROM events GROUP BY 1, 2;",
                    "all at once, again", "from outside"
                ),
            ] as [(String, String?, String?)])
        func sample(fold: String, way: String?, reason: String?) async throws {
            try await TestTemplate.history.withCopy { database in
                let definition = try Self.definition(fold: fold)
                let result = try await tried(database) { try SampleFold(definition, limit: 120).result($0) }
                #expect(result.events == 120)
                #expect(result.differences.first?.way == way, "\(result)")
                if let reason { #expect(result.differences.allSatisfy { $0.reason.contains(reason) }, "\(result)") }
                if way == "in batches of 7", reason != "ON CONFLICT" {
                    let difference = try #require(result.differences.first)
                    #expect(difference.table == "visits" && difference.key?.contains("tenant_id") == true)
                    #expect(difference.expected != difference.found)
                }
            }
        }

        @Test("a sample of events that the log does not have is empty, and equal")
        func nothing() async throws {
            try await TestTemplate.schema.withCopy { database in
                let definition = try Self.definition(fold: "DELETE FROM visits;")
                let result = try await tried(database) { try SampleFold(definition, limit: 120).result($0) }
                #expect(result.events == 0 && result.isEqual)
            }
        }

        @Test("one that the database refuses is left out; the others are installed and folded")
        func takeIn() async throws {
            try await TestTemplate.schema.withCopy { database in
                var library = database.library
                let good = try Self.definition(
                    fold:
                        "INSERT INTO visits SELECT tenant_id, stream_id, 1 FROM events WHERE event_type = 'user.created';"
                )
                let text = try Definition(
                    parsing: """
                        -- projection: faulty
                        -- version: 1
                        -- mode: inline
                        -- events: user.*
                        -- key: stream
                        -- @schema
                        CREATE TABLE faulty (tenant_id uuid PRIMARY KEY);
                        -- @fold
                        INSERT INTO faulty SELECT nobody FROM events;
                        """, file: "faulty.sql")
                library.projections += [good, text]
                let schema = Schema(owner: database.owner, library: library)
                #expect(try await schema.missing() == ["visits", "faulty"])
                let further = try await schema.takeIn()
                #expect(further.installed == ["visits"])
                #expect(further.faulty.map(\.projection) == ["faulty"])
                #expect(
                    further.faulty.first?.summary.hasPrefix("faulty.sql:9:27: column \"nobody\" does not exist") == true
                )
                #expect(try await schema.missing() == ["faulty"])
                let again = try await schema.takeIn()
                #expect(again.installed.isEmpty && again.faulty.count == 1)
                try await database.append([UUID(named: "tenant", "one")], events: 40, seed: 3)
                try await database.catchUp()
                let rows: [Bool] = try await database.column("SELECT count(*) > 0 FROM visits")
                #expect(rows == [true])
            }
        }
    }
}
