import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

@testable import Projections

extension PoisonTests {
    @Suite("Versions of events", .timeLimit(.minutes(20)))
    struct UpcasterTests {
        private static func upcaster(_ version: Int, _ payload: String, personal: String = "personal") -> String {
            """
            CREATE OR REPLACE FUNCTION fold.upcast_item_counted_\(version)(INOUT payload jsonb, INOUT personal jsonb)
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT \(payload), \(personal) $$;
            COMMENT ON FUNCTION fold.upcast_item_counted_\(version)(jsonb, jsonb) IS 'item.counted from version \(version)';
            """
        }

        /// Version 2 calls it `count`, version 3 counts in tens.
        private static let files = [
            "counters.sql": Counters().file.replacing("item.*", with: "item.counted@3").replacing(
                "'n'", with: "'tens'"),
            "upcasters/item.counted.1.sql": upcaster(1, "jsonb_build_object('count', payload->'n')"),
            "upcasters/item.counted.2.sql": upcaster(
                2, "jsonb_build_object('tens', ((payload->>'count')::bigint / 10)::text)",
                personal: #"personal || '{"seen":true}'"#),
        ]

        private static func event(_ stream: UUID, _ version: Int32, _ payload: String) -> NewEvent {
            NewEvent(
                stream: StreamID(type: "item", id: stream), type: "item.counted", schemaVersion: version,
                payload: JSON(payload), personal: JSON(#"{"login":"x"}"#))
        }

        @Test("events of every version are folded and read as the version of today says it; what is stored stays")
        func upcast() async throws {
            try await Counters.withDatabase(Self.files) { database, library in
                let stream = UUID(named: "item", "1")
                let stored = [#"{"n":"120"}"#, #"{"count":"30"}"#, #"{"tens":"5"}"#]
                try await database.log.append(
                    stored.enumerated().map { Self.event(stream, Int32($0.offset) + 1, $0.element) }, as: Counters.scope
                )
                try await database.projections.catchUp(as: Counters.scope)
                #expect(try await Counters().rows(database) == ["\(stream.text) 20 3"])
                let definition = try #require(library.projections.first { $0.name == "counters" })
                #expect(try await Conformance(database: database, definition: definition).problems() == [])

                let raw = try await database.log.read(as: Counters.scope)
                #expect(raw.map { String(decoding: $0.payload.bytes, as: UTF8.self) } == stored)
                let read = try await database.log.read(EventFilter(isUpcast: true), as: Counters.scope)
                #expect(
                    read.map { $0.payload.text.filter { $0 != " " } } == ["12", "3", "5"].map { #"{"tens":"\#($0)"}"# })
                #expect(read.map(\.schemaVersion) == [3, 3, 3])
                #expect(read.map { $0.personal?.text.contains("seen") } == [true, true, false])
                #expect(read.map(\.leafHash) == raw.map(\.leafHash))
                #expect(try await database.log.verify(as: Counters.scope).isSound)

                let trail: [String] = try await database.app.transaction(Counters.scope.transaction()) { session in
                    try session.query(
                        #"SELECT coalesce(old_values::text, '') || ' ' || new_values::text FROM audit_trail ORDER BY position"#
                    ) { try $0.decode(0) }
                }
                // Things that happened have no former values.
                #expect(
                    trail == [
                        #" {"seen": true, "tens": "12"}"#, #" {"seen": true, "tens": "3"}"#, #" {"tens": "5"}"#,
                    ])
            }
        }

        @Test(
            "a version that is not understood stops the projection that reads it, and no other; a later Atlas2 goes on there"
        )
        func newer() async throws {
            try await Counters.withDatabase(
                Self.files.merging(["all.sql": Counters(name: "others").file.replacing("item.*", with: "probe.*")]) {
                    $1
                }
            ) {
                database, library in
                let stream = UUID(named: "item", "1")
                try await database.log.append(
                    [Self.event(stream, 1, #"{"n":"120"}"#), Self.event(stream, 4, #"{"hundreds":"2"}"#)],
                    as: Counters.scope)
                let stops = try await database.projections.catchUp(as: Counters.scope).stops
                #expect(stops.map(\.projection) == ["counters"] && stops.map(\.position) == [1])
                #expect(stops.first?.error == "item.counted in version 4 is not known here")
                // The same definition, by a program that knows the version.
                var later = library
                let index = try #require(later.projections.firstIndex { $0.name == "counters" })
                later.projections[index].understood = ["item.counted": 4]
                later.projections[index].fold = later.projections[index].fold.replacing(
                    "'tens')", with: "CASE WHEN payload ? 'hundreds' THEN 'hundreds' ELSE 'tens' END)")
                try await Schema(owner: database.owner, library: later).up()
                try await database.projections.retry("counters", as: Command(scope: Counters.scope))
                #expect(try await database.projections.catchUp(as: Counters.scope).stops == [])
                #expect(try await Counters().rows(database) == ["\(stream.text) 14 2"])
            }
        }
    }
}
