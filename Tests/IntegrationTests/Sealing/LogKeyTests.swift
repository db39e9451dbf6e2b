import FoundationEssentials
import Glibc
import Postgres
import TestSupport
import Testing

@testable import AuditLog

@Suite("A log's key", .timeLimit(.minutes(20)))
struct LogKeyTests {
    private func withLog(_ body: (SealedLog) async throws -> Void) async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(5)
            try await log.seal()
            try await body(log)
        }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("is for its owner alone; one that others may read is refused, with what to do")
    func modes() async throws {
        try await withLog { log in
            #expect(mode(log.folder.path) == 0o700)
            for file in [SealerFolder.File.key, .state] { #expect(mode(log.folder.path(file)) == 0o600) }
            for open in [0o640, 0o604, 0o666] as [mode_t] {
                chmod(log.folder.path(.key), open)
                let refusal = try #require(try await log.refusal())
                #expect(refusal.code == .unusableKey)
                #expect(refusal.description.contains("chmod 600"))
            }
            chmod(log.folder.path(.key), 0o600)
            #expect(try await log.refusal() == nil)
        }
    }

    @Test("is never made over another one")
    func exclusive() async throws {
        try await withLog { log in
            let key = try log.folder.read(.key)
            let refusal = await #expect(throws: SealRefusal.self) {
                try await LogKeys.create(in: log.folder, origin: "other.example/log", slug: "x")
            }
            #expect(refusal?.code == .keyExists)
            try log.folder.remove(.key)
            // What it signed is known, so it was lost.
            let lost = await #expect(throws: SealRefusal.self) {
                try await LogKeys.create(in: log.folder, origin: "other.example/log", slug: "x")
            }
            #expect(lost?.code == .keyExists)
            #expect(try await log.refusal()?.code == .noKey)
            try log.folder.write(try #require(key), to: .key)
            #expect(try await log.refusal() == nil)
        }
    }

    @Test("has a name of its own where none is given")
    func origin() async throws {
        try await withLog { log in
            let folder = SealerFolder(root: log.root, tenant: UUID())
            let keys = try await LogKeys.create(in: folder, origin: nil, slug: "acme")
            let digits = Array(keys.current.verifier.publicKey.prefix(4)).hexadecimal
            #expect(keys.origin == "atlas2/acme/\(digits)")
            #expect(try LogKeys(folder).current.verifier == keys.current.verifier)
        }
    }

    @Test("rotated, both sign the first checkpoint that covers the change, then the new one alone")
    func rotation() async throws {
        try await withLog { log in
            let old = try LogKeys(log.folder).current.verifier
            let new = try await LogKeys.rotate(in: log.folder).current.verifier
            #expect(new != old && new.name == old.name)
            // Not before the change is signed.
            await #expect(throws: SealRefusal.self) { try await LogKeys.rotate(in: log.folder) }
            try await log.append(3)
            try await log.seal()
            try await expectRotation(log, old, new)
        }
    }

    /// The log announces the change once, and the first checkpoint that covers it is signed by both, the next by one.
    private func expectRotation(_ log: SealedLog, _ old: NoteVerifier, _ new: NoteVerifier) async throws {
        let events = try await log.database.log.read(EventFilter(type: LogKeyAdded.type), as: log.scope)
        #expect(events.count == 2)
        let added = try #require(events.last)
        let payload = try added.payload(of: LogKeyAdded.self)
        #expect(payload.key == new.vkey && payload.replaces == old.vkey)
        let sizes: [Int64] = try await log.database.column(
            "SELECT size FROM log_checkpoints WHERE size > \(added.position) ORDER BY size")
        let first = try SignedNote(parsing: try #require(try await log.checkpoint(size: sizes.first)).note)
        #expect(try first.verify(with: [new]) == [new])
        #expect(try first.verify(with: [old]) == [old])
        try await log.append(1)
        try await log.seal()
        let next = try SignedNote(parsing: try #require(try await log.checkpoint()).note)
        #expect(next.signatures.count == 1)
        #expect(try next.verify(with: [new]) == [new])
        #expect(try log.folder.read(.previousKey) == nil)
    }

    @Test("a rotation that was stopped anywhere is finished, with both signatures", arguments: Sealer.Step.allCases)
    func stopped(_ step: Sealer.Step) async throws {
        try await withLog { log in
            let old = try LogKeys(log.folder).current.verifier
            let new = try await LogKeys.rotate(in: log.folder).current.verifier
            var sealer = log.sealer
            sealer.onStep = { if $0 == step { throw SealerStateTests.Crash() } }
            await #expect(throws: SealerStateTests.Crash.self) { try await sealer.seal() }
            // Again, where there is still something to do.
            _ = try? await sealer.seal()
            try await log.seal()
            try await expectRotation(log, old, new)
        }
    }

    @Test("a rotation that was stopped before the new key stood in its place has changed nothing")
    func stoppedEarly() async throws {
        try await withLog { log in
            let old = try LogKeys(log.folder).current.verifier
            link(log.folder.path(.key), log.folder.path(.previousKey))
            try Data("half a k".utf8).write(to: URL(filePath: log.folder.path(.key) + ".new"))
            try await log.append(1)
            try await log.seal()
            #expect(try LogKeys(log.folder).current.verifier == old)
            #expect(try log.folder.read(.previousKey) == nil)
            let new = try await LogKeys.rotate(in: log.folder).current.verifier
            try await log.seal()
            try await expectRotation(log, old, new)
        }
    }

    @Test("a sealer elsewhere that has the old key stops where the log announces the new one")
    func elsewhere() async throws {
        try await withLog { log in
            let other = try await SealedLog(log.database, tenant: log.tenant)
            for file in [SealerFolder.File.key, .state] {
                try other.folder.write(try #require(try log.folder.read(file)), to: file)
            }
            _ = try await LogKeys.rotate(in: log.folder)
            try await log.seal()
            #expect(try await other.refusal()?.code == .keyReplaced)
            try await log.append(1)
            #expect(try await other.refusal()?.code == .keyReplaced)
        }
    }
}
