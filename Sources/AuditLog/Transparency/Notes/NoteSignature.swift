/// A signature line of a note: `— <name> <base64(key id ‖ signature)>` (C2SP signed-note).
package struct NoteSignature: Sendable, Hashable {
    /// The key's name, as the line says it.
    package let name: String
    /// The key's id, as the line says it.
    package let keyID: UInt32
    /// What stands behind the id: for Ed25519 64 bytes, for a cosignature eight of time in front of them.
    package let bytes: [UInt8]

    package init(name: String, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// The line, without a line feed.
    package var line: String { "— \(name) \(Base64.encode(keyID.bigEndianBytes + bytes))" }

    /// The signature that a line holds, without its line feed.
    package init(line: String) throws(NoteError) {
        let prefix = "— ".utf8
        guard line.utf8.starts(with: prefix) else { throw .malformed("a signature line starts with “— ”") }
        let parts = line.utf8.dropFirst(prefix.count)
            .split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false).map(Substring.init)
        guard parts.count == 2, NoteText.isName(parts[0]) else {
            throw .malformed("a signature line holds a key's name and a signature")
        }
        guard let bytes = Base64.decode(parts[1].utf8), bytes.count >= 5 else {
            throw .malformed("the signature of “\(parts[0])” is no Base64 of a key id and a signature")
        }
        name = String(parts[0])
        keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        self.bytes = Array(bytes.dropFirst(4))
    }

    /// The signatures in lines that each end in a line feed, at most 100: the end of a note, and what a witness answers.
    package static func parse(lines text: String) throws(NoteError) -> [NoteSignature] {
        guard let lines = NoteText.lines(text) else { throw .malformed("the last signature line does not end") }
        guard lines.count <= 100 else { throw .malformed("there are more than 100 signatures") }
        var signatures: [NoteSignature] = []
        for line in lines { signatures.append(try NoteSignature(line: String(Substring(line)))) }
        return signatures
    }

    package static func == (left: NoteSignature, right: NoteSignature) -> Bool {
        left.keyID == right.keyID && left.bytes == right.bytes && left.name.isIdentical(to: right.name)
    }
}
