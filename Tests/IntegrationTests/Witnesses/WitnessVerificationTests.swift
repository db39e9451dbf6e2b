import AuditLog
import Foundation
import TestSupport
import Testing

/// What verifications say of witnesses, and that only their own signatures count.
@Suite("Verifying with witnesses", .timeLimit(.minutes(20)))
struct WitnessVerificationTests {
    private struct Verified: Decodable {
        struct Witness: Decodable {
            var key: String
            var given: Bool?
            var announced: Bool?
            var size: Int64?
        }
        var sound: Bool
        var unmet: [String]?
        var witnesses: [Witness]
        var quorum: Int?
        var witnessedSize: Int64?
    }

    @Test(
        "a log, an export and a proof are verified by the witnesses whose keys are given; who has not cosigned is missed"
    )
    func given() async throws {
        let home = try await Home.witnessed()
        let (first, second) = (try await home.witness("w1"), try await home.witness("w2"))
        try await home.add([first, second])
        try await home.run("log", "witness", "send", first.key.name, expecting: 0)
        let size = try first.size
        try await home.run("log", "export", "exported", expecting: 0)
        try home.write("proof", await home.run("log", "prove", "2", expecting: 0).output)
        // What is given counts, whatever the log says of it.
        try await home.run("log", "witness", "remove", first.key.name, expecting: 0)
        let (known, silent, key) = (first.key.vkey, second.key.vkey, try await home.logKey().vkey)
        let both = ["--witness", known, "--witness", silent]
        let away = ["ATLAS2_HOME": "/nonexistent"]
        for (witnesses, isEnough) in [
            (["--witness", known], true), (both + ["--quorum", "1"], true), (both + ["--quorum", "0"], true),
            (both, false), (["--witness", silent], false), (both + ["--quorum", "2"], false),
        ] {
            let log = try await home.start(["log", "verify", "--json"] + witnesses).end()
            #expect(log.code == (isEnough ? 0 : 1), "\(log)")
            let found: Verified = try log.json()
            // A witness that is missing says nothing against the log.
            #expect(found.sound && found.unmet?.isEmpty == isEnough, "\(log)")
            let record = found.witnesses.first { $0.key == known }
            #expect(witnesses.contains(known) == (record?.given == true) && record?.announced == false, "\(log)")
            #expect(record?.size == size, "\(log)")
            if isEnough, found.quorum ?? 0 > 0 { #expect(found.witnessedSize == size, "\(log)") }

            for offline in [["--from", "exported"], ["--proof", "proof"]] {
                let arguments = ["log", "verify", "--key", key] + offline + witnesses
                let checked = try await home.start(arguments, environment: away).end()
                #expect(checked.code == (isEnough ? 0 : 1), "\(arguments): \(checked)")
                let said = isEnough ? first.key.name + ", at " : "not \(second.key.name)"
                let isAsked = !witnesses.contains("0")
                #expect(checked.output.contains(said) || !isAsked, "\(arguments): \(checked)")
            }
        }
    }

    @Test("a line that somebody stored in a witness's name counts nowhere, is named, and the witness is asked again")
    func forgedLine() async throws {
        let home = try await Home.witnessed()
        let witness = try await home.witness("w1")
        try await home.add([witness])
        try await home.run("log", "witness", "send", expecting: 0)
        let size = try witness.size
        try await home.run("settings", "set", "job_timeout", "101", expecting: 0)
        let latest = try await home.checkpoint().checkpoint.size
        _ = try await home.sql(
            """
            INSERT INTO log_cosignatures SELECT tenant_id, \(latest), witness, signature, received_at
            FROM log_cosignatures WHERE size = \(size)
            """)
        let check = try await home.check("witness \(witness.key.name)")
        #expect(check.verdict == "look" && check.detail.contains("has cosigned \(size) of \(latest)"), "\(check)")
        #expect(check.detail.contains("is no signature of it"), "\(check)")
        struct Line: Decodable {
            var cosignedSize: Int64
            var forgedSize: Int64?
        }
        let list = try await home.run("log", "witness", "list", "--json").lines(Line.self)
        #expect(list.first?.cosignedSize == size && list.first?.forgedSize == latest)
        let verified = try await home.run("log", "verify", "--witness", witness.key.vkey)
        #expect(verified.code == 1 && verified.output.contains("cosignature of \(witness.key.name)"), "\(verified)")

        try await home.run("log", "witness", "send", expecting: 0)
        try await home.expectCosigned(by: [witness], within: .seconds(1))
        #expect(try await home.check("witness \(witness.key.name)").verdict == "ok")
        try await home.run("log", "verify", "--witness", witness.key.vkey, expecting: 0)
    }
}
