import Testing

@testable import AuditLog

@Suite("Proof files made by an enemy", .timeLimit(.minutes(10)))
struct HostileProofTests {
    @Test("what two readers could read in two ways is refused: a member twice, an escaped name, bytes that are no text")
    func ambiguity() throws {
        let sample = try ProofSample()
        let (text, trust) = (try sample.proof(17).document, try sample.trust)
        #expect(throws: Never.self) { try ProofFile(parsing: Array(text.utf8)).check(trust) }
        let doubled = "{\"payload\": \"{}\"," + text.dropFirst()
        let escaped = "{\"payl\\u006fad\": \"{}\"," + text.dropFirst()
        var broken = Array(text.utf8)
        broken.insert(contentsOf: Array("\"more\": \"".utf8) + [0xFF] + Array("\",".utf8), at: 1)
        for file in [Array(doubled.utf8), Array(escaped.utf8), broken] {
            #expect(throws: ProofError.self) { try ProofFile(parsing: file).check(trust) }
        }
    }

    /// Apart from the test's arguments, which are printed.
    private static let files = [
        "old 99999999999999999999\n\n", "old 1\n" + String(repeating: "A\n", count: 1_000_000) + "\n",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n",
        "c2sp.org/tlog-proof@v1\nindex 1\n" + String(repeating: MerkleHash.empty.base64 + "\n", count: 64),
        "{\"format\": " + String(repeating: "[", count: 100_000), "{\"format\": \"" + "\\",
        "{\"format\": \"atlas2/row-proof/v1\", \"row\": 1e999}", "{", "{}", "",
    ]

    @Test("huge numbers, endless lists and deep nesting end in a refusal", arguments: files.indices)
    func bounds(index: Int) throws {
        let trust = try ProofSample(Sample.log(2)).trust
        let bytes = Array(Self.files[index].utf8)
        #expect(throws: (any Error).self) { try ProofFile(parsing: bytes).check(trust) }
    }

    @Test("a quorum counts each witness once, and cannot be more than there are")
    func quorum() throws {
        let key = try NoteSigner(name: "example.com/log").verifier
        let witness = try NoteSigner(name: "witness.example/1", kind: .cosignature).verifier
        #expect(try ProofTrust(keys: [key], witnesses: [witness, witness]).quorum == 1)
        #expect(throws: ProofError.self) { try ProofTrust(keys: [key], witnesses: [witness, witness], quorum: 2) }
    }
}
