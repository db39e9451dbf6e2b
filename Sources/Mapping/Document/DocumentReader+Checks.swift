/// What stands under `checks:` of a mapping, each kind in the order of the document.
struct DocumentChecks {
    var uniqueChecks: [UniqueCheck] = []
    var rowRules: [RowRule] = []
    var fieldChecks: [FieldCheck] = []
    var rowChecks: [RowCheck] = []
}

extension DocumentReader {
    /// The key that tells a kind of check, and the other keys that it takes.
    private static let kinds: [(key: String, others: [String])] = [
        ("unique", []), ("rule", ["message"]), ("field", checkKeys), ("all_or_none", ["message"]),
        ("exactly_one_of", ["message"]), ("if", ["required", "message"]),
        ("foreign_key", ["table", "key", "message"]),
    ]

    mutating func checks(_ node: DocumentNode?) -> DocumentChecks {
        var checks = DocumentChecks()
        for item in list(node, "'checks'") ?? [] { read(item, &checks) }
        return checks
    }

    private mutating func read(_ node: DocumentNode, _ checks: inout DocumentChecks) {
        guard let kind = kind(of: node) else { return }
        let mistakes = diagnostics.count
        let group = group(node, "a check of this kind", keys: [kind.key] + kind.others)
        // A key without a value is none.
        guard let main = group[kind.key] else { return noteKinds(node) }
        let message = text(group["message"], "'message'")
        switch kind.key {
        case "unique":
            guard let fields = targets(main, "'unique'", least: 1) else { return }
            checks.uniqueChecks.append(UniqueCheck(fields: fields, location: main.location))
        case "rule":
            guard let expression = expression(main, "'rule'") else { return }
            let text = message ?? "the row breaks a rule of the mapping; correct its cells"
            checks.rowRules.append(RowRule(expression: expression, message: text, origin: main.origin))
        case "field":
            guard let field = requiredText(main, "'field'", in: node) else { return }
            var keys = group
            keys["field"] = nil
            if keys.isEmpty, diagnostics.count == mistakes {
                note(.missingKey, node.location, "nothing is checked of '\(field)'", "add a key such as max_length: 80")
            }
            checks.fieldChecks.append(FieldCheck(field: field, location: main.location, keys: keys))
        case "if":
            guard let names = group["required"] else {
                note(.missingKey, node.location, "'if' stands without 'required'", "add required: field")
                return
            }
            let fields = targets(names, "'required'", least: 1)
            guard let condition = expression(main, "'if'"), let text = text(main, "'if'"), let fields else { return }
            checks.rowChecks.append(
                RowCheck(
                    kind: .required(if: condition, text: text, origin: main.origin), fields: fields, message: message,
                    location: names.location))
        case "foreign_key":
            guard let check = foreignKey(main, group, message, in: node) else { return }
            checks.rowChecks.append(check)
        default:
            guard let fields = targets(main, "'\(kind.key)'", least: 2) else { return }
            checks.rowChecks.append(
                RowCheck(
                    kind: kind.key == "all_or_none" ? .allOrNone : .exactlyOneOf, fields: fields, message: message,
                    location: main.location))
        }
    }

    private mutating func foreignKey(
        _ main: DocumentNode, _ group: [String: DocumentNode], _ message: String?, in node: DocumentNode
    ) -> RowCheck? {
        let table = requiredText(group["table"], "the 'table' of 'foreign_key'", in: node)
        let fields = targets(main, "'foreign_key'", least: 1)
        let key = group["key"].flatMap { targets($0, "'key'", least: 1) }
        guard let table, let fields, let place = group["table"] else { return nil }
        if let key, key.count != fields.count, let node = group["key"] {
            note(
                .wrongValue, node.location,
                "'key' has \(key.count.fields), and 'foreign_key' \(fields.count.fields)", "name as many")
            return nil
        }
        return RowCheck(
            kind: .foreignKey(table: table, location: place.location, key: key), fields: fields, message: message,
            location: main.location)
    }

    /// Which kind of check it is; `nil` where it is none, or more than one, which is noted.
    private mutating func kind(of node: DocumentNode) -> (key: String, others: [String])? {
        var names: [String] = []
        if case .mapping(let pairs) = node.content {
            names = pairs.compactMap { pair in
                if case .scalar(let name, _) = pair.key.content { name } else { nil }
            }
        }
        let kinds = Self.kinds.filter { names.contains($0.key) }
        if kinds.count == 1 { return kinds[0] }
        if kinds.isEmpty { _ = group(node, "a check", keys: Self.kinds.map(\.key) + ["required", "message"]) }
        noteKinds(node)
        return nil
    }

    private mutating func noteKinds(_ node: DocumentNode) {
        note(
            .wrongValue, node.location,
            "a check has one of 'unique', 'foreign_key', 'rule', 'field', 'all_or_none', 'exactly_one_of', or 'required' "
                + "with 'if'",
            "write - unique: [field], - rule: condition with message: text, or - field: name with max_length: 80")
    }

    /// The names of one target or of several, none twice.
    private mutating func targets(_ node: DocumentNode, _ what: String, least: Int) -> [String]? {
        let names: [String]?
        if case .scalar(let name, _) = node.content { names = [name] } else { names = texts(node, what) }
        guard let names else { return nil }
        if names.count < least {
            let sample = least == 1 ? "[customer_id]" : "[phone, email]"
            note(
                .wrongValue, node.location, "\(what) has \(names.isEmpty ? "no fields" : "one field only")",
                "write \(what.dropFirst().dropLast()): \(sample)")
            return nil
        }
        if let twice = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) })?.element {
            note(.wrongValue, node.location, "\(what) names '\(twice)' twice", "remove one of the two")
            return nil
        }
        return names
    }
}

extension Int {
    fileprivate var fields: String { self == 1 ? "1 field" : "\(self) fields" }
}
