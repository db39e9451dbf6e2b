/// The keys that sign a log's checkpoints: one, and the one before it until both have signed the change.
package struct LogKeys: Sendable {
    package let current: NoteSigner
    /// Signs too, for as long as the change to the current key is not signed by both.
    package let previous: NoteSigner?

    /// The log's name.
    package var origin: String { current.name }

    package var signers: [NoteSigner] { [current] + (previous.map { [$0] } ?? []) }
    package var verifiers: [NoteVerifier] { signers.map(\.verifier) }

    /// Reads the keys of a folder.
    ///
    /// - Throws: `SealRefusal` when there is none, or others may read one.
    package init(_ folder: SealerFolder) throws {
        guard let text = try folder.read(.key) else {
            throw SealRefusal(
                .noKey,
                "there is no key in \(folder.path): bring it there, or name its folder by ATLAS2_SEALER; for a log that never had one, atlas2 log key create makes it"
            )
        }
        current = try Self.parse(text, of: folder, .key)
        guard let text = try folder.read(.previousKey) else {
            previous = nil
            return
        }
        let previous = try Self.parse(text, of: folder, .previousKey)
        // A rotation that ended before the new key stood in its place has changed nothing.
        self.previous = previous.verifier == current.verifier ? nil : previous
        if self.previous == nil { try folder.remove(.previousKey) }
    }

    private static func parse(_ text: String, of folder: SealerFolder, _ file: SealerFolder.File) throws -> NoteSigner {
        do {
            let signer = try NoteSigner(privateKey: String(text.prefix { !$0.isNewline }))
            guard signer.verifier.kind == .ed25519 else { throw SealRefusal(.unusableKey, "it is a witness's") }
            return signer
        } catch {
            throw SealRefusal(.unusableKey, "\(folder.path(file)) is no key to sign with: \(error)")
        }
    }

    /// Makes a log's first key, and an empty record of what it has signed.
    ///
    /// - Parameters:
    ///   - origin: the log's name for good; nil: `atlas2/<slug>/<8 hexadecimal digits of the public key>`.
    ///   - isReplacing: whether the key before is lost: a record of what it signed is gone on with.
    /// - Throws: `SealRefusal` when there is a key.
    package static func create(
        in folder: SealerFolder, origin: String?, slug: String, isReplacing: Bool = false
    ) async throws -> LogKeys {
        try folder.make()
        let lock = try await folder.lock(wait: .seconds(30))
        defer { withExtendedLifetime(lock) {} }
        guard try folder.read(.key) == nil else {
            throw SealRefusal(.keyExists, "there is a key in \(folder.path): atlas2 log key rotate makes another")
        }
        let signer: NoteSigner
        if let origin {
            signer = try NoteSigner(name: origin)
        } else {
            let fresh = try NoteSigner(name: "atlas2/\(slug)")
            signer = try fresh.renamed("atlas2/\(slug)/\(Array(fresh.verifier.publicKey.prefix(4)).hexadecimal)")
        }
        // The record comes first: a key without one is taken for one whose record was lost.
        let former = try folder.read(.state).map { try SealerState(parsing: $0, path: folder.path(.state)) }
        if let former, former.size > 0 {
            guard isReplacing else {
                throw SealRefusal(
                    .keyExists,
                    "\(folder.path(.state)) says what the key of \(former.origin) has signed, and that key is not here: bring it back, or, if it is lost for good, say --replace"
                )
            }
        } else {
            try folder.write(try SealerState(origin: signer.name).encoded(), to: .state)
        }
        try folder.create(.key, signer.privateKey + "\n")
        return try LogKeys(folder)
    }

    /// Puts a new key of the same name in the key's place. The next checkpoint announces it and bears both signatures.
    ///
    /// - Throws: `SealRefusal` when the change before this one is not signed yet.
    package static func rotate(in folder: SealerFolder) async throws -> LogKeys {
        guard folder.hasKey, let lock = try await folder.lock(wait: .seconds(30)) else {
            _ = try LogKeys(folder)
            throw SealRefusal(.file, "a sealer is at work in \(folder.path): try again when it is done")
        }
        defer { withExtendedLifetime(lock) {} }
        let keys = try LogKeys(folder)
        guard keys.previous == nil else {
            throw SealRefusal(
                .keyExists, "the change to the present key is not signed yet: run atlas2 log seal, then rotate again")
        }
        let signer = try NoteSigner(name: keys.origin)
        try folder.replace(.key, with: signer.privateKey + "\n", keepingAs: .previousKey)
        return try LogKeys(folder)
    }

    /// Signs a checkpoint with every key.
    func sign(size: Int64, root: MerkleHash) throws -> String {
        var checkpoint = try SignedCheckpoint(Checkpoint(origin: origin, size: size, root: root))
        for signer in signers { try checkpoint.sign(with: signer) }
        return checkpoint.encoded
    }

    /// Whether every key has signed a note.
    func haveSigned(_ note: String) -> Bool {
        (try? SignedNote(parsing: note).verify(with: verifiers).count) == verifiers.count
    }
}

extension NoteSigner {
    /// The same key under another name.
    fileprivate func renamed(_ name: String) throws -> NoteSigner {
        let verifier = try NoteVerifier(name: name, kind: verifier.kind, publicKey: verifier.publicKey)
        let secret = privateKey.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 4).last.map {
            String(Substring($0))
        }
        let id = KeyText.join(name: name, keyID: verifier.keyID, bytes: [])
        return try NoteSigner(privateKey: "PRIVATE+KEY+\(id)\(secret ?? "")")
    }
}
