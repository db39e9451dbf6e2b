/// Pike's virtual machine: all ways through a pattern at once, one scalar at a time.
///
/// The lists are kept between searches, so that a search allocates nothing once they have grown. The time of a search
/// is at most proportional to the pattern's instructions times the text's scalars.
final class PatternThreads {
    /// Instructions that wait for a scalar, in order of preference, each with its own capture slots.
    private struct List {
        var waiting: [Int] = []
        var captures: [Int] = []

        mutating func removeAll() {
            waiting.removeAll(keepingCapacity: true)
            captures.removeAll(keepingCapacity: true)
        }
    }

    /// Byte offsets of the last match: slots 0 and 1 are its ends, 2n and 2n + 1 those of capture n; -1 if unused.
    private(set) var captures: [Int] = []
    /// Steps that searches may still take for this row; when they are used up, searches find nothing.
    private(set) var budget = PatternThreads.largestBudget
    private var current = List()
    private var next = List()
    /// For each instruction, the step at which it was last added.
    private var addedAt: [Int] = []
    private var step = 0
    private var stack: [Frame] = []
    private var slots: [Int] = []

    /// A fraction of a second's work.
    static let largestBudget = 1 << 24

    var isExhausted: Bool { budget < 0 }

    func resetBudget(to steps: Int = largestBudget) { budget = steps }

    private enum Frame {
        case visit(Int)
        case restore(slot: Int, position: Int)
    }

    func search(_ program: PatternProgram, _ bytes: Bytes, from start: Int, needsCaptures: Bool) -> Bool {
        prepare(program)
        var position = start
        var found = false
        while true {
            let (scalar, length) = position < bytes.count ? decodeScalar(bytes, at: position) : (0, 0)
            if !found {
                for slot in slots.indices { slots[slot] = -1 }
                add(0, to: &current, program, bytes, position)
            }
            budget -= current.waiting.count + 1
            if budget < 0 { break }
            if current.waiting.isEmpty {
                // Nothing began here, as where `$` or `\b` did not hold; the next place may do.
                if found || length == 0 { break }
                position += length
                step += 1
                continue
            }
            step += 1
            next.removeAll()
            for (index, waiting) in current.waiting.enumerated() {
                let instruction = program.instructions[waiting]
                if instruction.operation == .match {
                    found = true
                    let first = index * program.slotCount
                    captures.replaceSubrange(0..., with: current.captures[first..<(first + program.slotCount)])
                    if !needsCaptures { return true }
                    break  // Those behind are less preferred.
                }
                if length > 0, program.sets[instruction.first].contains(scalar) {
                    let first = index * program.slotCount
                    for slot in slots.indices { slots[slot] = current.captures[first + slot] }
                    add(waiting + 1, to: &next, program, bytes, position + length)
                }
            }
            swap(&current, &next)
            if length == 0 { break }
            position += length
        }
        return found && budget >= 0
    }

    private func prepare(_ program: PatternProgram) {
        current.removeAll()
        next.removeAll()
        step += 1
        if addedAt.count < program.instructions.count {
            addedAt += Array(repeating: 0, count: program.instructions.count - addedAt.count)
        }
        slots.removeAll(keepingCapacity: true)
        for _ in 0..<program.slotCount { slots.append(-1) }
    }

    /// Follows all instructions that consume nothing, in order of preference.
    private func add(
        _ first: Int, to list: inout List, _ program: PatternProgram, _ bytes: Bytes, _ position: Int
    ) {
        stack.removeAll(keepingCapacity: true)
        stack.append(.visit(first))
        while let frame = stack.popLast() {
            switch frame {
            case .restore(let slot, let position):
                slots[slot] = position
            case .visit(let index):
                if addedAt[index] == step { continue }
                addedAt[index] = step
                let instruction = program.instructions[index]
                switch instruction.operation {
                case .jump:
                    stack.append(.visit(instruction.first))
                case .split:
                    stack.append(.visit(instruction.second))
                    stack.append(.visit(instruction.first))
                case .save:
                    stack.append(.restore(slot: instruction.first, position: slots[instruction.first]))
                    slots[instruction.first] = position
                    stack.append(.visit(index + 1))
                case .assertion:
                    if holds(instruction.assertion, bytes, position) { stack.append(.visit(index + 1)) }
                case .set, .match:
                    list.waiting.append(index)
                    list.captures.append(contentsOf: slots)
                }
            }
        }
    }

    private func holds(_ assertion: PatternSyntax.Assertion, _ bytes: Bytes, _ position: Int) -> Bool {
        func isWord(_ index: Int) -> Bool {
            guard bytes.indices.contains(index) else { return false }
            let scalar = UInt32(bytes[index])
            return ScalarSet.wordRanges.contains { $0.contains(scalar) }
        }
        return switch assertion {
        case .start: position == 0
        case .end: position == bytes.count
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .notWordBoundary: isWord(position - 1) == isWord(position)
        }
    }
}
