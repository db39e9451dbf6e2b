import Testing

@testable import AuditLog

@Suite("Signed notes")
struct SignedNoteTests {
    private let first: NoteVerifier
    private let second: NoteVerifier

    init() throws {
        first = try NoteVerifier(vkey: GoNote.vkey)
        second = try NoteVerifier(vkey: GoNote.secondVkey)
    }

    @Test("Go's note is read, verified and written byte for byte")
    func known() throws {
        let note = try SignedNote(parsing: GoNote.note)
        #expect(note.text == GoNote.text)
        #expect(note.signatures.map(\.name) == ["example.com/log", "Zweiter-Schlüssel"])
        #expect(note.encoded.utf8.elementsEqual(GoNote.note.utf8))
        #expect(try note.verify(with: [first]) == [first])
        #expect(try note.verify(with: [second]) == [second])
        #expect(try note.verify(with: [second, first]) == [first, second])
    }

    @Test("the note of Go's note package's documentation verifies")
    func documented() throws {
        let note = try SignedNote(
            parsing: """
                If you think cryptography is the answer to your problem,
                then you don't know what your problem is.

                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

                """)
        let key = try NoteVerifier(vkey: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        #expect(try note.verify(with: [key]) == [key])
    }

    #if os(Linux)
    @Test("the same key makes the same signature as Go's (Ed25519 is deterministic here)")
    func signing() throws {
        var note = try SignedNote(text: GoNote.text)
        try NoteSigner(privateKey: GoNote.privateKey).sign(&note)
        try NoteSigner(privateKey: GoNote.secondPrivateKey).sign(&note)
        #expect(note.encoded.utf8.elementsEqual(GoNote.note.utf8))
    }
    #endif

    private func code(_ bytes: [UInt8], _ keys: [NoteVerifier]) -> NoteError.Code? {
        do throws(NoteError) {
            try SignedNote(parsing: bytes).verify(with: keys)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a changed bit anywhere in a note of one signature is refused")
    func everyBit() throws {
        let bytes = Array((GoNote.text + "\n" + GoNote.line).utf8)
        #expect(code(bytes, [first, second]) == nil)
        for place in bytes.indices {
            for bit in 0..<8 {
                var forged = bytes
                forged[place] ^= 1 << bit
                #expect(code(forged, [first, second]) != nil, "byte \(place), bit \(bit)")
            }
        }
    }

    @Test("a note that is cut anywhere is refused")
    func cut() throws {
        let bytes = Array((GoNote.text + "\n" + GoNote.line).utf8)
        for count in bytes.indices {
            #expect(code(Array(bytes.prefix(count)), [first]) != nil, "\(count) bytes")
        }
    }

    @Test(
        "what is no note is refused",
        arguments: [
            "", "\n", "\n\n", "\n\n\n", "text\n", "text\n\n", "text\n\nno signature\n", "text" + "\n" + GoNote.line,
            GoNote.text + "\n" + GoNote.line.dropLast(), GoNote.text + "\n" + GoNote.line + "\n",
            GoNote.text + "\n" + GoNote.line + "more\n", GoNote.text + "\r\n" + GoNote.line,
            "te\txt\n\n" + GoNote.line, "te\u{0}xt\n\n" + GoNote.line, "text\r\n\n" + GoNote.line,
            "text\n\n" + GoNote.line.replacing("—", with: "-"),
            "text\n\n" + GoNote.line.replacing("log 1", with: "log  1"),
            "text\n\n" + GoNote.line.replacing("example.com/log", with: "example+log"),
            "text\n\n" + GoNote.line.replacing("example.com/log", with: ""),
            "text\n\n— name\n", "text\n\n— name \n", "text\n\n— name AAAA\n", "text\n\n— name AAAAAA==\n",
            "text\n\n— name AAAAAAB=\n", "text\n\n— na\u{a0}me AAAAAAA=\n", "text\n\n— name AAAAAAA= \n",
            "text\n\n" + String(repeating: "— name AAAAAAA=\n", count: 101),
        ])
    func malformed(text: String) {
        #expect(throws: NoteError.self) { try SignedNote(parsing: text) }
        #expect(code(Array(text.utf8), [first]) == .malformed)
    }

    @Test("bytes that are not UTF-8 are no note")
    func invalidUTF8() {
        for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xC3]] as [[UInt8]] {
            #expect(code(Array("text".utf8) + bytes + Array(("\n\n" + GoNote.line).utf8), [first]) == .malformed)
        }
    }

    @Test("text and signatures part at the last empty line")
    func lastEmptyLine() throws {
        let inner = GoNote.text + "\n" + GoNote.line
        let note = try SignedNote(parsing: inner + "\n" + GoNote.secondLine)
        #expect(note.text == inner)
        #expect(note.signatures.count == 1)
        #expect(throws: NoteError.self) { try note.verify(with: [first, second]) }
    }

    @Test("signatures of unknown keys are passed over, and alone they are not enough")
    func unknown() throws {
        let note = try SignedNote(parsing: GoNote.note)
        let stranger = try NoteSigner(name: "example.com/log").verifier
        #expect(try note.verify(with: [stranger, first]) == [first])
        #expect(code(Array(GoNote.note.utf8), [stranger]) == .unsigned)
        #expect(code(Array(GoNote.note.utf8), []) == .unsigned)
    }

    @Test("one wrong signature of a known key rejects the note, however many others are right")
    func wrongSignature() throws {
        var note = try SignedNote(parsing: GoNote.note)
        let wrong = try NoteSigner(privateKey: GoNote.secondPrivateKey).signature(on: "something else\n")
        note.add(wrong)
        #expect(note.signatures.count == 2)
        #expect(try note.verify(with: [first]) == [first])
        #expect(code(Array(note.encoded.utf8), [first, second]) == .wrongSignature)
        #expect(code(Array(note.encoded.utf8), [second]) == .wrongSignature)
    }

    @Test("of several signatures of one key the first counts")
    func duplicates() throws {
        let text = GoNote.text + "\n" + GoNote.line + GoNote.line
        #expect(try SignedNote(parsing: text).verify(with: [first, first]) == [first])
    }

    @Test("a note may bear a hundred signatures, and all are read")
    func manySignatures() throws {
        var note = try SignedNote(text: "text\n")
        let signers = try (0..<16).map { try NoteSigner(name: "key-\($0)") }
        for signer in signers { try signer.sign(&note) }
        let read = try SignedNote(parsing: note.encoded)
        #expect(read == note)
        #expect(try read.verify(with: signers.map(\.verifier)).count == 16)
        let most = "text\n\n" + String(repeating: "— name AAAAAAA=\n", count: 99) + note.signatures[0].line + "\n"
        #expect(try SignedNote(parsing: most).verify(with: [signers[0].verifier]).count == 1)
    }

    @Test("signing again replaces the key's own signature")
    func signingAgain() throws {
        let signer = try NoteSigner(name: "witness", kind: .cosignature)
        var note = try SignedNote(text: "a\n")
        try signer.sign(&note, time: 1)
        try signer.sign(&note, time: 2)
        #expect(try note.cosignatures(by: [signer.verifier]).map(\.timestamp) == [2])
        #expect(note.signatures.count == 1)
    }

    @Test("a text that no note can hold is not signed")
    func unsignable() {
        for text in ["", "no line feed", "tab\t\n", "nul\u{0}\n", "cr\r\n"] {
            #expect(throws: NoteError.self) { try SignedNote(text: text) }
        }
    }
}
