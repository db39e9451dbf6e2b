/// How well the name of a column fits the name of a field.
struct NameMatch {
    /// 0 to 1; how likely a person would join the two, as long as the values do not contradict.
    let score: Double
    let reason: String
    /// Whether another word stands for all of the name, which values of a telling form confirm.
    var isSynonym = false

    /// Fields whose name needs none of the group `address` around it.
    private static let partsOfAddresses: Set<String> = [
        "street", "house number", "postcode", "city", "country", "country code", "state", "region",
    ]

    init(field: String, column: String) {
        let path = TargetPath.names(in: field)
        let name = NameWords(path.joined(separator: " "))
        let last = NameWords(path.last ?? field)
        let words = NameWords(column)
        let (meaning, other) = (Synonyms.meaning(of: name.words), Synonyms.meaning(of: words.words))
        let lastMeaning = Synonyms.meaning(of: last.words)
        if field.isSpelled(column) {
            self.init(0.98, "the same name")
        } else if words.words.isEmpty {
            self.init(0, "no name")
        } else if name.joined == words.joined {
            self.init(0.97, "the same name but for case, spaces and signs")
        } else if path.count == 2, NameWords(path[0]).words == ["address"],
            Self.partsOfAddresses.contains(lastMeaning.joined(separator: " ")), lastMeaning == other
        {
            let isSame = last.joined == words.joined
            self.init(
                isSame ? 0.95 : 0.88, isSame ? "the same name, of an address" : "another word for it, of an address")
        } else if meaning == other {
            self.init(0.88, "another word for it")
            isSynonym = true
        } else if path.count > 1, lastMeaning == other {
            self.init(0.75, "the same name inside \(path.dropLast().joined(separator: "."))")
        } else {
            self.init(common: Set(meaning), Set(other))
        }
    }

    private init(_ score: Double, _ reason: String) {
        self.score = score
        self.reason = reason
    }

    private init(common field: Set<String>, _ column: Set<String>) {
        let shared = field.intersection(column).sorted()
        guard !shared.isEmpty else {
            self.init(0, "no word in common")
            return
        }
        let words = shared.joined(separator: " ")
        let different = field.symmetricDifference(column)
        if let changing = different.sorted().first(where: Synonyms.changing.contains) {
            self.init(0.3, "\(words) in common, but '\(changing)' makes it something else")
        } else if different.isEmpty {
            self.init(0.82, "the same words in another order")
        } else if different == ["number", "id"] {
            self.init(0.8, "\(words) in common, and a number is an id")
        } else {
            let share = Double(shared.count) / Double(field.union(column).count)
            self.init(0.4 + 0.4 * share, "\(words) in common, not \(different.sorted().joined(separator: ", "))")
        }
    }
}

extension TargetPath {
    /// The names on the way to a target, without numbers of items.
    static func names(in path: String) -> [String] {
        steps(of: path).compactMap { step in
            if case .name(let name) = step { name } else { nil }
        }
    }
}
