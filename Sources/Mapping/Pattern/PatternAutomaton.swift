/// A deterministic automaton over ASCII that answers whether a pattern matches; built once, one table look-up a byte.
///
/// A state is the set of the pattern's instructions that wait for a byte or for the end of the text. As a match may begin
/// anywhere, each step begins one anew; once matched, always matched.
struct PatternAutomaton: Sendable {
    /// Patterns that need more states than this run on the virtual machine instead.
    private static let largestStateCount = 200
    private static let dead: UInt16 = 0
    private static let matched: UInt16 = 1
    private static let start: UInt16 = 2

    /// For each state, the next one for each of 128 bytes.
    private var transitions: [UInt16]
    private var acceptsAtEnd: [Bool]

    /// `nil` where the pattern looks at word boundaries or needs too many states.
    init?(_ program: PatternProgram) {
        for instruction in program.instructions where instruction.operation == .assertion {
            if instruction.assertion == .wordBoundary || instruction.assertion == .notWordBoundary { return nil }
        }
        transitions = Array(repeating: Self.dead, count: 128) + Array(repeating: Self.matched, count: 128)
        acceptsAtEnd = [false, true]
        let (classes, representatives) = Self.byteClasses(program)
        guard let first = Self.closure([0], program, isAtStart: true, isAtEnd: false) else {
            transitions += Array(repeating: Self.matched, count: 128)
            acceptsAtEnd.append(true)
            return
        }
        // The start is a state of its own: nowhere else does `^` hold.
        var states = [first]
        var numbers: [[Int]: UInt16] = [:]
        var index = 0
        while index < states.count {
            var targets: [UInt16] = []
            for byte in representatives {
                var reached = [0]
                for waiting in states[index] where program.instructions[waiting].operation == .set {
                    let set = program.sets[program.instructions[waiting].first]
                    if set.contains(byte) { reached.append(waiting + 1) }
                }
                guard let next = Self.closure(reached, program, isAtStart: false, isAtEnd: false) else {
                    targets.append(Self.matched)
                    continue
                }
                if next.isEmpty {
                    targets.append(Self.dead)
                } else if let known = numbers[next] {
                    targets.append(known)
                } else {
                    guard states.count < Self.largestStateCount else { return nil }
                    let number = Self.start + UInt16(states.count)
                    numbers[next] = number
                    states.append(next)
                    targets.append(number)
                }
            }
            for byte in 0..<128 { transitions.append(targets[classes[byte]]) }
            let isStart = index == 0
            let ending = Self.closure(isStart ? [0] : states[index], program, isAtStart: isStart, isAtEnd: true)
            acceptsAtEnd.append(ending == nil)
            index += 1
        }
    }

    /// Whether the pattern matches somewhere in the text; `nil` for a text that is not all ASCII.
    func matches(_ bytes: Bytes) -> Bool? {
        transitions.withUnsafeBufferPointer { transitions in
            var state = Int(Self.start)
            for byte in bytes {
                if byte >= 0x80 { return nil }
                state = Int(transitions[state &<< 7 | Int(byte)])
            }
            return acceptsAtEnd[state]
        }
    }

    /// Groups the bytes that no set of the pattern tells apart.
    private static func byteClasses(_ program: PatternProgram) -> (classes: [Int], representatives: [UInt32]) {
        var numbers: [[Bool]: Int] = [:]
        var classes: [Int] = []
        var representatives: [UInt32] = []
        for byte in UInt32(0)..<128 {
            let signature = program.sets.map { $0.contains(byte) }
            let number = numbers[signature] ?? representatives.count
            if number == representatives.count {
                numbers[signature] = number
                representatives.append(byte)
            }
            classes.append(number)
        }
        return (classes, representatives)
    }

    /// All instructions that are reached without consuming a byte and wait for one or for the end; `nil` for a match.
    private static func closure(
        _ first: [Int], _ program: PatternProgram, isAtStart: Bool, isAtEnd: Bool
    ) -> [Int]? {
        var visited = Set(first)
        var pending = first
        var waiting: [Int] = []
        func visit(_ index: Int) {
            if visited.insert(index).inserted { pending.append(index) }
        }
        while let index = pending.popLast() {
            let instruction = program.instructions[index]
            switch instruction.operation {
            case .match: return nil
            case .set: waiting.append(index)
            case .jump: visit(instruction.first)
            case .save: visit(index + 1)
            case .split:
                visit(instruction.first)
                visit(instruction.second)
            case .assertion:
                if instruction.assertion == .start ? isAtStart : isAtEnd {
                    visit(index + 1)
                } else if instruction.assertion == .end {
                    waiting.append(index)
                }
            }
        }
        return waiting.sorted()
    }
}
