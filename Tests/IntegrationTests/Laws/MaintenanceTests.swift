import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Functions for administrators")
    struct MaintenanceTests {
        @Test("refresh_user_dashboard_stats brings the dashboard to the head: of one tenant, or of all")
        func refresh() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenants = ["one", "two"].map { UUID(named: "tenant", $0) }
                try await database.append(tenants, events: 200, seed: 8)
                // It is folded in the append; somebody has emptied it.
                try await database.tamper(
                    """
                    TRUNCATE user_dashboard_stats, user_dashboard_jobs;
                    UPDATE projection_checkpoints SET position = 0 WHERE projection = 'user_dashboard_stats';
                    """)
                func refresh(_ scope: Scope?) async throws -> Int64? {
                    try await database.app.transaction(scope?.transaction() ?? TransactionOptions()) { session in
                        try session.first("SELECT refresh_user_dashboard_stats()") { try $0.decode(0) }
                    }
                }
                let size = try await database.log.size(as: .system(tenants[0]))
                let other = try await database.log.size(as: .system(tenants[1]))
                #expect(try await refresh(.system(tenants[0])) == size)
                #expect(try await refresh(.system(tenants[0])) == 0)
                let unset = try await refresh(nil)
                #expect(unset == 0, "a session that is set to nothing reaches no tenant")
                let everywhere = Scope(tenant: nil, role: .system)
                #expect(try await refresh(everywhere) == other)
                #expect(try await refresh(everywhere) == 0)
                let rows: [Int64] = try await database.column(
                    "SELECT count(DISTINCT tenant_id) FROM user_dashboard_stats")
                #expect(rows == [2])
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        @Test("cleanup_old_data says what retention would remove, of the session's tenant, and removes nothing")
        func cleanup() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let command = Command(scope: .system(tenant))
                try await database.setClock("'2026-01-10 00:00+00'::timestamptz")
                let other = try await database.createTenant("two")
                for (owner, days) in [(tenant, Int64(365)), (other, 30)] {
                    let command = Command(scope: .system(owner))
                    let setting = SettingChanged(key: "audit_log_retention_days", value: .integer(days))
                    try await database.log.append(
                        [command.event(setting, on: UUID(named: "setting", setting.payload.key))], as: command.scope)
                }
                try await database.setClock("'2026-03-10 00:00+00'::timestamptz")
                let events: [Int64] = try await database.column("SELECT count(*) FROM audit_logs")
                func report(_ scope: Scope?) async throws -> [[Int64]] {
                    try await database.app.transaction(scope?.transaction() ?? TransactionOptions()) { session in
                        try session.query("SELECT retention_days, events, removed, bytes > 0 FROM cleanup_old_data()") {
                            [Int64(try $0.decode(0, as: Int32.self)), try $0.decode(1), try $0.decode(2)]
                        }
                    }
                }
                #expect(try await report(command.scope) == [[365, 0, 0]])
                #expect(try await report(.system(other)) == [[30, 2, 0]])
                let unset = try await report(nil)
                #expect(unset.isEmpty, "a session that is set to nothing reaches no tenant")
                let everywhere = Scope(tenant: nil, role: .system)
                #expect(try await Set(report(everywhere)) == [[365, 0, 0], [30, 2, 0]])
                #expect(try await database.column("SELECT count(*) FROM audit_logs") == events)
            }
        }
    }
}
