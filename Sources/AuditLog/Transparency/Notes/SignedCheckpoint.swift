/// A checkpoint with the signatures on it.
package struct SignedCheckpoint: Sendable, Hashable {
    package let checkpoint: Checkpoint
    package private(set) var note: SignedNote

    /// A checkpoint that nobody has signed yet.
    package init(_ checkpoint: Checkpoint) throws(NoteError) {
        self.checkpoint = checkpoint
        note = try SignedNote(text: checkpoint.noteText)
    }

    /// The checkpoint that a note is.
    package init(note: SignedNote) throws(NoteError) {
        checkpoint = try Checkpoint(noteText: note.text)
        self.note = note
    }

    package init(parsing bytes: some Collection<UInt8>) throws(NoteError) {
        try self.init(note: SignedNote(parsing: bytes))
    }

    package init(parsing text: String) throws(NoteError) {
        try self.init(parsing: Array(text.utf8))
    }

    package var encoded: String { note.encoded }

    package mutating func sign(with signer: NoteSigner, time: UInt64 = 0) throws(NoteError) {
        try signer.sign(&note, time: time)
    }

    /// Adds a signature, in place of one of the same key; it is not checked here.
    package mutating func add(_ signature: NoteSignature) {
        note.add(signature)
    }

    /// The checkpoint, once `key` is seen to have signed it for the log of this origin.
    @discardableResult
    package func verify(key: NoteVerifier, origin: String) throws(NoteError) -> Checkpoint {
        try note.verify(with: [key])
        guard checkpoint.origin.isIdentical(to: origin) else {
            throw NoteError(.mismatch, "the checkpoint is of the log “\(checkpoint.origin)” and not of “\(origin)”")
        }
        return checkpoint
    }
}
