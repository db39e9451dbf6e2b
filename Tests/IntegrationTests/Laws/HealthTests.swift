import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("What system_health says")
    struct HealthTests {
        private let tenant = UUID(named: "tenant", "one")

        /// Status and words of the parts whose names match.
        private func parts(_ pattern: String, _ database: TestDatabase) async throws -> [String: [String]] {
            try await database.readonly.transaction(Scope.system(tenant).transaction()) { [tenant] session in
                let rows = try session.query(
                    """
                    SELECT component, status, value::text, detail FROM system_health
                    WHERE tenant_id = \(tenant) AND component LIKE \(pattern)
                    """
                ) {
                    (
                        try $0.decode(0, as: String.self),
                        [try $0.decode(1, as: String.self), try $0.decode(2), try $0.decode(3)]
                    )
                }
                return Dictionary(uniqueKeysWithValues: rows)
            }
        }

        @Test("a projection that is behind, stopped, or ahead of the log is shown")
        func projections() async throws {
            try await TestTemplate.examples.withCopy { database in
                try await database.append([tenant], events: 100, seed: 9)
                try await database.catchUp()
                func statuses() async throws -> Set<String> {
                    Set(try await parts("projection %", database).values.map { $0[0] })
                }
                #expect(try await statuses() == ["ok"])
                try await database.log.append([Probe.event()], as: .system(tenant))
                #expect(try await statuses() == ["ok", "behind"])
                try await database.tamper("UPDATE projection_checkpoints SET position = 5 WHERE projection = 'users'")
                try await database.tamper(
                    "UPDATE projection_checkpoints SET position = 5000 WHERE projection = 'tenants'")
                #expect(try await statuses() == ["ok", "behind", "stopped", "ahead of the log"])
                #expect(try await parts("projection tenants", database).values.first?[2].hasPrefix("5000 of ") == true)
            }
        }

        @Test("log, seal and partitions are told as they are")
        func parts() async throws {
            try await TestTemplate.schema.withCopy { database in
                _ = try await database.createTenant("one")
                let log = try await parts("log", database)["log"]
                #expect(log?[0] == "ok" && log?[1] == "1" && log?[2].hasPrefix("1 event, the last at ") == true)
                #expect(try await parts("seal", database)["seal"]?.prefix(2) == ["not sealed", "1"])
                _ = try await SealedLog(database, tenant: tenant).seal()
                let size = try await database.log.size(as: .system(tenant))
                let sealed = try await parts("seal", database)["seal"]
                #expect(sealed?.prefix(2) == ["ok", "0"], "\(sealed ?? [])")
                #expect(sealed?[2].hasPrefix("\(size) of \(size) events sealed, at ") == true, "\(sealed ?? [])")
                try await database.log.append([Probe.event()], as: .system(tenant))
                #expect(try await parts("seal", database)["seal"]?.prefix(2) == ["behind", "1"])
                let partitions = try await parts("partitions", database)["partitions"]
                #expect(partitions?.prefix(2) == ["ok", "1"], "\(partitions ?? [])")
            }
        }

        @Test("jobs are counted by status, in words that fit their number")
        func jobs() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let command = Command(scope: .system(tenant))
                for number in 0..<3 {
                    try await database.log.append(
                        [command.event(JobStarted(), on: UUID(named: "job \(number)"))], as: command.scope)
                }
                try await database.log.append(
                    [command.event(JobPaused(reason: "user", message: nil), on: UUID(named: "job 0"))],
                    as: command.scope)
                let jobs = try await parts("jobs %", database)
                #expect(
                    jobs == [
                        "jobs running": ["ok", "2", "2 jobs are running"],
                        "jobs paused": ["look", "1", "1 job is paused"],
                    ])
            }
        }
    }
}
