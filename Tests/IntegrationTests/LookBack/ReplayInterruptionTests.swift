import AuditLog
import Dispatch
import FoundationEssentials
import Postgres
import Projections
import Synchronization
import TestSupport
import Testing

extension LookBackTests {
    @Suite("A replay that is interrupted", .timeLimit(.minutes(20)))
    struct ReplayInterruptionTests {
        /// Does something once while a replay is made, from another connection; the replay waits.
        private func make(
            _ database: TestDatabase, during: @escaping @Sendable () async throws -> Void
        ) async throws -> (any Error)? {
            let isFirst = Mutex(true)
            do {
                _ = try await database.replays.make(
                    "past", at: .time(try #require(Timestamp("2026-03-10T00:00:00Z"))), by: nil
                ) { _, done, total in
                    guard done * 2 > total,
                        isFirst.withLock({ first in
                            defer { first = false }; return first
                        })
                    else { return }
                    // This is the connection's own thread, which may wait.
                    let isDone = DispatchSemaphore(value: 0)
                    Task {
                        do { try await during() } catch { Issue.record(error) }
                        isDone.signal()
                    }
                    isDone.wait()
                }
                return nil
            } catch {
                return error
            }
        }

        @Test("leaves nothing when its connection dies in the middle, and can be made again")
        func killed() async throws {
            try await TestTemplate.history.withCopy { database in
                let error = try await make(database) {
                    try await database.tamper(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'test_owner' AND datname = current_database()"
                    )
                }
                #expect(error is PostgresError)
                #expect(try await database.pastSchemas() == [])
                let again = try await make(database) {}
                #expect(again == nil)
                #expect(try await database.column("SELECT count(*) > 0 FROM past.users") == [true])
            }
        }

        @Test("is not kept when something is erased meanwhile; appends go on meanwhile")
        func erased() async throws {
            try await TestTemplate.history.withCopy { database in
                let tenant = HistoryTenants.first
                let before: [Int64] = try await database.column(
                    "SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)")
                let appended = try await make(database) {
                    _ = try await database.log.append([Probe.event()], as: .system(tenant))
                }
                #expect(appended == nil)
                let after: [Int64] = try await database.column(
                    "SELECT size FROM audit_log_heads WHERE tenant_id = \(tenant)")
                #expect(after == before.map { $0 + 1 })
                try await database.replays.drop("past")

                let error = try await make(database) {
                    let position: [Int64] = try await database.column(
                        """
                        SELECT position FROM audit_logs l WHERE tenant_id = \(tenant) AND event_type = 'user.created' AND salt IS NOT NULL
                          AND NOT EXISTS (SELECT FROM legal_holds h WHERE h.tenant_id = l.tenant_id AND h.released_at IS NULL
                                          AND (h.stream IS NULL OR h.stream = 'user/' || l.stream_id)) LIMIT 1
                        """)
                    _ = try await database.log.erase(
                        [EventErasure(try #require(position.first))], command: UUID(), basis: "gdpr-17",
                        reason: "asked",
                        as: Scope(tenant: tenant, role: .system))
                }
                #expect(
                    (error as? PastError)?.description.contains("was erased while the replay was made") == true,
                    "\(String(describing: error))")
                #expect(try await database.pastSchemas() == [])
            }
        }

        @Test("counts what was erased of the events that it replays, before the moment or since; such values are gone")
        func erasedValues() async throws {
            try await TestTemplate.history.withCopy { database in
                let moment = try #require(Timestamp("2026-03-10T00:00:00Z"))
                let result = try await database.replays.make("past", at: .time(moment), by: nil)
                let expected: [Int64] = try await database.column(
                    """
                    SELECT count(*) FROM audit_logs l WHERE recorded_at <= \(moment) AND (salt IS NULL OR EXISTS (
                        SELECT FROM audit_logs e WHERE e.tenant_id = l.tenant_id AND e.event_type LIKE '%.erased'
                        AND e.payload::jsonb->'replaced' @> jsonb_build_array(jsonb_build_object('position', l.position))))
                    """)
                let erased = result.tenants.reduce(0) { $0 + $1.erased }
                #expect(erased == expected.first && erased > 0)
                // Erased only after the moment, and gone all the same.
                let late: [Int64] = try await database.column(
                    """
                    SELECT count(*) FROM past.users u
                    JOIN audit_logs c ON c.tenant_id = u.tenant_id AND c.stream_id = u.id AND c.event_type = 'user.created'
                    WHERE c.salt IS NULL AND u.email IS NOT NULL
                    """)
                #expect(late == [0])
            }
        }
    }
}
