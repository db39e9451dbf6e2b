import Testing

@testable import AuditLog

@Suite("Cosignatures")
struct CosignatureTests {
    private let witness: NoteVerifier

    init() throws {
        witness = try NoteVerifier(vkey: GoNote.witnessVkey)
    }

    @Test("a cosignature made with Go is read with its time")
    func known() throws {
        let note = try SignedNote(parsing: GoNote.checkpoint + GoNote.cosignatureLine)
        let cosignatures = try note.cosignatures(by: [witness])
        #expect(cosignatures.map(\.timestamp) == [1_763_916_000])
        #expect(cosignatures.map(\.witness) == [witness])
        #expect(try note.verify(with: [witness]) == [witness])
        #expect(try note.verify(with: [witness, NoteVerifier(vkey: GoNote.vkey)]).count == 2)
    }

    #if os(Linux)
    @Test("the same key makes the same cosignature as Go's (Ed25519 is deterministic here)")
    func signing() throws {
        let signer = try NoteSigner(privateKey: GoNote.witnessPrivateKey)
        let signature = try signer.signature(on: GoNote.checkpointText, time: 1_763_916_000)
        #expect(signature.line + "\n" == GoNote.cosignatureLine)
    }
    #endif

    @Test("a cosignature states its own time, for its own text, by its own key")
    func forged() throws {
        let line = try #require(try NoteSignature.parse(lines: GoNote.cosignatureLine).first)
        func timestamp(_ bytes: [UInt8], on text: String = GoNote.checkpointText) -> UInt64? {
            witness.cosignature(of: NoteSignature(name: line.name, keyID: line.keyID, bytes: bytes), on: text)?
                .timestamp
        }
        #expect(timestamp(line.bytes) == 1_763_916_000)
        for place in line.bytes.indices {
            var bytes = line.bytes
            bytes[place] ^= 1
            #expect(timestamp(bytes) == nil, "byte \(place)")
        }
        #expect(timestamp(Array(line.bytes.dropLast())) == nil)
        #expect(timestamp(line.bytes + [0]) == nil)
        #expect(timestamp(Array(line.bytes.dropFirst(8))) == nil)
        #expect(timestamp([]) == nil)
        #expect(timestamp(line.bytes, on: GoNote.checkpointText.replacing("70000", with: "70001")) == nil)
        let stranger = try NoteSigner(name: witness.name, kind: .cosignature).verifier
        #expect(stranger.cosignature(of: line, on: GoNote.checkpointText) == nil)
    }

    @Test("a wrong cosignature rejects the note, a strange one does not")
    func rejected() throws {
        let log = try NoteVerifier(vkey: GoNote.vkey)
        let other = GoNote.checkpoint.replacing("70000", with: "70001") + GoNote.cosignatureLine
        #expect(throws: NoteError.self) { try SignedNote(parsing: other).cosignatures(by: [witness]) }
        let stranger = try NoteSigner(name: witness.name, kind: .cosignature).verifier
        let note = try SignedNote(parsing: GoNote.checkpoint + GoNote.cosignatureLine)
        #expect(try note.cosignatures(by: [stranger]).isEmpty)
        #expect(try note.cosignatures(by: [log]).isEmpty)
    }

    @Test("a witness's answer is its lines; what is no line is refused")
    func answers() throws {
        let line = GoNote.cosignatureLine
        #expect(try NoteSignature.parse(lines: line + line).count == 2)
        for text in ["", "\n", String(line.dropLast()), line + "\n", "\n" + line, line + "x\n", "— a\n"] {
            #expect(throws: NoteError.self) { try NoteSignature.parse(lines: text) }
        }
    }

    @Test("any time can be stated", arguments: [0, 1, UInt64(Int64.max), .max])
    func times(time: UInt64) throws {
        let signer = try NoteSigner(name: "w", kind: .cosignature)
        var note = try SignedNote(text: GoNote.checkpointText)
        try signer.sign(&note, time: time)
        #expect(try SignedNote(parsing: note.encoded).cosignatures(by: [signer.verifier]).map(\.timestamp) == [time])
    }
}
