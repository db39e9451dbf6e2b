import AuditLog
import Foundation
import Postgres
import TestSupport
import Testing

extension ReportTests {
    /// Against what plain SQL counts as the administrator, whom no policy limits.
    @Suite("What reports say", .timeLimit(.minutes(20)))
    struct ReportContentTests {
        private static let tenant = HistoryTenants.first
        /// Two moments of the history that fall between events, and one at which an event was recorded.
        private static let ranges: [(from: String?, to: String?)] = [
            (nil, nil), ("2026-02-03", "2026-03-01T12:30"), ("2026-03-01", nil), (nil, "2026-02-03"),
            ("2031-01-01", nil),
        ]

        private static func arguments(_ range: (from: String?, to: String?)) -> [String] {
            (range.from.map { ["--from", $0] } ?? []) + (range.to.map { ["--to", $0] } ?? [])
        }

        private static func condition(_ range: (from: String?, to: String?), _ column: String) -> String {
            "\(column) >= '\(range.from ?? "-infinity")+00'::timestamptz AND \(column) < '\(range.to ?? "infinity")+00'::timestamptz"
                .replacing("infinity+00", with: "infinity")
        }

        @Test(
            "audit has every event of a range once, in order, and says who, what, when and the values as they stand in the log"
        )
        func audit() async throws {
            try await HistoryProgram.with { program in
                let admin = try await program.address("admin", of: Self.tenant)
                for range in Self.ranges {
                    // Before the report appends its own event.
                    let expected: [String] = try await program.database.column(
                        """
                        SELECT concat_ws('|', l.position, audit_time(l.recorded_at), l.actor_id, l.event_type,
                            l.stream_type || '/' || l.stream_id, l.payload::jsonb || (coalesce(l.personal, '{}')::jsonb - 'login'))
                        FROM audit_logs l WHERE tenant_id = \(Self.tenant) AND \(raw: Self.condition(range, "recorded_at"))
                        ORDER BY position
                        """)
                    let (head, records) = try await program.report("audit", Self.arguments(range), as: admin)
                    let values: [String] = try await program.database.administrator.session { session in
                        try session.query(
                            "SELECT v::jsonb::text FROM unnest(\(try records.map { try Self.json($0.members["new_values"]) })) v"
                        ) { try $0.decode(0) }
                    }
                    let found = zip(records, values).map { record, values in
                        [
                            record.number("position").map(String.init), record.text("when"), record.text("user_id"),
                            record.text("action"), record.text("resource"), values,
                        ].compactMap(\.self).joined(separator: "|")
                    }
                    #expect(found == expected, "\(range)")
                    #expect(records.allSatisfy { $0.record == "event" && $0.text("sentence")?.isEmpty == false })
                    #expect(head.text("report") == "audit" && head.members["sound"] == .boolean(true))
                    #expect(head.text("range")?.isEmpty == false)
                }
            }
        }

        private static func json(_ value: ReportRecord.Value?) throws -> String {
            switch value {
            case nil, .null?: "null"
            case .boolean(let value)?: value ? "true" : "false"
            case .number(let number)?: number == number.rounded() ? String(Int64(number)) : String(number)
            case .text(let text)?: try String(decoding: JSONEncoder().encode(text), as: UTF8.self)
            case .list(let values)?: "[" + (try values.map { try json($0) }).joined(separator: ",") + "]"
            case .object(let members)?:
                "{"
                    + (try members.map {
                        try String(decoding: JSONEncoder().encode($0), as: UTF8.self) + ":" + json($1)
                    }).joined(separator: ",") + "}"
            }
        }

        @Test("a range has its first moment and not its end, to the microsecond")
        func halfOpen() async throws {
            try await HistoryProgram.with { program in
                let admin = try await program.address("admin", of: Self.tenant)
                let moments: [(Int64, String)] = try await program.database.administrator.session { session in
                    try session.query(
                        """
                        SELECT min(position), audit_time(recorded_at) FROM audit_logs WHERE tenant_id = \(Self.tenant)
                            AND position BETWEEN 300 AND 360 GROUP BY recorded_at ORDER BY 1
                        """
                    ) { (try $0.decode(0), try $0.decode(1)) }
                }
                let (first, second, third) = (moments[0], moments[1], moments[2])
                let (_, one) = try await program.report(
                    "audit", ["--from", second.1, "--to", third.1], as: admin)
                #expect(one.compactMap { $0.number("position") } == Array(second.0..<third.0))
                let (_, before) = try await program.report("audit", ["--from", first.1, "--to", second.1], as: admin)
                #expect(before.last?.number("position") == second.0 - 1)
                let empty = try await program.home.run(
                    "report", "audit", "--format", "json", "--from", second.1, "--to", second.1)
                #expect(empty.code == 64 && empty.errors.contains("--from must lie before --to"), "\(empty)")
            }
        }

        @Test("activity counts every event of the range once, by day, user and type")
        func activity() async throws {
            try await HistoryProgram.with { program in
                let auditor = try await program.address("auditor", of: Self.tenant)
                for range in Self.ranges {
                    let expected: [String] = try await program.database.column(
                        """
                        SELECT concat_ws('|', to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), actor_id, event_type, count(*))
                        FROM audit_logs WHERE tenant_id = \(Self.tenant) AND \(raw: Self.condition(range, "recorded_at"))
                        GROUP BY to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), actor_id, event_type
                        """)
                    let (_, records) = try await program.report("activity", Self.arguments(range), as: auditor)
                    let found = records.map { record in
                        [
                            record.text("day"), record.text("user_id"), record.text("action"),
                            record.number("events").map(String.init),
                        ].compactMap(\.self).joined(separator: "|")
                    }
                    #expect(found.sorted() == expected.sorted(), "\(range)")
                }
            }
        }

        @Test("jobs has every job that was submitted in the range, with its counts and why its rows were rejected")
        func jobs() async throws {
            try await HistoryProgram.with { program in
                let admin = try await program.address("admin", of: Self.tenant)
                for range in Self.ranges {
                    let created = Self.condition(range, "c.recorded_at")
                    let expected: [String] = try await program.database.column(
                        """
                        SELECT concat_ws('|', c.stream_id, c.payload->>'owner_id', c.payload->>'mapping_version',
                            coalesce(sum((r.payload->>'rows')::int) FILTER (WHERE r.event_type = 'job.rows_processed'), 0),
                            coalesce(sum((r.payload->>'accepted')::int), 0),
                            coalesce(sum((r.payload->>'rejected')::int), 0)
                                - coalesce(sum((r.payload->>'rows')::int) FILTER (WHERE r.event_type = 'job.rows_fixed'), 0),
                            coalesce(sum((r.payload->>'skipped')::int), 0))
                        FROM audit_logs c LEFT JOIN audit_logs r ON r.tenant_id = c.tenant_id AND r.stream_id = c.stream_id
                            AND r.event_type IN ('job.rows_processed', 'job.rows_fixed')
                        WHERE c.tenant_id = \(Self.tenant) AND c.event_type = 'job.created' AND \(raw: created)
                        GROUP BY c.stream_id, c.payload->>'owner_id', c.payload->>'mapping_version'
                        """)
                    let reasons: [String] = try await program.database.column(
                        """
                        SELECT concat_ws('|', e->>'field', e->>'rule', e->>'code', sum(sign * (e->>'count')::int))
                        FROM audit_logs c JOIN audit_logs r ON r.tenant_id = c.tenant_id AND r.stream_id = c.stream_id
                            AND r.event_type IN ('job.rows_processed', 'job.rows_fixed')
                        CROSS JOIN LATERAL (
                            SELECT json_array_elements(r.payload->'errors'), 1
                            UNION ALL SELECT json_array_elements(r.payload->'resolved'), -1) x (e, sign)
                        WHERE c.tenant_id = \(Self.tenant) AND c.event_type = 'job.created' AND \(raw: created)
                        GROUP BY e->>'field', e->>'rule', e->>'code' HAVING sum(sign * (e->>'count')::int) > 0
                        """)
                    let (_, records) = try await program.report("jobs", Self.arguments(range), as: admin)
                    let found = records.filter { $0.record == "job" }.map { record in
                        ([record.text("job_id"), record.text("user_id")]
                            + ["mapping_version", "rows", "accepted", "rejected", "skipped"].map {
                                record.number($0).map(String.init)
                            }).compactMap(\.self).joined(separator: "|")
                    }
                    #expect(found.sorted() == expected.sorted(), "\(range)")
                    let totals = records.filter { $0.record == "rejection" }.map { record in
                        [
                            record.text("field"), record.text("rule"), record.text("code"),
                            record.number("count").map(String.init),
                        ].compactMap(\.self).joined(separator: "|")
                    }
                    #expect(totals.sorted() == reasons.sorted(), "\(range)")
                }
            }
        }

        @Test("access has every disclosure, change of rights, erasure and hold of the range")
        func access() async throws {
            try await HistoryProgram.with { program in
                let admin = try await program.address("admin", of: Self.tenant)
                for range in Self.ranges {
                    let expected: [String] = try await program.database.column(
                        """
                        SELECT concat_ws('|', CASE WHEN event_type LIKE '%.erased' THEN 'erasure' WHEN stream_type = 'hold' THEN 'hold'
                            WHEN stream_type = 'user' THEN 'right' ELSE 'disclosure' END, position)
                        FROM audit_logs WHERE tenant_id = \(Self.tenant) AND \(raw: Self.condition(range, "recorded_at"))
                          AND (event_type LIKE '%.erased' OR event_type IN ('hold.placed', 'hold.released', 'user.created',
                               'user.role_changed', 'user.deactivated', 'user.reactivated', 'disclosure.made'))
                        """)
                    let (_, records) = try await program.report("access", Self.arguments(range), as: admin)
                    let found = records.map { "\($0.record ?? "")|\($0.number("position") ?? -1)" }
                    #expect(found.sorted() == expected.sorted(), "\(range)")
                }
            }
        }

        @Test("limited to a user or a resource, there is nothing of others")
        func limits() async throws {
            try await HistoryProgram.with { program in
                let admin = try await program.address("admin", of: Self.tenant)
                let busiest: [UUID] = try await program.database.column(
                    "SELECT actor_id FROM audit_logs WHERE tenant_id = \(Self.tenant) AND actor_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
                )
                let user = try #require(busiest.first)
                let size = try await program.database.log.size(as: .system(Self.tenant))
                let (head, own) = try await program.report("audit", ["--user", user.text], as: admin)
                let count: [Int64] = try await program.database.column(
                    "SELECT count(*) FROM audit_logs WHERE tenant_id = \(Self.tenant) AND actor_id = \(user) AND position < \(size)"
                )
                #expect(head.text("user_id") == user.text)
                #expect(own.allSatisfy { $0.text("user_id") == user.text } && [Int64(own.count)] == count)
                let (_, resource) = try await program.report("audit", ["--resource", "user/\(user.text)"], as: admin)
                let events: [Int64] = try await program.database.column(
                    "SELECT count(*) FROM audit_logs WHERE tenant_id = \(Self.tenant) AND stream_id = \(user)")
                #expect([Int64(resource.count)] == events)
                #expect(resource.allSatisfy { $0.text("resource") == "user/\(user.text)" })
            }
        }

        @Test(
            "a user who is neither admin nor auditor is shown what they did, an auditor all of the tenant, nobody another's"
        )
        func isolation() async throws {
            try await HistoryProgram.with { program in
                for tenant in HistoryTenants.all.prefix(2) {
                    let slug = tenant == HistoryTenants.first ? "ant" : "bee"
                    let user = try await program.address("user", of: tenant)
                    let id: [UUID] = try await program.database.column("SELECT id FROM users WHERE email = \(user)")
                    for kind in ["audit", "activity", "jobs", "access"] {
                        let (head, own) = try await program.report(kind, [], tenant: slug, as: user)
                        #expect(head.text("role") == "user")
                        for record in own where record.record != "rejection" {
                            #expect(record.text("user_id") == id.first?.text, "\(kind): \(record)")
                        }
                        let auditor = try await program.address("auditor", of: tenant)
                        let (_, all) = try await program.report(kind, [], tenant: slug, as: auditor)
                        #expect(all.count > own.count, "\(kind)")
                    }
                    let count: [Int64] = try await program.database.column(
                        "SELECT count(*) FROM audit_logs WHERE tenant_id = \(tenant) AND actor_id = \(id[0])")
                    let (_, audit) = try await program.report("audit", [], tenant: slug, as: user)
                    // The four reports before this one, of two events each, are theirs as well.
                    #expect([Int64(audit.count)] == count)
                }
            }
        }
    }
}
