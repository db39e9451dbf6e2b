import FoundationEssentials
import Postgres
import TestSupport
import Testing

@testable import AuditLog

@Suite("The sealer", .timeLimit(.minutes(20)))
struct SealerTests {
    @Test("signs a checkpoint of the log's size and root, and stores the tiles that lead to it")
    func seals() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            for count in [1, 3, 251, 1, 300, 1000] {
                try await log.append(count)
                let outcome = try #require(try await log.seal())
                let latest = try #require(try await log.checkpoint())
                let size = try await database.log.size(as: log.scope)
                #expect(latest.size == size && outcome.size == size)
                #expect(latest.root == (try await log.verifiedRoot()))
                let keys = try LogKeys(log.folder)
                let signed = try SignedCheckpoint(parsing: latest.note)
                let checkpoint = try signed.verify(key: keys.current.verifier, origin: "example.com/log")
                #expect(checkpoint.size == size && checkpoint.root == latest.root)
                #expect(try await log.tiles().size == size)
                #expect(try log.state().note == latest.note)
            }
            // Nothing new: nothing is signed.
            let before: [Int64] = try await database.column("SELECT size FROM log_checkpoints ORDER BY size")
            #expect(try await log.seal()?.sealed == 0)
            #expect(try await database.column("SELECT size FROM log_checkpoints ORDER BY size") == before)
        }
    }

    @Test("seals a long log in steps, each with a checkpoint of its own")
    func steps() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(1500)
            var sealer = log.sealer
            sealer.step = 400
            #expect(try await sealer.seal()?.sealed == 1502)
            #expect(
                try await database.column("SELECT size FROM log_checkpoints ORDER BY size") == [400, 800, 1200, 1502]
                    as [Int64])
            #expect(try await log.tiles().root == (try await log.verifiedRoot()))
        }
    }

    @Test("announces its key in the log, once")
    func announces() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.seal()
            try await log.seal()
            let events = try await database.log.read(EventFilter(type: LogKeyAdded.type), as: log.scope)
            #expect(events.count == 1)
            let payload = try #require(events.first).payload(of: LogKeyAdded.self)
            #expect(payload.key == (try LogKeys(log.folder).current.verifier.vkey))
            #expect(payload.replaces == nil)
        }
    }
}
