import AuditLog
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Projections

extension PoisonTests {
    @Suite("A projection that stops", .timeLimit(.minutes(20)))
    struct StoppedTests {
        private static let counters = Counters()

        @Test(
            "whatever the batches, it stops at the first event that it cannot fold, with all before it; skipped or retried at random, it ends equal to every replay",
            arguments: [1, 7, 1000, 100_000] as [Int64])
        func skipped(batch: Int64) async throws {
            let counters = Self.counters
            try await Counters.withDatabase(["counters.sql": counters.file]) { database, library in
                let events = try await Counters.append(300, poison: 30, database, seed: UInt64(batch))
                let poison = events.indices.filter { events[$0].number == nil }
                #expect(poison.count > 3)
                let command = Command(scope: Counters.scope)
                var random = SplitMix64(seed: 4)
                var left: Set<Int> = []
                for position in poison {
                    try await database.projections.catchUp(as: Counters.scope, batch: batch)
                    let stop = try #require(try await counters.status(database)?.stop)
                    #expect(stop.position == Int64(position))
                    #expect(stop.sqlstate == "22P02" && stop.eventType == "item.counted")
                    #expect(try await counters.rows(database) == Counters.rows(before(position, events, without: left)))
                    if random.chance(40) {
                        try await database.projections.retry("counters", as: command)
                        try await database.projections.catchUp(as: Counters.scope, batch: batch)
                        #expect(try await counters.status(database)?.stop?.position == Int64(position))
                    }
                    // Replays stop where it stands.
                    if position == poison[1] { try await conforms(database, library) }
                    try await database.projections.skip(stop, reason: "Änne said so", as: command)
                    left.insert(position)
                }
                try await database.projections.catchUp(as: Counters.scope, batch: batch)
                let status = try #require(try await counters.status(database))
                #expect(status.stops == [] && status.lag == 0)
                #expect(try await counters.rows(database) == Counters.rows(before(events.count, events, without: left)))
                try await conforms(database, library)
                #expect(try await database.verifier(library).verify().isEqual)
            }
        }

        @Test(
            "logs of many tenants are replayed in one subtransaction; where it stops in one of them, only that one is behind"
        )
        func manyTenants() async throws {
            try await Counters.withDatabase(["counters.sql": Self.counters.file]) { database, library in
                let definition = try #require(library.projections.first { $0.name == "counters" })
                let tenants = (0..<80).map { UUID(named: "tenant", "many \($0)") }.sorted { $0.text < $1.text }
                for tenant in tenants {
                    let events = [Counters.event(tenant, "1"), Counters.event(tenant, "2")]
                    _ = try await database.log.append(events, as: .system(tenant))
                }
                let whole = try await replay(definition, tenants, database)
                #expect(whole.stops.isEmpty && whole.total == 80 * 3 && whole.subtransactions == 1)

                let poison = [Counters.event(tenants[40], "many"), Counters.event(tenants[40], "3")]
                _ = try await database.log.append(poison, as: .system(tenants[40]))
                let stopped = try await replay(definition, tenants, database)
                #expect(stopped.stops == [tenants[40]: 2] && stopped.total == 80 * 3)
                try await database.catchUp()
                let report = try await database.verifier(library).verify()
                #expect(report.isEqual && report.projections.first { $0.name == "counters" }?.standsAt == 2)
            }
        }

        private struct ManyReplayed: Error {
            var stops: [UUID: Int64]
            var total: Int64
            var subtransactions: Int64
        }

        /// Replays whole logs in one transaction, which leaves nothing.
        private func replay(
            _ definition: Definition, _ tenants: [UUID], _ database: TestDatabase
        ) async throws -> ManyReplayed {
            do {
                return try await database.owner.transaction(Replays.options) { session in
                    var replay = try Replay([definition], unlogged: true, session)
                    let sizes = try session.heads().map { (tenant: $0.tenant, position: $0.size) }
                    var read: Int64 = 0
                    let stops = try replay.advance(definition, to: sizes, session) { read += $0 }
                    #expect(read == sizes.reduce(0) { $0 + $1.position })
                    throw try #require(
                        try session.first(
                            "SELECT sum(total)::bigint, count(DISTINCT xmin::text) FROM \(raw: replay.schema).counters"
                        ) { ManyReplayed(stops: stops, total: try $0.decode(0), subtransactions: try $0.decode(1)) })
                }
            } catch let replayed as ManyReplayed {
                return replayed
            }
        }

        private func before(_ end: Int, _ events: [Counters.Event], without left: Set<Int>) -> [Counters.Event] {
            events.indices.prefix(end).filter { !left.contains($0) }.map { events[$0] }
        }

        private func conforms(_ database: TestDatabase, _ library: Library) async throws {
            let definition = try #require(library.projections.first { $0.name == "counters" })
            let problems = try await Conformance(database: database, definition: definition).problems()
            #expect(problems == [])
        }

        @Test("it holds up no other projection, no append and no command that does not need it")
        func othersGoOn() async throws {
            try await Counters.withDatabase(["counters.sql": Self.counters.file]) { database, library in
                try await database.log.append(
                    [Command(scope: Counters.scope).event(TenantCreated(slug: "c", name: "C"), on: Counters.tenant)],
                    as: Counters.scope)
                try await database.log.append([Counters.event(UUID(), "many")], as: Counters.scope)
                #expect(try await database.projections.catchUp(as: Counters.scope).stops.map(\.position) == [1])
                try await database.append([UUID(named: "tenant", "other")], events: 20, seed: 1)
                try await database.log.append([Probe.event()], as: Counters.scope)
                try await database.catchUp()
                let status = try await database.projections.status(as: Counters.scope)
                #expect(status.filter { $0.lag > 0 }.map(\.name) == ["counters"])
                #expect(status.filter { $0.stop != nil }.map(\.name) == ["counters"])
                let health: [String] = try await database.column(
                    "SELECT status || ': ' || detail FROM system_health WHERE component = 'event 1 for counters'")
                #expect(health == ["stopped: item.counted cannot be folded (22P02): atlas2 projections status"])

                let (rebuilder, command) = (
                    ProjectionRebuilder(owner: database.owner, library: library), Command(scope: Counters.scope)
                )
                for all in [rebuilder.rebuild, rebuilder.repair] {
                    try await database.tamper("UPDATE users SET name = 'x'; DELETE FROM tenants")
                    let results = try await all([], command, RebuildOptions(), { _ in })
                    #expect(results.filter(\.isLeftOut).map(\.name) == ["counters"])
                    #expect(results.filter { $0.differences ?? 0 > 0 }.map(\.name) == ["tenants", "users"])
                    let report = try await database.verifier(library).verify()
                    #expect(report.isEqual && report.projections.compactMap(\.standsAt) == [1])
                }
                let refused = await #expect(throws: BuildError.self) {
                    try await rebuilder.rebuild(["counters"], as: command)
                }
                #expect(refused?.code == .event)
            }
        }

        @Test("what an error quotes is seen by those who may read every event")
        func quoted() async throws {
            try await Counters.withDatabase(["counters.sql": Self.counters.file]) { database, _ in
                try await database.log.append([Counters.event(UUID(), "Änne")], as: Counters.scope)
                try await database.projections.catchUp(as: Counters.scope)
                for (role, sees) in [
                    ("user", false), ("admin", true), ("auditor", true), ("system", true), ("", false),
                ] {
                    let scope = Scope(tenant: Counters.tenant, user: UUID(), role: Scope.Role(name: role))
                    let stop = try await database.projections.status(as: scope).first { $0.stop != nil }?.stop
                    #expect(stop?.position == 0)
                    #expect((stop?.error?.contains("Änne") ?? false) == sees)
                    let rows: Int64? = try await database.app.transaction(scope.transaction(readOnly: true)) {
                        session in
                        try session.first("SELECT count(*) FROM projection_stops") { try $0.decode(0) }
                    }
                    #expect(rows == (sees ? 1 : 0))
                }
                let other = Scope(tenant: UUID(named: "tenant", "other"), role: .admin)
                #expect(try await database.projections.status(as: other).allSatisfy { $0.stop == nil })
            }
        }

        @Test("a decision needs an admin, and an event that the projection is stopped at")
        func decisions() async throws {
            try await Counters.withDatabase(["counters.sql": Self.counters.file]) { database, _ in
                try await database.log.append(
                    [Counters.event(UUID(), "1"), Counters.event(UUID(), "many"), Counters.event(UUID(), "2")],
                    as: Counters.scope)
                let admin = Command(scope: Counters.scope)
                let tooEarly = await postgresError { try await database.projections.retry("counters", as: admin) }
                #expect(tooEarly?.sqlstate == "55000")
                try await database.projections.catchUp(as: Counters.scope)
                let stop = try #require(try await Self.counters.status(database)?.stop)
                for role in ["user", "auditor", ""] {
                    let command = Command(scope: Scope(tenant: Counters.tenant, role: Scope.Role(name: role)))
                    let skip = await postgresError {
                        try await database.projections.skip(stop, reason: "no", as: command)
                    }
                    let retry = await postgresError { try await database.projections.retry("counters", as: command) }
                    #expect(skip?.sqlstate == "42501" && retry?.sqlstate == "42501")
                }
                var (early, late, other) = (stop, stop, stop)
                early.position = 0
                late.position = 2
                other.eventID = UUID()
                for wrong in [early, late, other] {
                    let error = await postgresError {
                        try await database.projections.skip(wrong, reason: "no", as: admin)
                    }
                    #expect(error?.sqlstate == "55000")
                }
                // Nor past the function that asks.
                let event = try admin.event(
                    ProjectionEventSkipped(
                        projection: "counters", position: 0, eventID: stop.eventID, eventType: stop.eventType,
                        reason: "no"),
                    on: UUID(named: "projection", "counters"))
                for type in [event, try admin.event(ProjectionRetried(projection: "counters"), on: UUID())] {
                    let error = await postgresError { try await database.log.append([type], as: Counters.scope) }
                    #expect(error?.sqlstate == "42501")
                    #expect(error?.message == "\(type.type) comes from projection_resume alone")
                }
                #expect(try await database.log.size(as: Counters.scope) == 3)
                try await database.projections.skip(stop, reason: "yes", as: admin)
                // Asked twice, it is stopped no more once it went on.
                try await database.projections.catchUp(as: Counters.scope)
                let again = await postgresError { try await database.projections.skip(stop, reason: "yes", as: admin) }
                #expect(again?.sqlstate == "55000")
                let skipped = try await database.log.read(
                    EventFilter(type: ProjectionEventSkipped.type), as: Counters.scope)
                #expect(try skipped.map { try $0.payload(of: ProjectionEventSkipped.self).position } == [1])
                #expect(try skipped.first?.personal(of: ProjectionEventSkipped.self)?.reason == "yes")
            }
        }

        @Test("a time limit, or a server that ends, stops nothing for good")
        func cancelled() async throws {
            let slow = Self.counters.file.replacing(
                "sum((payload", with: "(SELECT count(*) FROM generate_series(1, 1000000000)) * 0 + sum((payload")
            try await Counters.withDatabase(["counters.sql": slow]) { database, _ in
                try await database.log.append([Counters.event(UUID(), "1")], as: Counters.scope)
                let client = try database.client(.app, settings: [("statement_timeout", "200ms")])
                let error = await postgresError {
                    try await database.advance("counters", Counters.tenant, limit: 10, by: client)
                }
                await client.close()
                #expect(error?.code == .timeout || error?.sqlstate == "57014", "\(String(describing: error))")
                let status = try await Self.counters.status(database)
                #expect(status?.position == 0 && status?.stops == [])
            }
        }

        @Test("after its tables were replaced, its checkpoint is set and what stopped it forgotten, or taken over")
        func placed() async throws {
            try await Counters.withDatabase(["counters.sql": Self.counters.file]) { database, library in
                try await database.log.append(
                    [Counters.event(UUID(), "1"), Counters.event(UUID(), "many")], as: Counters.scope)
                try await database.projections.catchUp(as: Counters.scope)
                let definition = try #require(library.projections.first { $0.name == "counters" })
                try await database.owner.transaction(TransactionOptions(settings: [("role", "atlas2_owner")])) {
                    session in
                    var replay = try Replay([definition], unlogged: false, session)
                    #expect(throws: ProjectionStop.self) {
                        try replay.advance(definition, tenant: Counters.tenant, to: 2, session)
                    }
                    try session.execute("SELECT projection_placed('counters', \(Counters.tenant), 1, \(replay.schema))")
                    try replay.drop(session)
                }
                #expect(try await Self.counters.status(database)?.stop?.position == 1)
                try await database.owner.transaction(TransactionOptions(settings: [("role", "atlas2_owner")])) {
                    _ = try $0.execute("SELECT projection_placed('counters', \(Counters.tenant), 2)")
                }
                let status = try await Self.counters.status(database)
                #expect(status?.position == 2 && status?.stops == [])
            }
        }
    }
}

extension TestDatabase {
    func verifier(_ library: Library) -> ProjectionVerifier {
        ProjectionVerifier(owner: owner, definitions: library.projections)
    }
}
