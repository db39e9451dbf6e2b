/// When which witness is asked: each apart from the others, one request at a time, and after failures ever later.
package struct WitnessSchedule<Key: Hashable & Sendable>: Sendable {
    /// The pause after the first failure; it doubles with each, up to the longest.
    package static var firstPause: Duration { .seconds(1) }
    package static var longestPause: Duration { .seconds(300) }

    private struct Turn {
        var isAsked = false
        var failures = 0
        var next: ContinuousClock.Instant?
    }
    private var turns: [Key: Turn] = [:]

    package init() {}

    /// Those, of the witnesses that have something to cosign, that are to be asked now; they count as asked until
    /// `answered`. What is not named any more is forgotten.
    package mutating func due(_ keys: [Key], at now: ContinuousClock.Instant) -> [Key] {
        let named = Set(keys)
        turns = turns.filter { $0.value.isAsked || named.contains($0.key) }
        return keys.filter { key in
            var turn = turns[key] ?? Turn()
            guard !turn.isAsked, turn.next.map({ $0 <= now }) ?? true else { return false }
            turn.isAsked = true
            turns[key] = turn
            return true
        }
    }

    /// - Parameter jitter: from 0 to 1; takes up to half of the pause away, so that many do not come at once.
    package mutating func answered(
        _ key: Key, cosigned: Bool, at now: ContinuousClock.Instant, jitter: Double
    ) {
        var turn = turns[key] ?? Turn()
        turn.isAsked = false
        turn.failures = cosigned ? 0 : turn.failures + 1
        turn.next = cosigned ? nil : now + Self.pause(after: turn.failures) * (1 - 0.5 * min(max(jitter, 0), 1))
        turns[key] = turn
    }

    private static func pause(after failures: Int) -> Duration {
        failures > 9 ? longestPause : min(longestPause, firstPause * (1 << (failures - 1)))
    }
}
