import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Law 10: isolated")
    struct IsolationTests {
        private struct Relation: Sendable {
            var name: String
            var isPartition: Bool
        }

        /// Every relation that says whose its rows are.
        private func relations(_ database: TestDatabase) async throws -> [Relation] {
            try await database.administrator.session { session in
                try session.query(
                    """
                    SELECT c.oid::regclass::text, c.relispartition FROM pg_class c
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
                    """
                ) { Relation(name: try $0.decode(0), isPartition: try $0.decode(1)) }
            }
        }

        /// How many rows a session sees: of the tenant, and of others.
        private func counts(_ client: Database, _ relation: String, _ tenant: UUID, as scope: Scope) async throws -> (
            Int64, Int64
        ) {
            try await client.transaction(scope.transaction(readOnly: true)) { session in
                try session.first(
                    """
                    SELECT count(*) FILTER (WHERE tenant_id = \(tenant)), count(*) FILTER (WHERE tenant_id IS DISTINCT FROM \(tenant))
                    FROM \(raw: relation)
                    """
                ) { (try $0.decode(0), try $0.decode(1)) } ?? (-1, -1)
            }
        }

        /// Gives every tenant what only a sealer, witnesses and a projection that stopped bring.
        private func seal(_ database: TestDatabase) async throws {
            for tenant in HistoryTenants.all {
                let log = try await SealedLog(database, tenant: tenant)
                let size = try #require(try await log.seal()).size
                try await database.sealer.transaction(log.scope.transaction()) { session in
                    _ = try session.execute("SELECT audit_cosign(\(tenant), \(size), 'w', '— w AAAA')")
                    _ = try session.execute("SELECT audit_cosign_failed(\(tenant), \(size), 'v', 'away', 'is away')")
                }
            }
            try await database.catchUp()
            _ = try await database.administrator.session { session in
                try session.execute(
                    """
                    INSERT INTO projection_stops (tenant_id, projection, position, stream_type, stream_id, event_id, event_type,
                                                  set_aside, sqlstate, error, stopped_at)
                    SELECT tenant_id, 'users', position, stream_type, stream_id, event_id, event_type, false, 'AT001', 'a test', recorded_at
                    FROM audit_logs WHERE position = 3
                    """)
            }
        }

        @Test(
            "a session reads all of its own tenant and nothing of another, in every table and view; partitions are closed to it",
            arguments: [TestDatabase.Login.app, .sealer, .readonly])
        func tenants(login: TestDatabase.Login) async throws {
            try await TestTemplate.history.withCopy { database in
                try await seal(database)
                let client = try database.client(login)
                let relations = try await relations(database)
                #expect(relations.filter { !$0.isPartition }.count >= 22)
                for relation in relations {
                    for role in [Scope.Role.admin, .auditor, .system] {
                        let scope = Scope(tenant: HistoryTenants.first, role: role)
                        if relation.isPartition {
                            let error = await postgresError {
                                _ = try await counts(client, relation.name, HistoryTenants.first, as: scope)
                            }
                            #expect(error?.sqlstate == "42501", "\(relation.name)")
                            continue
                        }
                        let (own, others) = try await counts(client, relation.name, HistoryTenants.first, as: scope)
                        let (all, _) = try await counts(
                            database.administrator, relation.name, HistoryTenants.first, as: scope)
                        #expect(others == 0, "\(relation.name)")
                        #expect(own == all, "\(relation.name)")
                        #expect(own > 0, "\(relation.name)")
                    }
                }
                await client.close()
            }
        }

        @Test("a session that is set to nothing sees nothing", arguments: [TestDatabase.Login.app, .readonly])
        func unset(login: TestDatabase.Login) async throws {
            try await TestTemplate.history.withCopy { database in
                let client = try database.client(login)
                for relation in try await relations(database) where !relation.isPartition {
                    let plain: Int64? = try await client.session { session in
                        try session.first("SELECT count(*) FROM \(raw: relation.name)") { try $0.decode(0) }
                    }
                    #expect(plain == 0, "\(relation.name)")
                    for role in [Scope.Role.admin, .user] {
                        let (own, others) = try await counts(
                            client, relation.name, HistoryTenants.first, as: Scope(tenant: nil, role: role))
                        #expect(own + others == 0, "\(relation.name)")
                    }
                }
                await client.close()
            }
        }

        @Test("row_security = off does not open anything")
        func rowSecurityOff() async throws {
            try await TestTemplate.history.withCopy { database in
                var options = Scope(tenant: HistoryTenants.first, role: .admin).transaction()
                options.settings.append(("row_security", "off"))
                let error = await postgresError {
                    try await database.app.transaction(options) { _ = try $0.execute("SELECT count(*) FROM users") }
                }
                #expect(error?.sqlstate == "42501")
            }
        }

        /// Relations whose rows are somebody's, and the column that says whose.
        private static let personal = [
            ("users", "id"), ("processing_jobs", "user_id"), ("file_data", "user_id"), ("job_statistics", "user_id"),
            ("user_dashboard_stats", "user_id"), ("user_dashboard_jobs", "user_id"), ("disclosures", "user_id"),
            ("audit_logs", "actor_id"),
            ("audit_trail", "actor_id"),
        ]

        @Test("within a tenant a user sees their own only; admin and auditor see all")
        func users() async throws {
            try await TestTemplate.history.withCopy { database in
                let tenant = HistoryTenants.first
                for (relation, column) in Self.personal {
                    let owners: [UUID] = try await database.column(
                        """
                        SELECT \(identifier: column) FROM \(identifier: relation) WHERE tenant_id = \(tenant)
                            AND \(identifier: column) IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
                        """)
                    let user = try #require(owners.first)
                    func see(_ role: Scope.Role, _ user: UUID?) async throws -> (Int64, Int64) {
                        try await database.app.transaction(Scope(tenant: tenant, user: user, role: role).transaction())
                        { session in
                            try session.first(
                                """
                                SELECT count(*) FILTER (WHERE \(identifier: column) = \(user ?? tenant)),
                                       count(*) FILTER (WHERE \(identifier: column) IS DISTINCT FROM \(user ?? tenant))
                                FROM \(identifier: relation)
                                """
                            ) { (try $0.decode(0), try $0.decode(1)) } ?? (-1, -1)
                        }
                    }
                    let (own, others) = try await see(.user, user)
                    #expect(own > 0, "\(relation)")
                    #expect(others == 0, "\(relation)")
                    #expect(try await see(.user, nil) == (0, 0), "\(relation)")
                    #expect(try await see(Scope.Role(name: "guest"), nil) == (0, 0), "\(relation)")
                    for role in [Scope.Role.admin, .auditor] {
                        let (same, rest) = try await see(role, user)
                        #expect(same == own, "\(relation)")
                        #expect(rest > 0, "\(relation)")
                    }
                }
            }
        }

        @Test("the system, set to no tenant, sees which tenants there are and how long their logs are")
        func system() async throws {
            try await TestTemplate.history.withCopy { database in
                #expect(
                    try await database.projections.tenants(login: nil)
                        == HistoryTenants.all.sorted { $0.text < $1.text })
                let sizes = ["audit_log_heads", "system_health"]
                for relation in try await relations(database)
                where !relation.isPartition && !sizes.contains(relation.name) {
                    let (own, others) = try await counts(
                        database.app, relation.name, HistoryTenants.first, as: Scope(tenant: nil, role: .system))
                    #expect(own + others == 0, "\(relation.name)")
                }
            }
        }

        @Test("what acts with the owner's rights refuses another tenant")
        func functions() async throws {
            try await TestTemplate.history.withCopy { database in
                let scope = Scope(tenant: HistoryTenants.first, role: .admin)
                let other = HistoryTenants.all[1]
                let append = EventLog.statement(appending: [[Probe.event()]], to: other)
                let seal = "SELECT audit_seal(\(other), 0, '\\x00', '', '{}')" as SQL
                let cosign = "SELECT audit_cosign(\(other), 1000, 'w', '— w AAAA')" as SQL
                let failure = "SELECT audit_cosign_failed(\(other), 1000, 'w', 'away', '')" as SQL
                let advance = "SELECT projection_advance('job_statistics', \(other))" as SQL
                let unseal = "SELECT audit_unseal(\(other), 1000, '')" as SQL
                let required = "SELECT projection_required(\(other), '{users}')" as SQL
                let resume = "SELECT projection_resume(\(other), '{}')" as SQL
                let status = "SELECT * FROM projection_status(\(other))" as SQL
                for statement in [append, advance, required, resume, status, seal, unseal, cosign, failure] {
                    let error = await postgresError {
                        try await database.sealer.transaction(scope.transaction()) { _ = try $0.execute(statement) }
                    }
                    #expect(error?.message.contains("not set to tenant") == true)
                }
            }
        }
    }
}
