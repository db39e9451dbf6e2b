import FoundationEssentials
import Postgres
import TestSupport
import Testing

@testable import AuditLog

/// Two copies of one sealer's folder that both rotated the key.
@Suite("Forked sealers", .timeLimit(.minutes(20)))
struct ForkedSealerTests {
    @Test("each calls the other's checkpoint what it is: signed by another key of this log, with what to do")
    func forked() async throws {
        try await TestTemplate.schema.withCopy { database in
            let log = try await SealedLog(database)
            try await log.append(10)
            try await log.seal()
            let copy = try await SealedLog(database, tenant: log.tenant)
            for file in [SealerFolder.File.key, .state] {
                try copy.folder.write(try #require(try log.folder.read(file)), to: file)
            }
            let former = try LogKeys(log.folder).current.verifier
            _ = try await LogKeys.rotate(in: log.folder)
            _ = try await LogKeys.rotate(in: copy.folder)
            try await log.seal()
            // The copy was cut off from the database and does not know.
            try await copy.seal()
            let losing = try await copy.checkpoint()
            try await log.append(1)
            let outcome = try #require(try await log.seal())
            let said = try #require(outcome.repairs.first)
            #expect(outcome.repairs.count == 1 && said.contains("another key of this log has"), "\(outcome)")
            #expect(said.contains(former.vkey) && said.contains("files key and state"), "\(said)")
            #expect(try log.folder.read(.setAside) == losing?.note)
            // A stranger's checkpoint is still called that.
            let anyRoot = try await log.verifiedRoot()
            var foreign = try SignedCheckpoint(
                Checkpoint(origin: "example.com/log", size: outcome.size + 1, root: anyRoot))
            try foreign.sign(with: NoteSigner(name: "example.com/log"))
            try await log.append(1)
            let (tenant, size, root) = (log.tenant, foreign.checkpoint.size, foreign.checkpoint.root.bytes)
            let note = foreign.encoded
            try await log.database.sealer.transaction(log.scope.transaction()) { session in
                _ = try session.execute("SELECT audit_seal(\(tenant), \(size), \(root), \(note), '{}')")
            }
            let next = try #require(try await log.seal())
            #expect(next.repairs.count == 1 && next.repairs[0].contains("no key of this log"), "\(next)")
        }
    }
}
