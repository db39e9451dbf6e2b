import AuditLog
import Foundation
import TestSupport
import Testing

/// Witnesses that mean no good, on a real server each, beside one that is honest.
@Suite("Hostile witnesses", .timeLimit(.minutes(20)))
struct HostileWitnessTests {
    private static func response(_ head: String, _ body: [UInt8]) -> [UInt8] {
        Array("HTTP/1.1 \(head)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }

    /// A line that the witness has signed, over another checkpoint.
    private static func cosignature(by signer: NoteSigner, origin: String, size: Int64) throws -> [UInt8] {
        let root = try #require(MerkleHash([UInt8](repeating: 7, count: 32)))
        var signed = try SignedCheckpoint(AuditLog.Checkpoint(origin: origin, size: size, root: root))
        try signed.sign(with: signer, time: UInt64(Date().timeIntervalSince1970))
        return Array((signed.note.signatures.map { $0.line + "\n" }).joined().utf8)
    }

    /// A hundred megabytes in a hundred kilobytes.
    private static func gzipBomb(_ home: Home) async throws -> [UInt8] {
        let script = "head -c 100000000 /dev/zero | gzip -9 > bomb.gz"
        let made = try await home.start(program: ["/bin/sh", "-c", script]).end()
        #expect(made.code == 0, "\(made)")
        return try Array(Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/bomb.gz")))
    }

    /// The most memory that a process has had, in megabytes.
    private func peak(of process: pid_t) throws -> Int {
        // `env` becomes the program in the same process.
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) / 1024
    }

    /// A command that acts ends while answers that were open when it began still are. It may have to be asked more than
    /// once: a request that ends by itself meanwhile shows nothing.
    private func expectNoWaiting(
        for servers: [ScriptedServer], in home: Home, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        for value in 1...10 {
            try await poll(within: .seconds(60), place) { servers.contains { $0.open > 0 } }
            let before = servers.filter { $0.open > 0 }.map { (server: $0, calls: $0.calls) }
            try await home.run("settings", "set", "job_timeout", "\(200 + value)", expecting: 0)
            // The same call, still open.
            if before.contains(where: { $0.server.open > 0 && $0.server.calls == $0.calls }) { return }
        }
        Issue.record("no command ended before the answers that were open when it began", sourceLocation: place)
    }

    @Test("whatever they answer takes bounded time and memory; appends, seals and the honest one go on; doctor says it")
    func all() async throws {
        let home = try await Home.witnessed()
        let origin = try await home.logKey().name
        let honest = try await home.witness("honest")
        try await home.add([honest])
        var hostile: [(name: String, code: String, server: ScriptedServer)] = []
        func add(_ name: String, _ code: String, _ script: (NoteSigner) throws -> ScriptedServer.Script) async throws {
            let signer = try NoteSigner(name: "hostile.example/\(name)", kind: .cosignature)
            let server = try ScriptedServer(script(signer))
            try await home.run("log", "witness", "add", server.url, signer.verifier.vkey, expecting: 0)
            hostile.append((signer.name, code, server))
        }
        let bomb = try await Self.gzipBomb(home)
        try await add("endless", "bad_answer") { _ in .endless(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) }
        try await add("endless-head", "away") { _ in .endless(Array("HTTP/1.1 200 OK\r\nX: ".utf8)) }
        try await add("drip", "away") { _ in .drip(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) }
        try await add("silent", "away") { _ in .silence }
        try await add("huge", "bad_answer") { _ in
            .endless(Array("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n".utf8))
        }
        try await add("page", "bad_answer") { _ in
            .answer(Self.response("200 OK\r\nContent-Type: text/html", Array("<html>signed</html>\n".utf8)))
        }
        try await add("other-log", "bad_answer") {
            .answer(Self.response("200 OK", try Self.cosignature(by: $0, origin: "other.example/log", size: 5)))
        }
        try await add("other-size", "bad_answer") {
            .answer(Self.response("200 OK", try Self.cosignature(by: $0, origin: origin, size: 1 << 40)))
        }
        try await add("nonsense", "bad_answer") { _ in
            .answer(Self.response("409 Conflict\r\nContent-Type: text/x.tlog.size", Array("-1e99\n".utf8)))
        }
        try await add("greedy", "ahead") { _ in
            .answer(Self.response("409 Conflict\r\nContent-Type: text/x.tlog.size", Array("\(Int64.max)\n".utf8)))
        }
        let elsewhere = try ScriptedServer(.answer(Self.response("200 OK", [])))
        try await add("redirect", "bad_answer") { _ in
            .answer(Self.response("307 Moved\r\nLocation: \(elsewhere.url)/add-checkpoint", []))
        }
        try await add("file", "bad_answer") { _ in
            .answer(Self.response("302 Found\r\nLocation: file:///etc/passwd", []))
        }
        try await add("bytes", "bad_answer") { _ in .answer(Self.response("200 OK", [0xFF, 0xFE, 0x0A, 0x1B, 0x5B])) }
        try await add("bomb", "bad_answer") { _ in
            .answer(Self.response("200 OK\r\nContent-Encoding: gzip", bomb))
        }

        let worker = try home.start(["work"])
        try await expectNoWaiting(for: hostile.map(\.server), in: home)
        try await home.expectCosigned(by: [honest], within: .seconds(30))
        for value in 1...3 {
            try await home.run("settings", "set", "job_timeout", "\(100 + value)", expecting: 0)
            try await home.expectCosigned(by: [honest], within: .seconds(30))
        }
        // Each is found out within a request's time, and none has left a cosignature.
        try await poll(within: .seconds(60)) {
            let doctor: DoctorAnswer = try await home.run("doctor", "--json").json()
            return hostile.allSatisfy { witness in
                doctor.checks.contains { $0.name == "witness \(witness.name)" && $0.verdict != "ok" }
            }
        }
        let list = try await home.run("log", "witness", "list", "--json").lines(WitnessAnswer.self)
        for witness in hostile {
            let found = try #require(list.first { $0.name == witness.name })
            #expect(found.failure?.code == witness.code && found.cosignedSize == 0, "\(found)")
            let text = found.failure?.message ?? ""
            #expect(text.utf8.count < 1000 && text.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(text)")
            #expect(witness.server.calls > 0)
        }
        #expect(elsewhere.calls == 0)
        #expect(try peak(of: worker.process) < 400)
        try await home.expectOrderlyEnd(of: worker)
        // Asked by hand, they keep nobody longer.
        let sent = try await home.run("log", "witness", "send", "--json")
        #expect(sent.code == 1, "\(sent)")
        try await home.expectSoundness(of: [])
    }
}
