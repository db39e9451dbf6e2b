/// A regular expression that is matched in time linear in the text, whatever the pattern.
///
/// Texts of ASCII are checked by a table automaton where one of reasonable size exists; all others, and searches that
/// need positions, run on Pike's virtual machine over Unicode scalars.
package final class Pattern: Sendable {
    package let text: String
    let program: PatternProgram
    private let automaton: PatternAutomaton?

    package init(_ text: String) throws(PatternError) {
        self.text = text
        program = try PatternProgram(text)
        automaton = PatternAutomaton(program)
    }

    /// Whether the pattern matches anywhere in the text (`^` and `$` tie it to the ends).
    func matches(_ bytes: Bytes, threads: @autoclosure () -> PatternThreads) -> Bool {
        if let result = automaton?.matches(bytes) { return result }
        return threads().search(program, bytes, from: 0, needsCaptures: false)
    }

    /// Finds the leftmost match at or behind `start`; its positions are then in `threads.captures`.
    func firstMatch(in bytes: Bytes, from start: Int, threads: PatternThreads) -> Bool {
        threads.search(program, bytes, from: start, needsCaptures: true)
    }
}
