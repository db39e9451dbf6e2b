import FoundationEssentials
import Glibc
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import AuditLog

/// What somebody does who may log in as the application, or even seal, and means no good.
@Suite("Sealing beside hostile colleagues", .timeLimit(.minutes(20)))
struct HostileColleagueTests {
    private func withLog(_ body: (SealedLog) async throws -> Void) async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(300)
            try await log.seal()
            try await body(log)
        }
    }

    /// Verified by one who knows no key, and by one who knows the log's.
    private func expectSound(
        _ log: SealedLog, knowing known: [NoteVerifier]? = nil, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        for keys in [[], try known ?? [LogKeys(log.folder).current.verifier]] {
            var evidence = Evidence()
            evidence.keys = keys
            let found = try await log.database.log.verify(as: log.scope, against: evidence)
            #expect(found.isSound, "\(found.problems)", sourceLocation: place)
            #expect(found.sealedSize == found.size, sourceLocation: place)
        }
    }

    private func announce(_ key: NoteVerifier, replacing former: NoteVerifier?, in log: SealedLog) async throws {
        let event = LogKeyAdded(key: key.vkey, replaces: former?.vkey)
        let stream = LogKeyAdded.streamID(tenant: log.tenant)
        try await log.database.log.append([Command(scope: log.scope).event(event, on: stream)], as: log.scope)
    }

    @Test("a key that somebody announces is said aloud once, stops no sealing, and leaves the log sound")
    func foreignKey() async throws {
        try await withLog { log in
            let own = try LogKeys(log.folder).current.verifier
            let stranger = try NoteSigner(name: "example.com/log").verifier
            try await announce(stranger, replacing: own, in: log)
            let first = try #require(try await log.seal())
            #expect(first.warnings.count == 1 && first.warnings[0].contains(stranger.vkey), "\(first)")
            try await log.append(3)
            #expect(try await log.seal()?.warnings == [])
            try await expectSound(log)
            let history = try await log.database.log.keyHistory(of: log.tenant)
            #expect(history.signing == [own] && history.unheeded.count == 1 && history.warning != nil)

            // The log's own rotation is followed all the same, before and behind it.
            let next = try await LogKeys.rotate(in: log.folder).current.verifier
            try await announce(try NoteSigner(name: "example.com/log").verifier, replacing: own, in: log)
            try await log.seal()
            try await announce(stranger, replacing: next, in: log)
            try await log.append(1)
            try await log.seal()
            for known in [own, next] { try await expectSound(log, knowing: [known]) }
            #expect(try await log.database.log.keyHistory(of: log.tenant).signing == [own, next])
        }
    }

    @Test("a sealer elsewhere goes on beside a foreign announcement, and stops at a rotation that both keys signed")
    func elsewhere() async throws {
        try await withLog { log in
            let other = try await SealedLog(log.database, tenant: log.tenant)
            for file in [SealerFolder.File.key, .state] {
                try other.folder.write(try #require(try log.folder.read(file)), to: file)
            }
            let own = try LogKeys(log.folder).current.verifier
            try await announce(try NoteSigner(name: "example.com/log").verifier, replacing: own, in: log)
            try await log.seal()
            #expect(try await other.refusal() == nil)
            _ = try await LogKeys.rotate(in: log.folder)
            try await log.seal()
            for _ in 0..<3 {
                try await log.append(1)
                try await log.seal()
                #expect(try await other.refusal()?.code == .keyReplaced)
            }
            try await expectSound(log)
        }
    }

    @Test("a key that was lost with its record is replaced, and what it signed stays the log's")
    func replaced() async throws {
        try await withLog { log in
            let lost = try LogKeys(log.folder).current.verifier
            let size = try #require(try await log.checkpoint()).size
            for file in [SealerFolder.File.key, .state] { try log.folder.remove(file) }
            let next = try await LogKeys.create(
                in: log.folder, origin: "example.com/log", slug: "sealed", isReplacing: true)
            let outcome = try #require(try await log.seal())
            #expect(outcome.repairs == [] && outcome.warnings == [], "\(outcome)")
            let kept = try #require(try await log.checkpoint(size: size))
            #expect(try SignedNote(parsing: kept.note).verify(with: [lost]) == [lost])
            try await expectSound(log)
            // Said to all, and nothing to who knows the lost one alone.
            var evidence = Evidence()
            evidence.keys = [lost]
            let found = try await log.database.log.verify(as: log.scope, against: evidence)
            #expect(!found.isSound && found.problems.allSatisfy { $0.detail.contains("did not sign the change") })
            evidence.keys = [next.current.verifier]
            let other = try await log.database.log.verify(as: log.scope, against: evidence)
            #expect(other.isSound && other.notProved.contains { $0.contains("without its signature") })
        }
    }

    @Test("the application may neither seal nor cosign, nor take away what is sealed")
    func application() async throws {
        try await withLog { log in
            let (tenant, root) = (log.tenant, [UInt8](repeating: 0, count: 32))
            for statement in [
                "SELECT audit_seal(\(tenant), 1, \(root), 'x', '{}')", "SELECT audit_unseal(\(tenant), 1, 'x')",
                "SELECT audit_cosign(\(tenant), 302, 'w', '— w AAAA')",
                "SELECT audit_cosign_failed(\(tenant), 302, 'w', 'away', 'x')", "SELECT audit_unwitnessed()",
                "SELECT FROM log_checkpoints FOR UPDATE", "SELECT FROM log_checkpoints FOR KEY SHARE",
                "LOCK TABLE log_checkpoints IN SHARE MODE", "LOCK TABLE audit_logs IN SHARE UPDATE EXCLUSIVE MODE",
                "SET LOCAL ROLE atlas2_sealer",
            ] as [SQL] {
                let error = await postgresError {
                    try await log.database.app.transaction(log.scope.transaction()) { _ = try $0.execute(statement) }
                }
                #expect(error?.sqlstate == "42501")
            }
        }
    }

    /// What one who may seal stores beside the sealer; the log has 303 events, 302 of them sealed.
    struct Garbage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var size: Int64
        var isRootRight = true
        /// Signed by a key that was announced; otherwise no note at all.
        var isSigned = false
    }

    private func store(_ garbage: Garbage, by stranger: NoteSigner, in log: SealedLog) async throws {
        let tenant = log.tenant
        let leaves = try await log.database.log.read(EventFilter(), as: log.scope)
        #expect(leaves.count >= Int(garbage.size))
        var root = MerkleHash.empty
        if garbage.isRootRight {
            var edge = TileEdge()
            for event in leaves.prefix(Int(garbage.size)) { _ = edge.append(leaf: Hashes.leaf(event)) }
            root = edge.tree.root
        }
        var signed = try SignedCheckpoint(Checkpoint(origin: "example.com/log", size: garbage.size, root: root))
        try signed.sign(with: stranger)
        let note = garbage.isSigned ? signed.encoded : String(repeating: "garbage", count: 100)
        let bytes = root.bytes
        try await log.database.sealer.transaction(log.scope.transaction()) { session in
            _ = try session.execute("SELECT audit_seal(\(tenant), \(garbage.size), \(bytes), \(note), '{}')")
        }
    }

    @Test(
        "a checkpoint that no key of the log signed is passed over by readers, taken away by the sealer, and sealing goes on",
        arguments: [
            Garbage(testDescription: "garbage in place of the last", size: 302),
            Garbage(testDescription: "garbage of the head's size", size: 303),
            Garbage(testDescription: "another root for the head's size", size: 303, isRootRight: false),
            Garbage(testDescription: "an announced stranger's", size: 303, isSigned: true),
            Garbage(
                testDescription: "an announced stranger's with another root", size: 303, isRootRight: false,
                isSigned: true),
        ])
    func garbage(_ garbage: Garbage) async throws {
        try await withLog { log in
            let before = try log.state().size
            let stranger = try NoteSigner(name: "example.com/log")
            if garbage.isSigned {
                try await announce(stranger.verifier, replacing: nil, in: log)
            } else {
                try await log.append(1)
            }
            try await store(garbage, by: stranger, in: log)
            if !garbage.isSigned {
                #expect(try await log.checkpoint()?.size == (garbage.size == before ? nil : before))
            }
            let outcome = try #require(try await log.seal(.slice(64)))
            #expect(outcome.repairs.contains { $0.contains("no key of this log") }, "\(outcome)")
            #expect(outcome.size == 303)
            #expect(try log.folder.read(.setAside) != nil)
            #expect(try await log.tiles().root == (try await log.verifiedRoot()))
            try await expectSound(log)
            try await log.append(1)
            #expect(try await log.seal(.all)?.repairs == [])
            try await expectSound(log)
        }
    }

    @Test(
        "one that is stored while the sealer is at work is taken away in the same turn", .serialized,
        arguments: [302, 303, 304])
    func race(size: Int64) async throws {
        try await withLog { log in
            try await log.append(2)
            var sealer = log.sealer
            let (tenant, database, scope) = (log.tenant, log.database, log.scope)
            let root = [UInt8](repeating: 7, count: 32)
            // From another process, while this one waits.
            sealer.onStep = { step in
                guard step == .extended else { return }
                let done = Signal()
                Task {
                    try? await database.sealer.transaction(scope.transaction()) { session in
                        _ = try session.execute("SELECT audit_seal(\(tenant), \(size), \(root), 'garbage', '{}')")
                    }
                    done.finish()
                }
                done.wait()
            }
            let outcome = try #require(try await sealer.seal(patrol: .slice(0)))
            #expect(outcome.size == 304)
            // A second root for a size that has one is refused by the function itself.
            #expect(outcome.repairs.isEmpty == (size == 302), "\(outcome)")
            try await expectSound(log)
        }
    }

    @Test("cosignatures that are none are not handed out, and proofs go on")
    func cosignatures() async throws {
        try await withLog { log in
            let (tenant, size) = (log.tenant, try log.state().size)
            let own = try LogKeys(log.folder).current.verifier
            let right = try NoteSigner(name: "witness.example/w", kind: .cosignature)
            var signed = try SignedCheckpoint(parsing: try #require(try await log.checkpoint()).note)
            // Under the log's own name and id, it would have the whole note rejected.
            let forged = try #require(signed.note.signatures.first).line.dropLast(6) + "AAAAA="
            try signed.sign(with: right, time: 1)
            let line = try #require(signed.note.signatures.last).line
            for (witness, line) in [(own.vkey, String(forged)), ("w", "— w AAAA"), (right.verifier.vkey, line)] {
                try await log.database.sealer.transaction(log.scope.transaction()) { session in
                    _ = try session.execute("SELECT audit_cosign(\(tenant), \(size), \(witness), \(line))")
                }
            }
            let handed = try #require(try await log.checkpoint())
            #expect(handed.cosignatures.map(\.signature) == [line])
            let note = try SignedNote(parsing: handed.signedNote)
            #expect(try note.verify(with: [own, right.verifier]).count == 2)
        }
    }

    @Test("a checkpoint that the log's own key has signed over other events is refused: that is no garbage")
    func stolenKey() async throws {
        try await withLog { log in
            try await log.append(1)
            let keys = try LogKeys(log.folder)
            try await store(
                Garbage(testDescription: "", size: 303, isRootRight: false, isSigned: true), by: keys.current, in: log)
            for _ in 0..<2 { #expect(try await log.refusal()?.code == .foreignCheckpoint) }
        }
    }

    @Test("no lock that the application can take keeps a log from being sealed, or a month from being made")
    func advisoryLocks() async throws {
        try await withLog { log in
            let tenant = log.tenant.text
            let locked = Signal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await log.database.app.transaction(log.scope.transaction(timeout: .none)) { session in
                        for name in ["atlas2 seal \(tenant)", "audit_logs partition"] {
                            try session.execute("SELECT pg_advisory_lock(hashtextextended(\(name), 0))")
                        }
                        locked.finish()
                        try session.execute("SELECT pg_sleep(3600)")
                    }
                }
                while !locked.isFinished { try await Task.sleep(for: .milliseconds(10)) }
                try await log.database.setClock("'2031-05-01 00:00+00'::timestamptz")
                try await log.append(1)
                #expect(try await log.seal()?.size == 303)
                group.cancelAll()
                _ = try? await group.next()
            }
        }
    }

    @Test("who keeps the checkpoints locked is named, and sealing goes on when they let go")
    func heldLock() async throws {
        try await withLog { log in
            try await log.append(1)
            let (tenant, root) = (log.tenant, [UInt8](repeating: 0, count: 32))
            let locked = Signal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await log.database.sealer.transaction(log.scope.transaction(timeout: .none)) { session in
                        // Nothing is stored: it is behind the latest.
                        try session.execute("SELECT set_config('application_name', 'sleeper', true)")
                        try session.execute("SELECT audit_seal(\(tenant), 1, \(root), '', '{}')")
                        locked.finish()
                        try session.execute("SELECT pg_sleep(4)")
                    }
                }
                while !locked.isFinished { try await Task.sleep(for: .milliseconds(10)) }
                var sealer = log.sealer
                sealer.patience = .milliseconds(200)
                let impatient = sealer
                let refusal = await #expect(throws: SealRefusal.self) { try await impatient.seal(patrol: .slice(0)) }
                #expect(refusal?.code == .locked, "\(String(describing: refusal))")
                #expect(refusal?.description.contains("test_sealer (sleeper)") == true)
                try await group.waitForAll()
            }
            #expect(try await log.seal()?.size == 303)
            try await expectSound(log)
        }
    }

    @Test("who sleeps inside a transaction is ended where the server says so; what may take long is not")
    func sleepers() async throws {
        try await withLog { log in
            let database = log.database
            try await database.administrator.session { session in
                let name = SQL.quoted(identifier: database.name)
                try session.script("ALTER DATABASE \(name) SET idle_in_transaction_session_timeout = '300ms'")
            }
            let client = try database.client(.app)
            let statement = EventLog.statement(appending: [[Probe.event()]], to: log.tenant)
            // It holds the head, and with it all appends.
            let error = await postgresError {
                try await client.transaction(log.scope.transaction()) { session in
                    _ = try session.execute(statement)
                    sleep(2)
                    _ = try session.execute("SELECT 1")
                }
            }
            #expect(error != nil)
            try await log.append(1)
            try await client.transaction(log.scope.transaction(timeout: .none)) { session in
                _ = try session.execute("SELECT 1")
                sleep(2)
                _ = try session.execute("SELECT 1")
            }
            await client.close()
            #expect(try await log.seal()?.size == 303)
        }
    }

    @Test("a small log is compared as a whole once a day, whatever the slice; since when, its folder says")
    func smallLog() async throws {
        try await withLog { log in
            #expect(PatrolRound(log.folder).comparedSince == nil)
            try await log.append(1)
            let first = try #require(try await log.seal(.slice(8)))
            #expect(first.patrolled == 302)
            let since = try #require(PatrolRound(log.folder).comparedSince)
            #expect(abs(since - Int64(Date().timeIntervalSince1970)) < 120)
            #expect(try await log.seal(.slice(8))?.patrolled == 8)
            // A day later.
            try log.folder.write("8\n\(since - 90_000)\n\(since - 90_000)\n", to: .patrol)
            try await log.tamper("UPDATE mine SET payload = '{}' WHERE position = 200")
            try await log.append(1)
            let refusal = try #require(try await log.refusal(.slice(8)))
            #expect(refusal.code == .changed && refusal.position == 200)
            #expect(try log.state().size == 303)
        }
    }
}

/// What one thread waits for until another is done.
private final class Signal: Sendable {
    private let isDone = Mutex(false)

    var isFinished: Bool { isDone.withLock { $0 } }

    func finish() { isDone.withLock { $0 = true } }

    func wait() { while !isFinished { usleep(1000) } }
}
