import Postgres

extension Verification {
    /// What a row is, as far as it can be said while the events pass by.
    enum Verdict: Sendable {
        case right
        case modified
        case disordered
    }
}

/// Counts events by month, stream type and verdict.
struct VerdictGroups: Sendable {
    private struct Key: Hashable {
        var type: Int32
        var month: String
    }

    private var groups: [Verification.Group] = []
    private var types: [Int32] = []
    private var indices: [Key: Int] = [:]
    /// For each stream type, the day of its last event and that event's group: a month is looked up once a day.
    private var recent: [(day: Int64, group: Int)] = []

    /// The group of an event.
    mutating func index(type: Int32, _ time: Timestamp) -> Int {
        let day = time.microseconds / 86_400_000_000
        while recent.count <= Int(type) { recent.append((.min, 0)) }
        if recent[Int(type)].day == day { return recent[Int(type)].group }
        let text = time.description
        let key = Key(type: type, month: time.isFinite ? String(text.prefix { $0 != "T" }.dropLast(3)) : text)
        let index = indices[key] ?? groups.count
        if index == groups.count {
            groups.append(Verification.Group(month: key.month, streamType: ""))
            types.append(type)
            indices[key] = index
        }
        recent[Int(type)] = (day, index)
        return index
    }

    /// Counts an event that is not waiting for an erasure event.
    mutating func count(_ verdict: Verification.Verdict, in group: Int) {
        groups[group].events += 1
        switch verdict {
        case .right: groups[group].unsealed += 1
        case .modified: groups[group].modified += 1
        case .disordered: groups[group].disordered += 1
        }
    }

    /// Counts an event whose erasure is accounted for.
    mutating func countErased(in group: Int) {
        groups[group].events += 1
        groups[group].erased += 1
    }

    mutating func countRedacted(in group: Int) {
        groups[group].events += 1
        groups[group].redacted += 1
    }

    /// All events so far that are right are also borne out by what was signed.
    mutating func verifyAll() {
        for index in groups.indices {
            groups[index].verified += groups[index].unsealed
            groups[index].unsealed = 0
        }
    }

    /// Nothing that was signed bears any event out, after all.
    mutating func distrustAll() {
        for index in groups.indices {
            groups[index].unsealed += groups[index].verified
            groups[index].verified = 0
        }
    }

    /// An event that was counted as right is not what was sealed.
    mutating func retract(from group: Int) {
        groups[group].unsealed -= 1
        groups[group].modified += 1
    }

    /// In order of month and stream type.
    func sorted(_ streamTypes: [String]) -> [Verification.Group] {
        zip(groups, types).map { group, type in
            var group = group
            group.streamType = streamTypes[Int(type)]
            return group
        }
        .sorted { ($0.month, $0.streamType) < ($1.month, $1.streamType) }
    }
}
