import Crypto

/// A private key that signs notes, with its name.
package struct NoteSigner: Sendable {
    package let verifier: NoteVerifier
    private let key: Curve25519.Signing.PrivateKey

    package var name: String { verifier.name }

    /// A fresh key.
    package init(name: String, kind: NoteVerifier.Kind = .ed25519) throws(NoteError) {
        try self.init(name: name, kind: kind, key: Curve25519.Signing.PrivateKey())
    }

    /// The key that `text` writes, as Go's note package does.
    package init(privateKey text: String) throws(NoteError) {
        let prefix = "PRIVATE+KEY+".utf8
        guard text.utf8.starts(with: prefix) else {
            throw NoteError(.unusableKey, "a private key starts with “PRIVATE+KEY+”")
        }
        let (name, id, bytes) = try KeyText.split(Substring(text.utf8.dropFirst(prefix.count)))
        guard let type = bytes.first, let kind = NoteVerifier.Kind(rawValue: type),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.dropFirst())
        else { throw NoteError(.unusableKey, "the private key of “\(name)” is not an Ed25519 key") }
        try self.init(name: name, kind: kind, key: key)
        guard id == verifier.keyID else {
            throw NoteError(.unusableKey, "the key id of “\(name)” is not that of its name and key")
        }
    }

    private init(name: String, kind: NoteVerifier.Kind, key: Curve25519.Signing.PrivateKey) throws(NoteError) {
        self.key = key
        verifier = try NoteVerifier(name: name, kind: kind, publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// The key as it is kept: `PRIVATE+KEY+<name>+<key id>+<base64(type ‖ seed)>`. Whoever reads it can sign.
    package var privateKey: String {
        let bytes = [verifier.kind.rawValue] + Array(key.rawRepresentation)
        return "PRIVATE+KEY+" + KeyText.join(name: name, keyID: verifier.keyID, bytes: bytes)
    }

    /// Signs a note, in place of an earlier signature of the same key.
    ///
    /// - Parameter time: Unix seconds, which a cosignature states; no other signature looks at it.
    package func sign(_ note: inout SignedNote, time: UInt64 = 0) throws(NoteError) {
        note.add(try signature(on: note.text, time: time))
    }

    /// The signature on a note's text.
    package func signature(on text: String, time: UInt64 = 0) throws(NoteError) -> NoteSignature {
        let (stated, message): ([UInt8], [UInt8]) =
            switch verifier.kind {
            case .ed25519: ([], Array(text.utf8))
            case .cosignature: (time.bigEndianBytes, Cosignature.message(time: time, text: text))
            }
        guard let signature = try? key.signature(for: message) else {
            throw NoteError(.unusableKey, "the key of “\(name)” cannot sign")
        }
        return NoteSignature(name: name, keyID: verifier.keyID, bytes: stated + Array(signature))
    }
}
