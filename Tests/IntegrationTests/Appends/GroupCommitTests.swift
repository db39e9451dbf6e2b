import AuditLog
import FoundationEssentials
import Postgres
import Projections
import Synchronization
import TestSupport
import Testing

@Suite("Group commit", .timeLimit(.minutes(20)))
struct GroupCommitTests {
    /// Appends one event for each number at once; the error of those that were refused.
    private func appendAtOnce(
        _ count: Int, to log: EventLog, _ event: @escaping @Sendable (Int) throws -> NewEvent
    ) async -> [Int: any Error] {
        await withTaskGroup(of: (Int, (any Error)?).self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        try await log.append([event(number)], as: Probe.scope)
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            return await group.reduce(into: [:]) { if let error = $1.1 { $0[$1.0] = error } }
        }
    }

    /// In how many transactions the log's events came: those of one were recorded at the same time.
    private func transactions(_ database: TestDatabase) async throws -> Int {
        Set(try await database.log.read(limit: 100_000, as: Probe.scope).map(\.recordedAt)).count
    }

    @Test("appends at the same time share transactions, and each gets its own positions")
    func shares() async throws {
        try await TestTemplate.schema.withCopy { database in
            let errors = await appendAtOnce(500, to: database.log) { _ in Probe.event() }
            #expect(errors.isEmpty)
            let (size, count) = (try await database.log.size(as: Probe.scope), try await transactions(database))
            #expect(size == 500)
            #expect(count < 50)
            #expect(try await database.log.verify(as: Probe.scope).isSound)
        }
    }

    @Test("appends one after the other are sent at once, each in its own transaction")
    func oneByOne() async throws {
        try await TestTemplate.schema.withCopy { database in
            for number in 0..<20 as Range<Int64> {
                let positions = try await database.log.append([Probe.event()], as: Probe.scope)
                #expect(positions == number...number)
            }
            #expect(try await transactions(database) == 20)
        }
    }

    @Test("a conflict rejects its own append only")
    func conflict() async throws {
        try await TestTemplate.schema.withCopy { database in
            let stream = UUID()
            let errors = await appendAtOnce(100, to: database.log) { number in
                number % 10 == 0 ? Probe.event(stream: stream, expecting: 0) : Probe.event()
            }
            // One of those that expect a stream without events is the first.
            #expect(errors.count == 9)
            #expect(errors.allSatisfy { $0.key % 10 == 0 && ($0.value as? AppendError)?.code == .conflict })
            let size = try await database.log.size(as: Probe.scope)
            #expect(size == 91)
        }
    }

    @Test("a malformed event and a violated constraint reject their own append only")
    func offenders() async throws {
        try await TestTemplate.schema.withCopy { database in
            let tenant = try await database.createTenant("probe")
            #expect(tenant == Probe.tenant)
            let errors = await appendAtOnce(120, to: database.log) { number in
                switch number {
                case 17: Probe.event(payload: "[]")
                case 40: Probe.event(payload: #"{"nul":"\u0000"}"#)
                case 63, 64:
                    try Command(scope: Probe.scope).event(
                        UserCreated(email: "ada@example.org", name: nil, role: "user"), on: UUID())
                case 90: Probe.event(type: "other.seen")
                default: Probe.event()
                }
            }
            #expect(errors.count == 4)
            #expect((errors[17] as? PostgresError)?.constraint == "audit_logs_payload_check")
            #expect((errors[40] as? PostgresError)?.sqlstate == "22P05")
            #expect((errors[90] as? PostgresError)?.constraint == "audit_logs_event_kind_check")
            let unique = [errors[63], errors[64]].compactMap { $0 as? PostgresError }
            #expect(unique.map(\.constraint) == ["users_email_key"])
            #expect(try await database.log.size(as: Probe.scope) == 117)
            #expect(try await database.log.verify(as: Probe.scope).isSound)
            try await database.catchUp()
            #expect(try await database.verifier.verify().isEqual)
        }
    }

    @Test("an append that wants a transaction of its own has it")
    func alone() async throws {
        try await TestTemplate.schema.withCopy { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await database.log.append([Probe.event()], as: Probe.scope, isolation: .alone)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await transactions(database) == 30)
        }
    }

    @Test("different users of a tenant share a transaction; another tenant's events stay apart")
    func scopes() async throws {
        try await TestTemplate.schema.withCopy { database in
            let tenants = [UUID(), UUID()]
            let users = [UUID(), UUID(), UUID()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for tenant in tenants {
                    for number in 0..<60 {
                        let scope = Scope(tenant: tenant, user: users[number % 3], role: .user)
                        group.addTask {
                            var event = Probe.event()
                            event.actor = scope.user
                            try await database.log.append([event], as: scope)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for tenant in tenants {
                for user in users {
                    let scope = Scope(tenant: tenant, user: user, role: .user)
                    #expect(try await database.log.read(as: scope).allSatisfy { $0.actor == user })
                    #expect(try await database.log.read(as: scope).count == 20)
                }
            }
        }
    }

    @Test("cancelled before it is sent, an append is not made; cancelled later, it is, and says so")
    func cancellation() async throws {
        try await TestTemplate.schema.withCopy { database in
            // Somebody else holds the head, so the first append stays on its way and the second one waits.
            try await database.log.append([Probe.event()], as: Probe.scope)
            let (held, hold) = AsyncStream.makeStream(of: Void.self)
            let release = Mutex(false)
            let holder = Task {
                try await database.administrator.transaction { session in
                    try session.execute("SELECT FROM audit_log_heads FOR UPDATE")
                    hold.finish()
                    while !release.withLock({ $0 }) { try session.execute("SELECT pg_sleep(0.01)") }
                }
            }
            for await _ in held {}
            let first = Task { try await database.log.append([Probe.event()], as: Probe.scope) }
            while try await waitingForLock(database) == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let second = Task { try await database.log.append([Probe.event()], as: Probe.scope) }
            try await Task.sleep(for: .milliseconds(50))
            first.cancel()
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            release.withLock { $0 = true }
            #expect(try await first.value == 1...1)
            try await holder.value
            #expect(try await database.log.size(as: Probe.scope) == 2)
        }
    }

    private func waitingForLock(_ database: TestDatabase) async throws -> Int64 {
        try await database.column(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")[0]
    }

    @Test("a closed pool ends every append that waits; what was acknowledged stays")
    func shutdown() async throws {
        try await TestTemplate.schema.withCopy { database in
            let client = try database.client(.app)
            let log = EventLog(client)
            let (acknowledged, acknowledge) = AsyncStream.makeStream(of: Void.self)
            let count = await withTaskGroup(of: Int64.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        var count: Int64 = 0
                        while (try? await log.append([Probe.event()], as: Probe.scope)) != nil {
                            count += 1
                            acknowledge.yield()
                        }
                        return count
                    }
                }
                for await _ in acknowledged.prefix(100) {}
                await client.close()
                return await group.reduce(0, +)
            }
            #expect(try await database.log.size(as: Probe.scope) >= count)
        }
    }
}
