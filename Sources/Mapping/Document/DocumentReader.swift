/// Reads typed values from nodes and notes everything that is wrong on the way.
struct DocumentReader {
    var diagnostics: [Diagnostic] = []

    mutating func note(_ code: Diagnostic.Code, _ location: Location, _ message: String, _ advice: String) {
        diagnostics.append(Diagnostic(code, at: location, message, advice))
    }

    /// The values of a group by key; keys that are not known are noted.
    mutating func group(_ node: DocumentNode, _ what: String, keys: [String]) -> [String: DocumentNode] {
        guard case .mapping(let pairs) = node.content else {
            note(
                .wrongValue, node.location, "\(what) is \(node.label), not a group of keys",
                "write keys such as \(keys.prefix(3).joined(separator: ", "))")
            return [:]
        }
        var result: [String: DocumentNode] = [:]
        for (key, value) in pairs {
            guard case .scalar(let name, _) = key.content else {
                note(.wrongValue, key.location, "a key of \(what) is \(key.label)", "keys are plain words")
                continue
            }
            if keys.contains(name) {
                if !value.isMissing { result[name] = value }
            } else {
                note(
                    .unknownKey, key.location, "'\(name)' is not a key of \(what)",
                    Suggestion.advice(for: name, among: keys) { "'\($0)'" })
            }
        }
        return result
    }

    mutating func text(_ node: DocumentNode?, _ what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let text, _) = node.content else {
            note(.wrongValue, node.location, "\(what) is \(node.label), not a text", "write one value")
            return nil
        }
        return text
    }

    mutating func requiredText(_ node: DocumentNode?, _ what: String, in parent: DocumentNode) -> String? {
        guard let node else {
            note(.missingKey, parent.location, "\(what) is missing", "add it")
            return nil
        }
        guard let text = text(node, what) else { return nil }
        if text.isEmpty {
            note(.wrongValue, node.location, "\(what) is empty", "give it a value")
            return nil
        }
        return text
    }

    mutating func list(_ node: DocumentNode?, _ what: String) -> [DocumentNode]? {
        guard let node else { return nil }
        guard case .sequence(let items) = node.content else {
            note(.wrongValue, node.location, "\(what) is \(node.label), not a list", "write [a, b] or one - a line")
            return nil
        }
        return items
    }

    mutating func texts(_ node: DocumentNode?, _ what: String) -> [String]? {
        guard let items = list(node, what) else { return nil }
        var result: [String] = []
        for item in items {
            if let text = text(item, "an item of \(what)") { result.append(text) }
        }
        return result
    }

    mutating func boolean(_ node: DocumentNode?, _ what: String) -> Bool? {
        guard let node, let text = text(node, what) else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            note(.wrongValue, node.location, "\(what) is '\(text)'", "write true or false")
            return nil
        }
    }

    mutating func count(_ node: DocumentNode?, _ what: String) -> Int? {
        guard let node, let text = text(node, what) else { return nil }
        if let number = Int(text), number >= 0 { return number }
        note(.wrongValue, node.location, "\(what) is '\(text)'", "write a whole number, 0 or more")
        return nil
    }

    /// One of the values of an enumeration, by its name in the document.
    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ node: DocumentNode?, _ what: String, _: Choice.Type
    ) -> Choice? {
        guard let node, let text = text(node, what) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        note(
            .wrongValue, node.location, "\(what) is '\(text)'",
            Suggestion.advice(for: text, among: Choice.allCases.map(\.rawValue)) { "'\($0)'" })
        return nil
    }

    /// One of some texts.
    mutating func choice(_ node: DocumentNode?, _ what: String, among known: [String]) -> String? {
        guard let node, let text = text(node, what) else { return nil }
        if known.contains(text) { return text }
        note(
            .wrongValue, node.location, "\(what) is '\(text)'", Suggestion.advice(for: text, among: known) { "'\($0)'" }
        )
        return nil
    }

    /// A parsed expression; a mistake in it is noted at its place.
    mutating func expression(_ node: DocumentNode, _ what: String) -> Expression? {
        guard let text = text(node, what) else { return nil }
        do {
            return try ExpressionParser.parse(text)
        } catch {
            note(error.code, node.origin.location(at: error.span.start), error.message, error.advice)
            return nil
        }
    }
}
