import TestSupport
import Testing

@testable import AuditLog

@Suite("What the queue of appends decides")
struct AppendQueueStateTests {
    /// A queue and a clock, so that a test reads as a script.
    private struct Script {
        var state: AppendQueueState
        var now = AppendQueueState.Instant.now

        init(_ change: (inout AppendQueueState.Limits) -> Void = { _ in }) {
            var limits = AppendQueueState.Limits()
            change(&limits)
            state = AppendQueueState(limits)
        }

        mutating func submit(
            _ id: Int, events: Int = 1, bytes: Int = 100, isAlone: Bool = false
        ) -> AppendQueueState.Submission {
            state.submit(id, events: events, bytes: bytes, isAlone: isAlone, at: now)
        }

        mutating func next() -> AppendQueueState.Step { state.next(at: now) }

        mutating func cancel(_ id: Int) -> Bool { state.cancel(id) }

        mutating func finish(after duration: Duration = .milliseconds(1)) {
            now += duration
            state.finish(at: now)
        }
    }

    @Test("an append that finds nothing on the way is sent at once")
    func idle() {
        var script = Script()
        for id in 1...3 {
            #expect(script.submit(id) == .start)
            #expect(script.next() == .send([id]))
            script.finish()
            #expect(script.next() == .stop)
        }
    }

    @Test("what comes while one is on the way goes together, in the order in which it came")
    func gathers() {
        var script = Script()
        #expect(script.submit(1) == .start)
        #expect(script.next() == .send([1]))
        for id in 2...5 { #expect(script.submit(id) == .wait) }
        script.finish()
        // The first caller may be back in a moment.
        #expect(script.next() == .sleep(until: script.now + script.state.limits.gap))
        #expect(script.submit(6) == .wake)
        #expect(script.next() == .send([2, 3, 4, 5, 6]))
    }

    @Test("callers who were answered together are waited for, the first one back too")
    func waitsForThoseAnswered() {
        var script = Script()
        _ = script.submit(1)
        _ = script.next()
        for id in 2...4 { _ = script.submit(id) }
        script.now += script.state.limits.age
        script.finish()
        script.now += script.state.limits.gap
        #expect(script.next() == .send([2, 3, 4]))
        script.finish()
        #expect(script.next() == .stop)
        #expect(script.submit(5) == .start)
        #expect(script.next() == .sleep(until: script.now + script.state.limits.gap))
        #expect(script.submit(6) == .wait)
        #expect(script.submit(7) == .wake)
        #expect(script.next() == .send([5, 6, 7]))
    }

    @Test("nobody waits longer than the gap for a caller who does not come back")
    func gap() {
        var script = Script()
        _ = script.submit(1)
        _ = script.next()
        _ = script.submit(2)
        script.finish()
        let deadline = script.now + script.state.limits.gap
        #expect(script.next() == .sleep(until: deadline))
        script.now = deadline
        #expect(script.next() == .send([2]))
        script.finish()
        _ = script.next()
        #expect(script.submit(3) == .start)
        #expect(script.next() == .send([3]), "one caller was answered, so nobody else is expected")
    }

    @Test("callers who keep coming are waited for no longer than the age")
    func age() {
        var script = Script { $0.enough = 10_000 }
        _ = script.submit(0)
        _ = script.next()
        for id in 1...1000 { _ = script.submit(id) }
        script.finish()
        script.now += script.state.limits.age
        _ = script.next()
        script.finish()
        // A thousand were answered together; they come back one every 100 µs.
        let start = script.now
        var id = 1000
        repeat {
            script.now += .microseconds(100)
            id += 1
            _ = script.submit(id)
            guard case .sleep = script.next() else { break }
        } while id < 2000
        #expect(script.now - start >= .milliseconds(1))
        #expect(script.now - start <= script.state.limits.age + .microseconds(200))
    }

    @Test("a transaction is cut at its limits of events and of bytes", arguments: [(events: 3, bytes: 10), (1, 40)])
    func cuts(size: (events: Int, bytes: Int)) {
        var script = Script {
            $0.events = 10
            $0.bytes = 120
            $0.enough = 1
        }
        _ = script.submit(1)
        _ = script.next()
        for id in 2...8 { _ = script.submit(id, events: size.events, bytes: size.bytes) }
        script.finish()
        #expect(script.next() == .send([2, 3, 4]))
        script.finish()
        #expect(script.next() == .send([5, 6, 7]))
        script.finish()
        script.now += script.state.limits.age
        #expect(script.next() == .send([8]))
    }

    @Test("a call that is larger than a transaction's limits goes by itself")
    func large() {
        var script = Script { $0.enough = 1 }
        _ = script.submit(1)
        _ = script.next()
        _ = script.submit(2, events: 1_000_000, bytes: 50 << 20)
        _ = script.submit(3)
        script.finish()
        #expect(script.next() == .send([2]))
        script.finish()
        script.now += script.state.limits.age
        #expect(script.next() == .send([3]))
    }

    @Test("an append that wants a transaction of its own gets it, in its place in the order")
    func alone() {
        var script = Script { $0.enough = 1 }
        _ = script.submit(1)
        _ = script.next()
        for id in 2...3 { _ = script.submit(id) }
        _ = script.submit(4, isAlone: true)
        for id in 5...6 { _ = script.submit(id) }
        var order: [[Int]] = []
        for _ in 0..<3 {
            script.finish()
            script.now += script.state.limits.age
            if case .send(let ids) = script.next() { order.append(ids) }
        }
        #expect(order == [[2, 3], [4], [5, 6]])
    }

    @Test("a full queue refuses, and takes again once there is room")
    func full() {
        var script = Script {
            $0.waitingCalls = 2
            $0.enough = 1
        }
        _ = script.submit(1)
        _ = script.next()
        #expect(script.submit(2) == .wait)
        #expect(script.submit(3) == .wait)
        #expect(script.submit(4) == .refuse)
        script.finish()
        #expect(script.next() == .send([2, 3]))
        #expect(script.submit(5) == .wait)
    }

    @Test("a queue is full of bytes too, but never too small for one call")
    func fullOfBytes() {
        var script = Script { $0.waitingBytes = 1000 }
        _ = script.submit(1)
        _ = script.next()
        #expect(script.submit(2, bytes: 5000) == .wait)
        #expect(script.submit(3, bytes: 1) == .refuse)
        #expect(script.cancel(2) == true)
        #expect(script.submit(4, bytes: 999) == .wait)
        #expect(script.submit(5, bytes: 2) == .refuse)
    }

    @Test("a call that waits can be taken back, one that is on its way cannot")
    func cancellation() {
        var script = Script { $0.enough = 1 }
        _ = script.submit(1)
        _ = script.next()
        _ = script.submit(2)
        _ = script.submit(3)
        #expect(script.cancel(1) == false)
        #expect(script.cancel(2) == true)
        #expect(script.cancel(2) == false)
        script.finish()
        #expect(script.next() == .send([3]))
        #expect(script.cancel(3) == false)
        script.finish()
        #expect(script.next() == .stop)
    }

    @Test("whatever comes is sent once, in order, and within the limits", arguments: 0..<20 as Range<UInt64>)
    func everythingOnce(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var script = Script { $0.events = 20 }
        var sizes: [Int: Int] = [:]
        var sent: [Int] = []
        var cancelled: Set<Int> = []
        var id = 0
        var isServed = false
        for _ in 0..<400 {
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                id += 1
                sizes[id] = Int.random(in: 1...30, using: &random)
                if script.submit(id, events: sizes[id] ?? 1) == .start { isServed = true }
            }
            if id > 0, Int.random(in: 0..<5, using: &random) == 0 {
                let victim = Int.random(in: 1...id, using: &random)
                if script.cancel(victim) { cancelled.insert(victim) }
            }
            guard isServed else { continue }
            switch script.next() {
            case .send(let batch):
                #expect(batch.count == 1 || batch.reduce(0) { $0 + (sizes[$1] ?? 0) } <= 20)
                sent += batch
                script.finish(after: .microseconds(Int.random(in: 1...3000, using: &random)))
            case .sleep(let until): script.now = until
            case .stop: isServed = false
            }
        }
        while isServed {
            switch script.next() {
            case .send(let batch):
                sent += batch
                script.finish()
            case .sleep(let until): script.now = until
            case .stop: isServed = false
            }
        }
        #expect(sent == (1...max(1, id)).filter { !cancelled.contains($0) && id > 0 })
    }
}
