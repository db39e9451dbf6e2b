/// A pattern as instructions of a nondeterministic automaton (Thompson's construction).
struct PatternProgram: Sendable {
    enum Operation: UInt8, Sendable {
        /// Consumes one scalar of set `first`.
        case set
        /// Continues at `first`, or else at `second`.
        case split
        case jump
        /// Notes the position in slot `first`.
        case save
        case assertion
        case match
    }

    struct Instruction: Sendable {
        var operation: Operation
        var assertion: PatternSyntax.Assertion = .start
        var first = 0
        var second = 0
    }

    /// More instructions than this are refused: the time to match grows with their number.
    static let largestSize = 2_000

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    let captureCount: Int

    init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        let syntax = try parser.parse()
        captureCount = parser.captureCount
        emit(Instruction(operation: .save, first: 0))
        try append(syntax)
        emit(Instruction(operation: .save, first: 1))
        emit(Instruction(operation: .match))
    }

    /// Slots for positions: a start and an end for the whole match and for each capture.
    var slotCount: Int { 2 * (captureCount + 1) }

    @discardableResult
    private mutating func emit(_ instruction: Instruction) -> Int {
        instructions.append(instruction)
        return instructions.count - 1
    }

    private mutating func append(_ syntax: PatternSyntax) throws(PatternError) {
        if instructions.count > Self.largestSize {
            throw PatternError(offset: 0, message: "the pattern is too large; use smaller counts")
        }
        switch syntax {
        case .empty:
            break
        case .set(let set):
            let index = sets.firstIndex(of: set) ?? sets.count
            if index == sets.count { sets.append(set) }
            emit(Instruction(operation: .set, first: index))
        case .sequence(let items):
            for item in items { try append(item) }
        case .group(let content, let capture):
            if let capture { emit(Instruction(operation: .save, first: 2 * capture)) }
            try append(content)
            if let capture { emit(Instruction(operation: .save, first: 2 * capture + 1)) }
        case .assertion(let assertion):
            emit(Instruction(operation: .assertion, assertion: assertion))
        case .alternation(let branches):
            try appendAlternation(branches)
        case .repetition(let item, let minimum, let maximum, let isGreedy):
            try appendRepetition(item, minimum, maximum, isGreedy)
        }
    }

    private mutating func appendAlternation(_ branches: [PatternSyntax]) throws(PatternError) {
        var jumps: [Int] = []
        for branch in branches.dropLast() {
            let split = emit(Instruction(operation: .split))
            instructions[split].first = instructions.count
            try append(branch)
            jumps.append(emit(Instruction(operation: .jump)))
            instructions[split].second = instructions.count
        }
        if let last = branches.last { try append(last) }
        for jump in jumps { instructions[jump].first = instructions.count }
    }

    private mutating func appendRepetition(
        _ item: PatternSyntax, _ minimum: Int, _ maximum: Int?, _ isGreedy: Bool
    ) throws(PatternError) {
        for _ in 0..<minimum { try append(item) }
        guard let maximum else {
            let split = emit(Instruction(operation: .split))
            let body = instructions.count
            try append(item)
            emit(Instruction(operation: .jump, first: split))
            aim(split, at: body, orElse: instructions.count, isGreedy)
            return
        }
        var splits: [(index: Int, body: Int)] = []
        for _ in minimum..<maximum {
            let split = emit(Instruction(operation: .split))
            splits.append((split, instructions.count))
            try append(item)
        }
        for (split, body) in splits { aim(split, at: body, orElse: instructions.count, isGreedy) }
    }

    private mutating func aim(_ split: Int, at body: Int, orElse exit: Int, _ isGreedy: Bool) {
        instructions[split].first = isGreedy ? body : exit
        instructions[split].second = isGreedy ? exit : body
    }
}
