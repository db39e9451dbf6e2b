/// The proof that a checkpoint's log begins with the log of an older size, as it is written into a file: the body of an
/// add-checkpoint request (C2SP tlog-witness).
package struct ConsistencyFile: Sendable, Hashable {
    package let from: Int64
    package let hashes: [MerkleHash]
    package let checkpoint: SignedCheckpoint

    package static let fileExtension = "consistency"

    package init(from: Int64, hashes: [MerkleHash], checkpoint: SignedCheckpoint) {
        self.from = from
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    package var encoded: String {
        (["old \(from)"] + hashes.map(\.base64)).map { $0 + "\n" }.joined() + "\n" + checkpoint.encoded
    }

    package init(parsing bytes: [UInt8]) throws {
        let damaged = ProofError.malformed(
            "the file is no consistency proof: old size, hashes, an empty line, a checkpoint")
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: "\n\n".utf8) }) else { throw damaged }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let from = NoteText.number(first.dropFirst(4)),
            lines.count <= 64
        else { throw damaged }
        self.from = from
        hashes = try lines.dropFirst().map { line in
            guard let hash = MerkleHash(base64: line) else { throw damaged }
            return hash
        }
        checkpoint = try SignedCheckpoint(parsing: bytes[(end + 2)...])
    }

    /// Checks that the checkpoint's log begins with that of an older checkpoint, both signed by the log.
    package func check(old: SignedCheckpoint, _ trust: ProofTrust) throws -> ProofReport {
        let before = try trust.openOld(old)
        let (after, cosignatures) = try trust.open(checkpoint)
        guard before.size == from else {
            throw ProofError.refuted("the proof is from size \(from), the older checkpoint has \(before.size)")
        }
        guard from <= after.size,
            ConsistencyProof(from: from, to: after.size, hashes: hashes)
                .verify(oldRoot: before.root, newRoot: after.root)
        else {
            throw ProofError.refuted(
                "the log of \(after.size.counting("event")) is not shown to begin with the \(from) of the older checkpoint"
            )
        }
        return ProofReport(
            checkpoint: after, cosignatures: cosignatures, oldSize: from,
            parts: [
                .init(
                    name: "the first \(from.counting("event"))", verdict: .proved,
                    detail: "they are those of the older checkpoint, in the same order")
            ])
    }
}
