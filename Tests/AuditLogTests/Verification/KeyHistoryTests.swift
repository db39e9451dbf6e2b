import Testing

@testable import AuditLog

@Suite("The keys of a log")
struct KeyHistoryTests {
    private let (first, second, other): (NoteSigner, NoteSigner, NoteSigner)

    init() throws {
        first = try NoteSigner(name: "example.com/log")
        second = try NoteSigner(name: "example.com/log")
        other = try NoteSigner(name: "example.com/log")
    }

    private func events(_ keys: [(Int64, NoteSigner)]) -> [(position: Int64, payload: [UInt8])] {
        keys.map { ($0.0, Array(#"{"key":"\#($0.1.verifier.vkey)"}"#.utf8)) }
    }

    private func checkpoint(_ size: Int64, _ signers: NoteSigner..., origin: String = "example.com/log") throws
        -> SignedCheckpoint
    {
        var signed = try SignedCheckpoint(Checkpoint(origin: origin, size: size, root: .empty))
        for signer in signers { try signed.sign(with: signer) }
        return signed
    }

    @Test("a change that both keys signed leads from one to the other")
    func rotation() throws {
        for known in [first, second] {
            var history = KeyHistory(events: events([(1, first), (10, second)]), trusted: [known.verifier])
            #expect(history.problem(of: try checkpoint(5, first)) == nil)
            #expect(history.problem(of: try checkpoint(12, first, second)) == nil)
            #expect(history.problem(of: try checkpoint(20, second)) == nil)
            #expect(history.problem(of: try checkpoint(21, first)) != nil)
            #expect(history.unvouched == [])
        }
    }

    @Test("a change that the former key did not sign is nothing to who knows the former key alone")
    func unvouched() throws {
        var history = KeyHistory(events: events([(1, first), (10, second)]), trusted: [first.verifier])
        #expect(history.problem(of: try checkpoint(5, first)) == nil)
        #expect(history.problem(of: try checkpoint(12, second)) != nil)
        #expect(history.problem(of: try checkpoint(20, second)) != nil)
        history = KeyHistory(events: events([(1, first), (10, second)]), trusted: [second.verifier])
        #expect(history.problem(of: try checkpoint(12, second)) == nil)
        #expect(history.unvouched == [10])
    }

    @Test("a key from elsewhere that the log does not announce is the one that must have signed")
    func foreign() throws {
        var history = KeyHistory(events: events([(1, other)]), trusted: [first.verifier])
        #expect(!history.isTrusted)
        #expect(history.problem(of: try checkpoint(5, other)) != nil)
        #expect(history.problem(of: try checkpoint(6, first)) == nil)
    }

    @Test("a checkpoint of another log is none of this one's")
    func origin() throws {
        var history = KeyHistory(events: events([(1, first)]), trusted: [first.verifier])
        #expect(history.problem(of: try checkpoint(5, first, origin: "example.com/other")) != nil)
    }

    @Test("events that name no key say nothing", arguments: ["{}", "[]", #"{"key":"x"}"#, #"{"key":7}"#])
    func garbage(payload: String) throws {
        var history = KeyHistory(events: [(3, Array(payload.utf8))], trusted: [first.verifier])
        #expect(history.problem(of: try checkpoint(5, first)) == nil)
    }
}
