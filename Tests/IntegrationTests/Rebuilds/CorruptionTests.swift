import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension RebuildSuite {
    @Suite("Corruption: found by verify, put right by repair", .timeLimit(.minutes(20)))
    struct CorruptionTests {
        @Test(
            "rows, tables, checkpoints and what guards them: each corruption is found, repaired while others append, and gone",
            arguments: [
                "UPDATE users SET name = 'x', role = 'admin'",
                "DELETE FROM system_settings",
                "INSERT INTO tenants (tenant_id, slug) VALUES (gen_random_uuid(), 'rogue')",
                "TRUNCATE processing_jobs, file_data", "TRUNCATE tenants, users, api_fields CASCADE",
                "DROP TABLE api_fields", "DROP TABLE users, tenants CASCADE",
                "UPDATE projection_checkpoints SET position = position + 17",
                "UPDATE projection_checkpoints SET position = position / 2",
                "DELETE FROM projection_checkpoints",
                "ALTER TABLE users DROP COLUMN role CASCADE", "ALTER TABLE users ADD COLUMN extra text",
                "ALTER TABLE users DROP CONSTRAINT users_email_key",
                "ALTER TABLE users DROP CONSTRAINT users_role_check",
                "ALTER TABLE api_fields DROP CONSTRAINT api_fields_pkey",
                "ALTER TABLE file_data DROP CONSTRAINT file_data_processing_jobs_fkey",
                "DROP INDEX processing_jobs_created_idx", "DROP POLICY tenant_isolation ON processing_jobs",
                "ALTER TABLE users DISABLE ROW LEVEL SECURITY", "GRANT UPDATE ON users TO atlas2_app",
                "REVOKE SELECT ON users FROM atlas2_app", "DROP VIEW audit_trail",
                """
                UPDATE users SET status = 'inactive'; DELETE FROM api_configurations; TRUNCATE transformation_rules;
                ALTER TABLE job_statistics DROP COLUMN day CASCADE; DROP TABLE legal_holds;
                UPDATE projection_checkpoints SET position = 3 WHERE projection IN ('users', 'user_dashboard_stats');
                """,
            ])
        func repaired(sql: String) async throws {
            try await TestTemplate.history.withCopy { database in
                try await database.setClock("clock_timestamp()")
                let schema = try TestCluster.shared.get().dumpSchema(of: database.name)
                try await database.tamper(sql)
                #expect(try await !database.differences().isEmpty)
                // The system goes on, whether its folds can or not.
                let rows: [Int64] = try await database.column("SELECT sum(size)::bigint FROM audit_log_heads")
                _ = try await database.rebuilder.repair(as: database.recoveryCommand)
                try await database.catchUp()
                let left = try await database.differences()
                #expect(left == [])
                let after: [Int64] = try await database.column("SELECT sum(size)::bigint FROM audit_log_heads")
                #expect(after[0] >= rows[0])
                let changed = TestCluster.changedLines(
                    schema, try TestCluster.shared.get().dumpSchema(of: database.name))
                #expect(changed == [])
                try await database.readViews()
                for tenant in try await database.tenants() {
                    #expect(try await database.log.verify(as: .system(tenant)).isSound)
                }
                // It goes on from there.
                try await database.append([UUID(named: "tenant", "afterwards")], events: 60, seed: 3)
                try await database.catchUp()
                #expect(try await database.differences() == [])
            }
        }

        @Test("a repair while others append corrects what differs and loses nothing")
        func whileAppending() async throws {
            try await TestTemplate.history.withCopy { database in
                try await database.setClock("clock_timestamp()")
                try await database.tamper(
                    """
                    UPDATE users SET name = 'x'; DELETE FROM processing_jobs WHERE accepted_rows > 3;
                    UPDATE job_statistics SET jobs_created = jobs_created + 1;
                    UPDATE projection_checkpoints SET position = 5 WHERE projection = 'user_dashboard_stats';
                    """)
                try await database.whileAppending {
                    _ = try await database.rebuilder.repair(as: database.recoveryCommand)
                }
                try await database.catchUp()
                #expect(try await database.differences() == [])
            }
        }

        @Test("a repair lists exactly the rows that differed, by key and column, in the log of their tenant")
        func listed() async throws {
            try await TestTemplate.history.withCopy { database in
                var expected: Set<String> = []
                for table in ["users", "transformation_rules", "user_dashboard_stats", "tenants"] {
                    for difference in try await Tampering(table, database).apply(database) {
                        expected.insert(
                            "\(table) \(difference.kind) \(difference.key) \(difference.column ?? "")")
                    }
                }
                let results = try await database.rebuilder.repair(as: database.recoveryCommand)
                #expect(results.reduce(0) { $0 + ($1.differences ?? 0) } == Int64(Set(expected.map(Self.row)).count))
                var listed: Set<String> = []
                for tenant in HistoryTenants.all {
                    let events = try await database.log.read(
                        EventFilter(type: ProjectionRepaired.type), as: .system(tenant))
                    for row in try events.flatMap({ try $0.payload(of: ProjectionRepaired.self).rows }) {
                        let key = try await database.text(of: row.key)
                        let columns = row.columns.isEmpty ? [""] : row.columns
                        for column in columns { listed.insert("\(row.table) \(row.kind) \(key) \(column)") }
                    }
                    // Which rows, and not what they held.
                    #expect(
                        events.allSatisfy {
                            !String(decoding: $0.payload.bytes, as: UTF8.self).contains(History.personalSign)
                        })
                }
                #expect(listed.symmetricDifference(expected) == [])
                #expect(try await database.differences() == [])
                #expect(try await database.buildSchemas() == [])
            }
        }

        /// Without the column.
        private static func row(_ text: String) -> String {
            String(text[...(text.lastIndex(of: "}") ?? text.startIndex)])
        }

        @Test("one tenant's rows are put right, and the others' stay")
        func oneTenant() async throws {
            try await TestTemplate.history.withCopy { database in
                try await database.tamper("UPDATE users SET name = 'x'")
                var options = RebuildOptions()
                options.tenant = HistoryTenants.all[1]
                let results = try await database.rebuilder.repair(
                    ["users"], as: database.recoveryCommand, options: options)
                let rows: [Int64] = try await database.column(
                    "SELECT count(*) FROM users WHERE tenant_id = \(HistoryTenants.all[1])")
                #expect(results.map(\.differences) == rows)
                let left = try await database.differences()
                #expect(!left.isEmpty)
                #expect(left.allSatisfy { !$0.key.contains(HistoryTenants.all[1].text) })
            }
        }

        @Test("one stream's rows are put right from its events alone, and the others' stay")
        func oneStream() async throws {
            try await TestTemplate.history.withCopy { database in
                let users: [UUID] = try await database.column(
                    "SELECT id FROM users WHERE tenant_id = \(HistoryTenants.first) ORDER BY id LIMIT 3")
                try await database.tamper(
                    """
                    UPDATE users SET name = 'x' WHERE id = '\(users[0].text)'; DELETE FROM users WHERE id = '\(users[1].text)';
                    UPDATE users SET name = 'x' WHERE id = '\(users[2].text)'
                    """)
                for user in users.prefix(2) {
                    let results = try await database.rebuilder.rebuild(
                        stream: StreamID(type: "user", id: user), as: database.recoveryCommand)
                    #expect(results.map(\.name) == ["users"])
                    #expect(results.map(\.differences) == [1])
                }
                let left = try await database.differences()
                #expect(left.map(\.column) == ["name"])
                #expect(left.allSatisfy { $0.key.contains(users[2].text) })
                let error = await #expect(throws: BuildError.self) {
                    try await database.rebuilder.rebuild(
                        stream: StreamID(type: "job", id: users[0]), ["job_statistics"], as: database.recoveryCommand)
                }
                #expect(error?.code == .unsuitable)
            }
        }

        @Test("a sample finds what is wrong with the streams that it looks at, and says what it did not look at")
        func sample() async throws {
            try await TestTemplate.history.withCopy { database in
                let untouched = try await database.verifier.sample(streams: 50)
                #expect(untouched.isEqual, "\(untouched.projections.flatMap(\.differences).prefix(3))")
                #expect(untouched.skipped.contains("job_statistics"))
                #expect(untouched.projections.contains { $0.name == "users" && $0.rows > 0 && $0.sampled == $0.rows })
                try await database.tamper("UPDATE users SET name = 'x'; DELETE FROM processing_jobs")
                let found = try await database.verifier.sample(streams: 10)
                #expect(found.projections.filter { !$0.isEqual }.map(\.name) == ["processing_jobs", "users"])
                let users = try #require(found.projections.first { $0.name == "users" })
                #expect(users.differences.allSatisfy { $0.column == "name" && $0.found == "\"x\"" })
            }
        }
    }
}

extension TestDatabase {
    /// A key as PostgreSQL writes it.
    fileprivate func text(of key: AuditLog.JSONValue) async throws -> String {
        guard case .object(let members) = key else { return "" }
        let (names, values) = (members.keys.sorted(), members.keys.sorted().map { Self.value(members[$0]) })
        return try await column(
            "SELECT jsonb_object_agg(k, v::jsonb)::text FROM unnest(\(names), \(values)) x (k, v)")[0]
    }

    private static func value(_ value: AuditLog.JSONValue?) -> String {
        switch value {
        case .integer(let number): String(number)
        case .text(let text): "\"\(text)\""
        default: "null"
        }
    }
}
