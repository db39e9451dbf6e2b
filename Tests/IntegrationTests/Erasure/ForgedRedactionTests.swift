import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

extension ErasureTests {
    /// What an erasure may leave, and what is said when somebody left something else.
    @Suite("What is left of a redacted event", .timeLimit(.minutes(20)))
    struct ForgedRedactionTests {
        private static let salt: [UInt8] = Array(repeating: 3, count: 16)
        private static let fresh: [UInt8] = Array(repeating: 4, count: 16)
        private static let content = Array("id,name\n1,Ada\n2,Grace\n3,Mary\n".utf8)
        private static let rows = Array(#"{"fields":["id","name"],"rows":[[1,"Ada"],[2,"Grace"],[3,"Mary"]]}"#.utf8)

        private static var piece: FileLines { FileLines(content, starts: [0, 8, 14, 22], salt: salt) }

        private static func blanked(_ ranges: Range<Int>...) -> [UInt8] {
            var lines = piece
            for range in ranges {
                lines.blank(range, with: Array(repeating: UInt8(ascii: "x"), count: range.count)[...])
            }
            return lines.attachment
        }

        private static func chunk(erasing rows: Set<Int>) -> [UInt8] {
            ResultRows(Self.rows)?.redacted(erasing: rows, salt: salt, firstRow: 1) ?? []
        }

        /// Events with attachments, at the positions from 1 on.
        private enum Kind: Int64, CaseIterable {
            case piece = 1
            case oldPiece, chunk, oldChunk, other
        }

        private func withEvents(_ body: (TestDatabase, Scope) async throws -> Void) async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let scope = Scope(tenant: tenant, role: .system)
                let piece = #"{"index":0,"offset":0,"size":\#(Self.content.count),"compressed_size":9"#
                let root = ResultRows(Self.rows)?.root(salt: Self.salt, firstRow: 1)
                let chunk =
                    #"{"owner_id":"\#(tenant.text)","mapping_id":"\#(tenant.text)","first_row":1,"last_row":3,"rows":3,"#
                    + #""accepted":3,"rejected":0,"errors":[],"rows_root":"\#(root?.hexadecimal ?? "")""#
                func event(_ type: String, _ payload: String, _ attachment: [UInt8]) -> NewEvent {
                    NewEvent(
                        stream: StreamID(type: String(type.prefix { $0 != "." }), id: tenant), type: type,
                        payload: JSON(payload), attachment: attachment, salt: Self.salt)
                }
                try await database.log.append(
                    [
                        event(
                            "job.file_chunk_stored",
                            piece + #","lines":4,"lines_root":"\#(Self.piece.root.hexadecimal)"}"#, Self.content),
                        event("job.file_chunk_stored", piece + "}", Self.content),
                        event("job.rows_processed", chunk + #","fields":["id","name"]}"#, Self.rows),
                        event("job.rows_processed", chunk + "}", Self.rows),
                        event("probe.seen", "{}", Self.content),
                    ], as: scope)
                try await body(database, scope)
            }
        }

        private func replace(
            _ position: Int64, _ attachment: [UInt8]?, keeping keeps: Bool = false, _ database: TestDatabase,
            _ scope: Scope
        ) async -> PostgresError? {
            await postgresError {
                let salt: [[UInt8]] = try await database.column(
                    "SELECT salt FROM audit_logs WHERE position = \(position)")
                let rest = EventErasure.Remainder(
                    replacing: salt[0], salt: Array(UUID().text.utf8.prefix(16)), personal: nil, attachment: attachment,
                    keepsAttachment: keeps)
                _ = try await database.log.erase(
                    [EventErasure(position, keeping: rest)], command: UUID(), basis: "b", reason: "r", as: scope)
            }
        }

        struct Left: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var position: Int64
            var attachment: [UInt8]?
            var keeps = false
        }

        private static func left(
            _ name: String, _ kind: Kind, _ attachment: [UInt8]?, keeps: Bool = false
        ) -> Left {
            Left(testDescription: name, position: kind.rawValue, attachment: attachment, keeps: keeps)
        }

        private static var mallory: [UInt8] {
            var bytes = blanked(14..<21)
            bytes.replaceSubrange((bytes.count - 15)..<(bytes.count - 8), with: "MALLORY".utf8)
            return bytes
        }

        private static func changed(_ bytes: [UInt8], at offset: Int, by bits: UInt8 = 1) -> [UInt8] {
            var bytes = bytes
            bytes[bytes.indices.index(offset < 0 ? bytes.endIndex : bytes.startIndex, offsetBy: offset)] ^= bits
            return bytes
        }

        @Test(
            "anything but what the payload proves is refused, whoever asks, and nothing is changed",
            arguments: [
                left("other bytes in a piece", .piece, Array("MALLORY".utf8)),
                left("words in a blank line", .piece, mallory),
                left("another letter in a line that stays", .piece, changed(blanked(14..<21), at: -2)),
                left("another nonce", .piece, changed(blanked(14..<21), at: 29)),
                left("another leaf hash", .piece, changed(blanked(14..<21), at: 25 + 72 + 8)),
                left("a flag that is none", .piece, changed(blanked(14..<21), at: 25, by: 2)),
                left("something behind a nonce", .piece, changed(blanked(14..<21), at: 25 + 4 + 16)),
                left("a line less", .piece, Array(blanked(14..<21).dropLast(7))),
                left("a byte more", .piece, blanked(14..<21) + [0x0A]),
                left("a piece whose lines nothing opens", .piece, content),
                left("the same, kept", .piece, nil, keeps: true),
                left("nothing that is a piece", .piece, []),
                left("other bytes in an old piece", .oldPiece, Array("MALLORY".utf8)),
                left("blank lines in an old piece", .oldPiece, blanked(14..<21)),
                left("another row", .chunk, changed(chunk(erasing: [2]), at: 38)),
                left("another opening", .chunk, changed(chunk(erasing: [2]), at: -4)),
                left("rows whose salt goes", .chunk, rows),
                left("the same, kept", .chunk, nil, keeps: true),
                left("another row of an old chunk", .oldChunk, changed(chunk(erasing: [2]), at: 38)),
                left("other bytes of whatever event", .other, Array("MALLORY".utf8)),
                left("fewer bytes of it", .other, Array(content.dropLast())),
            ])
        func refused(left: Left) async throws {
            try await withEvents { database, scope in
                let state: SQL = "SELECT md5(string_agg(l::text, '' ORDER BY position)) FROM audit_logs l"
                let before: [String] = try await database.column(state)
                let error = await replace(left.position, left.attachment, keeping: left.keeps, database, scope)
                #expect(error?.sqlstate == "22023", "\(String(describing: error))")
                #expect(error?.message.contains("what the payload proves") ?? false)
                #expect(try await database.column(state) == before)
            }
        }

        @Test("what the payload proves is kept, again and again; the rest of it is said not to be proved")
        func kept() async throws {
            try await withEvents { database, scope in
                func expect(_ counts: [Int64]) async throws {
                    let found = try await database.log.verify(as: scope)
                    #expect(found.isSound, "\(found.problems)")
                    #expect([found.erased, found.redacted, found.unproved] == counts)
                    #expect(found.notProved.contains { $0.contains("no payload proves") } == (counts[2] > 0))
                }
                #expect(await replace(1, Self.blanked(14..<21), database, scope) == nil)
                try await expect([0, 1, 0])
                // One more line; a line that was blank does not come back.
                #expect(await replace(1, Self.blanked(8..<13), database, scope)?.sqlstate == "22023")
                #expect(await replace(1, Self.blanked(8..<13, 14..<21), database, scope) == nil)
                #expect(await replace(1, nil, keeping: true, database, scope) == nil)
                try await expect([0, 1, 0])
                #expect(await replace(3, Self.chunk(erasing: [2]), database, scope) == nil)
                try await expect([0, 2, 0])
                #expect(await replace(4, Self.chunk(erasing: [2]), database, scope) == nil)
                try await expect([0, 3, 1])
                #expect(await replace(2, nil, keeping: true, database, scope) == nil)
                #expect(await replace(5, nil, keeping: true, database, scope) == nil)
                try await expect([0, 5, 3])
                _ = try await database.log.erase(
                    [2, 4, 5].map { EventErasure($0) }, command: UUID(), basis: "b", reason: "r", as: scope)
                try await expect([3, 2, 0])
            }
        }

        @Test("a piece with a line of 70,000 bytes and 70,000 lines of a few is redacted as any other")
        func manyLines() async throws {
            let long = Array(repeating: UInt8(ascii: "a"), count: 70_000) + [0x0A]
            let content = long + (0..<70_000).flatMap { _ in [UInt8(ascii: "1"), 0x0A] }
            let starts = [0] + (0..<70_000).map { long.count + 2 * $0 }
            var lines = FileLines(content, starts: starts, salt: Self.salt)
            let payload =
                #"{"index":0,"offset":0,"size":\#(content.count),"compressed_size":9,"lines":70001,"lines_root":"\#(lines.root)"}"#
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("one")
                let scope = Scope(tenant: tenant, role: .system)
                try await database.log.append(
                    [
                        NewEvent(
                            stream: StreamID(type: "job", id: tenant), type: "job.file_chunk_stored",
                            payload: JSON(payload), attachment: content, salt: Self.salt)
                    ], as: scope)
                lines.blank(content.count - 2..<content.count - 1, with: [UInt8(ascii: "x")])
                #expect(await replace(1, lines.attachment, database, scope) == nil)
                lines.blank(0..<70_000, with: Array(repeating: UInt8(ascii: "x"), count: 70_000)[...])
                #expect(await replace(1, lines.attachment, database, scope) == nil)
                let found = try await database.log.verify(as: scope)
                #expect(found.isSound && found.redacted == 1 && found.unproved == 0, "\(found.problems)")
            }
        }

        @Test("what an administrator puts in the place of a piece is found, whatever an erasure event says of it")
        func forged() async throws {
            try await withEvents { database, scope in
                let tenant = try #require(scope.tenant)
                for (kind, attachment, verdict) in [
                    (Kind.piece, Array("MALLORY".utf8), "1 modified"), (.piece, Self.mallory, "1 modified"),
                    (.piece, Self.content, "1 modified"), (.oldPiece, Array("MALLORY".utf8), nil),
                    (.chunk, Self.changed(Self.chunk(erasing: []), at: 38), "3 modified"),
                ] as [(Kind, [UInt8], String?)] {
                    let position = kind.rawValue
                    try await database.tamper(
                        """
                        UPDATE audit_logs SET salt = '\\x\(Self.fresh.hexadecimal)', attachment = '\\x\(attachment.hexadecimal)'
                        WHERE position = \(position)
                        """)
                    let hash = Hashes.erasable(salt: Self.fresh, personal: nil, attachment: attachment).hexadecimal
                    // Only audit_erase looks at what such an event says.
                    try await database.forge(
                        NewEvent(
                            stream: StreamID(type: "job", id: tenant), type: "job.erased",
                            payload: JSON(
                                #"{"basis":"b","positions":[],"replaced":[{"erasable_hash":"\#(hash)","position":\#(position)}],"types":{"job.file_chunk_stored":[]}}"#
                            )), as: scope)
                    let found = try await database.log.verify(as: scope)
                    #expect(
                        found.problems.filter { $0.position == position }.map { "\($0.position) \($0.verdict)" }
                            == (verdict.map { [$0] } ?? []))
                    if verdict == nil { #expect(found.unproved == 1) }
                }
            }
        }

        @Test("the payload of an erasure is written in one way: members in order, nothing between them")
        func canonical() async throws {
            try await withEvents { database, scope in
                try await database.log.append(
                    [
                        NewEvent(
                            stream: StreamID(type: "probe", id: UUID(named: "x")), type: "probe.said",
                            payload: JSON("{}"), personal: JSON(#"{"b\"ä":"1","a b":2,"login":"ann"}"#))
                    ], as: scope)
                let salt: [[UInt8]] = try await database.column("SELECT salt FROM audit_logs WHERE position = 6")
                let rest = EventErasure.Remainder(
                    replacing: salt[0], salt: Self.fresh, personal: JSON(#"{"login":"ann"}"#))
                _ = try await database.log.erase(
                    [
                        EventErasure(6, keeping: rest), EventErasure(5), EventErasure(1), EventErasure(2),
                        EventErasure(4),
                    ],
                    command: UUID(), basis: "gdpr-17", reason: "r", as: scope)
                let hash = Hashes.erasable(salt: Self.fresh, personal: rest.personal, attachment: nil).hexadecimal
                let payloads: [String] = try await database.column(
                    "SELECT payload::text FROM audit_logs WHERE event_type LIKE '%.erased' ORDER BY payload::text")
                #expect(
                    payloads == [
                        #"{"basis":"gdpr-17","positions":[[1,2],[4,4]],"replaced":[],"types":{"job.file_chunk_stored":[],"job.rows_processed":[]}}"#,
                        #"{"basis":"gdpr-17","positions":[[5,5]],"replaced":[],"types":{"probe.seen":[]}}"#,
                        #"{"basis":"gdpr-17","positions":[],"replaced":[{"erasable_hash":"\#(hash)","position":6}],"types":{"probe.said":["a b","b\"ä"]}}"#,
                    ])
            }
        }
    }
}
