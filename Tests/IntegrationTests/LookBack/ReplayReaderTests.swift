import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LookBackTests {
    @Suite("Who reads a replay", .timeLimit(.minutes(20)))
    struct ReplayReaderTests {
        private func withReplay(_ body: (TestDatabase, [String]) async throws -> Void) async throws {
            try await TestTemplate.history.withCopy { database in
                _ = try await database.replays.make(
                    "past", at: .time(try #require(Timestamp("2026-03-10T00:00:00Z"))), by: nil)
                let relations: [String] = try await database.column(
                    "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'past'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1"
                )
                #expect(Set(relations).isSuperset(of: (database.readModel + ["audit_logs"]).map { "past.\($0)" }))
                try await body(database, relations)
            }
        }

        /// How many rows a session sees: those that meet a condition, and the others.
        private func counts(_ client: Database, _ relation: String, _ condition: SQL, as scope: Scope) async throws -> (
            Int64, Int64
        ) {
            try await client.transaction(scope.transaction(readOnly: true)) { session in
                try session.first(
                    """
                    SELECT count(*) FILTER (WHERE \(sql: condition)), count(*) FILTER (WHERE (\(sql: condition)) IS NOT TRUE)
                    FROM \(raw: relation)
                    """
                ) { (try $0.decode(0), try $0.decode(1)) } ?? (-1, -1)
            }
        }

        @Test(
            "all of one's own tenant and nothing of another, in every table and view",
            arguments: [TestDatabase.Login.app, .readonly])
        func tenants(login: TestDatabase.Login) async throws {
            try await withReplay { database, relations in
                let client = try database.client(login)
                let tenant = HistoryTenants.first
                for relation in relations {
                    for role in [Scope.Role.admin, .auditor, .system] {
                        let scope = Scope(tenant: tenant, role: role)
                        let (own, others) = try await counts(client, relation, "tenant_id = \(tenant)", as: scope)
                        let (all, rest) = try await counts(
                            database.administrator, relation, "tenant_id = \(tenant)", as: scope)
                        // Nothing is sealed in this history, and no projection has stopped.
                        let isEmpty = ["past.log_checkpoints", "past.projection_stops"].contains(relation)
                        #expect(others == 0 && (rest > 0) != isEmpty, "\(relation)")
                        #expect(own == all && (own > 0) != isEmpty, "\(relation)")
                    }
                    let (unset, unsetToo) = try await counts(
                        client, relation, "true", as: Scope(tenant: nil, role: .admin))
                    #expect(unset + unsetToo == 0, "\(relation)")
                }
                await client.close()
            }
        }

        @Test("a user their own rows only; nobody may write", arguments: [TestDatabase.Login.app, .readonly])
        func users(login: TestDatabase.Login) async throws {
            try await withReplay { database, relations in
                let client = try database.client(login)
                let tenant = HistoryTenants.first
                let owners: [UUID] = try await database.column(
                    "SELECT user_id FROM past.processing_jobs WHERE tenant_id = \(tenant) GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
                )
                let user = try #require(owners.first)
                for (table, column) in [
                    ("users", "id"), ("processing_jobs", "user_id"), ("file_data", "user_id"),
                    ("job_statistics", "user_id"),
                    ("user_dashboard_stats", "user_id"), ("audit_logs", "actor_id"), ("audit_trail", "actor_id"),
                ] {
                    let own: SQL = "\(identifier: column) = \(user)"
                    let (mine, others) = try await counts(
                        client, "past.\(table)", own, as: Scope(tenant: tenant, user: user, role: .user))
                    let (same, rest) = try await counts(
                        client, "past.\(table)", own, as: Scope(tenant: tenant, user: user, role: .auditor))
                    #expect(mine > 0 && others == 0 && same == mine && rest > 0, "\(table)")
                }
                let views: [String] = try await database.column(
                    "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'past'::regnamespace AND relkind = 'v'"
                )
                for relation in relations {
                    let error = await postgresError {
                        try await client.transaction(Scope(tenant: tenant, role: .admin).transaction()) {
                            _ = try $0.execute("DELETE FROM \(raw: relation)")
                        }
                    }
                    // A view over several relations takes no DELETE from anybody.
                    #expect(error?.sqlstate == (views.contains(relation) ? "55000" : "42501"), "\(relation)")
                }
                await client.close()
            }
        }
    }
}
