extension DocumentNode {
    /// The value of a key; `nil` where there is none, or it is null.
    subscript(_ key: String) -> DocumentNode? {
        guard case .mapping(let pairs) = content else { return nil }
        let found = pairs.first { pair in
            if case .scalar(let name, _) = pair.key.content {
                name.utf8.count == key.utf8.count && name.isSpelled(key)
            } else {
                false
            }
        }
        return found.flatMap { $0.value.isMissing ? nil : $0.value }
    }

    /// Keys and values in the order of the document; none where the node is no group of keys.
    var members: [(name: String, key: DocumentNode, value: DocumentNode)] {
        guard case .mapping(let pairs) = content else { return [] }
        return pairs.compactMap { pair in
            if case .scalar(let name, _) = pair.key.content { (name, pair.key, pair.value) } else { nil }
        }
    }

    /// The items of a list; none where the node is none.
    var items: [DocumentNode] {
        if case .sequence(let items) = content { items } else { [] }
    }

    var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    var isTrue: Bool { text?.lowercased() == "true" }

    var isGroup: Bool {
        if case .mapping = content { true } else { false }
    }

    /// The number as JSON writes it; exponents are written out.
    var number: ExactDecimal? {
        guard let text else { return nil }
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count == 2 else { return ExactDecimal(text) }
        guard let exponent = Int(parts[1]), abs(exponent) <= 60 else { return nil }
        let sign = parts[0].hasPrefix("-") ? "-" : ""
        let digits = parts[0].drop { $0 == "-" || $0 == "+" }.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = digits.first, digits.count <= 2 else { return nil }
        let all = whole + (digits.count == 2 ? digits[1] : "")
        let point = whole.count + exponent
        if point <= 0 { return ExactDecimal("\(sign)0.\(String(repeating: "0", count: -point))\(all)") }
        let padded = all + String(repeating: "0", count: max(0, point - all.count))
        let fraction = padded.dropFirst(point)
        let integer = padded.prefix(point).drop { $0 == "0" }
        return ExactDecimal("\(sign)\(integer.isEmpty ? "0" : integer)\(fraction.isEmpty ? "" : ".\(fraction)")")
    }
}
