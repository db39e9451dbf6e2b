import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite("Bulk append", .timeLimit(.minutes(20)))
struct BulkAppendTests {
    private struct Interrupted: Error {}

    /// The same events every time, until `end`, where it throws.
    private struct Events: AsyncSequence, AsyncIteratorProtocol {
        var count: Int
        var end = Int.max
        private var number = 0
        private var random = SplitMix64(seed: 7)

        init(_ count: Int, until end: Int = .max) {
            self.count = count
            self.end = end
        }

        func makeAsyncIterator() -> Self { self }

        mutating func next() async throws -> NewEvent? {
            guard number < count else { return nil }
            guard number < end else { throw Interrupted() }
            number += 1
            return Probe.event(random.uuid(), stream: random.uuid(), payload: #"{"number":\#(number)}"#)
        }
    }

    @Test("a sequence of any length goes in several transactions, in its order")
    func order() async throws {
        try await TestTemplate.schema.withCopy { database in
            let limits = BulkAppend.Limits(events: 100)
            #expect(try await database.log.append(contentsOf: Events(1050), as: Probe.scope, limits: limits) == 1050)
            let recorded = try await database.log.read(limit: 10_000, as: Probe.scope)
            #expect(recorded.map { $0.payload.text } == (1...1050).map { #"{"number":\#($0)}"# })
            #expect(Set(recorded.map(\.recordedAt)).count == 11)
        }
    }

    @Test("an interrupted one is taken up again by handing over the same events", arguments: [0, 150, 400, 999])
    func resumes(end: Int) async throws {
        try await TestTemplate.schema.withCopy { database in
            let limits = BulkAppend.Limits(events: 100)
            await #expect(throws: Interrupted.self) {
                try await database.log.append(contentsOf: Events(1000, until: end), as: Probe.scope, limits: limits)
            }
            #expect(try await database.log.size(as: Probe.scope) <= Int64(end))
            #expect(try await database.log.append(contentsOf: Events(1000), as: Probe.scope, limits: limits) == 1000)
            let recorded = try await database.log.read(limit: 10_000, as: Probe.scope)
            #expect(recorded.map { $0.payload.text } == (1...1000).map { #"{"number":\#($0)}"# })
        }
    }

    @Test("a transaction is cut by bytes as well")
    func bytes() async throws {
        try await TestTemplate.schema.withCopy { database in
            var bulk = BulkAppend(database.log, as: Probe.scope, limits: .init(events: 100, bytes: 1 << 20))
            for _ in 0..<10 {
                try await bulk.append(Probe.event(attachment: [UInt8](repeating: 7, count: 600_000)))
            }
            #expect(bulk.acknowledged >= 6)
            try await bulk.flush()
            #expect(bulk.acknowledged == 10)
            let recorded = try await database.log.read(as: Probe.scope)
            #expect(Set(recorded.map(\.recordedAt)).count == 5)
        }
    }

    @Test("what is malformed ends it; what was acknowledged before stays")
    func malformed() async throws {
        try await TestTemplate.schema.withCopy { database in
            var bulk = BulkAppend(database.log, as: Probe.scope, limits: .init(events: 10))
            let error = await postgresError {
                for number in 0..<100 { try await bulk.append(Probe.event(payload: number == 55 ? "[]" : "{}")) }
                try await bulk.flush()
            }
            #expect(error?.constraint == "audit_logs_payload_check")
            #expect(bulk.acknowledged == 50)
            let size = try await database.log.size(as: Probe.scope)
            #expect(size == 50)
        }
    }
}
