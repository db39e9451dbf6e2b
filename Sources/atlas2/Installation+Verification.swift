import AuditLog
import Foundation
import Postgres
import Processing

extension Installation {
    /// What the sealer of this machine last signed, where this user may read it.
    func sealerRecord(of tenant: UUID) -> SealerState? {
        let folder = sealerFolder(of: tenant)
        do {
            guard let text = try folder.read(.state) else { return nil }
            return try SealerState(parsing: text, path: folder.path(.state))
        } catch {
            StandardError.say("the sealer's record is left out: \(error)")
            return nil
        }
    }

    /// Verifies a tenant's whole log against what is given, and the sealer's record where there is one; shows progress.
    ///
    /// - Parameter tenant: the tenant, as the system: it sees every event, which a verification must.
    func verifyLog(
        as tenant: Scope, against given: Evidence = Evidence(), record: SealerState?
    ) async throws -> Verification {
        var evidence = given
        evidence.sealer = record.map { ($0.size, $0.edge.tree.root) }
        if evidence.keys.isEmpty, let announced = record?.announced {
            evidence.keys = [try NoteVerifier(vkey: announced)]
        }
        if !evidence.requiresQuorum, evidence.witnesses.isEmpty {
            // A table too: where it cannot be read nothing is asked for.
            evidence.quorum = (try? await Settings.load(app, as: tenant).witnessQuorum) ?? 0
        }
        let progress = ProgressBar("verifying", unit: "events")
        defer { progress.finish() }
        return try await log.verify(
            as: tenant, against: evidence, readers: min(8, ProcessInfo.processInfo.activeProcessorCount + 1)
        ) {
            progress.update($0, of: $1)
        }
    }
}
