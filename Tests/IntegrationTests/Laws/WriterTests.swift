import AuditLog
import FoundationEssentials
import Postgres
import Projections
import Synchronization
import TestSupport
import Testing

extension LawTests {
    @Suite("Law 2: dense and ordered", .timeLimit(.minutes(20)))
    struct WriterTests {
        /// What a writer did: events that the log acknowledged, and what it refused.
        private struct Tally: Sendable {
            var acknowledged: [UUID: [UUID]] = [:]
            var conflicts = 0
            var violations = 0

            mutating func add(_ other: Tally) {
                acknowledged.merge(other.acknowledged) { $0 + $1 }
                conflicts += other.conflicts
                violations += other.violations
            }
        }

        /// The positions that readers saw, in the order in which they saw them.
        private final class Sightings: Sendable {
            private let positions = Mutex<[UUID: [Int64]]>([:])
            var all: [UUID: [Int64]] { positions.withLock { $0 } }

            func add(_ position: Int64, of tenant: UUID) {
                positions.withLock { $0[tenant, default: []].append(position) }
            }
        }

        @Test(
            "eight writers, conflicts and violations among them, some killed on the way: no gap, no reordering, nothing lost; a reader sees each position once and in order",
            arguments: [false, true])
        func writers(killed: Bool) async throws {
            try await TestTemplate.schema.withCopy { database in
                var tenants: [UUID] = []
                for slug in ["one", "two", "three"] { tenants.append(try await database.createTenant(slug)) }
                let (tally, seen) = try await work(database, tenants, killing: killed)
                #expect(tally.conflicts > 0)
                #expect(tally.violations > 0)
                for tenant in tenants {
                    let events = try await database.log.read(limit: 100_000, as: .system(tenant))
                    #expect(events.map(\.position) == Array(0..<Int64(events.count)))
                    #expect(zip(events, events.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt })
                    for (_, stream) in Dictionary(grouping: events, by: \.stream) {
                        #expect(stream.map(\.version) == Array(1...Int64(stream.count)))
                    }
                    let ids = events.dropFirst().map(\.id)
                    #expect(Set(ids).count == ids.count)
                    #expect(Set(ids) == Set(tally.acknowledged[tenant] ?? []))
                    #expect(seen[tenant] == events.map(\.position))
                    #expect(try await database.log.verify(as: .system(tenant)).isSound)
                }
                try await database.catchUp()
                #expect(try await database.verifier.verify().isEqual)
            }
        }

        /// Runs the writers, a reader per tenant and, if wanted, somebody who ends their connections.
        private func work(
            _ database: TestDatabase, _ tenants: [UUID], killing: Bool
        ) async throws -> (Tally, seen: [UUID: [Int64]]) {
            let seen = Sightings()
            let readers = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for tenant in tenants {
                        group.addTask {
                            try await database.log.follow(poll: .milliseconds(20), as: .system(tenant)) {
                                seen.add($0.position, of: tenant)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let killer = Task {
                for _ in 0..<(killing ? 25 : 0) {
                    try await Task.sleep(for: .milliseconds(150))
                    try await database.tamper(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = 'writer' ORDER BY random() LIMIT 1
                        """)
                }
            }
            let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
                for number in 0..<8 { group.addTask { try await write(database, tenants, seed: UInt64(number)) } }
                return try await group.reduce(into: Tally()) { $0.add($1) }
            }
            killer.cancel()
            if case .failure(let error) = await killer.result, !(error is CancellationError) { throw error }
            for _ in 0..<200 {
                var sizes: [UUID: Int] = [:]
                for tenant in tenants { sizes[tenant] = Int(try await database.log.size(as: .system(tenant))) }
                if seen.all.mapValues(\.count) == sizes { break }
                try await Task.sleep(for: .milliseconds(20))
            }
            readers.cancel()
            _ = await readers.result
            return (tally, seen.all)
        }

        private func write(_ database: TestDatabase, _ tenants: [UUID], seed: UInt64) async throws -> Tally {
            var random = SplitMix64(seed: seed)
            let client = try database.client(.app, settings: [("application_name", "writer")])
            let log = EventLog(client)
            var tally = Tally()
            for _ in 0..<60 {
                guard let tenant = tenants.randomElement(using: &random) else { break }
                let command = Command(scope: .system(tenant))
                let appends = try (0..<Int.random(in: 1...4, using: &random)).map { _ in try append(command, &random) }
                do {
                    let outcomes = try await log.append(appends, as: command.scope)
                    for (append, outcome) in zip(appends, outcomes) {
                        switch AppendModel.Outcome(outcome) {
                        case .appended, .known: tally.acknowledged[tenant, default: []] += append.map(\.id)
                        case .conflict: tally.conflicts += 1
                        case .mismatch: Issue.record("an id was used twice")
                        }
                    }
                } catch let error as PostgresError where error.constraint == "users_email_key" {
                    tally.violations += 1
                }
            }
            await client.close()
            return tally
        }

        /// A probe, sometimes of an expected version, or a user whose address somebody may have already.
        private func append(_ command: Command, _ random: inout SplitMix64) throws -> [NewEvent] {
            if random.chance(15) {
                let email = "\(Int.random(in: 0..<60, using: &random))@example.org"
                let id = random.uuid()
                return [
                    try command.event(UserCreated(email: email, name: nil, role: "user"), on: id, id: random.uuid())
                ]
            }
            return (0..<Int.random(in: 1...3, using: &random)).map { _ in
                let stream = UUID(named: "stream", String(Int.random(in: 0..<5, using: &random)))
                return Probe.event(
                    random.uuid(), stream: stream,
                    expecting: random.chance(20) ? Int64.random(in: 0..<30, using: &random) : nil)
            }
        }

        @Test("a writer that is killed before it commits leaves no gap")
        func killedWriter() async throws {
            try await TestTemplate.schema.withCopy { database in
                try await database.log.append([Probe.event()], as: Probe.scope)
                let statement = EventLog.statement(appending: [[Probe.event(), Probe.event()]], to: Probe.tenant)
                let cluster = try TestCluster.shared.get()
                let error = await postgresError {
                    try await database.app.transaction(Probe.scope.transaction()) { session in
                        let first = try session.first(statement) { try $0.decode(2, as: Int64?.self) }
                        #expect(first == 1)
                        let backend = try session.first("SELECT pg_backend_pid()") { try $0.decode(0, as: Int32.self) }
                        try cluster.psql("SELECT pg_terminate_backend(\(backend ?? 0))")
                        try session.execute("SELECT 1")
                    }
                }
                #expect(error?.code == .connection)
                let positions = try await database.log.append([Probe.event()], as: Probe.scope)
                #expect(positions == 1...1)
                #expect(try await database.log.verify(as: Probe.scope).isSound)
            }
        }
    }
}
