import AuditLog
import Foundation
import Logging
import Postgres
import Projections
import Synchronization
import TestSupport
import Testing

@Suite("Order under fire", .timeLimit(.minutes(20)))
struct OrderUnderFireTests {
    /// What one reader saw of one tenant's log.
    private final class Sightings: Sendable {
        private let positions = Mutex<[Int64]>([])
        var all: [Int64] { positions.withLock { $0 } }
        func add(_ position: Int64) { positions.withLock { $0.append(position) } }
    }

    @Test(
        "writers in several processes, killed at random like the server: every reader sees every position once, in order, without a gap, and every acknowledged event is there once"
    )
    func order() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("order under fire: seed \(seed)")
        var random = SplitMix64(seed: seed)
        let cluster = try TestCluster()
        defer { cluster.stop() }
        let conninfo = try cluster.createDatabase()
        let administrator = Database(PostgresConfiguration(conninfo: conninfo), logger: .quiet)
        try await Schema(owner: administrator, library: try .project()).up()

        let database = Writer.database(conninfo)
        let log = EventLog(database)
        let readers = Dictionary(
            uniqueKeysWithValues: Writer.tenants.map { ($0, (follow: Sightings(), sql: Sightings())) })
        let reading = Task {
            await withTaskGroup(of: Void.self) { group in
                for (tenant, sightings) in readers {
                    group.addTask { await follow(log, tenant, sightings.follow) }
                    group.addTask { await tail(database, tenant, sightings.sql) }
                }
            }
        }
        let (writers, kills) = try await fire(at: cluster, conninfo, &random)
        #expect(kills.writers > 0 && kills.backends > 0 && kills.servers > 0)

        for tenant in Writer.tenants {
            let scope = Scope.system(tenant)
            let events = try await patiently { try await log.read(limit: 10_000_000, as: scope) }
            #expect(events.map(\.position) == Array(0..<Int64(events.count)))
            #expect(zip(events, events.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt })
            #expect(Set(events.map(\.id)).count == events.count)
            let acknowledged = try writers.flatMap { try $0.acknowledged() }.filter { $0.tenant == tenant }
            #expect(acknowledged.count > 100)
            #expect(acknowledged.allSatisfy { $0.position < events.count && events[Int($0.position)].id == $0.id })
            for (_, stream) in Dictionary(grouping: events, by: \.stream) {
                #expect(stream.map(\.version) == Array(1...Int64(stream.count)))
            }
            #expect(try await log.verify(as: scope).isSound)
            for sightings in [readers[tenant]?.follow, readers[tenant]?.sql] {
                for _ in 0..<500 where sightings?.all.count != events.count {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(sightings?.all == events.map(\.position))
            }
            print("order under fire: \(events.count) events, \(acknowledged.count) acknowledged")
        }
        reading.cancel()
        await reading.value
        await database.close()
        await administrator.close()
    }

    /// Writers come and go for some seconds, and so does the server.
    private func fire(
        at cluster: TestCluster, _ conninfo: String, _ random: inout SplitMix64
    ) async throws -> (writers: [Writer], kills: (writers: Int, backends: Int, servers: Int)) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atlas2-fire-\(UUID().text)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var writers: [Writer] = []
        func start() throws {
            writers.append(
                try Writer(conninfo, seed: random.next() % 1_000_000, files: "\(folder)/\(writers.count)"))
        }
        for _ in 0..<4 { try start() }
        var kills = (writers: 0, backends: 0, servers: 0)
        let end = ContinuousClock.now + .seconds(24)
        try await Task.sleep(for: .seconds(3))
        while ContinuousClock.now < end {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let running = writers.filter(\.program.isRunning)
                running[Int.random(in: 0..<running.count, using: &random)].program.send(SIGKILL)
                kills.writers += 1
                try start()
            case 6..<9:
                // The server ends every other connection too, and recovers.
                if let backend = backends(of: cluster).randomElement(using: &random), kill(backend, SIGKILL) == 0 {
                    kills.backends += 1
                }
                try await Task.sleep(for: .seconds(1))
            default:
                try cluster.kill()
                try cluster.start()
                kills.servers += 1
            }
            if kills.servers == 0, end - .now < .seconds(8) {
                try cluster.kill()
                try cluster.start()
                kills.servers += 1
            }
            if kills.backends == 0, end - .now < .seconds(4),
                let backend = backends(of: cluster).randomElement(using: &random), kill(backend, SIGKILL) == 0
            {
                kills.backends += 1
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 200...900, using: &random)))
        }
        // The last writers are answered before they go, or not: the log must be right in both cases.
        for writer in writers { writer.program.send(SIGKILL) }
        for writer in writers { _ = try await writer.program.end() }
        return (writers, kills)
    }

    /// The server processes that serve the writers, by their titles.
    private func backends(of cluster: TestCluster) -> [pid_t] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        guard
            let lock = try? String(contentsOfFile: "\(cluster.folder)/data/postmaster.pid", encoding: .utf8),
            let postmaster = lock.split(separator: "\n").first
        else { return [] }
        return processes.filter { process in
            guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
                status.contains("PPid:\t\(postmaster)\n"),
                let title = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
            else { return false }
            return title.contains("[local]")
        }
    }

    /// Reads by `EventLog.follow`, beginning again behind the last event where the connection is lost.
    private func follow(_ log: EventLog, _ tenant: UUID, _ sightings: Sightings) async {
        while !Task.isCancelled {
            let next = (sightings.all.last ?? -1) + 1
            do {
                let filter = EventFilter(from: next, attachments: false)
                try await log.follow(filter, poll: .milliseconds(50), as: .system(tenant)) {
                    sightings.add($0.position)
                }
            } catch {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Reads as any program would that polls.
    private func tail(_ database: Database, _ tenant: UUID, _ sightings: Sightings) async {
        while !Task.isCancelled {
            let next = (sightings.all.last ?? -1) + 1
            let positions: [Int64]? = try? await database.transaction(
                Scope.system(tenant).transaction(readOnly: true)
            ) { session in
                try session.query(
                    "SELECT position FROM audit_logs WHERE tenant_id = \(tenant) AND position >= \(next) ORDER BY position LIMIT 5000"
                ) { try $0.decode(0) }
            }
            for position in positions ?? [] { sightings.add(position) }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The server may be recovering still.
    private func patiently<T>(_ body: () async throws -> T) async throws -> T {
        for _ in 0..<100 {
            if let value = try? await body() { return value }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await body()
    }
}
