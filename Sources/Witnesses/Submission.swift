package import AuditLog

/// The asking of one witness to cosign one checkpoint, as decisions: what to send, and what an answer means.
///
/// It begins at the size that the witness was last seen to have cosigned, and follows the witness when that remembers
/// another one (C2SP tlog-witness, add-checkpoint).
package struct Submission: Sendable {
    package enum Action: Sendable, Equatable {
        /// Send the checkpoint, with the proof from the log's first events.
        case send(from: Int64)
        /// Keep what the witness signed.
        case keep(Cosignature)
        case fail(SubmissionFailure)
    }

    /// Clocks may differ by so much, in seconds.
    static let clockTolerance: Int64 = 600
    /// A witness that others talk to at the same time may change its size in between, but not for ever.
    static let mostRequests = 5

    private let checkpoint: SignedCheckpoint
    private let sealedAt: Int64
    private let witness: Witness
    private var from: Int64
    private var requests = 1

    /// - Parameters:
    ///   - sealedAt: when the checkpoint was signed, in Unix seconds: no cosignature is older.
    ///   - cosigned: the size that the witness was last seen to have cosigned; 0 for none.
    package init(_ checkpoint: SignedCheckpoint, sealedAt: Int64, to witness: Witness, cosigned: Int64) {
        self.checkpoint = checkpoint
        self.sealedAt = sealedAt
        self.witness = witness
        from = max(0, min(cosigned, checkpoint.checkpoint.size))
    }

    private var size: Int64 { checkpoint.checkpoint.size }
    private var origin: String { checkpoint.checkpoint.origin }

    package var first: Action { .send(from: from) }

    /// - Parameter now: Unix seconds.
    package mutating func received(_ answer: WitnessAnswer, at now: Int64) -> Action {
        switch answer.status {
        case 200: accepted(answer, at: now)
        case 409: conflict(answer)
        case 404:
            failed(.unknownLog, "does not know the log \(origin): give its operator this origin and the log's key")
        case 403:
            failed(.notTrusted, "trusts no key that signs the log \(origin): give its operator the log's present key")
        case 422 where 0 < from && from < size: forked(at: from)
        case 300..<400:
            failed(.badAnswer, "sends its callers elsewhere, where no one follows: add it again under its own address")
        case 429, 500...: failed(.away, "answers that it cannot now, with status \(answer.status)\(answer.words)")
        default: failed(.badAnswer, "answers with status \(answer.status)\(answer.words)")
        }
    }

    private func accepted(_ answer: WitnessAnswer, at now: Int64) -> Action {
        let signatures: [NoteSignature]
        do throws(NoteError) {
            guard let text = String(validating: answer.body, as: UTF8.self) else {
                return failed(.badAnswer, "answers with what is not UTF-8")
            }
            signatures = try NoteSignature.parse(lines: text)
        } catch {
            return failed(.badAnswer, "answers with what are no signatures: \(error)")
        }
        // Those of keys that are not known here are passed over: a witness may be about to change its key.
        guard let signature = signatures.first(where: witness.key.made) else {
            return failed(
                .badAnswer, "does not sign with the key that it was added with: add it again with its present one")
        }
        guard let cosignature = witness.key.cosignature(of: signature, on: checkpoint.note.text) else {
            return failed(.badAnswer, "answers with a signature that is wrong")
        }
        guard let time = Int64(exactly: cosignature.timestamp), time <= now + Self.clockTolerance else {
            return failed(.badAnswer, "states a time in the future: its clock or this one is wrong")
        }
        guard time >= sealedAt - Self.clockTolerance else {
            return failed(.badAnswer, "states a time before the checkpoint was made: its clock or this one is wrong")
        }
        return .keep(cosignature)
    }

    private mutating func conflict(_ answer: WitnessAnswer) -> Action {
        guard let its = answer.size else {
            // The sizes agree: what does not is the root.
            return from == size ? forked(at: size) : failed(.badAnswer, "answers 409 and does not state its size")
        }
        if its == from {
            return from == size ? forked(at: size) : failed(.badAnswer, "answers 409 with the size that it was sent")
        }
        guard its <= size else {
            return failed(
                .ahead,
                "has cosigned \(its.counting("event")) of \(origin), and the log has \(size.grouped) here: the log was cut or an old backup "
                    + "restored, or there is another log under its name: run atlas2 log verify")
        }
        guard requests < Self.mostRequests else { return failed(.away, "changes its size with every request") }
        requests += 1
        from = its
        return .send(from: its)
    }

    private func forked(at size: Int64) -> Action {
        failed(
            .fork,
            "REFUSES THIS LOG: it has cosigned another history of \(origin), of \(size.counting("event")). Either the log was changed "
                + "or there is another log under its name: run atlas2 log verify, and compare checkpoints with its operator"
        )
    }

    private func failed(_ code: SubmissionFailure.Code, _ what: String) -> Action {
        .fail(SubmissionFailure(code, "the witness \(witness.name) \(what)"))
    }
}
