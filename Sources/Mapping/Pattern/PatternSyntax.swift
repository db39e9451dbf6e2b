/// A pattern as it was written.
indirect enum PatternSyntax {
    case empty
    case set(ScalarSet)
    case sequence([PatternSyntax])
    case alternation([PatternSyntax])
    case repetition(PatternSyntax, minimum: Int, maximum: Int?, isGreedy: Bool)
    /// A group; captures are numbered from 1, `nil` for `(?:…)`.
    case group(PatternSyntax, capture: Int?)
    case assertion(Assertion)

    enum Assertion: UInt8 {
        case start, end, wordBoundary, notWordBoundary
    }
}

/// What is wrong with a pattern, and where: `offset` counts Unicode scalars from 0.
package struct PatternError: Error {
    package let offset: Int
    package let message: String
}
