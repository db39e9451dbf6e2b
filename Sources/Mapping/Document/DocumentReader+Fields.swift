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
    private static let fieldKeys = [
        "name", "type", "required", "min", "max", "min_length", "max_length", "pattern", "enum", "description",
    ]

    /// The definitions of an API's fields.
    mutating func fields(_ node: DocumentNode?) -> [Field]? {
        guard let items = list(node, "'fields'") else { return nil }
        var fields: [Field] = []
        for item in items {
            guard let field = field(item) else { continue }
            if fields.contains(where: { $0.name == field.name }) {
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
        if let typeNode = group["type"], let typeName = text(typeNode, "the field's 'type'") {
            if let type = FieldType(name: typeName) {
                field.type = type
            } else {
                let known = FieldType.allCases.map(\.rawValue)
                note(
                    .wrongValue, typeNode.location, "'\(typeName)' is not a type of a field",
                    Suggestion.advice(for: typeName, among: known) { "'\($0)'" })
            }
        }
        field.isRequired = boolean(group["required"], "'required'") ?? false
        field.summary = text(group["description"], "'description'")
        readLimits(of: &field, group)
        return field
    }

    private mutating func readLimits(of field: inout Field, _ group: [String: DocumentNode]) {
        let hasOrder = field.type.isNumeric || field.type == .date || field.type == .datetime
        let isText = field.type.valueType == .text
        for (key, applies, types) in [
            ("min", hasOrder, "numbers, dates and datetimes"), ("max", hasOrder, "numbers, dates and datetimes"),
            ("min_length", isText, "texts"), ("max_length", isText, "texts"), ("pattern", isText, "texts"),
        ] {
            if let node = group[key], !applies {
                note(
                    .wrongValue, node.location, "'\(key)' does not apply to a field of type \(field.type.rawValue)",
                    "remove it; it is for \(types)")
            }
        }
        if hasOrder {
            field.minimum = group["min"].flatMap { constant($0, "'min'", field.type) }
            field.maximum = group["max"].flatMap { constant($0, "'max'", field.type) }
        }
        if isText {
            field.minimumLength = count(group["min_length"], "'min_length'")
            field.maximumLength = count(group["max_length"], "'max_length'")
            field.pattern = group["pattern"].flatMap { pattern($0) }
        }
        if let items = list(group["enum"], "'enum'") {
            field.allowedValues = items.compactMap { constant($0, "a value of 'enum'", field.type) }
        }
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
    private mutating func constant(_ node: DocumentNode, _ what: String, _ type: FieldType) -> Constant? {
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
