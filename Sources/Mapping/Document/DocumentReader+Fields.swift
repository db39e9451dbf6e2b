extension Field {
    /// Parses a list of field definitions as it stands under `fields:` of an API, from YAML or JSON.
    package static func parseList(_ text: String, file: String) throws(MappingError) -> [Field] {
        let node = try DocumentNode.parse(text, file: file)
        var reader = DocumentReader()
        let fields = reader.fields(node)
        guard let fields, reader.diagnostics.isEmpty else { throw MappingError(reader.diagnostics) }
        return fields
    }
}

extension DocumentReader {
    /// What a check of the mapping may say of a target, and an API of a field.
    static let checkKeys = ["type"] + CheckTable.fields.map(\.name) + ["country"]
    private static let fieldKeys = ["name"] + checkKeys + ["description"]

    /// The definitions of an API's fields.
    mutating func fields(_ node: DocumentNode?) -> [Field]? {
        guard let items = list(node, "'fields'") else { return nil }
        var fields: [Field] = []
        for item in items {
            guard let field = field(item) else { continue }
            if fields.contains(where: { $0.name.isSpelled(field.name) }) {
                note(.wrongValue, item.location, "the field '\(field.name)' is defined twice", "remove one of the two")
            }
            fields.append(field)
        }
        return fields
    }

    private mutating func field(_ node: DocumentNode) -> Field? {
        let group = group(node, "a field", keys: Self.fieldKeys)
        guard let name = requiredText(group["name"], "a field's 'name'", in: node) else { return nil }
        if !TargetPath.isValid(name) {
            note(
                .wrongValue, node.location, "'\(name)' is not the name of a field",
                "write names joined by dots, with [0] for an item of a list: address.city, phones[0]")
        }
        var field = Field(name, .string)
        field.type = type(group["type"]) ?? field.type
        field.summary = text(group["description"], "'description'")
        readChecks(of: &field, group)
        return field
    }

    /// The type that a field or a check names.
    mutating func type(_ node: DocumentNode?) -> FieldType? {
        guard let node, let name = text(node, "the field's 'type'") else { return nil }
        if let type = FieldType(name: name) { return type }
        note(
            .wrongValue, node.location, "'\(name)' is not a type of a field",
            Suggestion.advice(for: name, among: FieldType.allCases.map(\.rawValue)) { "'\($0)'" })
        return nil
    }

    /// Reads what is asked of the values of a field whose name and type are known; keys that are not for its type are noted.
    mutating func readChecks(of field: inout Field, _ all: [String: DocumentNode]) {
        var group = all
        for check in CheckTable.fields where !check.scope.includes(field.type) {
            guard let node = group.removeValue(forKey: check.name) else { continue }
            note(
                .wrongValue, node.location,
                "'\(check.name)' does not apply to a field of type \(field.type.rawValue)",
                check.advice(for: field.type))
        }
        let type = field.type
        field.isRequired = boolean(group["required"], "'required'") ?? false
        field.minimum = group["min"].flatMap { constant($0, "'min'", type) }
        field.maximum = group["max"].flatMap { constant($0, "'max'", type) }
        field.exclusiveMinimum = group["exclusive_min"].flatMap { constant($0, "'exclusive_min'", type) }
        field.exclusiveMaximum = group["exclusive_max"].flatMap { constant($0, "'exclusive_max'", type) }
        field.multipleOf = group["multiple_of"].flatMap { positiveNumber($0, "'multiple_of'") }
        field.minimumLength = count(group["min_length"], "'min_length'")
        field.maximumLength = count(group["max_length"], "'max_length'")
        field.pattern = group["pattern"].flatMap { pattern($0) }
        field.format = format(group["format"], country: group["country"])
        if let items = list(group["enum"], "'enum'") {
            field.allowedValues = items.compactMap { constant($0, "a value of 'enum'", type) }
        }
        field.constant = group["const"].flatMap { constant($0, "'const'", type) }
        if type == .integer, case .number(let number)? = field.constant, number.integer == nil,
            let node = group["const"]
        {
            note(
                .wrongValue, node.location, "'const' is \(number), and the field a whole number", "write a whole number"
            )
        }
        field.forbidsFormulas = choice(group["formulas"], "'formulas'", among: ["allow", "forbid"]) == "forbid"
    }

    private mutating func format(_ node: DocumentNode?, country: DocumentNode?) -> Format? {
        let name = text(node, "'format'")
        if let country, name != Format.postalCode.name {
            note(
                .wrongValue, country.location, "'country' is for 'format: postal_code' alone",
                "remove it, or add format: postal_code")
        }
        guard let node, let name else { return nil }
        guard let format = FormatTable.format(named: name) else {
            note(
                .wrongValue, node.location, "'\(name)' is not a format",
                Suggestion.advice(for: name, among: FormatTable.formats.map(\.name)) { "'\($0)'" })
            return nil
        }
        guard name == Format.postalCode.name else { return format }
        guard let country else {
            note(.missingKey, node.location, "the 'country' of the postal codes is missing", "add country: DE")
            return nil
        }
        guard let code = text(country, "'country'") else { return nil }
        if let format = Format.postalCode(of: code) { return format }
        let known = Countries.twoLetters.contains(code)
        note(
            .wrongValue, country.location,
            known ? "the form of postal codes of \(code) is not known" : "'\(code)' is not the code of a country",
            known ? "write a pattern instead" : "write its two letters of ISO 3166-1, such as GB")
        return nil
    }

    private mutating func positiveNumber(_ node: DocumentNode, _ what: String) -> ExactDecimal? {
        guard let text = text(node, what) else { return nil }
        if let number = ExactDecimal(text), number.mantissa > 0 { return number }
        note(.wrongValue, node.location, "\(what) is '\(text)'", "write a number above 0, such as 0.05")
        return nil
    }

    private mutating func pattern(_ node: DocumentNode) -> Pattern? {
        guard let text = text(node, "'pattern'") else { return nil }
        do {
            return try Pattern(text)
        } catch {
            note(
                .pattern, node.origin.location(at: error.offset), "the pattern is wrong: \(error.message)",
                "correct it at character \(error.offset + 1)")
            return nil
        }
    }

    /// A value of a field's type.
    mutating func constant(_ node: DocumentNode, _ what: String, _ type: FieldType) -> Constant? {
        guard let text = text(node, what) else { return nil }
        switch type.valueType {
        case .integer, .decimal:
            if let number = ExactDecimal(text) { return .number(number) }
            note(.wrongValue, node.location, "\(what) is '\(text)'", "write a number such as 12.50")
        case .date:
            if let date = CalendarDate(text) { return .date(date) }
            note(.wrongValue, node.location, "\(what) is '\(text)'", "write a date such as 2024-02-29")
        case .datetime:
            if let datetime = Datetime(text) { return .datetime(datetime) }
            note(.wrongValue, node.location, "\(what) is '\(text)'", "write a time such as 2024-02-29T12:30:00Z")
        case .boolean:
            if text == "true" || text == "false" { return .boolean(text == "true") }
            note(.wrongValue, node.location, "\(what) is '\(text)'", "write true or false")
        default:
            return .text(Array(text.utf8))
        }
        return nil
    }
}

extension Check {
    /// What to do about the check on a field of a type that it is not for.
    fileprivate func advice(for type: FieldType) -> String {
        let similar = ["min": "min_length", "max": "max_length", "min_length": "min", "max_length": "max"][name]
        if let similar, CheckTable.fields.first(where: { $0.name == similar })?.scope.includes(type) == true {
            return "did you mean '\(similar)'? '\(name)' is for \(scope.label)"
        }
        return "remove it; it is for \(scope.label)"
    }
}
