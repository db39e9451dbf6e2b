import Testing

@testable import AuditLog

/// Keys and notes that `golang.org/x/mod/sumdb/note` made: `GenerateKey` over seeds of 0x42 and 0x17, and `Sign`.
enum GoNote {
    static let privateKey = "PRIVATE+KEY+example.com/log+d5ca9a19+AUJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC"
    static let vkey = "example.com/log+d5ca9a19+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS"
    static let secondPrivateKey =
        "PRIVATE+KEY+Zweiter-Schlüssel+be8c6aa6+ARcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcX"
    static let secondVkey = "Zweiter-Schlüssel+be8c6aa6+ATHevlXTfHInaLE3ExyqYIcICy4LYLlL14XRRXXPpJi8"
    static let text = "first\n\nsecond: ü\n"
    static let line =
        "— example.com/log 1cqaGWPcd0zqZ+H+lFQzc25nsuTHX0IOhCSdBfbjslS6ze+b/kdBzyN6N5mZRmQv8XY//UE8zweEm5dKOdiFfG6i/gA=\n"
    static let secondLine =
        "— Zweiter-Schlüssel voxqpiQ8L10sLwwhd6CL7wgHG9BFfX/T1W0vRGKeHMS6MppSbUQ/PJc3dNYvbigse5+a3ahV14Hvw2dF7lh1ryBY+w8=\n"
    static let note = text + "\n" + line + secondLine

    /// The tree of `GoTreeTests`, as `tlog.TreeHash` makes it.
    static let checkpointText = "example.com/log\n70000\no5IPun8jmgcam9EHIfE0Gt3vuu3ttBx+JEN6nRa98Ao=\n"
    static let checkpointLine =
        "— example.com/log 1cqaGTw3W7sVO4ykAeyd+8HBcd90x/f9MB+9HqW8BzCQC/kK82luTIrPC3QZu8GSi2p+FRIUKy3SQbd9OSDFpWtwFQ4=\n"
    static let checkpoint = checkpointText + "\n" + checkpointLine

    /// A cosignature on that checkpoint of Unix second 1763916000, made with Go's `crypto/ed25519` and a seed of 0x33.
    static let witnessPrivateKey =
        "PRIVATE+KEY+witness.example/w1+d92427b4+BDMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMz"
    static let witnessVkey = "witness.example/w1+d92427b4+BBfLefsrQSDysexl5BmNbgiyjoE/6wHkpACDm4XhgIDO"
    static let cosignatureLine =
        "— witness.example/w1 2SQntAAAAABpIzjg5Okdwf9XhgFF6u7bXVyRm2xgd4kerhWz5tSZODWgsK75tzgoEgnWlgWo2tVD29egaI02O1uLDVivc1oGgGkJBg==\n"
}

@Suite("Keys of notes")
struct NoteKeyTests {
    @Test(
        "a key is written as Go's note package writes it, and read again",
        arguments: [
            (GoNote.privateKey, GoNote.vkey), (GoNote.secondPrivateKey, GoNote.secondVkey),
            (GoNote.witnessPrivateKey, GoNote.witnessVkey),
        ])
    func known(privateKey: String, vkey: String) throws {
        let signer = try NoteSigner(privateKey: privateKey)
        #expect(signer.privateKey == privateKey)
        #expect(signer.verifier.vkey == vkey)
        #expect(try NoteVerifier(vkey: vkey) == signer.verifier)
    }

    @Test("the key of Go's note package's documentation is read")
    func documented() throws {
        let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        let verifier = try NoteVerifier(vkey: vkey)
        #expect(verifier.name == "PeterNeumann")
        #expect(verifier.keyID == 0xc74f_20a3)
        #expect(verifier.kind == .ed25519)
        #expect(verifier.vkey == vkey)
        let privateKey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
        #expect(try NoteSigner(privateKey: privateKey).verifier == verifier)
    }

    @Test(
        "a fresh key signs what its verifier accepts, also after it was written and read",
        arguments: [NoteVerifier.Kind.ed25519, .cosignature])
    func fresh(kind: NoteVerifier.Kind) throws {
        let signer = try NoteSigner(name: "atlas2/acme", kind: kind)
        let again = try NoteSigner(privateKey: signer.privateKey)
        var note = try SignedNote(text: "a\n1\nb\n")
        try again.sign(&note, time: 12)
        #expect(try note.verify(with: [NoteVerifier(vkey: signer.verifier.vkey)]) == [signer.verifier])
        #expect(try NoteSigner(name: "atlas2/acme").privateKey != signer.privateKey)
    }

    @Test(
        "a text that is no key is refused",
        arguments: [
            "", "+", "++", "+++", "example.com/log", "example.com/log+d5ca9a19",
            "example.com/log+d5ca9a19+", "example.com/log+d5ca9a1+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
            "example.com/log+d5ca9a18+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
            "example.com/log+-5ca9a19+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
            "example.com/lof+d5ca9a19+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
            "+d5ca9a19+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
            "example com+d5ca9a19+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
            "example.com/log+d5ca9a19+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS\n",
            "example.com/log+d5ca9a19+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgd==",
            "example.com/log+d5ca9a19+ASFS", "example.com/log+d5ca9a19+AiFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
            // The same key and name as a witness's have another id.
            "example.com/log+d5ca9a19+BCFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS",
        ])
    func noKey(text: String) {
        #expect(throws: NoteError.self) { try NoteVerifier(vkey: text) }
        #expect(throws: NoteError.self) { try NoteSigner(privateKey: "PRIVATE+KEY+" + text) }
        #expect(throws: NoteError.self) { try NoteSigner(privateKey: text) }
    }

    @Test("a name is not empty and holds no space of Unicode's and no plus sign")
    func names() throws {
        for name in ["", " ", "a b", "a+b", "a\u{a0}b", "a\u{2003}b", "a\u{85}b", "a\nb", "a\u{7}b", "\u{3000}"] {
            #expect(throws: NoteError.self, "\(name)") { try NoteSigner(name: name) }
        }
        for name in ["a", "example.com/logs/acme", "Zürich", "日本", "-"] {
            #expect(try NoteSigner(name: name).name == name)
        }
    }
}
