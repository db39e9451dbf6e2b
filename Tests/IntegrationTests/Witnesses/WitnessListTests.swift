import AuditLog
import FoundationEssentials
import Postgres
import Processing
import TestSupport
import Testing
import Witnesses

extension LawTests {
    @Suite("The list of witnesses", .timeLimit(.minutes(20)))
    struct WitnessListTests {
        private func witness(_ name: String, at url: String = "https://witness.example") throws -> Witness {
            try Witness(url: url, vkey: NoteSigner(name: name, kind: .cosignature).verifier.vkey)
        }

        @Test("many who add the same witness at once leave one event, and others beside it")
        func adding() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("acme")
                let command = Command(scope: .system(tenant))
                let (one, other) = (try witness("w1"), try witness("w2"))
                let added = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                    for index in 0..<6 {
                        tasks.addTask {
                            try await LogWitnesses(database.log).add(index == 3 ? other : one, as: command)
                        }
                    }
                    return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(added == 2)
                #expect(try await database.log.size(as: command.scope) == 3)
                let overview = try await WitnessOverview.read(database.app, as: command.scope)
                #expect(Set(overview.witnesses.map(\.witness)) == [one, other])
            }
        }

        @Test("a known key with another address is moved there, and only admins decide")
        func moving() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("acme")
                let witnesses = LogWitnesses(database.log)
                let command = Command(scope: .system(tenant))
                let before = try witness("w1")
                let after = try Witness(url: "https://new.example", vkey: before.key.vkey)
                #expect(try await witnesses.add(before, as: command))
                #expect(try await witnesses.add(after, as: command))
                let overview = try await WitnessOverview.read(database.app, as: command.scope)
                #expect(overview.witnesses.map(\.witness) == [after])
                for role in [Scope.Role.user, .auditor] {
                    let stranger = Command(scope: Scope(tenant: tenant, role: role))
                    await #expect(throws: Failure.self) { try await witnesses.add(before, as: stranger) }
                    await #expect(throws: Failure.self) { try await witnesses.remove("w1", as: stranger) }
                }
                #expect(try await witnesses.remove("w1", as: command) == after.key.vkey)
                await #expect(throws: Failure.self) { try await witnesses.remove("w1", as: command) }
                #expect(try await WitnessOverview.read(database.app, as: command.scope).witnesses.isEmpty)
            }
        }

        @Test("a failure counts from its first until a cosignature of what was sent, whichever of two workers is later")
        func failures() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("acme")
                let command = Command(scope: .system(tenant))
                let signer = try NoteSigner(name: "w1", kind: .cosignature)
                let witness = try Witness(url: "https://witness.example", vkey: signer.verifier.vkey)
                _ = try await LogWitnesses(database.log).add(witness, as: command)
                let key = witness.key.vkey
                func run(_ call: SQL) async throws -> WitnessStatus.Trouble? {
                    try await database.sealer.transaction(command.scope.transaction()) { _ = try $0.execute(call) }
                    let overview = try await WitnessOverview.read(database.app, as: command.scope)
                    return overview.witnesses.first?.trouble
                }
                let log = try await SealedLog(database, tenant: tenant)
                var sizes: [Int64] = []
                var lines: [String] = []
                for _ in 1...2 {
                    try await log.append(1)
                    sizes.append(try #require(try await log.seal()).size)
                    let checkpoint = try SignedCheckpoint(parsing: try #require(try await log.checkpoint()).note)
                    lines.append(try signer.signature(on: checkpoint.note.text, time: 1).line)
                }
                let cosigned = "SELECT audit_cosign(\(tenant), \(sizes[0]), \(key), \(lines[0]))" as SQL
                func failed(_ size: Int64) -> SQL {
                    "SELECT audit_cosign_failed(\(tenant), \(size), \(key), 'away', 'is away')"
                }
                let first = try #require(try await run(failed(sizes[0])))
                let second = try #require(try await run(failed(sizes[0])))
                #expect(first.code == .away && first.message == "is away")
                #expect(second.since == first.since && second.failedAt > first.failedAt)
                #expect(try await run(cosigned) == nil)
                #expect(try await run(failed(sizes[0])) == nil)
                #expect(try await run(failed(sizes[1])) != nil)
            }
        }

        @Test("what others appended as a witness and is none keeps the others from nothing, and can be removed")
        func unusable() async throws {
            try await TestTemplate.schema.withCopy { database in
                let tenant = try await database.createTenant("acme")
                let command = Command(scope: .system(tenant))
                let witnesses = LogWitnesses(database.log)
                let right = try witness("w1")
                _ = try await witnesses.add(right, as: command)
                let stream = LogKeyAdded.streamID(tenant: tenant)
                let wrong = LogWitnessAdded(url: "file:///etc/passwd", key: try witness("w2").key.vkey)
                try await database.log.append(
                    [
                        try command.event(wrong, on: stream),
                        try command.event(LogWitnessAdded(url: "https://w.example", key: "garbage"), on: stream),
                    ], as: command.scope)
                let overview = try await WitnessOverview.read(database.app, as: command.scope)
                #expect(overview.witnesses.map(\.witness) == [right])
                #expect(Set(overview.unusable.map(\.key)) == [wrong.payload.key, "garbage"])
                #expect(try await witnesses.remove("garbage", as: command) == "garbage")
                let rest = try await WitnessOverview.read(database.app, as: command.scope)
                #expect(rest.unusable.map(\.key) == [wrong.payload.key])
            }
        }
    }
}
