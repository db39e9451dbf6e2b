import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Verify and rebuild", .timeLimit(.minutes(20)))
    struct RepairTests {
        @Test("live tables that nobody touched are equal to the log; a rebuild changes nothing, and says so in the log")
        func equal() async throws {
            try await TestTemplate.history.withCopy { database in
                let report = try await database.verifier.verify()
                #expect(report.isEqual, "\(report.projections.flatMap(\.differences).prefix(3))")
                #expect(report.events >= 3000)
                #expect(report.projections.map(\.name) == database.library.projections.map(\.name))
                let schema = try TestCluster.shared.get().dumpSchema(of: database.name)
                let scope = Scope(tenant: HistoryTenants.first, role: .system, login: "somebody@somewhere")
                let size = try await database.log.size(as: scope)
                let results = try await database.rebuilder.rebuild(as: Command(scope: scope))
                #expect(results.allSatisfy { $0.differences == 0 && $0.events >= 3000 })
                #expect(try TestCluster.shared.get().dumpSchema(of: database.name) == schema)
                let events = try await database.log.read(EventFilter(from: size), as: scope)
                #expect(events.map(\.type) == results.map { _ in ProjectionRebuilt.type })
                let payloads = try events.map { try $0.payload(of: ProjectionRebuilt.self) }
                #expect(payloads.map(\.name) == results.map(\.name))
                #expect(payloads.allSatisfy { $0.differences == 0 && $0.events == size })
                // The async ones stand behind the events of the rebuild itself.
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        @Test("every change by hand, to any column of any table, is named exactly; a rebuild mends it")
        func tampered() async throws {
            try await TestTemplate.history.withCopy { database in
                var expected: [Difference] = []
                var rows: [String: Int64] = [:]
                for projection in database.library.projections {
                    for table in projection.tables {
                        let tampering = try await Tampering(table, database)
                        let differences = try await tampering.apply(database)
                        #expect(tampering.columns.count >= 1 || table == "job_statistics")
                        expected += differences
                        rows[projection.name, default: 0] += Int64(Set(differences.map { $0.table + $0.key }).count)
                    }
                }
                let report = try await database.verifier.verify(limit: 1000)
                let found = report.projections.flatMap(\.differences)
                for difference in expected where !found.contains(difference) {
                    Issue.record("not found: \(difference)")
                }
                for difference in found where !expected.contains(difference) {
                    Issue.record("not expected: \(difference)")
                }
                for result in report.projections {
                    #expect(result.differenceCount == rows[result.name], "\(result.name)")
                }
                let results = try await database.rebuilder.rebuild(as: Command(scope: .system(HistoryTenants.first)))
                for result in results { #expect(result.differences == rows[result.name], "\(result.name)") }
                #expect(try await database.verifier.verify().isEqual)
                // Each tenant whose rows were wrong finds it in its own log.
                for tenant in HistoryTenants.all {
                    let events = try await database.log.read(
                        EventFilter(from: 1000, type: ProjectionRebuilt.type), as: .system(tenant))
                    let found = try events.map { try $0.payload(of: ProjectionRebuilt.self).differences }
                    #expect(found.contains { $0 > 0 })
                }
            }
        }

        @Test(
            "a checkpoint that was moved is found and mended",
            arguments: [
                ("rejected_rows", "position - 400"), ("users", "position - 600"), ("users", "position + 5"),
                ("job_statistics", "9000000000000000000"), ("user_dashboard_stats", "0"),
            ])
        func checkpoint(projection: String, position: String) async throws {
            try await TestTemplate.history.withCopy { database in
                let tenant = HistoryTenants.first
                try await database.tamper(
                    """
                    UPDATE projection_checkpoints SET position = \(position)
                    WHERE projection = '\(projection)' AND tenant_id = '\(tenant.text)'
                    """)
                let report = try await database.verifier.verify()
                #expect(report.projections.filter { !$0.isEqual }.map(\.name) == [projection])
                let size = try await database.log.size(as: .system(tenant))
                for difference in report.projections.flatMap(\.differences)
                where difference.table == "projection_checkpoints" {
                    #expect(difference.column == "position")
                    #expect(difference.expected == String(size))
                    #expect(difference.key.contains(tenant.text))
                }
                _ = try await database.rebuilder.rebuild([projection], as: Command(scope: .system(tenant)))
                #expect(try await database.verifier.verify().isEqual)
                // It goes on from there.
                let user = UserCreated(email: "new@example.org", name: nil, role: "user")
                let command = Command(scope: .system(tenant))
                try await database.log.append([command.event(user, on: UUID(), expecting: 0)], as: command.scope)
                try await database.catchUp()
                let unread = try await database.projections.status(as: command.scope).map(\.lag)
                #expect(unread.allSatisfy { $0 == 0 })
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        @Test("an async projection that is merely behind is equal as far as it has read")
        func behind() async throws {
            try await TestTemplate.examples.withCopy { database in
                let tenant = UUID(named: "tenant", "one")
                try await database.append([tenant], events: 300, seed: 2)
                try await database.advance("rejected_rows", tenant, limit: 100)
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        @Test(
            "a table that was truncated, dropped or altered is found; a rebuild brings back rows, views, keys and grants",
            arguments: [
                ("job_statistics", "TRUNCATE job_statistics"),
                ("transformation_rules", "TRUNCATE transformation_rules"),
                ("user_dashboard_stats", "DROP TABLE user_dashboard_stats"),
                ("processing_jobs", "DROP TABLE processing_jobs CASCADE"),
                ("users", "DROP TABLE users CASCADE"), ("tenants", "DROP TABLE tenants CASCADE"),
                ("users", "ALTER TABLE users DROP COLUMN name"),
                ("job_statistics", "ALTER TABLE job_statistics ADD COLUMN extra text"),
                ("file_data", "ALTER TABLE file_data ALTER COLUMN chunks TYPE bigint"),
            ])
        func structure(projection: String, sql: String) async throws {
            try await TestTemplate.history.withCopy { database in
                let cluster = try TestCluster.shared.get()
                let schema = try cluster.dumpSchema(of: database.name)
                try await database.tamper(sql)
                let report = try await database.verifier.verify()
                #expect(report.projections.filter { !$0.isEqual }.map(\.name) == [projection])
                let results = try await database.rebuilder.rebuild(
                    [projection], as: Command(scope: .system(HistoryTenants.first)))
                #expect(results.map(\.name) == [projection])
                #expect(try await database.verifier.verify().isEqual)
                let changed = TestCluster.changedLines(schema, try cluster.dumpSchema(of: database.name))
                #expect(changed == [])
            }
        }

        @Test("a projection that does not exist is refused by name")
        func unknown() async throws {
            try await TestTemplate.schema.withCopy { database in
                let error = await #expect(throws: SchemaError.self) {
                    try await database.rebuilder.rebuild(["nothing"], as: Command(scope: Probe.scope))
                }
                #expect(error?.description.contains("nothing") ?? false)
            }
        }
    }
}
