import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Law 7: exactly once", .timeLimit(.minutes(20)))
    struct ExactlyOnceTests {
        /// Rows of a table and the projection's checkpoints, as text.
        private func state(_ database: TestDatabase, _ projection: String) async throws -> [String] {
            try await database.column(
                """
                SELECT c::text FROM projection_checkpoints c WHERE projection = \(projection)
                UNION ALL SELECT t::text FROM \(identifier: projection) t ORDER BY 1
                """)
        }

        @Test("a follower that dies with its rows written and its checkpoint not leaves neither")
        func killedBetween() async throws {
            let projection = "rejected_rows"
            try await TestTemplate.examples.withCopy { database in
                let tenant = UUID(named: "tenant", "one")
                try await database.append([tenant], events: 300, seed: 3)
                try await database.advance(projection, tenant, limit: 150)
                let before = try await state(database, projection)
                // Stops whoever moves a checkpoint, after the rows were written.
                try await database.tamper(
                    """
                    CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN new; END $$;
                    CREATE TRIGGER stop BEFORE UPDATE ON projection_checkpoints FOR EACH ROW EXECUTE FUNCTION stop();
                    """)
                async let killed = postgresError { _ = try await database.advance(projection, tenant, limit: 1000) }
                var ended: [Bool] = []
                while ended.isEmpty {
                    try await Task.sleep(for: .milliseconds(20))
                    ended = try await database.column(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event = 'PgSleep'
                        """)
                }
                #expect(await killed?.code == .connection)
                try await database.tamper("DROP TRIGGER stop ON projection_checkpoints")
                #expect(try await state(database, projection) == before)
                try await database.catchUp()
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        @Test("followers that race and die at random fold each event once")
        func racing() async throws {
            try await TestTemplate.examples.withCopy { database in
                let tenants = ["one", "two"].map { UUID(named: "tenant", $0) }
                try await database.append(tenants, events: 400, seed: 5)
                let killer = Task {
                    while true {
                        try await Task.sleep(for: .milliseconds(15))
                        try await database.tamper(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE datname = current_database() AND application_name = 'follower' ORDER BY random() LIMIT 1
                            """)
                    }
                }
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<4 {
                        group.addTask { try await follow(database, tenants[number % 2], seed: UInt64(number)) }
                    }
                    let deaths = try await group.reduce(0, +)
                    #expect(deaths > 0)
                }
                killer.cancel()
                _ = await killer.result
                #expect(try await database.verifier.verify().isEqual)
                let positions: [Int64] = try await database.column(
                    "SELECT DISTINCT h.size - c.position FROM projection_checkpoints c JOIN audit_log_heads h USING (tenant_id)"
                )
                #expect(positions == [0])
            }
        }

        /// Follows until everything is read; returns how often it died.
        private func follow(_ database: TestDatabase, _ tenant: UUID, seed: UInt64) async throws -> Int {
            var random = SplitMix64(seed: seed)
            var deaths = 0
            let client = try database.client(.app, settings: [("application_name", "follower")])
            var unread: Int64 = 1
            while unread > 0 {
                do {
                    let limit = Int64.random(in: 1...5, using: &random)
                    unread = try await database.advance("rejected_rows", tenant, limit: limit, by: client)
                } catch let error as PostgresError where error.code == .connection || error.code == .outcomeUnknown {
                    deaths += 1
                }
            }
            await client.close()
            return deaths
        }
    }
}
