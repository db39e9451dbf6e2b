import AuditLog
import TestSupport
import Testing
import Witnesses

/// Their limits are wide: beside tests that keep every processor busy, a second may take a minute.
@Suite("The transport to witnesses", .timeLimit(.minutes(10)))
struct TransportTests {
    private func post(to url: String, timeout: Duration = .seconds(120)) async throws -> WitnessAnswer {
        let key = try NoteSigner(name: "w", kind: .cosignature).verifier.vkey
        let witness = try Witness(url: url, vkey: key)
        return try await WitnessTransport.use(timeout: timeout) {
            try await $0.post(Array("old 0\n\n".utf8), to: witness)
        }
    }

    private func failure(_ script: ScriptedServer.Script, timeout: Duration = .seconds(120)) async throws
        -> SubmissionFailure?
    {
        let server = try ScriptedServer(script)
        return await #expect(throws: SubmissionFailure.self) { try await post(to: server.url, timeout: timeout) }
    }

    private func response(_ head: String, _ body: [UInt8]) -> ScriptedServer.Script {
        .answer(Array("HTTP/1.1 \(head)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
    }

    @Test("gives the answer as it came: status, type and body")
    func answer() async throws {
        let server = try ScriptedServer(response("409 Conflict\r\nContent-Type: text/x.tlog.size", Array("7\n".utf8)))
        let answer = try await post(to: server.url)
        #expect(answer.status == 409 && answer.contentType == "text/x.tlog.size" && answer.body == Array("7\n".utf8))
    }

    @Test("follows nobody elsewhere", arguments: [301, 302, 303, 307, 308])
    func redirects(status: Int) async throws {
        let elsewhere = try ScriptedServer(response("200 OK", []))
        let server = try ScriptedServer(response("\(status) Moved\r\nLocation: \(elsewhere.url)/add-checkpoint", []))
        #expect(try await post(to: server.url).status == status)
        #expect(server.calls == 1 && elsewhere.calls == 0)
    }

    @Test("takes an answer of 64 KiB, and refuses one byte more, with and without a length")
    func size() async throws {
        let most = [UInt8](repeating: 0x78, count: WitnessTransport.longestAnswer)
        let server = try ScriptedServer(response("200 OK", most))
        #expect(try await post(to: server.url).body == most)
        #expect(try await failure(response("200 OK", most + [0x78]))?.code == .badAnswer)
        let endless = ScriptedServer.Script.answer(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + most + [0x78])
        #expect(try await failure(endless)?.code == .badAnswer)
    }

    @Test("gives up on one that says nothing, and on one that never ends")
    func time() async throws {
        for script in [.silence, .drip(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)), .drip([])] as [ScriptedServer.Script] {
            let failure = try await failure(script, timeout: .milliseconds(500))
            #expect(failure?.code == .away, "\(String(describing: failure))")
        }
    }

    @Test("calls one away that is not there, or does not speak the protocol")
    func noise() async throws {
        for text in ["", "hello\r\n\r\n", "HTTP/1.1 200", "HTTP/9.9 999 x\r\n\r\n", "\u{0}\u{1}\u{2}"] {
            #expect(try await failure(.answer(Array(text.utf8)), timeout: .seconds(2))?.code == .away, "\(text)")
        }
        let failure = await #expect(throws: SubmissionFailure.self) { try await post(to: "http://127.0.0.1:1") }
        #expect(
            failure?.code == .away && failure?.description.contains("cannot be reached: connection refused") == true)
        // Not TLS at the other end.
        let server = try ScriptedServer(.answer(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)))
        let other = await #expect(throws: SubmissionFailure.self) {
            try await post(to: "https://127.0.0.1:\(server.port)", timeout: .seconds(2))
        }
        #expect(other?.code == .away)
    }
}
