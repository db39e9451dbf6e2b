/// What a tenant's queue of appends decides: what goes into the next transaction, and when.
///
/// One transaction is on the way at a time: appends lock the log's head, so a second one would only wait there. What
/// comes meanwhile is gathered for the next. An append that finds the queue idle is sent at once, with one exception:
/// right after several callers were answered together, the first one back waits a moment for the others, since callers
/// who append one event after the other come back together, and would else be served in two alternating halves.
struct AppendQueueState {
    typealias ID = Int
    typealias Instant = ContinuousClock.Instant

    struct Limits {
        /// A transaction takes this many events and bytes, or one call's where that has more.
        var events = 1024
        var bytes = 4 << 20
        /// Enough to be sent without waiting for more: the wait for the disk is a small part of its cost by then.
        var enough = 256
        /// How long the next caller may take to come back before nobody waits for the rest.
        var gap = Duration.microseconds(300)
        /// The longest that anything waits for others to come.
        var age = Duration.milliseconds(3)
        /// What may wait; more is refused.
        var waitingCalls = 16_384
        var waitingBytes = 64 << 20
    }

    /// One call of `append`.
    struct Call {
        let id: ID
        let events: Int
        let bytes: Int
        let isAlone: Bool
        let arrival: Instant
    }

    enum Submission: Equatable {
        /// Nobody serves the queue: start to.
        case start
        case wait
        /// As many calls wait as were expected: whoever sleeps can go on.
        case wake
        case refuse
    }

    enum Step: Equatable {
        case send([ID])
        case sleep(until: Instant)
        /// Nothing waits; the next submission starts again.
        case stop
    }

    let limits: Limits
    private var waiting: [Call] = []
    private var waitingBytes = 0
    private var waitingEvents = 0
    private var isServed = false
    private var sending = 0
    /// How many calls are expected to wait before the next transaction is full, and since when.
    private var expected = 0
    private var answered: Instant?

    init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    var count: Int { waiting.count }

    /// A call comes.
    mutating func submit(
        _ id: ID, events: Int, bytes: Int, isAlone: Bool = false, at now: Instant
    ) -> Submission {
        // A call that is too large for the queue is taken when nothing else waits.
        let isFull =
            waiting.count >= limits.waitingCalls || waitingBytes + bytes > limits.waitingBytes && !waiting.isEmpty
        guard !isFull else { return .refuse }
        waiting.append(Call(id: id, events: events, bytes: bytes, isAlone: isAlone, arrival: now))
        waitingBytes += bytes
        waitingEvents += events
        guard isServed else {
            isServed = true
            return .start
        }
        return sending == 0 && hasEnough ? .wake : .wait
    }

    /// A call is given up; false if it is on its way already, or answered.
    mutating func cancel(_ id: ID) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return false }
        let call = waiting.remove(at: index)
        waitingBytes -= call.bytes
        waitingEvents -= call.events
        // Who gives up does not come back.
        expected -= 1
        return true
    }

    /// What to do next; asked by who serves the queue, and never while something is on the way.
    mutating func next(at now: Instant) -> Step {
        guard !waiting.isEmpty else {
            isServed = false
            return .stop
        }
        if let deadline, now < deadline { return .sleep(until: deadline) }
        return .send(takeBatch())
    }

    /// Until when it is worth waiting for more calls; nil if it is not.
    var deadline: Instant? {
        guard !hasEnough, let answered, let first = waiting.first, let last = waiting.last else { return nil }
        return min(max(last.arrival, answered) + limits.gap, max(first.arrival, answered) + limits.age)
    }

    /// What was on the way is answered.
    mutating func finish(at now: Instant) {
        expected = sending + waiting.count
        answered = now
        sending = 0
    }

    private var hasEnough: Bool {
        guard let first = waiting.first, expected > 1 else { return true }
        return first.isAlone || waiting.count >= expected || waitingEvents >= limits.enough
            || waitingBytes >= limits.bytes
    }

    /// The calls at the front that fit into one transaction, one at least.
    private mutating func takeBatch() -> [ID] {
        var events = 0
        var bytes = 0
        var count = 0
        for call in waiting {
            events += call.events
            bytes += call.bytes
            let fits = !call.isAlone && events <= limits.events && bytes <= limits.bytes
            guard count == 0 || fits else { break }
            count += 1
            waitingEvents -= call.events
            waitingBytes -= call.bytes
            if call.isAlone { break }
        }
        let batch = waiting.prefix(count).map(\.id)
        waiting.removeFirst(count)
        sending = count
        return batch
    }
}
