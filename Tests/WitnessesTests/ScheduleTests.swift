import Testing
import Witnesses

@Suite("The schedule of witnesses")
struct ScheduleTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("asks each witness once at a time, and again as soon as it has cosigned")
    func turns() {
        var schedule = WitnessSchedule<String>()
        #expect(schedule.due(["a", "b"], at: at(0)) == ["a", "b"])
        #expect(schedule.due(["a", "b"], at: at(100)) == [])
        schedule.answered("a", cosigned: true, at: at(100), jitter: 0.5)
        #expect(schedule.due(["a", "b"], at: at(100)) == ["a"])
    }

    @Test("waits twice as long after each failure, up to five minutes, and not at all after a success")
    func pauses() {
        var schedule = WitnessSchedule<String>()
        var now = 0.0
        for pause in [1.0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300] {
            #expect(schedule.due(["a"], at: at(now)) == ["a"])
            schedule.answered("a", cosigned: false, at: at(now), jitter: 0)
            #expect(schedule.due(["a"], at: at(now + pause - 0.01)) == [])
            now += pause + 0.01
        }
        #expect(schedule.due(["a"], at: at(now)) == ["a"])
        schedule.answered("a", cosigned: true, at: at(now), jitter: 0)
        #expect(schedule.due(["a"], at: at(now)) == ["a"])
        schedule.answered("a", cosigned: false, at: at(now), jitter: 0)
        #expect(schedule.due(["a"], at: at(now + 1.01)) == ["a"])
    }

    @Test("takes at most half of the pause away", arguments: [(0, 4.0), (0.5, 3.0), (1, 2.0), (7, 2.0), (-7, 4.0)])
    func jitter(jitter: Double, pause: Double) {
        var schedule = WitnessSchedule<String>()
        for _ in 0..<3 { schedule.answered("a", cosigned: false, at: at(0), jitter: jitter) }
        #expect(schedule.due(["a"], at: at(pause - 0.01)) == [])
        #expect(schedule.due(["a"], at: at(pause + 0.01)) == ["a"])
    }

    @Test("one that fails keeps no other waiting, and one that went and came back starts afresh")
    func apart() {
        var schedule = WitnessSchedule<String>()
        _ = schedule.due(["a", "b"], at: at(0))
        for _ in 0..<9 { schedule.answered("a", cosigned: false, at: at(0), jitter: 0) }
        schedule.answered("b", cosigned: true, at: at(0), jitter: 0)
        #expect(schedule.due(["a", "b"], at: at(1)) == ["b"])
        #expect(schedule.due(["b"], at: at(1)) == [])
        #expect(schedule.due(["a"], at: at(1)) == ["a"])
    }
}
