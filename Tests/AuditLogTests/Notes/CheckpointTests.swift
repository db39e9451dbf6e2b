import Testing

@testable import AuditLog

@Suite("Checkpoints")
struct CheckpointTests {
    private static let root = "o5IPun8jmgcam9EHIfE0Gt3vuu3ttBx+JEN6nRa98Ao="

    @Test("a checkpoint that Go signed is read, verified and written byte for byte")
    func known() throws {
        let signed = try SignedCheckpoint(parsing: GoNote.checkpoint)
        let key = try NoteVerifier(vkey: GoNote.vkey)
        let checkpoint = try signed.verify(key: key, origin: "example.com/log")
        #expect(checkpoint.origin == "example.com/log")
        #expect(checkpoint.size == 70_000)
        #expect(checkpoint.root.base64 == Self.root)
        #expect(checkpoint.extensions.isEmpty)
        #expect(signed.encoded.utf8.elementsEqual(GoNote.checkpoint.utf8))
        #expect(throws: NoteError.self) { try signed.verify(key: key, origin: "example.com/other") }
        let stranger = try NoteSigner(name: "example.com/log").verifier
        #expect(throws: NoteError.self) { try signed.verify(key: stranger, origin: "example.com/log") }
    }

    @Test(
        "origin, size, root and extensions come back as they were", arguments: [0, 1, 255, 1_000_000, Int64.max],
        [[], ["a"], ["a b", "ü", "— x"]])
    func roundTrip(size: Int64, extensions: [String]) throws {
        let checkpoint = try Checkpoint(
            origin: "atlas2/acme/0011aabb", size: size, root: .leaf([1]), extensions: extensions)
        #expect(try Checkpoint(noteText: checkpoint.noteText) == checkpoint)
        let signer = try NoteSigner(name: "atlas2/acme/0011aabb")
        var signed = try SignedCheckpoint(checkpoint)
        try signed.sign(with: signer)
        let read = try SignedCheckpoint(parsing: signed.encoded)
        #expect(read == signed)
        #expect(try read.verify(key: signer.verifier, origin: checkpoint.origin) == checkpoint)
    }

    @Test(
        "what is no checkpoint is refused",
        arguments: [
            "", "\n", "a\n", "a\n1\n", "a\n1\n\(root)", "\n1\n\(root)\n", "a\n01\n\(root)\n", "a\n\n\(root)\n",
            "a\n-1\n\(root)\n", "a\n+1\n\(root)\n", "a\n 1\n\(root)\n", "a\n1 \n\(root)\n", "a\n0x1\n\(root)\n",
            "a\n１\n\(root)\n", "a\n9223372036854775808\n\(root)\n", "a\n99999999999999999999999999\n\(root)\n",
            "a\n1\n\(root)\n\n", "a\n1\n\(root)\n\nb\n", "a\n1\n\(root)\nb\n\n", "a\n1\n\(root.dropLast())\n",
            "a\n1\n\(root)=\n", "a\n1\nAAAA\n", "a\n1\n\n", "a\n1\n \(root)\n", "a\r\n1\n\(root)\n",
            "a\n1\n\(root.replacing("8Ao=", with: "8Ap="))\n",
        ])
    func malformed(text: String) {
        #expect(throws: NoteError.self) { try Checkpoint(noteText: text) }
    }

    @Test("a checkpoint that no note can hold is not made")
    func impossible() {
        for (origin, size, extensions) in [
            ("", 1, []), ("a\nb", 1, []), ("a", -1, []), ("a", 1, [""]), ("a", 1, ["b\nc"]), ("a", 1, ["b\tc"]),
        ] as [(String, Int64, [String])] {
            #expect(throws: NoteError.self) {
                try Checkpoint(origin: origin, size: size, root: .empty, extensions: extensions)
            }
        }
    }

    @Test("while a key is replaced both sign, and holders of either accept")
    func rotation() throws {
        let (old, new) = (try NoteSigner(name: "log"), try NoteSigner(name: "log"))
        var signed = try SignedCheckpoint(Checkpoint(origin: "log", size: 3, root: .leaf([])))
        try signed.sign(with: old)
        try signed.sign(with: new)
        for key in [old, new] { try signed.verify(key: key.verifier, origin: "log") }
    }
}
