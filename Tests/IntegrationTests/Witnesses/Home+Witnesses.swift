import AuditLog
import Foundation
import TestSupport
import Testing

/// Waits until something holds; looks at least once more after the limit, which a busy test process may have overslept.
func poll(
    within limit: Duration, _ place: SourceLocation = #_sourceLocation, _ holds: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while true {
        let isLast = ContinuousClock.now >= end
        if try await holds() { return }
        guard !isLast else { break }
        try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("it does not hold within \(limit)", sourceLocation: place)
}

struct WitnessAnswer: Decodable, Sendable {
    struct Failure: Decodable, Sendable {
        var code: String
        var message: String
    }
    var name: String
    var cosignedSize: Int64
    var checkpointSize: Int64
    var failure: Failure?
}

struct SendAnswer: Decodable, Sendable {
    var name: String
    var cosigned: Bool
    var code: String?
    var message: String?
}

struct DoctorAnswer: Decodable, Sendable {
    struct Check: Decodable, Sendable {
        var name: String
        var verdict: String
        var detail: String
    }
    var checks: [Check]
}

extension Home {
    /// A prepared home whose log is sealed.
    static func witnessed() async throws -> Home {
        let home = try await Home.prepared()
        try await home.run("log", "seal", expecting: 0)
        return home
    }

    private struct KeyAnswer: Decodable {
        var key: String
    }

    func logKey() async throws -> NoteVerifier {
        let answer: KeyAnswer = try await run("log", "key", "show", "--json").json()
        return try NoteVerifier(vkey: answer.key)
    }

    /// Starts a witness that knows this home's log, or another.
    func witness(_ name: String, knowing log: String? = nil) async throws -> GoWitness {
        let key = if let log { log } else { try await logKey().vkey }
        return try await GoWitness(name, knowing: key, in: self)
    }

    func add(_ witnesses: [GoWitness]) async throws {
        for witness in witnesses {
            try await run("log", "witness", "add", witness.url, witness.key.vkey, expecting: 0)
        }
    }

    /// The checkpoint as it is printed.
    func checkpoint(_ arguments: String...) async throws -> SignedCheckpoint {
        let printed = try await start(["log", "checkpoint"] + arguments).end()
        guard printed.code == 0 else { throw ChildProgram.Failure(description: "\(printed)") }
        return try SignedCheckpoint(parsing: printed.output)
    }

    /// The latest checkpoint, which covers the whole log, bears the right signatures of the log and of these witnesses.
    func expectCosigned(
        by witnesses: [GoWitness], within limit: Duration, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let keys = witnesses.map(\.key)
        let logKey = try await logKey()
        try await poll(within: limit, place) {
            let checkpoint = try await checkpoint()
            guard try await checkpoint.checkpoint.size == Int64(logSize()) else { return false }
            try checkpoint.verify(key: logKey, origin: logKey.name)
            return try checkpoint.note.cosignatures(by: keys).count == keys.count
        }
    }

    func check(_ name: String) async throws -> DoctorAnswer.Check {
        let answer: DoctorAnswer = try await run("doctor", "--json").json()
        return try #require(answer.checks.first { $0.name == name }, "\(answer)")
    }

    func expectOrderlyEnd(of service: ChildProgram, _ place: SourceLocation = #_sourceLocation) async throws {
        service.send(SIGTERM)
        let ended = try await service.end()
        #expect(ended.code == 0, "\(ended)", sourceLocation: place)
    }
}
