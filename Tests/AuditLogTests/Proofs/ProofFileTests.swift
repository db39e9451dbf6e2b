import Postgres
import Testing

@testable import AuditLog

@Suite("Proof files")
struct ProofFileTests {
    /// What the text of a file comes to.
    private static func check(
        _ text: String, _ trust: ProofTrust, old: SignedCheckpoint? = nil
    ) throws -> ProofReport {
        try ProofFile(parsing: Array(text.utf8)).check(trust, old: old)
    }

    @Test("an event's proof is read back from its file and holds, whatever it shows")
    func events() throws {
        let sample = try ProofSample()
        let parts = ErasableParts(salt: Sample.salt, personal: Sample.personal, attachment: Sample.attachment)
        let left = ErasableParts(salt: [7], personal: JSON("{}"), attachment: nil)
        let cases: [(EventProof.Erasable?, ProofReport.Part.Verdict)] = [
            (nil, .proved), (.shown(parts), .proved), (.withheld, .withheld), (.erased(by: 299), .erased),
            (.redacted(left, by: 299), .redacted),
        ]
        for position in [0, 17, 255, 256, 299] {
            for (erasable, verdict) in cases {
                let report = try Self.check(try sample.proof(position, showing: erasable).document, sample.trust)
                #expect(report.entry?.position == Int64(position) && report.checkpoint.size == 300)
                #expect(report.parts.map(\.verdict) == [.proved, .proved, verdict])
                #expect(report.parts[1].detail == #"{"number":\#(position)}"#)
            }
            let bare = try Self.check(try sample.proof(position).proof.encoded, sample.trust)
            #expect(bare.entry?.position == Int64(position) && bare.parts.map(\.verdict) == [.proved, .withheld])
        }
    }

    @Test("texts that JSON has to escape come through a file byte for byte")
    func exactness() throws {
        var events = Sample.log(2)
        let payload = "{\"text\": \"a\\u0000\\\"\\\\ \u{7F} é \u{2028} 🧾\",\n\t\"x\" : 1}"
        events[1].payload = JSON(payload)
        events[1].personal = JSON("{\"name\" :  \"\\/ \\ud83e\\uddfe\"\r\n}")
        events[1].attachment = Array(0...255)
        events[1].seal()
        let sample = try ProofSample(events)
        let report = try Self.check(try sample.proof(1).document, sample.trust)
        #expect(report.parts.map(\.verdict) == [.proved, .proved, .proved])
        #expect(report.parts[1].detail.utf8.elementsEqual(payload.utf8))
    }

    @Test("a file in which anything is changed does not hold")
    func forgery() throws {
        let sample = try ProofSample()
        let text = try sample.proof(17).document
        let other = try sample.proof(18)
        let entry = String(decoding: try sample.proof(17).entry.bytes, as: UTF8.self).replacing("\"", with: "\\\"")
        let foreign = String(decoding: other.entry.bytes, as: UTF8.self).replacing("\"", with: "\\\"")
        let salt = [UInt8](Sample.salt).hexadecimal
        let forgeries = [
            text.replacing(#"{\"number\":17}"#, with: #"{\"number\":18}"#), text.replacing(entry, with: foreign),
            text.replacing("ada@", with: "eve@"), text.replacing(salt, with: "ff" + salt.dropFirst(2)),
            text.replacing("\"AP8K\"", with: "\"AP8L\""), text.replacing("\"shown\"", with: "\"seen\""),
            text.replacing("index 17", with: "index 18"), text.replacing("\\n300\\n", with: "\\n299\\n"),
            text.replacing("event-proof/v1", with: "event-proof/v2"), String(text.dropLast(3)),
            text.replacing("\"salt\": \"", with: "\"salt\": \"0"),
        ]
        for forged in forgeries {
            #expect(forged != text)
            let trust = try sample.trust
            #expect(throws: (any Error).self, "\(forged)") { try Self.check(forged, trust) }
        }
    }

    @Test("every base64 letter and digit of the bare proof counts")
    func damagedProof() throws {
        let sample = try ProofSample(Sample.log(70))
        let text = Array(try sample.proof(33).proof.encoded.utf8)
        let trust = try sample.trust
        for index in text.indices {
            var damaged = text
            damaged[index] = damaged[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: (any Error).self) { try ProofFile(parsing: damaged).check(trust) }
        }
    }

    @Test("a proof of another log, or one that the key given has not signed, does not hold")
    func otherKeys() throws {
        let sample = try ProofSample()
        let text = try sample.proof(5).document
        let sameName = try ProofTrust(keys: [NoteSigner(name: "example.com/log").verifier])
        let otherName = try ProofTrust(keys: [NoteSigner(name: "example.org/log").verifier])
        for trust in [sameName, otherName] {
            #expect(throws: NoteError.self) { try Self.check(text, trust) }
        }
        // After a rotation either key may have signed.
        let both = try ProofTrust(keys: [sameName.keys[0], sample.signer.verifier])
        #expect(try Self.check(text, both).entry?.position == 5)
        #expect(throws: ProofError.self) { try ProofTrust(keys: []) }
        #expect(throws: ProofError.self) { try ProofTrust(keys: sameName.keys + otherName.keys) }
    }

    @Test("a witness that is asked for must have cosigned")
    func witnesses() throws {
        let sample = try ProofSample()
        let witness = try NoteSigner(name: "witness.example/w1", kind: .cosignature)
        let trust = try ProofTrust(keys: [sample.signer.verifier], witnesses: [witness.verifier])
        var proof = try sample.proof(5)
        #expect(throws: ProofError.self) { try Self.check(proof.document, trust) }
        var checkpoint = sample.checkpoint
        try checkpoint.sign(with: witness, time: 1_700_000_000)
        proof.proof = TlogProof(
            extra: proof.entry.bytes, index: 5, hashes: proof.proof.hashes, checkpoint: checkpoint)
        let report = try Self.check(proof.document, trust)
        #expect(report.cosignatures.map(\.timestamp) == [1_700_000_000])
    }

    @Test(
        "each row of a chunk is proved alone; an erased one is said to be",
        arguments: [1, 2, 3, 7, 255, 256, 257, 1000])
    func rows(count: Int) throws {
        let rows = (0..<count).map { #"["row \#($0)"]"# }
        let (sample, proofs) = try ProofSample.chunk(rows, erased: [count / 2])
        let trust = try sample.trust
        for index in Set([0, 1, count / 3, count / 2, count - 2, count - 1]) where rows.indices.contains(index) {
            let text = proofs[index].document
            for other in Set([0, count / 4, count - 1]) where other != index && count < 500 {
                #expect(!text.contains(#"[\"row \#(other)\"]"#), "other rows must not show")
            }
            let report = try Self.check(text, trust)
            let verdict = report.parts.first { $0.name == "row \(11 + index)" }?.verdict
            #expect(verdict == (index == count / 2 ? .erased : .proved))
        }
    }

    @Test("a row that was changed, moved or given another chunk's payload does not hold")
    func forgedRows() throws {
        let (sample, proofs) = try ProofSample.chunk((0..<9).map { #"["row \#($0)"]"# })
        let trust = try sample.trust
        let text = proofs[4].document
        let nonce = ResultRows.nonce(salt: Sample.salt, row: 15).hexadecimal
        var moved = proofs[4]
        moved.row = 16
        var longer = proofs[4]
        longer.path.append(.empty)
        var shorter = proofs[4]
        shorter.path.removeLast()
        var repaid = proofs[4]
        repaid.payload = JSON(String(proofs[4].payload.text.replacing("11", with: "12")))
        var shifted = proofs[4]
        // A byte of the nonce taken for one of the row's.
        let bytes = ResultRows.nonce(salt: Sample.salt, row: 15)
        shifted.content = .shown(bytes: [bytes[15]] + Array(#"["row 4"]"#.utf8), nonce: Array(bytes.dropLast()))
        let forgeries = [
            text.replacing("row 4", with: "row 5"), text.replacing(nonce, with: "00" + nonce.dropFirst(2)),
            moved.document, longer.document, shorter.document, repaid.document, shifted.document,
            text.replacing("\"row\": 15", with: "\"row\": 20"), text.replacing("\"row\": 15", with: "\"row\": -1"),
            text.replacing("\"row\": 15", with: "\"row\": 9223372036854775807"),
        ]
        for forged in forgeries {
            #expect(forged != text)
            #expect(throws: (any Error).self, "\(forged)") { try Self.check(forged, trust) }
        }
    }

    @Test("a row that was fixed is proved by its number in the job, and by no other")
    func fixedRows() throws {
        let rows = (0..<5).map { #"["row \#($0)"]"# }
        let numbers = [3, 11, 12, 70, 4_000_000_000]
        let (sample, proofs) = try ProofSample.chunk(rows, erased: [2], of: numbers, type: "job.rows_fixed")
        for (index, proof) in proofs.enumerated() {
            let report = try Self.check(proof.document, try sample.trust)
            let verdict = report.parts.first { $0.name == "row \(numbers[index])" }?.verdict
            #expect(verdict == (index == 2 ? .erased : .proved))
            for row in [0, 1, 3, 11, 12, 15, 70, 71] where row != numbers[index] {
                var moved = proof
                moved.row = Int64(row)
                let document = moved.document
                #expect(throws: ProofError.self, "\(numbers[index]) as \(row)") {
                    try Self.check(document, try sample.trust)
                }
            }
        }
        // What a log that lies might state.
        for (of, type) in [
            (nil, "job.rows_fixed"), (numbers, "job.rows_processed"), ([3, 11, 12, 70, 8, 9], "job.rows_fixed"),
            (numbers, "job.completed"),
        ] as [([Int]?, String)] {
            let (sample, proofs) = try ProofSample.chunk(rows, of: of, type: type)
            var proof = proofs[4]
            proof.row = Int64(of?.last ?? 15)
            let document = proof.document
            #expect(throws: ProofError.self, "\(type)") { try Self.check(document, try sample.trust) }
        }
    }

    @Test("growth from an older checkpoint is proved, and not from one of another log or size")
    func consistency() throws {
        let sample = try ProofSample()
        let trust = try sample.trust
        for size in [1, 2, 3, 128, 255, 256, 257, 299, 300] {
            let old = try ProofSample(Array(sample.events.prefix(size)), signer: sample.signer).checkpoint
            let file = try sample.consistency(from: Int64(size))
            let report = try Self.check(file.encoded, trust, old: old)
            #expect(report.oldSize == Int64(size) && report.checkpoint.size == 300)

            var changed = Array(sample.events.prefix(size))
            changed[size / 2].payload = JSON("{}")
            changed[size / 2].seal()
            let other = try ProofSample(changed, signer: sample.signer).checkpoint
            #expect(throws: ProofError.self) { try Self.check(file.encoded, trust, old: other) }
            #expect(throws: ProofError.self) { try Self.check(file.encoded, trust) }
            let forger = try ProofSample(Array(sample.events.prefix(size))).checkpoint
            #expect(throws: NoteError.self) { try Self.check(file.encoded, trust, old: forger) }
        }
        let old = try ProofSample(Array(sample.events.prefix(100)), signer: sample.signer).checkpoint
        let text = try sample.consistency(from: 100).encoded
        for index in text.utf8.indices {
            var damaged = Array(text.utf8)
            let offset = text.utf8.distance(from: text.utf8.startIndex, to: index)
            damaged[offset] = damaged[offset] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: (any Error).self) { try ProofFile(parsing: damaged).check(trust, old: old) }
        }
    }

    @Test(
        "files that are no proof are refused with a sentence",
        arguments: ["", "{", "{}", "null", "old", "old x\n\n", "PK"])
    func nonsense(text: String) throws {
        #expect(throws: (any Error).self) { try ProofFile(parsing: Array(text.utf8)) }
    }
}
