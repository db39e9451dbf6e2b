import Testing

@testable import AuditLog

@Suite("Proof files")
struct TlogProofTests {
    private static let store = TileStore(count: 70_000)
    private let log: NoteVerifier
    private let witness: NoteVerifier
    private let proof: TlogProof
    private let leaf = MerkleHash.leaf("entry 12345".utf8)

    init() throws {
        log = try NoteVerifier(vkey: GoNote.vkey)
        witness = try NoteVerifier(vkey: GoNote.witnessVkey)
        proof = TlogProof(
            index: 12_345, hashes: try Self.store.inclusion(12_345, 70_000).hashes,
            checkpoint: try SignedCheckpoint(parsing: GoNote.checkpoint + GoNote.cosignatureLine))
    }

    @Test("a file is a header, the index, the hashes, an empty line and the checkpoint")
    func format() throws {
        let lines = proof.encoded.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "c2sp.org/tlog-proof@v1")
        #expect(lines[1] == "index 12345")
        #expect(lines[2..<19].map { MerkleHash(base64: $0) } == proof.hashes)
        #expect(lines[19].isEmpty)
        #expect(lines[20...].joined(separator: "\n") == GoNote.checkpoint + GoNote.cosignatureLine)
        let extra = TlogProof(extra: [1, 2], index: 0, hashes: [], checkpoint: proof.checkpoint)
        #expect(extra.encoded.hasPrefix("c2sp.org/tlog-proof@v1\nextra AQI=\nindex 0\n\nexample.com/log\n"))
    }

    @Test("a file comes back as it was, with its extra data or without", arguments: [nil, [], [0], [UInt8](0..<255)])
    func roundTrip(extra: [UInt8]?) throws {
        let file = TlogProof(extra: extra, index: proof.index, hashes: proof.hashes, checkpoint: proof.checkpoint)
        let read = try TlogProof(parsing: Array(file.encoded.utf8))
        #expect(read == file)
        #expect(read.encoded.utf8.elementsEqual(file.encoded.utf8))
        #expect(
            try read.verify(leaf: leaf, log: log, witnesses: [witness], quorum: 1).map(\.timestamp) == [1_763_916_000])
    }

    private func code(_ proof: TlogProof, leaf: MerkleHash? = nil, witnesses: [NoteVerifier] = [], quorum: Int = 0)
        -> NoteError.Code?
    {
        do throws(NoteError) {
            try proof.verify(leaf: leaf ?? self.leaf, log: log, witnesses: witnesses, quorum: quorum)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("what fails is named")
    func failures() throws {
        #expect(code(proof) == nil)
        #expect(code(proof, leaf: .leaf("entry 12346".utf8)) == .mismatch)
        #expect(code(proof, witnesses: [witness], quorum: 1) == nil)
        #expect(code(proof, witnesses: [witness], quorum: 2) == .unsigned)
        #expect(code(proof, witnesses: [witness, witness], quorum: 2) == .unsigned, "a witness counts once")
        #expect(code(proof, witnesses: [log], quorum: 1) == .unsigned, "the log is no witness of itself")
        let stranger = try NoteSigner(name: witness.name, kind: .cosignature).verifier
        #expect(code(proof, witnesses: [stranger], quorum: 1) == .unsigned)
        for index in [0, 12_344, 12_346, 69_999, 70_000, Int64.max] {
            let moved = TlogProof(index: index, hashes: proof.hashes, checkpoint: proof.checkpoint)
            #expect(code(moved) == .mismatch)
        }
        for (name, hashes) in proof.hashes.forgeries {
            let forged = TlogProof(index: proof.index, hashes: hashes, checkpoint: proof.checkpoint)
            #expect(code(forged) == .mismatch, "\(name)")
        }
        #expect(throws: NoteError.self) { try proof.verify(leaf: leaf, log: log, origin: "example.com/other") }
        let other = try NoteSigner(name: log.name).verifier
        #expect(throws: NoteError.self) { try proof.verify(leaf: leaf, log: other) }
    }

    @Test("a file that is cut anywhere is refused, or lost a whole signature")
    func cut() throws {
        let bytes = Array(proof.encoded.utf8)
        let withoutWitness = bytes.count - GoNote.cosignatureLine.utf8.count
        for count in bytes.indices where count != withoutWitness {
            #expect(throws: NoteError.self, "\(count) bytes") { try TlogProof(parsing: bytes.prefix(count)) }
        }
        let shorter = try TlogProof(parsing: bytes.prefix(withoutWitness))
        #expect(code(shorter) == nil)
        #expect(code(shorter, witnesses: [witness], quorum: 1) == .unsigned)
    }

    @Test("a changed bit anywhere is refused")
    func everyByte() throws {
        let bytes = Array(proof.encoded.utf8)
        for place in bytes.indices {
            var forged = bytes
            forged[place] ^= 1 << UInt8(place % 8)
            #expect(throws: NoteError.self, "byte \(place)") {
                try TlogProof(parsing: forged).verify(leaf: leaf, log: log, witnesses: [witness], quorum: 1)
            }
        }
    }

    @Test(
        "what is no proof file is refused",
        arguments: [
            "", "\n", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 0\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex 0\n\(GoNote.checkpoint)", "c2sp.org/tlog-proof@v1\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex 00\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex -1\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex \n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex 0\nextra AQI=\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nextra AQI\nindex 0\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nextra AQI=\nextra AQI=\nindex 0\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex 0\nAQI=\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex 0\n\n\n\(GoNote.checkpoint)",
            "c2sp.org/tlog-proof@v1\nindex 0\n\n\(GoNote.checkpoint)\n",
            "c2sp.org/tlog-proof@v1\r\nindex 0\n\n\(GoNote.checkpoint)", " c2sp.org/tlog-proof@v1\nindex 0\n\n",
            "c2sp.org/tlog-proof@v1\nindex 0\n"
                + String(repeating: MerkleHash.empty.base64 + "\n", count: 64) + "\n\(GoNote.checkpoint)",
        ])
    func malformed(text: String) {
        #expect(throws: NoteError.self) { try TlogProof(parsing: text) }
    }
}
