/// What differs between two texts, line by line, as `diff -u` writes it.
struct UnifiedDiff {
    private enum Line {
        case same(Substring)
        case removed(Substring)
        case added(Substring)

        var text: String {
            switch self {
            case .same(let text): " \(text)"
            case .removed(let text): "-\(text)"
            case .added(let text): "+\(text)"
            }
        }

        var isSame: Bool {
            if case .same = self { true } else { false }
        }
        var isInOld: Bool {
            if case .added = self { false } else { true }
        }
        var isInNew: Bool {
            if case .removed = self { false } else { true }
        }
    }

    private let merged: [Line]

    init(_ old: String, _ new: String) {
        let (old, new) = (Self.lines(old), Self.lines(new))
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var merged: [Line] = []
        var (one, other) = (0, 0)
        while one < old.count || other < new.count {
            if one < old.count, removed.contains(one) {
                merged.append(.removed(old[one]))
                one += 1
            } else if other < new.count, added.contains(other) {
                merged.append(.added(new[other]))
                other += 1
            } else {
                merged.append(.same(old[one]))
                (one, other) = (one + 1, other + 1)
            }
        }
        self.merged = merged
    }

    /// The lines that differ with up to three around them, a heading `@@ -1,4 +1,5 @@` before each group.
    var text: [String] {
        let context = 3
        var shown = [Bool](repeating: false, count: merged.count)
        for (index, line) in merged.enumerated() where !line.isSame {
            for near in max(0, index - context)...min(merged.count - 1, index + context) { shown[near] = true }
        }
        var text: [String] = []
        var (old, new, index) = (1, 1, 0)
        while index < merged.count {
            guard shown[index] else {
                (old, new, index) = (old + 1, new + 1, index + 1)
                continue
            }
            let end = shown[index...].firstIndex(of: false) ?? merged.count
            let group = merged[index..<end]
            let counts = (group.count { $0.isInOld }, group.count { $0.isInNew })
            text.append("@@ -\(Self.range(old, counts.0)) +\(Self.range(new, counts.1)) @@")
            text += group.map(\.text)
            (old, new, index) = (old + counts.0, new + counts.1, end)
        }
        return text
    }

    /// As POSIX has it: one line without a count, none as the line before.
    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
    }

    /// A line break ends a line; at the end of the text it begins none.
    private static func lines(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
