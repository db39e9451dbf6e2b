import AuditLog
import Foundation
import Postgres
import TestSupport

@testable import Projections

/// A projection of a test's own, over `item.counted` events, and a log of them with poison in it.
struct Counters {
    /// What an event counts; nil: what no fold can count.
    struct Event {
        var stream: UUID
        var number: Int64?
        var text: String { number.map(String.init) ?? "many" }
    }

    static let tenant = UUID(named: "tenant", "counters")
    static let scope = Scope.system(tenant)

    var name = "counters"
    var mode = "async"
    var poison = "stop"

    var file: String {
        """
        -- projection: \(name)
        -- version: 1
        -- mode: \(mode)
        -- events: item.*
        -- key: stream
        -- poison: \(poison)
        -- @schema
        CREATE TABLE \(name) (tenant_id uuid, id uuid, total bigint NOT NULL, events bigint NOT NULL, PRIMARY KEY (tenant_id, id));
        -- @fold
        INSERT INTO \(name) AS c (tenant_id, id, total, events)
        SELECT tenant_id, stream_id, sum((payload->>'n')::bigint), count(*) FROM events GROUP BY 1, 2
        ON CONFLICT (tenant_id, id) DO UPDATE SET total = c.total + excluded.total, events = c.events + excluded.events;
        """
    }

    /// Runs `body` with a database that has these projections besides the product's.
    static func withDatabase(
        _ files: [String: String], _ body: (TestDatabase, Library) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let library = try Library.project(additional: [folder.path])
        try await TestTemplate.schema.withCopy { database in
            let schema = Schema(owner: database.owner, library: library)
            try await schema.up()
            for file in try await schema.takeIn().faulty + library.faulty { throw SchemaError(file.summary) }
            try await body(database, library)
        }
    }

    static func event(
        _ stream: UUID, _ text: String, type: String = "item.counted", version: Int32 = 1
    ) -> NewEvent {
        NewEvent(
            stream: StreamID(type: String(type.prefix { $0 != "." }), id: stream), type: type, schemaVersion: version,
            payload: JSON("{\"n\":\"\(text)\"}"))
    }

    /// Appends a log of `count` events over five streams, one in `oneIn` of them poison.
    static func append(_ count: Int, poison oneIn: Int, _ database: TestDatabase, seed: UInt64) async throws -> [Event]
    {
        var random = SplitMix64(seed: seed)
        let events = (0..<count).map { _ in
            Event(
                stream: UUID(named: "item", String(Int.random(in: 0..<5, using: &random))),
                number: Int.random(in: 0..<oneIn, using: &random) == 0 ? nil : Int64.random(in: -9...9, using: &random))
        }
        try await database.log.append(events.map { event($0.stream, $0.text) }, as: scope)
        return events
    }

    /// The rows of the table, as `stream total events`.
    func rows(_ database: TestDatabase) async throws -> [String] {
        try await database.column(
            "SELECT id || ' ' || total || ' ' || events FROM \(identifier: name) ORDER BY id::text")
    }

    /// What the rows must be after these events.
    static func rows(_ events: some Sequence<Event>) -> [String] {
        var rows: [UUID: (total: Int64, events: Int)] = [:]
        for event in events {
            let row = rows[event.stream] ?? (0, 0)
            rows[event.stream] = (row.total + (event.number ?? 0), row.events + 1)
        }
        return rows.map { "\($0.text) \($1.total) \($1.events)" }.sorted()
    }

    func status(_ database: TestDatabase) async throws -> ProjectionStatus? {
        try await database.projections.status(as: Self.scope).first { $0.name == name }
    }
}
