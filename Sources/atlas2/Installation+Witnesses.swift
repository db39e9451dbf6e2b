import AuditLog
import Processing
import Witnesses

extension Installation {
    /// The latest checkpoint that the tenant's quorum of witnesses has cosigned: what is handed to strangers.
    ///
    /// - Throws: `Failure` when there is none, saying how far the witnesses are.
    func witnessedCheckpoint(as scope: Scope) async throws -> LogCheckpoint? {
        let quorum = try await Settings.load(app, as: scope).witnessQuorum
        if quorum == 0 { StandardError.say("witness_quorum is 0: this checkpoint needs no witness, and may have none") }
        let overview = try await WitnessOverview.read(app, as: scope)
        if let checkpoint = try await overview.witnessed(by: quorum, app, as: scope) { return checkpoint }
        guard quorum > 0 else { return nil }
        throw Failure(
            .state,
            "no checkpoint has been cosigned by \(quorum) of \(overview.witnesses.count.counting("witness", "witnesses")) of the log: atlas2 doctor shows how far each is"
        )
    }
}
