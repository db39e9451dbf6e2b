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

    /// A history that has followed these checkpoints.
    private func history(
        _ keys: [(Int64, NoteSigner)], trusting trusted: [NoteSigner], _ checkpoints: [SignedCheckpoint]
    ) -> KeyHistory {
        var history = KeyHistory(events: events(keys), trusted: trusted.map(\.verifier))
        history.follow(checkpoints.map(history.sighting))
        return history
    }

    @Test("a change that both keys signed leads from one to the other, whoever is known")
    func rotation() throws {
        let seen = [
            try checkpoint(5, first), try checkpoint(12, first, second), try checkpoint(20, second),
        ]
        for known in [[], [first], [second]] {
            let history = history([(1, first), (10, second)], trusting: known, seen)
            for checkpoint in seen { #expect(history.problem(of: checkpoint) == nil) }
            #expect(history.problem(of: try checkpoint(21, first)) != nil)
            #expect(history.problem(of: try checkpoint(4, second)) != nil)
            #expect(history.unvouched == [] && history.unheeded == [])
            #expect(history.keys == [first.verifier, second.verifier])
            #expect(history.successor(of: first.verifier)?.position == 10)
            #expect(history.successor(of: second.verifier) == nil)
        }
    }

    @Test("a change that only a later checkpoint vouches for counts from there")
    func lateRotation() throws {
        let seen = [
            try checkpoint(5, first), try checkpoint(11, first), try checkpoint(12, first, second),
            try checkpoint(13, second),
        ]
        for known in [[], [first], [second]] {
            let history = history([(1, first), (10, second)], trusting: known, seen)
            for checkpoint in seen { #expect(history.problem(of: checkpoint) == nil) }
        }
    }

    @Test("a key that was lost and replaced is nothing to who knows the lost one alone, and is said to the others")
    func unvouched() throws {
        let seen = [try checkpoint(5, first), try checkpoint(12, second), try checkpoint(20, second)]
        for (known, isRight) in [([first], false), ([second], true), ([], true), ([first, second], true)] {
            let history = history([(1, first), (10, second)], trusting: known, seen)
            #expect(history.problem(of: seen[0]) == nil)
            for checkpoint in seen.dropFirst() { #expect((history.problem(of: checkpoint) == nil) == isRight) }
            #expect(history.unvouched == [10] && history.unheeded == [])
        }
    }

    @Test("an announcement that no key of the log vouches for changes nothing, wherever it stands and whoever is known")
    func unheeded() throws {
        let stranger = try NoteSigner(name: "example.com/log")
        let seen = [
            try checkpoint(5, first), try checkpoint(7, first), try checkpoint(12, first, second),
            try checkpoint(20, second),
        ]
        for known in [[], [first], [second], [first, second]] {
            for (position, isCovered) in [(0, true), (2, true), (8, true), (11, true), (15, true), (20, false)]
                as [(Int64, Bool)]
            {
                let keys = [(1, first), (10, second), (position, stranger)].sorted { $0.0 < $1.0 }
                let history = history(keys, trusting: known, seen)
                for checkpoint in seen { #expect(history.problem(of: checkpoint) == nil, "\(position)") }
                #expect(history.problem(of: try checkpoint(21, stranger)) != nil)
                #expect(history.unheeded == (isCovered ? [position] : []) && history.unvouched == [])
                #expect(history.keys == [first.verifier, second.verifier])
            }
        }
    }

    @Test("what an announced stranger signs is not the log's once the log's own key signs again")
    func signedByStranger() throws {
        let stranger = try NoteSigner(name: "example.com/log")
        let seen = [try checkpoint(5, first), try checkpoint(7, stranger), try checkpoint(9, first)]
        for known in [[], [first]] {
            let history = history([(1, first), (6, stranger)], trusting: known, seen)
            #expect(seen.map { history.problem(of: $0) == nil } == [true, false, true])
            #expect(history.unheeded == [6])
        }
    }

    @Test("a key that is announced again, or under another name, changes nothing")
    func again() throws {
        let renamed = try NoteSigner(name: "example.com/other")
        let seen = [
            try checkpoint(5, first), try checkpoint(12, first, second), try checkpoint(20, second),
            try checkpoint(30, second, renamed),
        ]
        let history = history(
            [(1, first), (10, second), (13, first), (25, renamed)], trusting: [first], seen)
        for checkpoint in seen { #expect(history.problem(of: checkpoint) == nil) }
        #expect(history.unheeded == [25])
    }

    @Test("where no checkpoint was seen, any key that is announced will do, and one that is known alone where one is")
    func unseen() throws {
        #expect(history([(1, first), (6, other)], trusting: [], []).problem(of: try checkpoint(7, first)) == nil)
        let trusting = history([(1, first), (6, other)], trusting: [first], [])
        #expect(trusting.problem(of: try checkpoint(7, first)) == nil)
        #expect(trusting.problem(of: try checkpoint(7, other)) != nil)
        #expect(history([], trusting: [], []).problem(of: try checkpoint(7, first)) != nil)
    }

    @Test("a key from elsewhere that the log does not announce is the one that must have signed")
    func foreign() throws {
        let seen = [try checkpoint(5, other), try checkpoint(6, first)]
        let history = history([(1, other)], trusting: [first], seen)
        #expect(!history.isTrusted)
        #expect(seen.map { history.problem(of: $0) == nil } == [false, true])
    }

    @Test("a checkpoint of another log is none of this one's")
    func origin() throws {
        let checkpoint = try checkpoint(5, first, origin: "example.com/other")
        let history = history([(1, first)], trusting: [first], [checkpoint])
        #expect(history.problem(of: checkpoint)?.contains("another log") == true)
    }

    @Test("events that name no key say nothing", arguments: ["{}", "[]", #"{"key":"x"}"#, #"{"key":7}"#])
    func garbage(payload: String) throws {
        let history = KeyHistory(events: [(3, Array(payload.utf8))], trusted: [first.verifier])
        #expect(history.problem(of: try checkpoint(5, first)) == nil)
    }
}
