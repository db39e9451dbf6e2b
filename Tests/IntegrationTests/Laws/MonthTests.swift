import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("Months")
    struct MonthTests {
        @Test("the append makes the months that it needs; positions stay dense and unique over all of them")
        func manyMonths() async throws {
            try await TestTemplate.schema.withCopy { database in
                for month in 0..<14 {
                    try await database.setClock(
                        "'2027-01-31 23:59:59.5+00'::timestamptz + interval '1 month' * \(month)")
                    _ = try await database.log.append(
                        [[Probe.event(), Probe.event()], [Probe.event()]], as: Probe.scope)
                }
                let partitions: [String] = try await database.column(
                    "SELECT DISTINCT tableoid::regclass::text FROM audit_logs ORDER BY 1")
                #expect(partitions.count == 14)
                #expect(partitions.first == "audit_logs_2027_01")
                #expect(partitions.last == "audit_logs_2028_02")
                let positions: [Int64] = try await database.column(
                    "SELECT position FROM audit_logs ORDER BY recorded_at, position")
                #expect(positions == Array(0..<42))
                #expect(try await database.log.verify(as: Probe.scope).isSound)
            }
        }

        @Test("two writers who need a new month at once both get it")
        func concurrentMonth() async throws {
            try await TestTemplate.schema.withCopy { database in
                try await database.setClock("'2031-05-01 00:00+00'::timestamptz")
                let log = database.log
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        let scope = Scope.system(UUID(named: "tenant", String(number % 4)))
                        group.addTask { try await log.append([Probe.event(stream: UUID())], as: scope) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await database.column("SELECT count(*) FROM audit_logs_2031_05", as: Int64.self) == [8])
            }
        }

        @Test("a clock that goes back does not take the log with it")
        func clockGoesBack() async throws {
            try await TestTemplate.schema.withCopy { database in
                for time in ["2027-03-01 12:00", "2027-02-01 12:00", "2027-03-01 11:59:59.999999"] {
                    try await database.setClock("'\(time)+00'::timestamptz")
                    try await database.log.append([Probe.event()], as: Probe.scope)
                }
                let times = try await database.log.read(as: Probe.scope).map { $0.recordedAt.description }
                #expect(times == Array(repeating: "2027-03-01T12:00:00.000000Z", count: 3))
                #expect(try await database.log.verify(as: Probe.scope).isSound)
            }
        }

        @Test(
            "a retry returns the first positions in the next month too, wherever the session says it is",
            arguments: ["UTC", "Pacific/Auckland", "America/St_Johns"])
        func retry(zone: String) async throws {
            try await TestTemplate.schema.withCopy { database in
                let event = Probe.event()
                try await database.setClock("'2026-09-01 00:30+00'::timestamptz")
                try await database.log.append([event], as: Probe.scope)
                try await database.setClock("'2026-10-31 23:30+00'::timestamptz")
                try await database.log.append([Probe.event()], as: Probe.scope)
                let statement = EventLog.statement(appending: [[event]], to: Probe.tenant)
                var options = Probe.scope.transaction()
                options.settings.append(("TimeZone", zone))
                let outcome = try await database.app.transaction(options) { session in
                    try session.first(statement) {
                        (try $0.decode(1, as: String.self), try $0.decode(2, as: Int64?.self))
                    }
                }
                #expect(outcome?.0 == "known")
                #expect(outcome?.1 == 0)
            }
        }
    }
}
