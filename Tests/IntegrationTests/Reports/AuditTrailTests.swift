import AuditLog
import Foundation
import Postgres
import TestSupport
import Testing

extension ReportTests {
    @Suite("The view audit_trail", .timeLimit(.minutes(20)))
    struct AuditTrailTests {
        private static let stateful: Set = ["user", "tenant", "setting", "api", "mapping"]

        private static func object(_ json: JSON?) throws -> [String: JSONValue] {
            try json.map { try JSONDecoder().decode([String: JSONValue].self, from: Data($0.bytes)) } ?? [:]
        }

        @Test("old and new values are those that a reader of the whole log finds, erased ones null, for every event")
        func values() async throws {
            try await TestTemplate.history.withCopy { database in
                var (changes, gone) = (0, 0)
                for tenant in HistoryTenants.all {
                    var events: [RecordedEvent] = []
                    try await database.log.forEach(EventFilter(attachments: false), as: .system(tenant)) {
                        events.append($0)
                    }
                    // What erasures took from which event.
                    var lost: [Int64: Set<String>] = [:]
                    for event in events {
                        guard let erasure = Erasure(event) else { continue }
                        let positions =
                            erasure.positions.flatMap { Array($0[0]...$0[1]) } + erasure.replaced.map(\.position)
                        for position in positions {
                            lost[position, default: []].formUnion(erasure.types[events[Int(position)].type] ?? [])
                        }
                    }
                    let rows: [(Int64, JSON?, JSON)] = try await database.app.transaction(
                        Scope.system(tenant).transaction(readOnly: true)
                    ) { session in
                        try session.query("SELECT position, old_values, new_values FROM audit_trail ORDER BY position")
                        {
                            (try $0.decode(0), try $0.decode(1), try $0.decode(2))
                        }
                    }
                    #expect(rows.map(\.0) == events.map(\.position))
                    var states: [StreamID: [String: JSONValue]] = [:]
                    for (event, row) in zip(events, rows) {
                        var new = try Self.object(event.payload)
                        for (name, value) in try Self.object(event.personal) where name != "login" { new[name] = value }
                        #expect(try Self.object(row.2) == new, "\(event.position)")
                        guard Self.stateful.contains(event.stream.type), !Erasure.isErasure(event) else {
                            #expect(row.1 == nil, "\(event.position)")
                            continue
                        }
                        let state = states[event.stream] ?? [:]
                        let old = state.filter { new.keys.contains($0.key) }
                        #expect(try Self.object(row.1) == old, "\(event.position) \(event.type)")
                        changes += old.count
                        gone += old.values.count { $0 == .null }
                        for name in lost[event.position] ?? [] where new[name] == nil && name != "login" {
                            new[name] = .null
                        }
                        states[event.stream, default: [:]].merge(new) { $1 }
                    }
                }
                #expect(changes > 200)
                #expect(gone > 0)
            }
        }

        @Test("an event's old values cost the same in a long stream as in a short one")
        func linear() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("long")
                func add(_ count: Int, to stream: UUID) async throws {
                    let events = (0..<count).map { number in
                        NewEvent(
                            stream: StreamID(type: "setting", id: stream), type: "setting.changed",
                            payload: JSON(#"{"key":"max_file_size","value":\#(number)}"#))
                    }
                    try await database.log.append(events, as: .system(tenant))
                }
                for _ in 0..<4 { try await add(2000, to: UUID(named: "long")) }
                // Pages that the last event of a stream has to be read from, as the server counts them.
                func pages(_ stream: UUID) async throws -> Int64 {
                    try await database.administrator.session { session in
                        let plan = try session.query(
                            """
                            EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT old_values, erasure FROM audit_trail
                            WHERE tenant_id = \(tenant) AND stream_type = 'setting' AND stream_id = \(stream)
                            ORDER BY version DESC LIMIT 1
                            """
                        ) { try $0.decode(0, as: JSON.self) }
                        let text = plan.first?.text ?? ""
                        let hits = text.matches(of: /"Shared (?:Hit|Read) Blocks": (\d+)/).prefix(2)
                        return hits.reduce(0) { $0 + (Int64($1.1) ?? 0) }
                    }
                }
                try await database.tamper("VACUUM ANALYZE audit_logs")
                let long = try await pages(UUID(named: "long"))
                #expect((1...100).contains(long), "\(long) pages")
            }
        }
    }
}
