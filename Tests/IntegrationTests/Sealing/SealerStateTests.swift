import FoundationEssentials
import Glibc
import Postgres
import TestSupport
import Testing

@testable import AuditLog

@Suite("What a sealer keeps outside the database", .timeLimit(.minutes(20)))
struct SealerStateTests {
    struct Crash: Error {}

    @Test(
        "stopped at any step, it goes on where it was and signs nothing that contradicts",
        arguments: Sealer.Step.allCases)
    func crashes(_ step: Sealer.Step) async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            for count in [3, 250, 10, 600] {
                try await log.append(count)
                var sealer = log.sealer
                sealer.onStep = { if $0 == step { throw Crash() } }
                await #expect(throws: Crash.self) { try await sealer.seal(patrol: .slice(64)) }
                // Again, where there is still something to do.
                _ = try? await sealer.seal(patrol: .slice(64))
                // More is appended before the next try, or not.
                if count > 200 { try await log.append(2) }
                #expect(try await log.seal(.slice(64))?.repairs == [])
                #expect(try await log.tiles().root == (try await log.verifiedRoot()))
                let latest = try #require(try await log.checkpoint())
                #expect(latest.size == (try await database.log.size(as: log.scope)))
                #expect(try log.state().note == latest.note)
            }
            let keys = try await database.log.read(EventFilter(type: LogKeyAdded.type), as: log.scope)
            #expect(keys.count == 1)
        }
    }

    @Test("lost, nothing is signed until the log is adopted, and then only one that goes on from its last checkpoint")
    func lost() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(300)
            try await log.seal()
            try log.folder.remove(.state)
            try await log.append(1)
            #expect(try await log.refusal()?.code == .stateLost)
            try await log.tamper("UPDATE mine SET payload = '{}' WHERE position = 17")
            await #expect(throws: SealRefusal.self) { try await log.sealer.seal(adopting: true) }
            try log.folder.remove(.state)
            try await log.tamper("UPDATE mine SET payload = '{\"number\":16}' WHERE position = 17")
            #expect(try await log.sealer.seal(adopting: true)?.size == 303)
            #expect(try await log.refusal(.all) == nil)
        }
    }

    @Test("a log that was rewritten whole is not adopted: its checkpoint is of other events")
    func rewritten() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(300)
            try await log.seal()
            try log.folder.remove(.state)
            try await log.tamper(
                """
                UPDATE mine SET event_id = gen_random_uuid() WHERE position = 17;
                UPDATE mine SET leaf_hash = sha256('\\x00'::bytea || convert_to(audit_entry(tenant_id, position, event_id,
                    audit_time(recorded_at), stream_type, stream_id, stream_version, event_type, schema_version, actor_id,
                    correlation_id, causation_id, commitment), 'UTF8')) WHERE position = 17
                """)
            await #expect(throws: SealRefusal.self) { try await log.sealer.seal(adopting: true) }
            #expect(SealRefusal.Record(log.folder)?.refusal.code == .foreignCheckpoint)
        }
    }

    @Test("two sealers with one key on two machines follow each other, and never part")
    func twoMachines() async throws {
        try await TestTemplate.schema.withCopy { database in
            let one = try await SealedLog(database)
            try await one.append(10)
            try await one.seal()
            let other = try await SealedLog(database, tenant: one.tenant)
            for file in [SealerFolder.File.key, .state] {
                try other.folder.write(try #require(try one.folder.read(file)), to: file)
            }
            for count in [1, 300, 20, 700] {
                try await one.append(count)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for log in [one, other, one, other] { group.addTask { try await log.seal(.slice(100)) } }
                    try await group.waitForAll()
                }
                try await other.seal()
                try await one.seal()
                #expect(try one.state().edge == other.state().edge)
                #expect(try await one.tiles().root == (try await one.verifiedRoot()))
            }
        }
    }

    @Test("a state that was cut or edited is not used", arguments: ["", "{}", "cut", "size", "edge"])
    func damaged(_ damage: String) async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(20)
            try await log.seal()
            let text = try #require(try log.folder.read(.state))
            let other =
                switch damage {
                case "cut": String(text.prefix(text.count / 2))
                case "size": text.replacing("\"size\" : 22", with: "\"size\" : 21")
                case "edge": text.replacing("p/22\" : \"", with: "p/22\" : \"AAAA")
                default: damage
                }
            try #require(other != text)
            try log.folder.write(other, to: .state)
            #expect(try await log.refusal()?.code == .stateDamaged)
            try log.folder.write(text, to: .state)
            #expect(try await log.refusal() == nil)
        }
    }
}
