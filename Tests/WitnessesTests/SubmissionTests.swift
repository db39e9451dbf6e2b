import AuditLog
import Testing
import Witnesses

@Suite("A submission")
struct SubmissionTests {
    private static let now: Int64 = 1_800_000_000
    private let signer: NoteSigner
    private let witness: Witness
    private let checkpoint: SignedCheckpoint

    init() throws {
        signer = try NoteSigner(name: "witness.example/w1", kind: .cosignature)
        witness = try Witness(url: "http://127.0.0.1:1", vkey: signer.verifier.vkey)
        var checkpoint = try SignedCheckpoint(Checkpoint(origin: "example.com/log", size: 100, root: .empty))
        try checkpoint.sign(with: NoteSigner(name: "example.com/log"))
        self.checkpoint = checkpoint
    }

    private func submission(cosigned: Int64 = 40) -> Submission {
        Submission(checkpoint, sealedAt: Self.now - 5, to: witness, cosigned: cosigned)
    }

    private func line(_ signer: NoteSigner, at time: Int64 = Self.now, on text: String? = nil) throws -> String {
        try signer.signature(on: text ?? checkpoint.note.text, time: UInt64(bitPattern: time)).line + "\n"
    }

    private func answer(_ body: String) -> WitnessAnswer { WitnessAnswer(status: 200, body: Array(body.utf8)) }

    private func conflict(_ body: String, _ type: String? = "text/x.tlog.size") -> WitnessAnswer {
        WitnessAnswer(status: 409, contentType: type, body: Array(body.utf8))
    }

    private func code(_ action: Submission.Action) -> SubmissionFailure.Code? {
        if case .fail(let failure) = action { failure.code } else { nil }
    }

    @Test(
        "starts at the size that was cosigned last, and never past its own", arguments: [(0, 0), (40, 40), (500, 100)])
    func start(cosigned: Int64, from: Int64) {
        #expect(submission(cosigned: cosigned).first == .send(from: from))
    }

    @Test("keeps the witness's cosignature, whatever other keys sign beside it")
    func cosignature() throws {
        let other = try NoteSigner(name: "witness.example/w2", kind: .cosignature)
        let namesake = try NoteSigner(name: "witness.example/w1", kind: .cosignature)
        let body = try line(other) + line(namesake) + line(signer)
        var submission = submission()
        guard case .keep(let cosignature) = submission.received(answer(body), at: Self.now) else {
            Issue.record("not kept")
            return
        }
        #expect(cosignature.timestamp == UInt64(Self.now))
        #expect(try cosignature.signature.line + "\n" == line(signer))
        #expect(cosignature.witness == signer.verifier)
    }

    @Test("follows the witness to the size that it remembers, smaller or larger, also with parameters in its type")
    func retry() throws {
        var submission = submission(cosigned: 40)
        #expect(submission.received(conflict("7\n"), at: Self.now) == .send(from: 7))
        #expect(
            submission.received(conflict("90\n", "Text/X.Tlog.Size; charset=utf-8"), at: Self.now) == .send(from: 90))
        #expect(submission.received(conflict("0\n"), at: Self.now) == .send(from: 0))
        // Its answer to an earlier request was lost: the same size again, without a proof.
        #expect(submission.received(conflict("100\n"), at: Self.now) == .send(from: 100))
        guard case .keep = submission.received(answer(try line(signer)), at: Self.now) else {
            Issue.record("not kept")
            return
        }
    }

    @Test("gives up on a witness that changes its size with every request")
    func restless() {
        var submission = submission()
        var action = submission.first
        for size in 0..<50 {
            action = submission.received(conflict("\(size)\n"), at: Self.now)
            if case .fail = action { return #expect(size < 10 && code(action) == .away) }
        }
        Issue.record("still asking: \(action)")
    }

    @Test("calls it a fork when the witness holds another root of the same size")
    func forkAtEqualSize() {
        for answer in [conflict("other root\n", "text/plain"), conflict("100\n"), conflict("", nil)] {
            var submission = submission(cosigned: 100)
            let action = submission.received(answer, at: Self.now)
            #expect(code(action) == .fork)
            #expect("\(action)".contains("of 100 events"))
        }
    }

    @Test("calls it a fork when the witness refuses a proof that is right, and no fork where nothing was proved")
    func forkByProof() {
        var submission = submission(cosigned: 12)
        let action = submission.received(WitnessAnswer(status: 422), at: Self.now)
        #expect(code(action) == .fork)
        #expect("\(action)".contains("of 12 events") && "\(action)".contains("atlas2 log verify"))
        for size in [0, 100] as [Int64] {
            submission = self.submission(cosigned: size)
            #expect(code(submission.received(WitnessAnswer(status: 422), at: Self.now)) == .badAnswer)
        }
    }

    @Test("raises the alarm when the witness has cosigned a longer log")
    func ahead() {
        var submission = submission()
        let action = submission.received(conflict("101\n"), at: Self.now)
        #expect(code(action) == .ahead)
        #expect("\(action)".contains("101 events") && SubmissionFailure.Code.ahead.isAlarm)
    }

    @Test(
        "says what a status means",
        arguments: [
            (404, .unknownLog), (403, .notTrusted), (400, .badAnswer), (301, .badAnswer), (307, .badAnswer),
            (500, .away), (503, .away), (429, .away), (204, .badAnswer), (418, .badAnswer), (101, .badAnswer),
        ] as [(Int, SubmissionFailure.Code)])
    func statuses(status: Int, code: SubmissionFailure.Code) {
        var submission = submission()
        let answer = WitnessAnswer(status: status, body: Array("some\u{1B}[31m words\nand more".utf8))
        let action = submission.received(answer, at: Self.now)
        #expect(self.code(action) == code)
        #expect(!"\(action)".contains("\u{1B}"))
    }

    @Test(
        "refuses a conflict that states no size, or the one that was sent",
        arguments: ["", "7", "7\n\n", "-7\n", "+7\n", "07\n", " 7\n", "7.0\n", "9223372036854775808\n", "x\n", "40\n"])
    func conflicts(body: String) {
        var submission = submission(cosigned: 40)
        #expect(code(submission.received(conflict(body), at: Self.now)) == .badAnswer)
    }

    @Test("refuses a size of another content type")
    func contentType() {
        for type in [nil, "text/plain", "text/x.tlog.sizes"] as [String?] {
            var submission = submission()
            #expect(code(submission.received(conflict("7\n", type), at: Self.now)) == .badAnswer)
        }
    }

    @Test("refuses answers that are no signatures, or no right one of the witness's key")
    func signatures() throws {
        let right = try line(signer)
        let other = try NoteSigner(name: "witness.example/w1", kind: .cosignature)
        let plain = try NoteSigner(name: "witness.example/w1")
        var bodies = [
            "", "\n", "hello\n", "<html>", String(right.dropLast()), right + "\n", "\n" + right,
            "- " + right.dropFirst(2),
            String(repeating: right, count: 101), try line(other), try line(plain),
            // Right in form, of another checkpoint.
            try line(signer, on: "example.com/log\n99\n\(MerkleHash.empty.base64)\n"),
        ]
        // One bit of the signature.
        var bytes = try signer.signature(on: checkpoint.note.text, time: UInt64(Self.now))
        bytes = NoteSignature(
            name: bytes.name, keyID: bytes.keyID, bytes: bytes.bytes.dropLast() + [bytes.bytes[71] ^ 1])
        bodies.append(bytes.line + "\n")
        for body in bodies {
            var submission = submission()
            #expect(code(submission.received(answer(body), at: Self.now)) == .badAnswer, "\(body)")
        }
        var submission = submission()
        let garbage = WitnessAnswer(status: 200, body: [0xFF, 0xFE, 0x0A])
        #expect(code(submission.received(garbage, at: Self.now)) == .badAnswer)
    }

    @Test(
        "refuses a time in the future or before the checkpoint, and bears clocks that differ a little",
        arguments: [
            (0, true), (599, true), (-600, true), (601, false), (-700, false), (-now, false), (-now - 1, false),
            (Int64.max - now, false),
        ] as [(Int64, Bool)])
    func times(offset: Int64, isKept: Bool) throws {
        var submission = submission()
        let action = submission.received(answer(try line(signer, at: Self.now + offset)), at: Self.now)
        #expect((code(action) == nil) == isKept)
        if !isKept { #expect("\(action)".contains("clock")) }
    }
}
