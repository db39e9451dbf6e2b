/// "did you mean …?" for a name that is not known.
enum Suggestion {
    /// The known name nearest to `name`, if one is near enough: the same but for case and punctuation, or within a third of
    /// its length in typing mistakes (a letter wrong, missing, added, or two exchanged).
    static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = folded(name)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(wanted, folded(candidate))
            if distance < best?.distance ?? max(1, wanted.count / 3) + 1 { best = (candidate, distance) }
        }
        return best?.name
    }

    /// What to do about an unknown name: the nearest one, or the list of all.
    static func advice(for name: String, among candidates: [String], quote: (String) -> String = { $0 }) -> String {
        if let nearest = nearest(to: name, among: candidates) { return "did you mean \(quote(nearest))?" }
        if candidates.isEmpty { return "there are none" }
        let shown = candidates.prefix(12).map(quote).joined(separator: ", ")
        return "known are: \(shown)" + (candidates.count > 12 ? " and \(candidates.count - 12) more" : "")
    }

    private static func folded(_ name: String) -> [Unicode.Scalar] {
        name.lowercased().unicodeScalars.filter { $0 != "_" && $0 != " " && $0 != "-" && $0 != "." }
    }

    /// The optimal string alignment distance.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, beforeLast[column - 2] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
