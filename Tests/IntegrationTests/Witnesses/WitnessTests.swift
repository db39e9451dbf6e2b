import AuditLog
import Foundation
import TestSupport
import Testing

/// Witnesses as their users see them: the program, with a witness that shares no code with it.
@Suite("Witnesses", .timeLimit(.minutes(20)))
struct WitnessTests {
    @Test("a checkpoint is cosigned within seconds of an append, and the printed note bears both signatures")
    func cosigning() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        let added = try await home.run("log", "witness", "add", witness.url, witness.key.vkey, expecting: 0)
        // All that its operator has to be given.
        let key = try await home.logKey()
        #expect(added.output.contains(key.vkey) && added.output.contains(key.name), "\(added)")

        let worker = try home.start(["work"])
        try await home.expectCosigned(by: [witness], within: .seconds(60))
        for value in 1...3 {
            try await home.run("settings", "set", "job_timeout", "\(100 + value)", expecting: 0)
            try await home.expectCosigned(by: [witness], within: .seconds(60))
        }
        #expect(try await Int64(home.logSize()) == witness.size)
        let note = try await home.checkpoint()
        #expect(try note.note.verify(with: [key, witness.key]).count == 2)
        try await home.expectOrderlyEnd(of: worker)
        let list = try await home.run("log", "witness", "list", "--json").lines(WitnessAnswer.self)
        #expect(list.count == 1 && list[0].cosignedSize == note.checkpoint.size && list[0].failure == nil, "\(list)")
        try await home.expectSoundness(of: [])
    }

    @Test(
        "a witness that was killed stops neither appends nor sealing, shows in doctor, and catches up when it is back")
    func absence() async throws {
        let home = try await Home.witnessed()
        let (away, present) = (try await home.witness("w1"), try await home.witness("w2"))
        try await home.add([away, present])
        let worker = try home.start(["work"])
        try await home.expectCosigned(by: [away, present], within: .seconds(60))
        let before = try away.size
        try await away.kill()
        for value in 1...5 {
            try await home.run("settings", "set", "job_timeout", "\(100 + value)", expecting: 0)
        }
        try await home.expectCosigned(by: [present], within: .seconds(60))
        #expect(try await home.checkpoint().checkpoint.size == Int64(home.logSize()))
        let check = try await home.check("witness \(away.key.name)")
        #expect(check.verdict == "look" && check.detail.contains("cannot be reached"), "\(check)")
        #expect(check.detail.contains("has cosigned \(before) of") && check.detail.contains("behind"), "\(check)")
        #expect(try await home.check("witness \(present.key.name)").verdict == "ok")

        try await away.restart()
        try await home.expectCosigned(by: [away, present], within: .seconds(20))
        #expect(try await home.check("witness \(away.key.name)").verdict == "ok")
        try await home.expectOrderlyEnd(of: worker)
        #expect(try worker.text("errors").contains("\(away.key.name) cosigns again"))
    }

    @Test("one that hangs keeps neither the others waiting nor the worker from ending")
    func hanging() async throws {
        let home = try await Home.witnessed()
        let silent = try ScriptedServer(.silence)
        let key = try NoteSigner(name: "witness.example/silent", kind: .cosignature).verifier
        try await home.run("log", "witness", "add", silent.url, key.vkey, expecting: 0)
        let present = try await home.witness("w2")
        try await home.add([present])
        let worker = try home.start(["work"])
        try await home.expectCosigned(by: [present], within: .seconds(9))
        try await home.run("settings", "set", "job_timeout", "101", expecting: 0)
        try await home.expectCosigned(by: [present], within: .seconds(9))
        #expect(silent.calls > 0)
        try await home.expectOrderlyEnd(of: worker)
        // One that waits for an answer until the request's time is over says so.
        let calls = silent.calls
        let another = try home.start(["work"])
        try await poll(within: .seconds(60)) { silent.calls > calls && silent.open > 0 }
        try await home.expectOrderlyEnd(of: another)
        #expect(try !another.text("errors").contains("does not answer in time"))
    }

    @Test("a witness that was restored from an older state is followed there and brought up to date")
    func olderState() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        try await home.run("log", "witness", "send", expecting: 0)
        let old = try Data(contentsOf: URL(fileURLWithPath: witness.state))
        let size = try witness.size
        for value in 1...4 { try await home.run("settings", "set", "job_timeout", "\(100 + value)", expecting: 0) }
        try await home.run("log", "witness", "send", expecting: 0)
        #expect(try witness.size > size)

        try await witness.kill()
        try old.write(to: URL(fileURLWithPath: witness.state))
        try await witness.restart()
        try await home.run("settings", "set", "job_timeout", "200", expecting: 0)
        try await home.run("log", "witness", "send", expecting: 0)
        try await home.expectCosigned(by: [witness], within: .seconds(1))
    }

    @Test("an answer that was lost is asked for again")
    func lostAnswer() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        try await home.run("log", "witness", "send", expecting: 0)
        _ = try await home.sql("DELETE FROM log_cosignatures")
        try await home.run("log", "witness", "send", expecting: 0)
        try await home.expectCosigned(by: [witness], within: .seconds(1))
    }

    @Test("two workers at once have everything cosigned, without a false alarm")
    func twoWorkers() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        let workers = try (0..<2).map { _ in try home.start(["work"]) }
        for value in 1...12 { try await home.run("settings", "set", "job_timeout", "\(100 + value)", expecting: 0) }
        try await home.expectCosigned(by: [witness], within: .seconds(60))
        for worker in workers {
            try await home.expectOrderlyEnd(of: worker)
            let errors = try worker.text("errors")
            #expect(!errors.contains("the witness"), "\(errors)")
        }
    }

    @Test("log seal --follow sends too")
    func sealer() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        let sealer = try home.start(["log", "seal", "--follow"])
        try await home.expectCosigned(by: [witness], within: .seconds(60))
        try await home.expectOrderlyEnd(of: sealer)
    }

    @Test("the change of the log's key is still cosigned by who knows the old one; then the operator needs the new one")
    func rotation() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        try await home.run("log", "witness", "send", expecting: 0)
        try await home.run("log", "key", "rotate", expecting: 0)
        try await home.run("log", "witness", "send", expecting: 0)
        try await home.expectCosigned(by: [witness], within: .seconds(1))
        try await home.run("settings", "set", "job_timeout", "101", expecting: 0)
        let refused = try await home.run("log", "witness", "send")
        #expect(refused.code == 1 && refused.errors.contains("present key"), "\(refused)")
        try await witness.kill()
        try await witness.restart(knowing: home.logKey().vkey)
        try await home.run("log", "witness", "send", expecting: 0)
        try await home.expectCosigned(by: [witness], within: .seconds(1))
    }

    // MARK: Refusals

    @Test(
        "a second history under the same name and key is refused, loudly: of the same size, longer, shorter",
        arguments: [(3, "fork"), (6, "fork"), (1, "ahead")])
    func fork(changes: Int, code: String) async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        try await home.run("log", "witness", "send", expecting: 0)
        try await home.run("stop", expecting: 0)
        let other = try Home()
        let copied = try await home.start(program: ["/bin/cp", "-a", home.path, other.path]).end()
        #expect(copied.code == 0, "\(copied)")

        for value in 1...3 { try await home.run("settings", "set", "job_timeout", "\(100 + value)", expecting: 0) }
        try await home.run("log", "witness", "send", expecting: 0)
        let size = try witness.size
        for value in 1...changes {
            try await other.run("settings", "set", "job_timeout", "\(200 + value)", expecting: 0)
        }
        let refused = try await other.run("log", "witness", "send", "--json")
        #expect(refused.code == 1, "\(refused)")
        let answer = try #require(try refused.lines(SendAnswer.self).first)
        #expect(answer.code == code && !answer.cosigned, "\(refused)")
        #expect(try witness.size == size)
        #expect(try await other.checkpoint().note.verify(with: [witness.key, other.logKey()]).count == 1)
        let check = try await other.check("witness \(witness.key.name)")
        #expect(check.verdict == "wrong" && check.detail.contains("atlas2 log verify"), "\(check)")
        // A worker says it as loudly, and goes on.
        let worker = try other.start(["work"])
        try await poll(within: .seconds(60)) { try worker.text("errors").contains("critical: the witness") }
        try await other.run("settings", "set", "job_timeout", "300", expecting: 0)
        try await other.expectOrderlyEnd(of: worker)
        // The right one goes on being cosigned.
        try await home.run("settings", "set", "job_timeout", "400", expecting: 0)
        try await home.run("log", "witness", "send", expecting: 0)
    }

    @Test("tiles that were tampered with prove nothing to a witness, and that is said loudly")
    func tamperedTiles() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        try await home.run("log", "witness", "send", expecting: 0)
        let size = try witness.size
        try await home.run("settings", "set", "job_timeout", "101", expecting: 0)
        _ = try await home.sql("UPDATE log_tiles SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)")
        let refused = try await home.run("log", "witness", "send", "--json")
        let answer = try #require(try refused.lines(SendAnswer.self).first)
        #expect(refused.code == 1 && answer.code == "unprovable", "\(refused)")
        #expect(try await home.check("witness \(witness.key.name)").verdict == "wrong")
        #expect(try witness.size == size)
    }

    @Test("a witness that does not know the log, or knows it by another key, is named with what to give its operator")
    func strangers() async throws {
        let home = try await Home.witnessed()
        let key = try await home.logKey()
        let namesake = try NoteSigner(name: key.name).verifier.vkey
        let stranger = try NoteSigner(name: "example.com/another").verifier.vkey
        for (log, code) in [(namesake, "not_trusted"), (stranger, "unknown_log")] {
            let witness = try await home.witness(code, knowing: log)
            try await home.add([witness])
            let refused = try await home.run("log", "witness", "send", witness.key.name, "--json")
            let answer = try #require(try refused.lines(SendAnswer.self).first)
            #expect(refused.code == 1 && answer.code == code, "\(refused)")
            #expect(answer.message?.contains("operator") == true, "\(refused)")
            #expect(try await home.check("witness \(witness.key.name)").verdict == "look")
        }
    }

    @Test(
        "a witness that signs with another key than it was added with is refused, until it is added with the right one")
    func otherKey() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        let wrong = try NoteSigner(name: witness.key.name, kind: .cosignature).verifier
        try await home.run("log", "witness", "add", witness.url, wrong.vkey, expecting: 0)
        let refused = try await home.run("log", "witness", "send", "--json")
        let answer = try #require(try refused.lines(SendAnswer.self).first)
        #expect(refused.code == 1 && answer.code == "bad_answer", "\(refused)")
        #expect(try await home.sql("SELECT count(*) FROM log_cosignatures") == ["0"])
        try await home.add([witness])
        try await home.run("log", "witness", "remove", wrong.vkey, expecting: 0)
        try await home.run("log", "witness", "send", expecting: 0)
        try await home.expectCosigned(by: [witness], within: .seconds(1))
    }

    @Test(
        "what is no witness is refused before anything is appended",
        arguments: [
            Refusal("log witness add ftp://w.example KEY", "no address of a witness"),
            Refusal("log witness add https://u:p@w.example KEY", "no user or password"),
            Refusal("log witness add https://w.example/?a KEY", "no ?"),
            Refusal("log witness add https://w.example KEYS", "no witness's key"),
            Refusal("log witness add https://w.example LOG", "as a log's does"),
            Refusal("log witness remove w9", "no witness w9", "atlas2 log witness list"),
            Refusal("log witness send", "no witnesses", "atlas2 log witness add"),
            Refusal("log witness send w9", "no witness w9"),
        ])
    func refusals(refusal: Refusal) async throws {
        let home = try await Home.witnessed()
        var refusal = refusal
        let words = [
            "KEY": try NoteSigner(name: "w", kind: .cosignature).verifier.vkey,
            "LOG": try NoteSigner(name: "w").verifier.vkey,
        ]
        refusal.arguments = refusal.arguments.map { words[$0] ?? $0 }
        try await refusal.check(in: home, logSize: home.logSize())
    }

    // MARK: Quorum

    @Test("the witnessed checkpoint is the latest that the quorum has cosigned; fewer do not count, nor removed ones")
    func quorum() async throws {
        let home = try await Home.witnessed()
        let witnesses = [try await home.witness("w1"), try await home.witness("w2")]
        try await home.add(witnesses)
        try await home.run("settings", "set", "witness_quorum", "2", expecting: 0)
        let none = try await home.run("log", "checkpoint", "--witnessed")
        #expect(none.code == 1 && none.errors.contains("cosigned by 2"), "\(none)")
        #expect(try await home.check("quorum of default").detail.contains("0 of"))

        try await home.run("log", "witness", "send", expecting: 0)
        let size = try await home.checkpoint().checkpoint.size
        #expect(try await home.check("quorum of default").verdict == "ok")
        try await witnesses[0].kill()
        try await home.run("settings", "set", "job_timeout", "101", expecting: 0)
        try await home.run("log", "witness", "send", expecting: 1)
        // The latest has one cosignature, the witnessed one two.
        let keys = witnesses.map(\.key)
        let latest = try await home.checkpoint()
        #expect(try latest.checkpoint.size > size && latest.note.cosignatures(by: keys).count == 1)
        let witnessed = try await home.checkpoint("--witnessed")
        #expect(try witnessed.checkpoint.size == size && witnessed.note.cosignatures(by: keys).count == 2)

        // Only the word of the database says so: it does not count.
        _ = try await home.sql(
            """
            INSERT INTO log_cosignatures SELECT tenant_id, \(latest.checkpoint.size), witness, signature, received_at
            FROM log_cosignatures WHERE size = \(size) AND witness = '\(keys[0].vkey)'
            """)
        #expect(try await home.checkpoint("--witnessed").checkpoint.size == size)

        try await home.run("settings", "set", "witness_quorum", "1", expecting: 0)
        #expect(try await home.checkpoint("--witnessed").checkpoint.size == latest.checkpoint.size)
        try await home.run("log", "witness", "remove", keys[1].name, expecting: 0)
        #expect(try await home.checkpoint("--witnessed").checkpoint.size == size)
        try await home.run("settings", "set", "witness_quorum", "3", expecting: 0)
        let check = try await home.check("quorum of default")
        #expect(check.verdict == "look" && check.detail.contains("witness_quorum is 3"), "\(check)")
        // Who asks for no witness is told how far the quorum goes; what was made up is named.
        let forged = try await home.run("log", "verify")
        #expect(forged.code == 1 && forged.output.contains("cosignature of \(keys[0].name)"), "\(forged)")
        _ = try await home.sql(
            "DELETE FROM log_cosignatures WHERE size = \(latest.checkpoint.size) AND witness = '\(keys[0].vkey)'")
        try await home.expectSoundness(of: [])
        let asked = try await home.run("log", "verify", "--quorum", "3")
        #expect(asked.code == 1 && asked.output.contains("no checkpoint was cosigned by 3"), "\(asked)")
    }

    @Test("a witness that was removed is asked no more, what it has cosigned stays, and it can be added again")
    func removal() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        let again = try await home.run("log", "witness", "add", witness.url, witness.key.vkey, "--json")
        #expect(again.code == 0 && again.output.contains("\"added\":false"), "\(again)")
        try await home.run("log", "witness", "send", expecting: 0)
        let size = try witness.size
        try await home.run("log", "witness", "remove", witness.url, expecting: 0)
        let worker = try home.start(["work"])
        try await home.run("settings", "set", "job_timeout", "101", expecting: 0)
        try await Task.sleep(for: .seconds(3))
        try await home.expectOrderlyEnd(of: worker)
        #expect(try witness.size == size)
        #expect(try await home.checkpoint("--size", "\(size)").note.cosignatures(by: [witness.key]).count == 1)
        try await home.add([witness])
        try await home.run("log", "witness", "send", expecting: 0)
        #expect(try witness.size > size)
    }
}
