import AuditLog
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Projections

extension PoisonTests {
    @Suite("A projection that sets streams aside", .timeLimit(.minutes(20)))
    struct SetAsideTests {
        private static let counters = Counters(poison: "set-aside")

        /// The events that are folded when those in `left` are skipped: each stream's, up to its first poison.
        private func folded(_ events: [Counters.Event], without left: Set<Int>) -> (rows: [String], stops: [Int64]) {
            var (taken, stops, waiting): ([Counters.Event], [Int64], Set<UUID>) = ([], [], [])
            for (position, event) in events.enumerated()
            where !left.contains(position) && !waiting.contains(event.stream) {
                if event.number == nil {
                    waiting.insert(event.stream)
                    stops.append(Int64(position))
                } else {
                    taken.append(event)
                }
            }
            return (Counters.rows(taken), stops)
        }

        @Test(
            "whatever the batches, later events of a stream wait behind its poison, others go on; skipped at random, it is equal to every replay at each step",
            arguments: [1, 7, 1000, 100_000] as [Int64])
        func waits(batch: Int64) async throws {
            let counters = Self.counters
            try await Counters.withDatabase(["counters.sql": counters.file]) { database, library in
                let events = try await Counters.append(300, poison: 25, database, seed: 77 &+ UInt64(batch))
                let definition = try #require(library.projections.first { $0.name == "counters" })
                let command = Command(scope: Counters.scope)
                var random = SplitMix64(seed: UInt64(batch))
                var left: Set<Int> = []
                var rounds = 0
                while true {
                    try await database.projections.catchUp(as: Counters.scope, batch: batch)
                    let status = try #require(try await counters.status(database))
                    let expected = folded(events, without: left)
                    #expect(status.lag == 0 && status.stop == nil)
                    #expect(status.setAside.map(\.position) == expected.stops)
                    #expect(try await counters.rows(database) == expected.rows)
                    if rounds % 5 == 0 || expected.stops.isEmpty {
                        let problems = try await Conformance(database: database, definition: definition).problems()
                        #expect(problems == [])
                        #expect(try await database.verifier(library).verify().isEqual)
                    }
                    guard let stop = status.setAside.randomElement(using: &random) else { break }
                    rounds += 1
                    if random.chance(25) {
                        try await database.projections.retry("counters", as: command)
                    } else {
                        try await database.projections.skip(stop, reason: "poison", as: command)
                        left.insert(Int(stop.position))
                    }
                }
                #expect(left == Set(events.indices.filter { events[$0].number == nil }))
            }
        }

        @Test("who goes back to former tables has what these had set aside, less what was decided meanwhile")
        func undone() async throws {
            let counters = Self.counters
            let newer = counters.file.replacing("version: 1", with: "version: 2")
            try await Counters.withDatabase(["counters.sql": counters.file]) { database, library in
                let events = try await Counters.append(100, poison: 12, database, seed: 9)
                try await database.projections.catchUp(as: Counters.scope)
                let stops = try #require(try await counters.status(database)).setAside
                #expect(stops.count > 2)
                let report = try await database.verifier(library).verify()
                #expect(report.isEqual)
                #expect(report.projections.first { $0.name == "counters" }?.setAside == Int64(stops.count))

                let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
                defer { try? FileManager.default.removeItem(at: folder) }
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try newer.write(to: folder.appendingPathComponent("counters.sql"), atomically: true, encoding: .utf8)
                let rebuilder = ProjectionRebuilder(
                    owner: database.owner, library: try Library.project(additional: [folder.path]))
                let command = Command(scope: Counters.scope)
                _ = try await rebuilder.rebuild(["counters"], as: command)
                try await database.projections.skip(stops[0], reason: "poison", as: command)
                try await database.projections.catchUp(as: Counters.scope)
                _ = try await rebuilder.undo("counters", as: command)
                try await database.projections.catchUp(as: Counters.scope)

                let expected = folded(events, without: [Int(stops[0].position)])
                #expect(try await counters.rows(database) == expected.rows)
                #expect(try await counters.status(database)?.setAside.map(\.position) == expected.stops)
                #expect(try await database.verifier(library).verify().isEqual)
            }
        }

        @Test("what a replay sets aside stands in its own schema, like what the live one has set aside")
        func ownState() async throws {
            let counters = Self.counters
            try await Counters.withDatabase(["counters.sql": counters.file]) { database, library in
                _ = try await Counters.append(100, poison: 10, database, seed: 5)
                try await database.projections.catchUp(as: Counters.scope)
                let definition = try #require(library.projections.first { $0.name == "counters" })
                var options = TransactionOptions()
                options.settings = [("role", "atlas2_owner")]
                try await database.owner.transaction(options) { session in
                    var replay = try Replay([definition], unlogged: true, session)
                    try replay.advance(definition, tenant: Counters.tenant, to: 100, batch: 9, session)
                    func stops(_ schema: String) throws -> [String] {
                        try session.query(
                            """
                            SELECT concat_ws(' ', position, stream_id, event_id, set_aside, sqlstate, error)
                            FROM \(identifier: schema).projection_stops ORDER BY position
                            """
                        ) { try $0.decode(0) }
                    }
                    let live = try stops("public")
                    let replayed = try stops(replay.schema)
                    #expect(live.count > 2 && replayed == live)
                    // Put in the place of the live ones, they are the live ones' state.
                    try session.execute(
                        "SELECT projection_placed('counters', \(Counters.tenant), 100, \(replay.schema))")
                    let placed = try stops("public")
                    #expect(placed == live)
                    try replay.drop(session)
                }
            }
        }

        @Test("inline, a new event that cannot be folded is refused; one that is not understood makes its stream wait")
        func inline() async throws {
            let counters = Counters(mode: "inline", poison: "set-aside")
            try await Counters.withDatabase(["counters.sql": counters.file]) { database, library in
                let (one, other) = (UUID(named: "item", "1"), UUID(named: "item", "2"))
                try await database.log.append(
                    [Counters.event(one, "1"), Counters.event(other, "10")], as: Counters.scope)
                let refused = await postgresError {
                    try await database.log.append([Counters.event(one, "many")], as: Counters.scope)
                }
                #expect(refused?.sqlstate == "22P02")
                try await database.log.append(
                    [Counters.event(one, "2", version: 2), Counters.event(other, "20"), Counters.event(one, "4")],
                    as: Counters.scope)
                try await database.log.append(
                    [Counters.event(one, "8"), Counters.event(other, "40")], as: Counters.scope)
                #expect(try await counters.rows(database) == ["\(one.text) 1 1", "\(other.text) 70 3"].sorted())
                let status = try #require(try await counters.status(database))
                #expect(status.lag == 0 && status.setAside.map(\.position) == [2])
                #expect(status.setAside.first?.sqlstate == "AT001")
                let definition = try #require(library.projections.first { $0.name == "counters" })
                #expect(try await Conformance(database: database, definition: definition).problems() == [])
                try await database.projections.skip(
                    try #require(status.setAside.first), reason: "newer", as: Command(scope: Counters.scope))
                try await database.projections.catchUp(as: Counters.scope)
                try await database.log.append([Counters.event(one, "16")], as: Counters.scope)
                #expect(try await counters.rows(database) == ["\(one.text) 29 4", "\(other.text) 70 3"].sorted())
                #expect(try await counters.status(database)?.stops == [])
                #expect(try await Conformance(database: database, definition: definition).problems() == [])
            }
        }
    }
}
