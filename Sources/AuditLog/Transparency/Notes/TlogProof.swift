/// A leaf's inclusion proof with the checkpoint it leads to, in one file (C2SP tlog-proof, version 1).
package struct TlogProof: Sendable, Hashable {
    /// What somebody needs beside the proof; it is not proved.
    package let extra: [UInt8]?
    package let index: Int64
    /// The siblings on the way to the root, the leaf's own first.
    package let hashes: [MerkleHash]
    package let checkpoint: SignedCheckpoint

    package static let fileExtension = "tlog-proof"
    private static let header = "c2sp.org/tlog-proof@v1"

    package init(extra: [UInt8]? = nil, index: Int64, hashes: [MerkleHash], checkpoint: SignedCheckpoint) {
        self.extra = extra
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// The file.
    package var encoded: String {
        var lines = [Self.header]
        if let extra { lines.append("extra \(Base64.encode(extra))") }
        lines.append("index \(index)")
        lines += hashes.map(\.base64)
        return lines.map { $0 + "\n" }.joined() + "\n" + checkpoint.encoded
    }

    package init(parsing bytes: some Collection<UInt8>) throws(NoteError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("the proof is not UTF-8") }
        try self.init(parsing: text)
    }

    package init(parsing text: String) throws(NoteError) {
        var rest = text.utf8[...]
        func line() throws(NoteError) -> String {
            guard let end = rest.firstIndex(of: NoteText.lineFeed) else { throw .malformed("the proof is cut off") }
            defer { rest = rest[rest.index(after: end)...] }
            return String(Substring(rest[..<end]))
        }
        guard try line().isIdentical(to: Self.header) else {
            throw .malformed("the proof does not start with “\(Self.header)”")
        }
        var next = try line()
        if let value = next.removingPrefix("extra ") {
            guard let extra = Base64.decode(value.utf8) else { throw .malformed("the proof's extra is not Base64") }
            self.extra = extra
            next = try line()
        } else {
            extra = nil
        }
        guard let index = next.removingPrefix("index ").flatMap({ NoteText.number($0) }) else {
            throw .malformed("the proof's index is not a decimal number")
        }
        self.index = index
        var hashes: [MerkleHash] = []
        while case let line = try line(), !line.isEmpty {
            // No tree that can be counted is higher.
            guard hashes.count < 63, let hash = MerkleHash(base64: line) else {
                throw .malformed(
                    "line \(hashes.count + 1) of the proof's hashes is not the Base64 of 32 bytes, or the 64th")
            }
            hashes.append(hash)
        }
        self.hashes = hashes
        checkpoint = try SignedCheckpoint(parsing: Array(rest))
    }

    /// Checks the proof: that the log has signed the checkpoint, that enough witnesses have cosigned it, and that the
    /// leaf is in its tree.
    ///
    /// - Parameters:
    ///   - origin: of the log; its key's name if not given.
    ///   - quorum: how many of `witnesses` must have cosigned.
    /// - Returns: the cosignatures, all of them right.
    @discardableResult
    package func verify(
        leaf: MerkleHash, log: NoteVerifier, origin: String? = nil, witnesses: [NoteVerifier] = [], quorum: Int = 0
    ) throws(NoteError) -> [Cosignature] {
        let signed = try checkpoint.verify(key: log, origin: origin ?? log.name)
        let cosignatures = try checkpoint.note.cosignatures(by: witnesses)
        guard cosignatures.count >= quorum else {
            throw NoteError(.unsigned, "\(cosignatures.count) of the \(quorum) witnesses that are needed have cosigned")
        }
        guard index < signed.size else {
            throw NoteError(.mismatch, "the proof is for position \(index), the checkpoint for a log of \(signed.size)")
        }
        guard InclusionProof(index: index, size: signed.size, hashes: hashes).verify(leaf: leaf, root: signed.root)
        else {
            throw NoteError(.mismatch, "the proof does not lead from this entry to the checkpoint's root")
        }
        return cosignatures
    }

    package static func == (left: TlogProof, right: TlogProof) -> Bool {
        left.extra == right.extra && left.index == right.index && left.hashes == right.hashes
            && left.checkpoint == right.checkpoint
    }
}

extension String {
    /// What stands behind `prefix`; nil where it does not stand in front.
    fileprivate func removingPrefix(_ prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(Substring(utf8.dropFirst(prefix.utf8.count))) : nil
    }
}
