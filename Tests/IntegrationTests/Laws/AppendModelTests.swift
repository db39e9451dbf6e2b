import AuditLog
import FoundationEssentials
import Postgres
import TestSupport
import Testing

extension LawTests {
    @Suite("audit_append against a model of its contract", .timeLimit(.minutes(20)))
    struct AppendModelTests {
        @Test("thousands of random calls have the outcomes that the contract says", arguments: [1, 2, 3] as [UInt64])
        func random(seed: UInt64) async throws {
            try await TestTemplate.schema.withCopy { database in
                var calls = Calls(seed: seed)
                var model = AppendModel()
                var seen: Set<String> = []
                for number in 0..<1000 {
                    let appends = calls.next()
                    let expected = model.append(appends)
                    let found = try await database.log.append(appends, as: Probe.scope).map { AppendModel.Outcome($0) }
                    #expect(found == expected, "call \(number) of seed \(seed)")
                    if found != expected { break }
                    for outcome in expected {
                        seen.insert(String(describing: outcome).prefix { $0 != "(" }.description)
                    }
                }
                #expect(seen == ["appended", "known", "conflict", "mismatch"])
                #expect(try await database.log.size(as: Probe.scope) == model.size)
                let verification = try await database.log.verify(as: Probe.scope)
                #expect(verification.isSound, "\(verification.problems.prefix(3))")
            }
        }

        /// Random calls: new appends, retries, retries that differ, wrong and right versions, ids used twice.
        private struct Calls {
            var random: SplitMix64
            var earlier: [[NewEvent]] = []
            let streams = (0..<4).map { UUID(named: "stream", String($0)) }

            init(seed: UInt64) {
                random = SplitMix64(seed: seed)
            }

            mutating func next() -> [[NewEvent]] {
                let appends = (0..<Int.random(in: 1...5, using: &random)).map { _ in append() }
                earlier = (earlier + appends).suffix(60)
                return appends
            }

            private mutating func append() -> [NewEvent] {
                guard var events = earlier.randomElement(using: &random), random.chance(35) else {
                    return (0..<Int.random(in: 1...4, using: &random)).map { _ in event() }
                }
                switch Int.random(in: 0..<6, using: &random) {
                case 0: events.append(event())
                case 1: events[0].payload = JSON(#"{"changed":true}"#)
                case 2: events[0].personal = nil
                case 3: events.append(events[0])
                case 4: events.removeLast(events.count - 1)
                default: break
                }
                return events
            }

            private mutating func event() -> NewEvent {
                let number = Int.random(in: 0..<1000, using: &random)
                return Probe.event(
                    random.uuid(), stream: streams.randomElement(using: &random) ?? streams[0],
                    expecting: random.chance(25) ? Int64.random(in: 0...40, using: &random) : nil,
                    payload: #"{"number": \#(number)}"#, personal: random.chance(50) ? #"{"name":"\#(number)"}"# : nil,
                    attachment: random.chance(30) ? [UInt8(truncatingIfNeeded: number)] : nil)
            }
        }
    }
}
