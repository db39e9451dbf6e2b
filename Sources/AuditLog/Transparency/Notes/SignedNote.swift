/// A text and the signatures on it (C2SP signed-note).
package struct SignedNote: Sendable, Hashable {
    /// What is signed; ends in a line feed.
    package let text: String
    package private(set) var signatures: [NoteSignature]

    /// A note that nobody has signed yet.
    package init(text: String) throws(NoteError) {
        guard text.utf8.last == NoteText.lineFeed else {
            throw .malformed("the note's text does not end in a line feed")
        }
        guard NoteText.isText(text) else { throw .malformed("the note holds a control character") }
        self.text = text
        signatures = []
    }

    /// The note that `bytes` are: a text, an empty line, at least one signature line.
    package init(parsing bytes: some Collection<UInt8>) throws(NoteError) {
        guard let string = String(validating: bytes, as: UTF8.self) else { throw .malformed("the note is not UTF-8") }
        let (text, block) = try Self.split(string)
        try self.init(text: text)
        guard NoteText.isText(block) else { throw .malformed("the note holds a control character") }
        signatures = try NoteSignature.parse(lines: block)
    }

    package init(parsing text: String) throws(NoteError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Text and signature lines, apart at the last empty line: an extension of the text may hold others.
    private static func split(_ string: String) throws(NoteError) -> (text: String, signatures: String) {
        let bytes = string.utf8
        var end = bytes.endIndex
        var isLineFeed = false
        while end > bytes.startIndex {
            let previous = bytes.index(before: end)
            let wasLineFeed = isLineFeed
            isLineFeed = bytes[previous] == NoteText.lineFeed
            // `end` stands between the two.
            if isLineFeed, wasLineFeed {
                return (
                    String(Substring(bytes[..<end])), String(Substring(bytes[bytes.index(after: end)...]))
                )
            }
            end = previous
        }
        throw .malformed("no empty line stands between the note's text and its signatures")
    }

    /// The note as it is stored and sent.
    package var encoded: String {
        text + "\n" + signatures.map { $0.line + "\n" }.joined()
    }

    /// Adds a signature, in place of one of the same key; it is not checked here.
    package mutating func add(_ signature: NoteSignature) {
        signatures.removeAll { $0.keyID == signature.keyID && $0.name.isIdentical(to: signature.name) }
        signatures.append(signature)
    }

    /// The keys, of those given, that have signed the note, in the order of their signatures: at least one.
    ///
    /// Signatures of other keys are passed over. One that bears the name and id of a given key and is not that key's
    /// rejects the whole note.
    @discardableResult
    package func verify(with verifiers: [NoteVerifier]) throws(NoteError) -> [NoteVerifier] {
        try verified(by: verifiers).map(\.verifier)
    }

    /// The cosignatures that keys, of those given, have put on the note; none if there are none.
    package func cosignatures(by witnesses: [NoteVerifier]) throws(NoteError) -> [Cosignature] {
        try matches(of: witnesses).compactMap { $0.verifier.cosignature(of: $0.signature, on: text) }
    }

    private func verified(by verifiers: [NoteVerifier]) throws(NoteError) -> [Match] {
        let matches = try matches(of: verifiers)
        guard !matches.isEmpty else { throw NoteError(.unsigned, "no known key has signed the note") }
        return matches
    }

    private struct Match {
        var verifier: NoteVerifier
        var signature: NoteSignature
    }

    /// The first signature of each key that made one; all that are checked are right.
    private func matches(of verifiers: [NoteVerifier]) throws(NoteError) -> [Match] {
        var matches: [Match] = []
        for signature in signatures {
            guard let verifier = verifiers.first(where: { $0.made(signature) }),
                !matches.contains(where: { $0.verifier == verifier })
            else { continue }
            guard verifier.isValid(signature, on: text) else {
                throw NoteError(.wrongSignature, "the signature of “\(signature.name)” is wrong")
            }
            matches.append(Match(verifier: verifier, signature: signature))
        }
        return matches
    }

    package static func == (left: SignedNote, right: SignedNote) -> Bool {
        left.text.isIdentical(to: right.text) && left.signatures == right.signatures
    }
}
