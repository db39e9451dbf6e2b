import AuditLog
import FoundationEssentials
import Postgres
import Projections
import TestSupport
import Testing

extension LawTests {
    @Suite("Statistics equal a count over what they count", .timeLimit(.minutes(20)))
    struct StatisticsTests {
        /// Each statistic, and the count that it must equal.
        private static let counts: [(name: String, statistic: String, count: String)] = [
            (
                "user_dashboard_stats",
                """
                SELECT tenant_id, user_id, total_jobs, active_jobs, completed_jobs, failed_jobs, cancelled_jobs,
                       processed_rows, accepted_rows, rejected_rows, skipped_rows, file_bytes, last_job_at FROM user_dashboard_stats
                """,
                """
                SELECT tenant_id, user_id, count(*), count(*) FILTER (WHERE status IN ('created', 'running', 'paused')),
                       count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'failed'),
                       count(*) FILTER (WHERE status = 'cancelled'), sum(processed_rows), sum(accepted_rows),
                       sum(rejected_rows), sum(skipped_rows), coalesce(sum(file_size), 0), max(created_at)
                FROM processing_jobs WHERE user_id IS NOT NULL GROUP BY 1, 2
                """
            ),
            (
                "file_bytes", "SELECT tenant_id, user_id, file_bytes FROM user_dashboard_stats",
                "SELECT tenant_id, user_id, coalesce(sum(size), 0) FROM file_data WHERE user_id IS NOT NULL GROUP BY 1, 2"
            ),
            (
                "job_statistics",
                """
                SELECT tenant_id, day, user_id, mapping_id, jobs_created, jobs_completed, jobs_failed, jobs_cancelled,
                       processed_rows, accepted_rows, rejected_rows, skipped_rows FROM job_statistics
                """,
                """
                SELECT tenant_id, (recorded_at AT TIME ZONE 'UTC')::date, (payload->>'owner_id')::uuid,
                       (payload->>'mapping_id')::uuid, count(*) FILTER (WHERE event_type = 'job.created'),
                       count(*) FILTER (WHERE event_type = 'job.completed'), count(*) FILTER (WHERE event_type = 'job.failed'),
                       count(*) FILTER (WHERE event_type = 'job.cancelled'),
                       coalesce(sum((payload->>'rows')::bigint) FILTER (WHERE event_type LIKE 'job.rows\\_%'), 0),
                       coalesce(sum((payload->>'accepted')::bigint) FILTER (WHERE event_type LIKE 'job.rows\\_%'), 0),
                       coalesce(sum((payload->>'rejected')::bigint) FILTER (WHERE event_type LIKE 'job.rows\\_%'), 0),
                       coalesce(sum((payload->>'skipped')::bigint) FILTER (WHERE event_type LIKE 'job.rows\\_%'), 0)
                FROM audit_logs
                WHERE event_type IN ('job.created', 'job.completed', 'job.failed', 'job.cancelled', 'job.rows_processed', 'job.rows_fixed')
                  AND payload->>'owner_id' IS NOT NULL AND payload->>'mapping_id' IS NOT NULL
                GROUP BY 1, 2, 3, 4
                """
            ),
        ]

        /// Names of the statistics that are not what they must be.
        private func wrong(_ database: TestDatabase) async throws -> [String] {
            var wrong: [String] = []
            for (name, statistic, count) in Self.counts {
                let differing: [Int64] = try await database.column(
                    """
                    SELECT (SELECT count(*) FROM ((\(raw: statistic)) EXCEPT ALL (\(raw: count))) x)
                         + (SELECT count(*) FROM ((\(raw: count)) EXCEPT ALL (\(raw: statistic))) x)
                    """)
                if differing != [0] { wrong.append(name) }
            }
            return wrong
        }

        @Test("after each append of a generated history", arguments: [21, 22] as [UInt64])
        func history(seed: UInt64) async throws {
            try await TestTemplate.schema.withCopy { database in
                try await database.setClock(
                    "'2026-02-20 10:00+00'::timestamptz + (SELECT coalesce(sum(size), 0) FROM audit_log_heads) * interval '47 minutes'"
                )
                var appends = 0
                try await database.append([UUID(named: "tenant", "one")], events: 350, seed: seed) {
                    appends += 1
                    guard appends % 5 == 0 else { return }
                    let wrong = try await wrong(database)
                    #expect(wrong == [])
                }
                #expect(try await wrong(database) == [])
                let users: [Int64] = try await database.column(
                    "SELECT count(*) FROM user_dashboard_stats WHERE failed_jobs > 0")
                #expect(users[0] > 0)
            }
        }

        @Test(
            "when jobs fail, are resumed, fail again and end twice, and when nobody says whose they are",
            arguments: [1, 2, 3] as [UInt64])
        func storm(seed: UInt64) async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let (owners, mapping) = (["a", "b", "c"].map { UUID(named: $0) }, UUID(named: "mapping"))
                let command = Command(scope: .system(tenant))
                try await database.log.append(
                    [
                        command.event(
                            APIRegistered(name: "a", type: "webhook", baseURL: nil, authType: "none"), on: mapping),
                        command.event(
                            MappingVersionAdded(
                                name: "m", version: 1, api: mapping, document: "", fields: [], sha256: "", rules: []),
                            on: mapping),
                    ], as: command.scope)
                var states: Set<String> = []
                var storm = JobStorm(seed: seed, owners: owners, mapping: mapping)
                var random = SplitMix64(seed: seed)
                for _ in 0..<60 {
                    let events = try (0..<Int.random(in: 1...9, using: &random)).map { _ in try storm.next(command) }
                    for outcome in try await database.log.append(events.map { [$0] }, as: command.scope) {
                        _ = try outcome.positions()
                    }
                    #expect(try await wrong(database) == [])
                    let now: [[String]] = try await database.column(
                        """
                        SELECT array_remove(ARRAY[CASE WHEN sum(active_jobs) > 0 THEN 'active' END,
                            CASE WHEN sum(completed_jobs) > 0 THEN 'completed' END,
                            CASE WHEN sum(failed_jobs) > 0 THEN 'failed' END,
                            CASE WHEN sum(cancelled_jobs) > 0 THEN 'cancelled' END], NULL) FROM user_dashboard_stats
                        """)
                    states.formUnion(now.joined())
                }
                #expect(states == ["active", "completed", "failed", "cancelled"])
                for definition in database.library.projections
                where ["user_dashboard_stats", "job_statistics"].contains(definition.name) {
                    #expect(try await Conformance(database: database, definition: definition).problems() == [])
                }
            }
        }

        @Test("a job that fails, is resumed and fails again is one failed job, and then one cancelled job")
        func retried() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let (job, user) = (UUID(named: "job"), UUID(named: "user"))
                let reference = JobReference(owner: user, mapping: UUID(named: "mapping"))
                let command = Command(scope: .system(tenant))
                func step(_ event: some Event) async throws -> [Int64] {
                    try await database.log.append([command.event(event, on: job)], as: command.scope)
                    let row: [[Int64]] = try await database.column(
                        "SELECT ARRAY[total_jobs, active_jobs, completed_jobs, failed_jobs, cancelled_jobs] FROM user_dashboard_stats"
                    )
                    return row.first ?? []
                }
                let created = NewEvent(
                    stream: StreamID(type: "job", id: job), type: "job.created",
                    payload: JSON(#"{"owner_id":"\#(user.text)"}"#))
                try await database.log.append([created], as: command.scope)
                #expect(try await step(JobStarted()) == [1, 1, 0, 0, 0])
                #expect(try await step(JobFailed(reference, reason: "limit", message: "x")) == [1, 0, 0, 1, 0])
                #expect(try await step(JobResumed()) == [1, 1, 0, 0, 0])
                #expect(try await step(JobFailed(reference, reason: "limit", message: "x")) == [1, 0, 0, 1, 0])
                #expect(try await step(JobFailed(reference, reason: "limit", message: "x")) == [1, 0, 0, 1, 0])
                #expect(try await step(JobCancelled(reference, reason: "user")) == [1, 0, 0, 0, 1])
            }
        }

        @Test("job_trends has every day of a year, those without jobs too, and adds up")
        func trends() async throws {
            try await TestTemplate.schema.withCopy { database in
                try await database.setClock("clock_timestamp() - interval '10 days'")
                try await database.append(["one", "two"].map { UUID(named: "tenant", $0) }, events: 150, seed: 4)
                let days: [Int64] = try await database.column(
                    "SELECT count(*) FROM job_trends GROUP BY tenant_id HAVING max(day) - min(day) = 365")
                #expect(days == [366, 366])
                let empty: [Bool] = try await database.column(
                    "SELECT bool_and(jobs_created = 0 AND processed_rows = 0) FROM job_trends WHERE day > current_date - 5"
                )
                #expect(empty == [true])
                let equal: [Bool] = try await database.column(
                    """
                    SELECT (SELECT (sum(jobs_created), sum(jobs_failed), sum(accepted_rows), sum(rejected_rows), sum(skipped_rows))
                            FROM job_trends)
                         = (SELECT (sum(jobs_created), sum(jobs_failed), sum(accepted_rows), sum(rejected_rows), sum(skipped_rows))
                            FROM job_statistics)
                    """)
                #expect(equal == [true])
            }
        }
    }
}
