import FoundationEssentials

/// How far the comparing of what was sealed has come: round after round, from the first event to the last.
package struct PatrolRound: Sendable, Equatable {
    /// The position that comes next.
    package var position: Int64 = 0
    /// When this round began, in Unix seconds; nil where that is not known.
    package var begun: Int64?
    /// When the last whole round began: a change from before would have been found.
    package var comparedSince: Int64?

    /// What a folder says; the beginning where it says nothing.
    package init(_ folder: SealerFolder) {
        let lines = (try? folder.read(.patrol))?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        let numbers = lines.map { Int64($0) }
        position = numbers.first.flatMap(\.self) ?? 0
        begun = numbers.count > 1 ? numbers[1] : nil
        comparedSince = numbers.count > 2 ? numbers[2] : nil
    }

    /// The text of the folder's file.
    var text: String {
        "\(position)\n\(begun.map(String.init) ?? "")\n\(comparedSince.map(String.init) ?? "")\n"
    }

    /// Begins a round where the one before has ended, or the log has become shorter than that.
    mutating func begin(size: Int64) {
        guard position == 0 || position >= size else { return }
        (position, begun) = (0, Int64(Date().timeIntervalSince1970))
    }

    /// - Parameter size: how many events were sealed when the round came to this position.
    mutating func come(to end: Int64, of size: Int64) {
        position = end
        guard end >= size else { return }
        (position, comparedSince) = (0, begun)
        begun = nil
    }

    /// Whether a small log was not compared as a whole for a day: then there is no reason to leave it at a slice.
    func isDue(size: Int64) -> Bool {
        guard size <= Self.smallLog else { return false }
        return (comparedSince ?? 0) + 86_400 < Int64(Date().timeIntervalSince1970)
    }

    /// Events that are compared within a second or two.
    static let smallLog: Int64 = 100_000
}
