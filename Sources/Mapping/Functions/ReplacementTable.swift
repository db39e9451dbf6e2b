/// Texts and what each becomes, all in one pass: from left to right, at each place the longest text that begins there.
///
/// Takes time linear in the text, however many texts there are and however they overlap: an automaton of Aho and Corasick
/// (1975) for the texts written backwards runs from the end to the beginning, and so knows for each place the longest
/// text that begins there.
struct ReplacementTable: Sendable {
    /// What was read behind the place at hand, as far as a text may end like that; the first state is nothing.
    private struct State {
        let byte: UInt8
        var firstChild: Int32 = 0
        var nextSibling: Int32 = 0
        /// The longest other state that this one begins with.
        var failure: Int32 = 0
        /// The longest text that begins here, or -1.
        var longest: Int32 = -1
    }

    private let lengths: [Int]
    private let replacements: [[UInt8]]
    private var states = [State(byte: 0)]
    /// The children of the first state, by byte.
    private var roots: [Int32] = Array(repeating: 0, count: 256)

    /// Of equal texts, none of which is empty, the first one counts.
    init(_ entries: [(from: [UInt8], to: [UInt8])]) {
        lengths = entries.map(\.from.count)
        replacements = entries.map(\.to)
        for (number, entry) in entries.enumerated() {
            var state = 0
            for byte in entry.from.reversed() { state = childOrNew(state, byte) }
            if states[state].longest < 0 { states[state].longest = Int32(number) }
        }
        connect()
    }

    private mutating func childOrNew(_ state: Int, _ byte: UInt8) -> Int {
        let known = child(state, byte)
        if known != 0 { return known }
        let new = Int32(states.count)
        states.append(State(byte: byte, nextSibling: states[state].firstChild))
        states[state].firstChild = new
        if state == 0 { roots[Int(byte)] = new }
        return Int(new)
    }

    /// Sets where to go on when no child fits, shorter states first.
    private mutating func connect() {
        var queue = [0]
        var next = 0
        while next < queue.count {
            let state = queue[next]
            next += 1
            var child = Int(states[state].firstChild)
            while child != 0 {
                let failure = state == 0 ? 0 : step(Int(states[state].failure), states[child].byte)
                states[child].failure = Int32(failure)
                if states[child].longest < 0 { states[child].longest = states[failure].longest }
                queue.append(child)
                child = Int(states[child].nextSibling)
            }
        }
    }

    /// 0 where there is none.
    private func child(_ state: Int, _ byte: UInt8) -> Int {
        if state == 0 { return Int(roots[Int(byte)]) }
        var child = Int(states[state].firstChild)
        while child != 0, states[child].byte != byte { child = Int(states[child].nextSibling) }
        return child
    }

    private func step(_ state: Int, _ byte: UInt8) -> Int {
        var state = state
        while true {
            let next = child(state, byte)
            if next != 0 || state == 0 { return next }
            state = Int(states[state].failure)
        }
    }

    func apply(to bytes: Bytes, _ workspace: Workspace) -> Value {
        let longest = workspace.allocate(bytes.count, of: Int32.self)
        var state = 0
        var hasAny = false
        for index in stride(from: bytes.count - 1, through: 0, by: -1) {
            state = step(state, bytes[index])
            longest[index] = states[state].longest
            if longest[index] >= 0 { hasAny = true }
        }
        if !hasAny { return .text(bytes) }
        var count = 0
        var index = 0
        while index < bytes.count {
            let number = Int(longest[index])
            count += number < 0 ? 1 : replacements[number].count
            index += number < 0 ? 1 : lengths[number]
        }
        if count > Workspace.longestText { return workspace.fail(Workspace.textTooLong) }
        let target = workspace.allocate(count)
        var written = 0
        index = 0
        while index < bytes.count {
            let number = Int(longest[index])
            if number < 0 {
                target[written] = bytes[index]
                written += 1
                index += 1
            } else {
                for byte in replacements[number] {
                    target[written] = byte
                    written += 1
                }
                index += lengths[number]
            }
        }
        return .blankable(target, count: count)
    }
}
