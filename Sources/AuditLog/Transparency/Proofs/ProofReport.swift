/// What a proof that holds has shown, and what it has not.
package struct ProofReport: Sendable {
    /// A part of what a proof file says.
    package struct Part: Sendable, Hashable {
        package enum Verdict: String, Sendable {
            /// It follows from the log's signature.
            case proved
            /// It was taken out of the log; that it was there is proved.
            case erased
            /// A part of it was taken out of the log; what is shown is what was left.
            case redacted
            /// The file does not show it; that it was there is proved.
            case withheld
            /// Nothing here speaks for it.
            case notProved = "not_proved"
        }
        package var name: String
        package var verdict: Verdict
        /// The thing itself, or what to know about it.
        package var detail: String
    }

    /// What was signed.
    package var checkpoint: Checkpoint
    /// Of the witnesses that were asked for.
    package var cosignatures: [Cosignature] = []
    /// The event that is in the log; nil of a consistency proof.
    package var entry: LogEntry?
    /// The size that the log grew from; nil of an inclusion proof.
    package var oldSize: Int64?
    package var parts: [Part] = []
}

extension TlogProof {
    /// Shows that `entry` is in the log; what its commitment stands for is left to the caller.
    func report(of entry: LogEntry, trust: ProofTrust) throws -> ProofReport {
        guard entry.position == index else {
            throw ProofError.refuted("the proof is for position \(index), the entry says \(entry.position)")
        }
        let (head, cosignatures) = try trust.open(checkpoint)
        guard index < head.size,
            InclusionProof(index: index, size: head.size, hashes: hashes).verify(leaf: entry.leaf, root: head.root)
        else {
            throw ProofError.refuted("the proof does not lead from this entry to the root that the log has signed")
        }
        return ProofReport(checkpoint: head, cosignatures: cosignatures, entry: entry)
    }

    /// Checks a proof that brings its entry along, as `extra`.
    package func check(_ trust: ProofTrust) throws -> ProofReport {
        guard let extra else {
            throw ProofError.malformed(
                "the proof does not bring the entry that it is of: check the .json file that was made with it")
        }
        var report = try report(of: LogEntry(parsing: extra), trust: trust)
        report.parts = [
            .init(name: "entry", verdict: .proved, detail: report.entry?.text ?? ""),
            .init(name: "content", verdict: .withheld, detail: "the entry's commitment stands for it"),
        ]
        return report
    }
}
