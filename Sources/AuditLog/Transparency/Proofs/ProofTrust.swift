/// Whose word is asked for.
package struct ProofTrust: Sendable {
    /// The log's keys, all under its name: any of them may have signed.
    package let keys: [NoteVerifier]
    package let witnesses: [NoteVerifier]
    /// How many of the witnesses must have cosigned.
    package let quorum: Int

    /// - Parameter quorum: all of the witnesses if not given.
    /// - Throws: `ProofError` where there is no key, the keys are of two logs, or there are fewer witnesses than asked for.
    package init(keys: [NoteVerifier], witnesses: [NoteVerifier] = [], quorum: Int? = nil) throws(ProofError) {
        guard let name = keys.first?.name, keys.allSatisfy({ $0.name.isIdentical(to: name) }) else {
            throw .malformed("the keys must be those of one log")
        }
        self.keys = keys
        // Who is named twice has one word.
        self.witnesses = witnesses.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        guard (0...self.witnesses.count).contains(quorum ?? 0) else {
            throw .malformed("\(quorum ?? 0) witnesses cannot have cosigned where \(self.witnesses.count) are named")
        }
        self.quorum = quorum ?? self.witnesses.count
    }

    /// What a checkpoint says, once it is seen that the log has signed it and enough witnesses have cosigned it.
    func open(_ signed: SignedCheckpoint) throws -> (checkpoint: Checkpoint, cosignatures: [Cosignature]) {
        (try openOld(signed), try cosignatures(on: signed))
    }

    /// As `open`, without the witnesses: what is older may be from before their time.
    func openOld(_ signed: SignedCheckpoint) throws(NoteError) -> Checkpoint {
        let (origin, name) = (signed.checkpoint.origin, keys[0].name)
        guard origin.isIdentical(to: name) else {
            throw NoteError(
                .mismatch, "the checkpoint is of the log “\(origin)”, and the key given is that of “\(name)”")
        }
        guard let signer = keys.first(where: { key in signed.note.signatures.contains { key.made($0) } }) else {
            throw NoteError(
                .unsigned,
                "the checkpoint bears the log's name and no signature of a key that was given: give the key of its time, if the key was changed; else it is forged"
            )
        }
        return try signed.verify(key: signer, origin: name)
    }

    /// The cosignatures of the witnesses that are asked for.
    func cosignatures(on signed: SignedCheckpoint) throws -> [Cosignature] {
        let cosignatures = try signed.note.cosignatures(by: witnesses)
        guard cosignatures.count < quorum else { return cosignatures }
        let missing = witnesses.filter { witness in !cosignatures.contains { $0.witness == witness } }
        throw ProofError.refuted(
            "\(cosignatures.count) of \(witnesses.count.counting("named witness", "named witnesses")) have cosigned the checkpoint, and \(quorum) must: not \(missing.map(\.name).joined(separator: ", not "))"
        )
    }
}

/// A checkpoint that somebody kept, which a log or an export is to be a continuation of.
package struct KeptCheckpoint: Sendable {
    /// What became of it.
    package enum Outcome: Sendable, Hashable {
        /// The log is a continuation of it.
        case agrees
        /// It is the log's, and the log is no continuation of it.
        case contradicts(String)
        /// It says nothing of this log, for this reason.
        case unusable(String)
    }

    /// Where it comes from, as the user named it.
    package var name: String
    package var checkpoint: SignedCheckpoint

    package init(name: String, checkpoint: SignedCheckpoint) {
        self.name = name
        self.checkpoint = checkpoint
    }

    /// Why it says nothing of the log of this origin and with these keys, present and former; nil if it does.
    func problem(origin: String, keys: [NoteVerifier]) -> String? {
        guard checkpoint.checkpoint.origin.isIdentical(to: origin) else {
            return "it is of another log, “\(checkpoint.checkpoint.origin)”; this one is “\(origin)”"
        }
        do {
            try checkpoint.note.verify(with: keys)
            return nil
        } catch {
            return error.code == .wrongSignature
                ? "the signature under it is wrong: it was changed, or copied with a mistake"
                : "it bears the log's name and no signature of a key that the log announces or that was given"
        }
    }
}
