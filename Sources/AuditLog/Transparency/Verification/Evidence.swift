/// What is known of a log from outside its database.
package struct Evidence: Sendable {
    /// Keys that are known to be the log's, or to have been.
    package var keys: [NoteVerifier] = []
    /// What the sealer recorded, where that can be read.
    package var sealer: (size: Int64, root: MerkleHash)?
    /// Checkpoints in somebody's hands, by the name under which they were given.
    package var checkpoints: [KeptCheckpoint] = []
    /// Keys that are known to be those of witnesses.
    package var witnesses: [NoteVerifier] = []
    /// How many witnesses must have cosigned: of `witnesses`, or where none are given of those that the log announces.
    package var quorum = 0
    /// Whether a quorum that no checkpoint has leaves the verification wanting.
    package var requiresQuorum = false

    package init() {}

    /// What a verification that found nothing wrong still leaves open.
    func notProved(_ found: Verification, _ history: KeyHistory) -> [String] {
        var sentences: [String] = []
        if found.size == 0 { return ["There is nothing to prove: the log is empty."] }
        if found.sealedSize == 0 {
            sentences.append(
                "Nothing that was signed covers these events: whoever may write to the database could have changed or removed any of them and computed the hashes again."
            )
        } else if found.sealedSize < found.size {
            sentences.append(
                "\(found.size - found.sealedSize == 1 ? "The last event is" : "The last \(found.size - found.sealedSize) events are") not sealed: whoever may write to the database could still change or remove \(found.size - found.sealedSize == 1 ? "it" : "them") unseen."
            )
        }
        if found.sealedSize > 0, !history.isTrusted {
            sentences.append(
                "No key of the log was known from elsewhere: the signatures show that one key made them, not whose it is. Give the log's key with --key."
            )
        }
        for position in history.unvouched {
            sentences.append(
                "The key that the event at position \(position) announces was put in the former one's place without its signature: who knew the former key alone cannot know that the new one is the log's."
            )
        }
        if let first = history.unheeded.first {
            let others = history.unheeded.count - 1
            sentences.append(
                "The event at position \(first) announces a key that no key of the log has vouched for: it changes nothing, and whoever appended it is no keeper of the log\(others == 0 ? "" : "; so do \(others) more")."
            )
        }
        if sealer == nil, checkpoints.isEmpty {
            sentences.append(
                "The log was compared with nothing from outside the database: an older state of all its tables, brought back whole, looks like this too. Give a checkpoint that somebody kept with --checkpoint, or verify where the sealer's record can be read."
            )
        }
        // What a witness whose key is known has cosigned is a checkpoint in other hands.
        let witnessed = found.witnesses.filter { $0.isGiven }.compactMap(\.size)
        let usable = found.agreements.compactMap { if case .given = $0.source { $0.size } else { nil } }
        let kept = (witnessed + usable).max() ?? 0
        if found.sealedSize > kept {
            sentences.append(
                "\(kept == 0 ? "Who" : "From position \(kept) on, who") holds both the signing key and the database can write and sign another log. Only a checkpoint in other hands, or a witness, shows that."
            )
        }
        if found.witnesses.contains(where: { !$0.isGiven && $0.size != nil }) {
            sentences.append(
                "That there is somebody behind a witness of the log's own naming is not shown: give the keys of witnesses that you know with --witness."
            )
        }
        if found.unproved > 0 {
            sentences.append(
                "Of \(found.unproved == 1 ? "a redacted event" : "\(found.unproved) redacted events") something is left that no payload proves (members of a personal part, or content from before payloads stated what proves it): it is what the erasure said would be left, and whoever erased could have put other words there."
            )
        }
        if found.erased + found.redacted > 0 {
            sentences.append(
                "What erased parts said cannot be shown any more; that they were erased, and why, is in the log.")
        }
        sentences.append(
            "That what the events say was true, and that everything which happened was appended, is not something that a log can prove of itself."
        )
        return sentences
    }
}
