/// A witness's word that a checkpoint was, at a time, consistent with all it had seen (C2SP tlog-cosignature, version 1).
///
/// Made by `NoteVerifier.cosignature(of:on:)`: there is none that was not checked.
package struct Cosignature: Sendable, Hashable {
    package let witness: NoteVerifier
    /// Unix seconds.
    package let timestamp: UInt64
    package let signature: NoteSignature

    init(witness: NoteVerifier, timestamp: UInt64, signature: NoteSignature) {
        self.witness = witness
        self.timestamp = timestamp
        self.signature = signature
    }

    /// What is signed.
    static func message(time: UInt64, text: String) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + Array(text.utf8)
    }
}
