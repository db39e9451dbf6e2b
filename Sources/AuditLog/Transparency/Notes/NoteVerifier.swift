import Crypto

/// A public key that signs notes, with its name (C2SP signed-note).
package struct NoteVerifier: Sendable, Hashable, CustomStringConvertible {
    /// What a key's signatures are over; the value is the type byte.
    package enum Kind: UInt8, Sendable {
        /// Ed25519 over the note's text.
        case ed25519 = 0x01
        /// Ed25519 over a time and the text of a checkpoint (C2SP tlog-cosignature, version 1).
        case cosignature = 0x04
    }

    package let name: String
    package let kind: Kind
    /// The first four bytes of SHA-256(name ‖ line feed ‖ type ‖ key).
    package let keyID: UInt32
    /// The Ed25519 key, 32 bytes.
    package let publicKey: [UInt8]

    /// - Parameter publicKey: an Ed25519 key, 32 bytes.
    package init(name: String, kind: Kind = .ed25519, publicKey: [UInt8]) throws(NoteError) {
        guard NoteText.isName(name) else {
            throw NoteError(.unusableKey, "a key's name is not empty and holds no space and no “+”")
        }
        guard (try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)) != nil else {
            throw NoteError(.unusableKey, "the key of “\(name)” is not an Ed25519 key")
        }
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
        keyID = Self.keyID(name: name, typeAndKey: [kind.rawValue] + publicKey)
    }

    /// The key that `vkey` writes: `<name>+<key id>+<base64(type ‖ key)>`.
    package init(vkey: String) throws(NoteError) {
        let (name, id, bytes) = try KeyText.split(vkey[...])
        guard let type = bytes.first, let kind = Kind(rawValue: type) else {
            throw NoteError(.unusableKey, "the key of “\(name)” is of a kind that is not known here")
        }
        try self.init(name: name, kind: kind, publicKey: Array(bytes.dropFirst()))
        guard id == keyID else {
            throw NoteError(.unusableKey, "the key id of “\(name)” is not that of its name and key")
        }
    }

    /// The key as it is given to others: `<name>+<key id>+<base64(type ‖ key)>`.
    package var vkey: String { KeyText.join(name: name, keyID: keyID, bytes: [kind.rawValue] + publicKey) }

    package var description: String { vkey }

    /// Whether `signature` says to be this key's.
    package func made(_ signature: NoteSignature) -> Bool {
        signature.keyID == keyID && signature.name.isIdentical(to: name)
    }

    /// Whether `signature` is this key's on a note's text.
    package func isValid(_ signature: NoteSignature, on text: String) -> Bool {
        guard made(signature) else { return false }
        switch kind {
        case .ed25519: return isValid(signature.bytes, over: Array(text.utf8))
        case .cosignature: return cosignature(of: signature, on: text) != nil
        }
    }

    /// What `signature` says as a cosignature of this key on a checkpoint's text; nil unless it is one.
    package func cosignature(of signature: NoteSignature, on text: String) -> Cosignature? {
        guard kind == .cosignature, made(signature), signature.bytes.count == 8 + 64 else { return nil }
        let time = signature.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard isValid(Array(signature.bytes.dropFirst(8)), over: Cosignature.message(time: time, text: text)) else {
            return nil
        }
        return Cosignature(witness: self, timestamp: time, signature: signature)
    }

    private func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        guard signature.count == 64, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            return false
        }
        return key.isValidSignature(signature, for: message)
    }

    static func keyID(name: String, typeAndKey: [UInt8]) -> UInt32 {
        let hash = SHA256.hash(data: Array(name.utf8) + [NoteText.lineFeed] + typeAndKey)
        return hash.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    package static func == (left: NoteVerifier, right: NoteVerifier) -> Bool {
        left.kind == right.kind && left.publicKey == right.publicKey && left.name.isIdentical(to: right.name)
    }
}

/// The text of a key: `<name>+<key id>+<base64>`.
enum KeyText {
    static func join(name: String, keyID: UInt32, bytes: [UInt8]) -> String {
        "\(name)+\(keyID.bigEndianBytes.hexadecimal)+\(Base64.encode(bytes))"
    }

    /// Name, key id and bytes, apart at the first two plus signs: Base64 may hold more.
    static func split(_ text: Substring) throws(NoteError) -> (name: String, keyID: UInt32, bytes: [UInt8]) {
        let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].count == 8,
            parts[1].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let id = UInt32(Substring(parts[1]), radix: 16), let bytes = Base64.decode(parts[2])
        else { throw NoteError(.unusableKey, "a key is written <name>+<eight hexadecimal digits>+<Base64>") }
        return (String(Substring(parts[0])), id, bytes)
    }
}
