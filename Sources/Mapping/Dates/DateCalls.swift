/// The calls of a program that read dates in formats of which some read the same text as different days, in the order in which
/// they are compiled.
struct DateCalls: Sendable {
    struct Call: Sendable {
        /// The target in whose expression it stands; nil for a condition on rows.
        let target: String?
        let choice: DateChoice
    }

    private(set) var calls: [Call] = []
    /// The stretches of the program that have such calls.
    private(set) var code: [Range<Int>] = []
    /// Of the expression that is being compiled.
    var target: String?
    /// What was decided and is not used yet.
    private(set) var decisions: [DateDecision]
    /// Whether each text is handed to the workspace's tally.
    private let isSurvey: Bool

    init(_ decisions: [DateDecision] = [], isSurvey: Bool = false) {
        self.decisions = decisions
        self.isSurvey = isSurvey
    }

    /// The body of the next call: the decision is the first one on the same formats of the same target.
    mutating func body(_ choice: DateChoice) -> Function.Body {
        let index = decisions.firstIndex { $0.target == target && $0.formats == choice.texts }
        let body = choice.body(index.map { decisions.remove(at: $0) })
        calls.append(Call(target: target, choice: choice))
        guard isSurvey else { return body }
        let number = calls.count - 1
        return { operands, workspace in
            if case .text(let bytes) = operands[0] {
                workspace.dateTally?.add(trimmed(bytes), call: number, row: workspace.rowNumber)
            }
            return body(operands, workspace)
        }
    }

    mutating func note(_ code: Range<Int>) {
        self.code.append(code)
    }
}
